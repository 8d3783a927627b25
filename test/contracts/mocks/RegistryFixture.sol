// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";

import {IWeth} from "../support/OracleTest.sol";
import {IRegistry} from "./IRegistry.sol";

/// @title A registry with epochs of a day in its first second, and two owners with 1 000 WETH each
abstract contract RegistryFixture is Test {
    uint64 internal constant START = 1_800_000_000;
    uint64 internal constant EPOCH = 1 days;
    uint64 internal constant UNBONDING = 100 days;
    uint64 internal constant NEVER = type(uint64).max;
    uint128 internal constant MIN_STAKE = 1 ether;

    IWeth internal weth;
    IRegistry internal registry;
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal signer = makeAddr("signer");
    bytes internal peerId = hex"0024080112205a6b";

    function setUp() public virtual {
        vm.warp(START);
        weth = IWeth(deployCode("node_modules/canonical-weth/build/contracts/WETH9.json"));
        registry = _deploy(address(weth), MIN_STAKE, EPOCH, UNBONDING);
        _endow(alice);
        _endow(bob);
    }

    function _register(address owner, address signer_, uint128 stake) internal returns (uint256) {
        vm.prank(owner);
        return registry.register(signer_, peerId, stake);
    }

    function _startLeaving(address owner, uint256 index) internal {
        vm.prank(owner);
        registry.startLeaving(index);
    }

    function _withdraw(address owner, uint256 index) internal returns (uint128) {
        vm.prank(owner);
        return registry.withdraw(index);
    }

    function _deploy(address token, uint128 minStake, uint64 epochDuration, uint64 unbondingDelay)
        internal
        returns (IRegistry)
    {
        bytes memory args = abi.encode(token, minStake, epochDuration, unbondingDelay);
        return IRegistry(deployCode("ReporterRegistry.sol:ReporterRegistry", args));
    }

    function _endow(address owner) internal {
        vm.deal(owner, 1000 ether);
        vm.startPrank(owner);
        weth.deposit{value: 1000 ether}();
        weth.approve(address(registry), type(uint256).max);
        vm.stopPrank();
    }

    function _assertReporter(uint256 index, IReporterRegistry.Reporter memory want) internal view {
        assertEq(abi.encode(registry.reporterAt(index)), abi.encode(want));
    }

    function _expectNotOwner(address got, address want) internal {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotReporterOwner.selector, got, want));
    }

    function _expectAlreadyLeaving(uint256 index, uint64 inactiveTime) internal {
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadyLeaving.selector, index, inactiveTime));
    }
}
