// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

/// What the oracle may give to the vault's open interest; what actions cost is measured elsewhere (docs/gas.md).
contract VaultGasTest is SplitVaultFixture {
    function setUp() public override {
        super.setUp();
        _split(alice, 10 ether);
    }

    /// The oracle reads it with at most 200 000: a proposal must never fail for the vault's sake.
    /// forge-config: default.isolate = true
    function test_gas_openInterest() public view {
        vault.openInterest(_idOf(series.fixing));
        // A call from another contract: no transaction of its own.
        assertLe(vm.lastCallGas().gasTotalUsed, 5000);
    }
}
