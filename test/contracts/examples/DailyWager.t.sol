// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {MockERC20} from "forge-std/mocks/MockERC20.sol";

import {SecurityLens} from "src/consumers/SecurityLens.sol";
import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

import {DailyWager} from "../../../docs/examples/DailyWager.sol";
import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// The consumer of many fixings of docs/examples, on a real oracle: two days in a token of six decimals.
contract DailyWagerTest is ConsumerFixture {
    uint128 private constant THRESHOLD = 2500e18;
    uint64 private constant DAY = MATURITY / 1 days + 1;

    address private ann = makeAddr("ann");
    address private ben = makeAddr("ben");
    MockERC20 private usdc;
    DailyWager private wager;
    FixingId private first;
    FixingId private second;

    function setUp() public override {
        super.setUp();
        usdc = new MockERC20();
        usdc.initialize("USD Coin", "USDC", 6);
        ISettlementSource source = ISettlementSource(address(oracle));
        // No dollar is worth more than a 500th of an ether.
        wager = new DailyWager(source, new SecurityLens(), IERC20(address(usdc)), 2e27, THRESHOLD, fixing);
        (first, second) = (wager.open(DAY), wager.open(DAY + 1));
        _secure(fixing.arbitrator, 4 ether);
        _secure(fixing.backup, 4 ether);
        _stake(ann, first, DailyWager.Side.Above, 500e6);
        _stake(ben, first, DailyWager.Side.Below, 1000e6);
        _stake(ben, second, DailyWager.Side.Above, 2000e6);
    }

    function test_open_announcesTheFixingOfADay() public view {
        assertEq(FixingId.unwrap(first), FixingId.unwrap(_idOf(_of(DAY))));
        assertEq(FixingId.unwrap(second), FixingId.unwrap(_idOf(_of(DAY + 1))));
    }

    function test_claim_isOfEachDayByItself() public {
        _settleDay(DAY, THRESHOLD);
        assertEq(_claim(ann, first), 1500e6);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, second));
        wager.owed(second, ben);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(DailyWager.NothingToClaim.selector, ben));
        wager.claim(first);
        // Nobody is on the side that won.
        _settleDay(DAY + 1, THRESHOLD - 1);
        assertEq(_claim(ben, second), 2000e6);
        assertEq(usdc.balanceOf(address(wager)), 0);
    }

    /// Nobody proposed: the oracle has stored nothing, and the fixing itself is asked for.
    function test_claim_invalidGivesEverythingBack() public {
        vm.warp(oracle.worstCase(_of(DAY)));
        assertEq(_claim(ann, first), 500e6);
        assertEq(_claim(ben, first), 1000e6);
    }

    /// 2000 dollars count as 4 ether, which is all that is secured; the first day has room for 500 more.
    function test_stake_comparesWithWhatIsSecuredInBondToken() public {
        assertEq(wager.openInterest(second), 4 ether);
        _fund(ann, 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(DailyWager.AboveSecured.selector, 4 ether + 2e9, 4 ether));
        wager.stake(second, DailyWager.Side.Below, 1);
        _stake(ann, first, DailyWager.Side.Below, 500e6);
        assertEq(wager.openInterest(first), 4 ether);
    }

    function test_stake_closesAtTheMaturityOfItsDay() public {
        uint256 maturity = uint256(DAY) * 1 days;
        vm.warp(maturity - 1);
        _stake(ann, first, DailyWager.Side.Above, 1e6);
        vm.warp(maturity);
        vm.expectRevert(abi.encodeWithSelector(DailyWager.Closed.selector, maturity, maturity));
        wager.stake(first, DailyWager.Side.Above, 1e6);
        vm.expectRevert(abi.encodeWithSelector(DailyWager.Closed.selector, maturity, 0));
        wager.stake(FixingId.wrap(0), DailyWager.Side.Above, 1e6);
    }

    function _of(uint64 day) private view returns (Fixing memory daily) {
        daily = fixing;
        (daily.maturity, daily.openInterest) = (day * 1 days, address(wager));
    }

    function _settleDay(uint64 day, uint128 value) private {
        Fixing memory daily = _of(day);
        vm.warp(daily.maturity);
        vm.prank(proposer);
        oracle.propose(daily, value, type(uint256).max);
        vm.warp(daily.maturity + FIRST_WINDOW);
    }

    function _fund(address who, uint256 amount) private {
        deal(address(usdc), who, amount);
        vm.prank(who);
        usdc.approve(address(wager), amount);
    }

    function _stake(address who, FixingId id_, DailyWager.Side side, uint256 amount) private {
        _fund(who, amount);
        vm.prank(who);
        wager.stake(id_, side, amount);
    }

    function _claim(address who, FixingId id_) private returns (uint256 paid) {
        deal(address(usdc), who, 0);
        vm.prank(who);
        paid = wager.claim(id_);
        assertEq(usdc.balanceOf(who), paid);
    }

    /// The arbitrator says of any fixing that corrupting it costs so much.
    function _secure(address arbitrator, uint256 cost) private {
        vm.mockCall(arbitrator, abi.encodeWithSelector(IArbitrator.costOfCorruption.selector), abi.encode(cost));
    }
}
