// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";

import {SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

/// What a transaction's receipt says: base and calldata included, refunds taken off. The goals are 1.15 times what a
/// contract needs that does only the named writes, the token transfer and one event: 118 982, 79 652, 77 198 and
/// 59 722. Both legs at once cost one more write than the goal of a redemption allows for; pairs can be merged.
contract VaultGasTest is SplitVaultFixture {
    address private carol = makeAddr("carol");

    function setUp() public override {
        super.setUp();
        _endow(carol, address(vault));
        _split(alice, 10 ether);
    }

    /// forge-config: default.isolate = true
    function test_gas_splitOfAFirstHolder() public {
        _split(carol, 1 ether);
        assertLe(_receiptGas("split, first of a holder"), 118_982);
    }

    /// forge-config: default.isolate = true
    function test_gas_splitOfAHolderAgain() public {
        _split(alice, 1 ether);
        assertLe(_receiptGas("split, again"), 79_652);
    }

    /// forge-config: default.isolate = true
    function test_gas_merge() public {
        vm.prank(alice);
        vault.merge(series, 1 ether);
        assertLe(_receiptGas("merge"), 77_198);
    }

    /// forge-config: default.isolate = true
    function test_gas_redeemAllOfOneLeg() public {
        _split(carol, 1 ether);
        _settle(series.fixing, 3000e18);
        vm.prank(carol);
        vault.redeem(series, 1 ether, 0);
        assertLe(_receiptGas("redeem all of one leg"), 59_722);
    }

    /// forge-config: default.isolate = true
    function test_gas_redeemAllOfBothLegs() public {
        _split(carol, 1 ether);
        _settle(series.fixing, 3000e18);
        vm.prank(carol);
        vault.redeem(series, 1 ether, 1 ether);
        assertLe(_receiptGas("redeem all of both legs"), 63_500);
    }

    /// forge-config: default.isolate = true
    function test_gas_redeemTheLastOfAFixing() public {
        _settle(series.fixing, 3000e18);
        vm.prank(alice);
        vault.redeem(series, 10 ether, 10 ether);
        assertLe(_receiptGas("redeem the last of a fixing"), 59_722);
    }

    /// The oracle reads it with at most 200 000.
    /// forge-config: default.isolate = true
    function test_gas_openInterest() public {
        vault.openInterest(_idOf(series.fixing));
        // A call from another contract: no transaction of its own.
        assertLe(_receiptGas("openInterest"), 5000);
    }

    function _receiptGas(string memory name) private returns (uint256 used) {
        Vm.Gas memory gas = vm.lastCallGas();
        used = gas.gasTotalUsed;
        emit log_named_uint(name, used);
    }
}
