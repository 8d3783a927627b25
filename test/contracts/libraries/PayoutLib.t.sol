// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {PayoutLib} from "src/libraries/PayoutLib.sol";

/// R-206, R-301, R-302, R-303.
contract PayoutLibTest is Test {
    uint256 private constant TIMEOUT = 1;
    uint256 private constant RULING = 2;

    /// A row of `.divisions` in test/vectors/payout.json. Outcome 3, expiry, needs no division: all is refunded 1:1.
    struct Row {
        uint256 appealPayout;
        uint256 appealStake;
        bool appealedWins;
        uint256 base;
        uint256 burned;
        uint256 fee;
        bool hasWinner;
        string name;
        uint256 outcome;
        uint256 shared;
        uint256 sink;
        uint256 sponsorBonus;
        uint256 stakePayout;
        uint256 total;
        uint256 winnerStake;
    }

    struct Reward {
        uint256 bond;
        uint256 burned;
        uint256 elapsed;
        string name;
        uint256 payout;
        uint256 pot;
        uint256 reward;
    }

    struct Division {
        uint256 sink;
        uint256 bonus;
        uint256 shared;
    }

    struct Request {
        uint256 fee;
        string name;
        uint256 repayment;
        uint256 rewardPot;
    }

    struct Refund {
        uint256 burned;
        string name;
        uint256 pot;
        uint256 refund;
        uint256 used;
    }

    /// R-301, R-302
    function test_payoutLib_agreesWithTheSharedDivisions() public view {
        string memory json = vm.readFile("test/vectors/payout.json");
        Row[] memory rows = abi.decode(vm.parseJson(json, ".divisions"), (Row[]));
        uint256 compared;
        for (uint256 i = 0; i < rows.length; ++i) {
            Row memory row = rows[i];
            if (row.outcome != TIMEOUT && row.outcome != RULING) continue;
            ++compared;
            Division memory division = _divide(row);
            assertEq(division.sink, row.sink, row.name);
            assertEq(division.bonus, row.sponsorBonus, row.name);
            assertEq(division.shared, row.shared, row.name);
            uint256 base = row.hasWinner ? row.winnerStake : row.total;
            assertEq(base, row.base, row.name);
            // Nobody staked: there are no receipts to value.
            if (row.base == 0) continue;
            assertEq(PayoutLib.stakePayout(row.burned, division.shared, base), row.stakePayout, row.name);
            if (row.appealStake == 0) continue;
            uint256 appeal = PayoutLib.appealPayout(
                row.burned, row.appealStake, row.fee, division.bonus, division.shared, base
            );
            assertEq(appeal, row.appealPayout, row.name);
        }
        assertGt(compared, 0);
    }

    /// R-206, R-303
    function test_payoutLib_agreesWithTheSharedRewards() public view {
        string memory json = vm.readFile("test/vectors/payout.json");
        Reward[] memory rewards = abi.decode(vm.parseJson(json, ".rewards"), (Reward[]));
        assertGt(rewards.length, 0);
        for (uint256 i = 0; i < rewards.length; ++i) {
            Reward memory row = rewards[i];
            assertEq(PayoutLib.reward(row.pot, row.elapsed), row.reward, row.name);
            assertEq(PayoutLib.rewardPayout(row.burned, row.bond, row.reward), row.payout, row.name);
        }
        Request[] memory requests = abi.decode(vm.parseJson(json, ".requests"), (Request[]));
        assertGt(requests.length, 0);
        for (uint256 i = 0; i < requests.length; ++i) {
            Request memory row = requests[i];
            assertEq(PayoutLib.requestRepayment(row.rewardPot, row.fee), row.repayment, row.name);
            assertEq(PayoutLib.requestPayout(row.fee, row.rewardPot, row.fee), row.repayment, row.name);
        }
        Refund[] memory refunds = abi.decode(vm.parseJson(json, ".refunds"), (Refund[]));
        assertGt(refunds.length, 0);
        for (uint256 i = 0; i < refunds.length; ++i) {
            Refund memory row = refunds[i];
            assertEq(PayoutLib.fundRefund(row.burned, row.pot, row.used), row.refund, row.name);
        }
    }

    /// Property 1: sink, bonus and what is shared are all there is, and the winners never lose stake.
    function testFuzz_payoutLib_dividesEverything(uint256 total, uint256 winnerStake, uint256 fee, uint256 maxBonus)
        public
        pure
    {
        total = bound(total, 1, 1 << 100);
        winnerStake = bound(winnerStake, 1, total);
        fee = bound(fee, 1, 1 << 80);
        maxBonus = bound(maxBonus, 0, 1 << 81);
        uint256 losing = total - winnerStake;

        (uint256 sink, uint256 bonus, uint256 shared) = PayoutLib.byTimeout(total, winnerStake);
        assertEq(sink + bonus + shared, total);
        assertGe(shared, winnerStake);
        assertEq(sink, losing / 5);
        assertEq(bonus, 0);

        (sink, bonus, shared) = PayoutLib.byRuling(total, winnerStake, maxBonus);
        assertEq(sink + bonus + shared, total);
        assertGe(shared, winnerStake);
        assertEq(sink, losing * 2 / 5);
        assertLe(bonus, maxBonus);

        (sink, bonus, shared) = PayoutLib.byRulingWithoutWinner(total, fee);
        assertEq(sink + bonus + shared, total);
        assertEq(sink, total * 2 / 5);
        assertLe(bonus, fee);
        assertEq(PayoutLib.sponsorBonus(fee), fee + fee / 2);
    }

    /// R-301, R-302: where the fee is too large to be repaid, the bonus is what there is, and nothing underflows.
    function test_payoutLib_capsTheBonus() public pure {
        (uint256 sink, uint256 bonus, uint256 shared) = PayoutLib.byRuling(100, 90, 1500);
        assertEq(sink, 4);
        assertEq(bonus, 6);
        assertEq(shared, 90);
        (sink, bonus, shared) = PayoutLib.byRulingWithoutWinner(10, 1000);
        assertEq(sink, 4);
        assertEq(bonus, 6);
        assertEq(shared, 0);
        // Nobody lost: nothing to divide.
        (sink, bonus, shared) = PayoutLib.byRuling(100, 100, 10);
        assertEq(sink, 0);
        assertEq(bonus, 0);
        assertEq(shared, 100);
    }

    /// Property 1: however receipts are split, the parts are paid no more than the whole.
    function testFuzz_payoutLib_partsAreWorthNoMore(
        uint256 m,
        uint256 part,
        uint256 total,
        uint256 winnerStake,
        uint256 fee
    ) public pure {
        total = bound(total, 2, 1 << 90);
        winnerStake = bound(winnerStake, 1, total - 1);
        fee = bound(fee, 1, 1 << 80);
        m = bound(m, 1, winnerStake);
        part = bound(part, 0, m);
        Division memory d;
        (, d.bonus, d.shared) = PayoutLib.byRuling(total, winnerStake, PayoutLib.sponsorBonus(fee));
        uint256 whole = PayoutLib.stakePayout(m, d.shared, winnerStake);
        uint256 first = PayoutLib.stakePayout(part, d.shared, winnerStake);
        uint256 second = PayoutLib.stakePayout(m - part, d.shared, winnerStake);
        assertLe(first + second, whole);
        assertGe(first + second + 1, whole);
        assertGe(whole, m);

        uint256 a = winnerStake;
        part = bound(part, 0, a + fee);
        whole = PayoutLib.appealPayout(a + fee, a, fee, d.bonus, d.shared, a);
        first = PayoutLib.appealPayout(part, a, fee, d.bonus, d.shared, a);
        second = PayoutLib.appealPayout(a + fee - part, a, fee, d.bonus, d.shared, a);
        assertLe(first + second, whole);
        assertEq(whole, d.shared + d.bonus);
    }

    /// R-303: reward and refund are the pot, to the wei; the ramp is six hours.
    function testFuzz_payoutLib_rewardAndRefundAreThePot(uint256 pot, uint256 elapsed) public pure {
        pot = bound(pot, 1, type(uint256).max);
        elapsed = bound(elapsed, 0, 1 << 40);
        uint256 used = PayoutLib.reward(pot, elapsed);
        assertEq(used + PayoutLib.fundRefund(pot, pot, used), pot);
        pot = bound(pot, 1, 1 << 100);
        used = PayoutLib.reward(pot, elapsed);
        assertEq(used, elapsed < 21_600 ? pot * elapsed / 21_600 : pot);
    }

    function _divide(Row memory row) private pure returns (Division memory d) {
        if (!row.hasWinner) {
            (d.sink, d.bonus, d.shared) = PayoutLib.byRulingWithoutWinner(row.total, row.fee);
        } else if (row.outcome == TIMEOUT) {
            (d.sink, d.bonus, d.shared) = PayoutLib.byTimeout(row.total, row.winnerStake);
        } else {
            uint256 maxBonus = row.appealedWins ? PayoutLib.sponsorBonus(row.fee) : 0;
            (d.sink, d.bonus, d.shared) = PayoutLib.byRuling(row.total, row.winnerStake, maxBonus);
        }
    }
}
