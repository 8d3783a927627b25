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
            PayoutLib.Division memory division = _divide(row);
            assertEq(division.sink, row.sink, row.name);
            assertEq(division.sponsorBonus, row.sponsorBonus, row.name);
            assertEq(division.shared, row.shared, row.name);
            assertEq(division.base, row.base, row.name);
            // Nobody staked: there are no receipts to value.
            if (row.base == 0) continue;
            assertEq(PayoutLib.stakePayout(row.burned, division), row.stakePayout, row.name);
            if (row.appealStake == 0) continue;
            assertEq(PayoutLib.appealPayout(row.burned, row.appealStake, row.fee, division), row.appealPayout, row.name);
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
    function testFuzz_payoutLib_dividesEverything(uint256 total, uint256 winnerStake, uint256 fee, bool sponsored)
        public
        pure
    {
        total = bound(total, 1, 1 << 100);
        winnerStake = bound(winnerStake, 1, total);
        fee = bound(fee, 1, 1 << 80);
        PayoutLib.Division[3] memory divisions = [
            PayoutLib.byTimeout(total, winnerStake),
            PayoutLib.byRuling(total, winnerStake, fee, sponsored),
            PayoutLib.byRulingWithoutWinner(total, fee)
        ];
        for (uint256 i = 0; i < 3; ++i) {
            assertEq(divisions[i].sink + divisions[i].sponsorBonus + divisions[i].shared, total);
        }
        assertGe(divisions[0].shared, winnerStake);
        assertGe(divisions[1].shared, winnerStake);
        assertEq(divisions[0].base, winnerStake);
        assertEq(divisions[1].base, winnerStake);
        assertEq(divisions[2].base, total);
        uint256 losing = total - winnerStake;
        assertEq(divisions[0].sink, losing / 5);
        assertEq(divisions[1].sink, losing * 2 / 5);
        assertEq(divisions[2].sink, total * 2 / 5);
        assertEq(divisions[0].sponsorBonus, 0);
        assertLe(divisions[1].sponsorBonus, sponsored ? fee * 3 / 2 : 0);
        assertLe(divisions[2].sponsorBonus, fee);
    }

    /// R-301, R-302: where the fee is too large to be repaid, the bonus is what there is, and nothing underflows.
    function test_payoutLib_capsTheBonus() public pure {
        PayoutLib.Division memory d = PayoutLib.byRuling(100, 90, 1000, true);
        assertEq(d.sink, 4);
        assertEq(d.sponsorBonus, 6);
        assertEq(d.shared, 90);
        d = PayoutLib.byRulingWithoutWinner(10, 1000);
        assertEq(d.sink, 4);
        assertEq(d.sponsorBonus, 6);
        assertEq(d.shared, 0);
        assertEq(d.base, 10);
        // Nobody lost: nothing to divide.
        d = PayoutLib.byRuling(100, 100, 7, true);
        assertEq(d.sink, 0);
        assertEq(d.sponsorBonus, 0);
        assertEq(d.shared, 100);
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
        PayoutLib.Division memory d = PayoutLib.byRuling(total, winnerStake, fee, true);
        uint256 whole = PayoutLib.stakePayout(m, d);
        uint256 parts = PayoutLib.stakePayout(part, d) + PayoutLib.stakePayout(m - part, d);
        assertLe(parts, whole);
        assertGe(parts + 1, whole);
        assertGe(whole, m);

        uint256 a = winnerStake;
        part = bound(part, 0, a + fee);
        whole = PayoutLib.appealPayout(a + fee, a, fee, d);
        parts = PayoutLib.appealPayout(part, a, fee, d) + PayoutLib.appealPayout(a + fee - part, a, fee, d);
        assertLe(parts, whole);
        assertEq(whole, a * d.shared / d.base + d.sponsorBonus);
    }

    /// R-303: reward and refund are the pot, to the wei; the ramp is six hours.
    function testFuzz_payoutLib_rewardAndRefundAreThePot(uint256 pot, uint256 elapsed) public pure {
        pot = bound(pot, 1, 1 << 100);
        elapsed = bound(elapsed, 0, 1 << 40);
        uint256 used = PayoutLib.reward(pot, elapsed);
        assertEq(used + PayoutLib.fundRefund(pot, pot, used), pot);
        assertEq(used, elapsed < 21_600 ? pot * elapsed / 21_600 : pot);
    }

    function _divide(Row memory row) private pure returns (PayoutLib.Division memory) {
        if (!row.hasWinner) return PayoutLib.byRulingWithoutWinner(row.total, row.fee);
        if (row.outcome == TIMEOUT) return PayoutLib.byTimeout(row.total, row.winnerStake);
        return PayoutLib.byRuling(row.total, row.winnerStake, row.fee, row.appealedWins);
    }
}
