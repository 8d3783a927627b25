// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {Phase} from "src/types/Fixing.sol";
import {Series, SeriesId} from "src/types/Series.sol";

import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";
import {IOracle, IWeth} from "../support/OracleTest.sol";

/// What several holders of two series on one fixing may do to the vault, in any order, across the settlement.
contract Holders is Test {
    IVault private immutable VAULT;
    IOracle private immutable ORACLE;
    IWeth private immutable WRAPPED;
    Series[2] private _series;
    address[3] public holders = [makeAddr("carol"), makeAddr("dave"), makeAddr("erin")];

    uint256 public totalIn;
    uint256 public totalOut;
    uint256 public redemptions;
    uint256 public stakes;
    /// How much P and N of each series has been split and not given back.
    uint256[2] public pLeft;
    uint256[2] public nLeft;

    constructor(IVault vault, IWeth weth, Series[2] memory series) {
        VAULT = vault;
        ORACLE = IOracle(address(vault.ORACLE()));
        WRAPPED = weth;
        _series[0] = series[0];
        _series[1] = series[1];
        for (uint256 i = 0; i < holders.length; i++) {
            vm.deal(holders[i], 1e6 ether);
            vm.startPrank(holders[i]);
            weth.deposit{value: 1e6 ether}();
            weth.approve(address(vault), type(uint256).max);
            weth.approve(address(ORACLE), type(uint256).max);
            vm.stopPrank();
        }
    }

    function split(uint256 who, uint256 which, uint256 amount) external {
        (address holder, uint256 i) = _pick(who, which);
        amount = bound(amount, 1, 1000 ether);
        if (block.timestamp >= _series[i].fixing.maturity) return;
        vm.prank(holder);
        VAULT.split(_series[i], amount);
        totalIn += amount;
        pLeft[i] += amount;
        nLeft[i] += amount;
    }

    function merge(uint256 who, uint256 which, uint256 amount) external {
        (address holder, uint256 i) = _pick(who, which);
        (uint256 p, uint256 n) = _balances(holder, i);
        uint256 most = p < n ? p : n;
        if (most == 0) return;
        amount = bound(amount, 1, most);
        uint256 before = WRAPPED.balanceOf(holder);
        vm.prank(holder);
        VAULT.merge(_series[i], amount);
        assertEq(WRAPPED.balanceOf(holder) - before, amount);
        totalOut += amount;
        pLeft[i] -= amount;
        nLeft[i] -= amount;
    }

    function redeem(uint256 who, uint256 which, uint256 pAmount, uint256 nAmount) external {
        (address holder, uint256 i) = _pick(who, which);
        (uint256 p, uint256 n) = _balances(holder, i);
        pAmount = bound(pAmount, 0, p);
        nAmount = bound(nAmount, 0, n);
        if (pAmount + nAmount == 0 || ORACLE.phase(_series[i].fixing) != Phase.Settled) return;
        vm.prank(holder);
        totalOut += VAULT.redeem(_series[i], pAmount, nAmount);
        redemptions++;
        pLeft[i] -= pAmount;
        nLeft[i] -= nAmount;
    }

    function transfer(uint256 who, uint256 which, uint256 amount, bool isP) external {
        (address holder, uint256 i) = _pick(who, which);
        SeriesId id = VAULT.seriesId(_series[i]);
        uint256 leg = isP ? id.pId() : id.nId();
        amount = bound(amount, 0, VAULT.balanceOf(holder, leg));
        vm.prank(holder);
        VAULT.transfer(holders[(who % holders.length + 1) % holders.length], leg, amount);
    }

    /// Once, in time: the holder proposes, and nobody disputes.
    function propose(uint256 who, uint128 value) external {
        (address holder,) = _pick(who, 0);
        if (ORACLE.phase(_series[0].fixing) != Phase.Open) return;
        vm.prank(holder);
        stakes += ORACLE.propose(_series[0].fixing, uint128(bound(value, 1, type(uint128).max)), type(uint256).max);
    }

    function warp(uint256 duration) external {
        vm.warp(block.timestamp + bound(duration, 1, 12 hours));
    }

    /// Everybody cashes out, single legs first, which rounds worst.
    function cashOut() external {
        for (uint256 i = 0; i < 2; i++) {
            for (uint256 h = 0; h < holders.length; h++) {
                (uint256 p, uint256 n) = _balances(holders[h], i);
                vm.startPrank(holders[h]);
                if (p > 0) totalOut += VAULT.redeem(_series[i], p, 0);
                if (n > 0) totalOut += VAULT.redeem(_series[i], 0, n);
                vm.stopPrank();
                redemptions += 2;
            }
        }
    }

    function _pick(uint256 who, uint256 which) private view returns (address holder, uint256 i) {
        return (holders[who % holders.length], which % 2);
    }

    function _balances(address holder, uint256 i) private view returns (uint256 p, uint256 n) {
        SeriesId id = VAULT.seriesId(_series[i]);
        return (VAULT.balanceOf(holder, id.pId()), VAULT.balanceOf(holder, id.nId()));
    }
}

contract HoldersInvariantTest is SplitVaultFixture {
    Holders private holders;
    Series[2] private both;

    function setUp() public override {
        super.setUp();
        both[0] = series;
        both[1] = series;
        both[1].strike = 3333e18;
        both[1].invalidSharePpm = 1;
        holders = new Holders(vault, weth, both);
        bytes4[] memory actions = new bytes4[](6);
        actions[0] = holders.split.selector;
        actions[1] = holders.merge.selector;
        actions[2] = holders.redeem.selector;
        actions[3] = holders.transfer.selector;
        actions[4] = holders.propose.selector;
        actions[5] = holders.warp.selector;
        targetSelector(FuzzSelector(address(holders), actions));
        targetContract(address(holders));
    }

    function invariant_openInterestIsTheCollateralHeld() public view {
        uint256 openInterest = vault.openInterest(_idOf(series.fixing));
        assertEq(openInterest, holders.totalIn() - holders.totalOut());
        assertEq(weth.balanceOf(address(vault)), openInterest);
    }

    function invariant_legsAreWhatWasSplitAndNotYetGivenBack() public view {
        for (uint256 i = 0; i < 2; i++) {
            SeriesId seriesId = vault.seriesId(both[i]);
            uint256 p;
            uint256 n;
            for (uint256 h = 0; h < 3; h++) {
                p += vault.balanceOf(holders.holders(h), seriesId.pId());
                n += vault.balanceOf(holders.holders(h), seriesId.nId());
            }
            assertEq(p, holders.pLeft(i));
            assertEq(n, holders.nLeft(i));
        }
    }

    function invariant_holdersHaveWhatTheVaultHasNot() public view {
        uint256 held = weth.balanceOf(address(vault)) + holders.stakes();
        for (uint256 h = 0; h < 3; h++) {
            held += weth.balanceOf(holders.holders(h));
        }
        assertEq(held, 3 * 1e6 ether);
    }

    /// Whatever happened before, after any settlement everybody is paid, and only dust stays.
    function afterInvariant() public {
        uint256 start = vm.snapshotState();
        uint128[4] memory values = [uint128(1), 2777_777777777777777777, 10_000e18 + 1, INVALID];
        for (uint256 i = 0; i < values.length; i++) {
            _settleIfNot(values[i]);
            holders.cashOut();
            uint256 dust = weth.balanceOf(address(vault));
            assertEq(dust, holders.totalIn() - holders.totalOut());
            assertLe(dust, holders.redemptions());
            vm.revertToState(start);
        }
    }

    function _settleIfNot(uint128 value) private {
        if (block.timestamp < MATURITY) vm.warp(MATURITY);
        if (oracle.phase(series.fixing) == Phase.Open) {
            vm.prank(proposer);
            oracle.propose(series.fixing, value, type(uint256).max);
        }
        (,,, uint64 deadline,) = oracle.state(series.fixing);
        if (block.timestamp < deadline) vm.warp(deadline);
    }
}
