// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {ISplitVault} from "src/interfaces/ISplitVault.sol";
import {Series} from "src/types/Series.sol";

import {SkimmingToken} from "../mocks/SkimmingToken.sol";
import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

/// @dev Puts ether in, and when it is paid calls the vault again, or refuses.
contract Holder {
    IVault private immutable VAULT;
    Series private _series;
    bool private _refuses;
    bytes public reason;

    constructor(IVault vault, Series memory series, bool refuses) {
        VAULT = vault;
        _series = series;
        _refuses = refuses;
    }

    function go() external payable {
        VAULT.splitEther{value: msg.value}(_series);
        VAULT.mergeToEther(_series, msg.value / 2);
    }

    receive() external payable {
        if (_refuses) revert("no ether");
        try VAULT.merge(_series, 1) {}
        catch (bytes memory why) {
            reason = why;
        }
    }
}

/// R-606: ether in and out of the vault of wrapped ether.
contract EtherTest is SplitVaultFixture {
    function setUp() public override {
        super.setUp();
        vm.deal(alice, 100 ether);
    }

    function test_splitEther_isASplitOfWhatIsSent() public {
        vm.expectEmit(address(vault));
        emit ISplitVault.Split(id, alice, 3 ether);
        vm.prank(alice);
        vault.splitEther{value: 3 ether}(series);
        assertEq(_pOf(alice), 3 ether);
        assertEq(_nOf(alice), 3 ether);
        assertEq(alice.balance, 97 ether);
        assertEq(weth.balanceOf(address(vault)), 3 ether);
        assertEq(vault.openInterest(_idOf(series.fixing)), 3 ether);
    }

    function test_splitEther_hasTheRulesOfASplit() public {
        vm.startPrank(alice);
        vm.expectRevert(ISplitVault.EmptyAmount.selector);
        vault.splitEther(series);
        backup.set(1);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 2, 1));
        vault.splitEther{value: 2}(series);
        vm.warp(MATURITY);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.SplitClosed.selector, MATURITY, MATURITY));
        vault.splitEther{value: 1}(series);
    }

    function test_mergeToEther_paysOneToOne() public {
        _split(alice, 5 ether);
        vm.prank(alice);
        vault.mergeToEther(series, 2 ether);
        assertEq(alice.balance, 102 ether);
        assertEq(_pOf(alice), 3 ether);
        assertEq(_nOf(alice), 3 ether);
        assertEq(weth.balanceOf(address(vault)), 3 ether);
        assertEq(address(vault).balance, 0);
    }

    function test_redeemToEther_paysAsRedeem() public {
        _split(alice, 10 ether);
        _settle(series.fixing, 5000e18);
        vm.startPrank(alice);
        assertEq(vault.redeemToEther(series, 4 ether, 0), 2 ether);
        assertEq(vault.redeemToEther(series, 6 ether, 6 ether), 6 ether);
        assertEq(alice.balance, 108 ether);
        assertEq(vault.collateralOf(_idOf(series.fixing)), 2 ether);
    }

    /// Where a leg is worth nothing, nobody is called: neither the wrapper nor the holder.
    function test_redeemToEther_ofAWorthlessLegCallsNobody() public {
        _split(alice, 1 ether);
        _settle(series.fixing, series.strike); // N is worth nothing
        vm.expectCall(address(weth), abi.encodeWithSignature("withdraw(uint256)", 0), 0);
        vm.expectCall(alice, "", 0);
        vm.prank(alice);
        assertEq(vault.redeemToEther(series, 0, 1 ether), 0);
        assertEq(_nOf(alice), 0);
    }

    function test_ether_isOnlyForWrappedEther() public {
        SkimmingToken token = new SkimmingToken();
        vault = _deployVault(address(oracle), address(token));
        vm.startPrank(alice);
        vm.expectRevert(ISplitVault.NotEther.selector);
        vault.splitEther{value: 1}(series);
        vm.stopPrank();
        vm.deal(address(token), 1);
        vm.prank(address(token));
        (bool isTaken,) = address(vault).call{value: 1}("");
        assertFalse(isTaken);
    }

    function test_ether_payoutsAreOnlyOfWrappedEther() public {
        // No transfer skims what is minted to the vault's holders, so that merging is reached.
        vault = _deployVault(address(oracle), address(new OpenToken()));
        vm.startPrank(alice);
        vault.split(series, 10);
        vm.expectRevert(ISplitVault.NotEther.selector);
        vault.mergeToEther(series, 1);
        vm.stopPrank();
        _settle(series.fixing, 5000e18);
        vm.prank(alice);
        vm.expectRevert(ISplitVault.NotEther.selector);
        vault.redeemToEther(series, 10, 10);
    }

    function test_receive_isForTheWrapperOnly() public {
        vm.prank(alice);
        (bool isTaken, bytes memory why) = address(vault).call{value: 1}("");
        assertFalse(isTaken);
        assertEq(bytes4(why), ISplitVault.NotEther.selector);
    }

    function test_attack_reentersWhenPaid() public {
        Holder holder = new Holder(vault, series, false);
        holder.go{value: 4 ether}();
        assertEq(bytes4(holder.reason()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        assertEq(address(holder).balance, 2 ether);
        assertEq(vault.collateralOf(_idOf(series.fixing)), 2 ether);
    }

    function test_mergeToEther_revertsIfTheHolderTakesNone() public {
        Holder holder = new Holder(vault, series, true);
        vm.expectRevert("no ether");
        holder.go{value: 4 ether}();
    }

    /// Several calls in one transaction, each for the caller.
    function test_multicall_batches() public {
        vm.startPrank(alice);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(vault.split, (series, 5 ether));
        calls[1] = abi.encodeCall(vault.merge, (series, 1 ether));
        calls[2] = abi.encodeCall(vault.transfer, (bob, id.pId(), 2 ether));
        vault.multicall(calls);
        assertEq(_pOf(alice), 2 ether);
        assertEq(_pOf(bob), 2 ether);
        assertEq(_nOf(alice), 4 ether);

        // What is sent with it would be counted once a call: it takes none.
        (bool isTaken,) = address(vault).call{value: 1}(abi.encodeCall(vault.multicall, (calls)));
        assertFalse(isTaken);
        calls[2] = abi.encodeCall(vault.merge, (series, 1000 ether));
        vm.expectRevert();
        vault.multicall(calls);
        assertEq(_nOf(alice), 4 ether);
    }
}

/// @dev Anybody has as much as he moves.
contract OpenToken {
    mapping(address => uint256) public balanceOf;

    function transferFrom(address, address to, uint256 amount) external returns (bool) {
        balanceOf[to] += amount;
        return true;
    }
}
