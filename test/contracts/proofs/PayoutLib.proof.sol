// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BondLib} from "src/libraries/BondLib.sol";
import {PayoutLib} from "src/libraries/PayoutLib.sol";

/// @title What each receipt is worth, for the solver: `npm run prove`
/// @notice See `BondLibProofs`. Stakes are uint88: all stake is at most 30 bonds of at most 2^80. `total` is A, all stake with an
/// appeal's; `stake` in an appeal is a, what the appeal stakes.
/// @custom:standin @openzeppelin/contracts/utils/math/Math.sol test/contracts/proofs/MulDiv.spec.sol
contract PayoutLibProofs {
    /// @notice sink + bonus + shared = A, the winners share at least what they staked.
    /// @custom:proves PayoutLib.byTimeout
    /// @custom:range winnerStake <= total, any uint128
    function prove_byTimeout_conserves(uint128 total, uint128 winnerStake) external pure {
        require(winnerStake <= total);
        (uint256 sink, uint256 bonus, uint256 shared) = PayoutLib.byTimeout(total, winnerStake);
        assert(sink + bonus + shared == total);
        assert(shared >= winnerStake);
        assert(bonus == 0);
    }

    /// @notice sink + bonus + shared = A, the winners share at least what they staked.
    /// @custom:proves PayoutLib.byRuling
    /// @custom:range winnerStake <= total: any uint128; maxBonus any uint256
    function prove_byRuling_conserves(uint128 total, uint128 winnerStake, uint256 maxBonus) external pure {
        require(winnerStake <= total);
        (uint256 sink, uint256 bonus, uint256 shared) = PayoutLib.byRuling(total, winnerStake, maxBonus);
        assert(sink + bonus + shared == total);
        assert(shared >= winnerStake);
        assert(bonus <= maxBonus);
    }

    /// @notice sink + bonus + shared = A, and the bonus is at most the fee.
    /// @custom:proves PayoutLib.byRulingWithoutWinner
    /// @custom:range total, fee: any uint128
    function prove_byRulingWithoutWinner_conserves(uint128 total, uint128 fee) external pure {
        (uint256 sink, uint256 bonus, uint256 shared) = PayoutLib.byRulingWithoutWinner(total, fee);
        assert(sink + bonus + shared == total);
        assert(bonus <= fee);
    }

    /// @notice No winner costs 40 % of all stake, rounded down, and the arbitrator's fee; not more.
    /// @custom:proves PayoutLib.byRulingWithoutWinner
    /// @custom:range total, fee: any uint128
    function prove_byRulingWithoutWinner_costsFortyPercentAndTheFee(uint128 total, uint128 fee) external pure {
        (uint256 sink,, uint256 shared) = PayoutLib.byRulingWithoutWinner(total, fee);
        assert(100 * sink <= 40 * uint256(total));
        assert(40 * uint256(total) < 100 * sink + 100);
        assert(shared + sink + fee >= total);
    }

    /// @notice By timeout of a disputed leader the winning side gets 1.4 W, less than 1 wei above.
    /// @custom:proves PayoutLib.byTimeout
    /// @custom:range W = 2 L (BondLib.potNeed_leaderHoldsTwoThirds), L any uint128
    function prove_byTimeout_earnsFortyPercent(uint128 losing) external pure {
        uint256 winning = 2 * uint256(losing);
        (,, uint256 shared) = PayoutLib.byTimeout(winning + losing, winning);
        assert(5 * shared >= 7 * winning);
        assert(5 * shared < 7 * winning + 5);
    }

    /// @notice By a ruling for the leader, over an appeal of another value, the winning side gets at least 1.4 W.
    /// @custom:proves PayoutLib.byRuling, BondLib.appealStake
    /// @custom:range W = 2 (A - W) before the appeal, A - W any uint128
    function prove_byRuling_forTheLeaderEarnsFortyPercent(uint128 losing) external pure {
        uint256 winning = 2 * uint256(losing);
        uint256 total = winning + losing;
        (,, uint256 shared) = PayoutLib.byRuling(total + BondLib.appealStake(total), winning, 0);
        assert(5 * shared >= 7 * winning);
    }

    /// @notice By a ruling for a candidate that neither leads nor was appealed the winning side gets at least 2.4 W.
    /// @custom:proves PayoutLib.byRuling, BondLib.appealStake
    /// @custom:range W <= A / 3 (BondLib.potNeed_othersHoldAThird), any uint128
    function prove_byRuling_forAnotherEarnsFortyPercent(uint128 total, uint128 winning) external pure {
        require(3 * uint256(winning) <= total);
        uint256 all = total + BondLib.appealStake(total);
        (,, uint256 shared) = PayoutLib.byRuling(all, winning, 0);
        assert(5 * shared >= 12 * uint256(winning));
    }

    /// @notice By a ruling for the appealed value the winning side gets at least 1.4 W after the sponsors' bonus of 1.5 F.
    /// @custom:proves PayoutLib.byRuling, PayoutLib.sponsorBonus, BondLib.appealStake
    /// @custom:range S <= A / 3 before the appeal, A >= 3 bonds, F <= 2/5 bond (R-101); any uint128
    function prove_byRuling_forTheAppealedEarnsFortyPercent(uint128 total, uint128 had, uint128 fee, uint128 bond)
        external
        pure
    {
        require(3 * uint256(had) <= total && 3 * uint256(bond) <= total && 5 * uint256(fee) <= 2 * uint256(bond));
        uint256 stake = BondLib.appealStake(total);
        uint256 winning = had + stake;
        (, uint256 bonus, uint256 shared) =
            PayoutLib.byRuling(total + stake, winning, PayoutLib.sponsorBonus(fee));
        assert(5 * shared >= 7 * winning);
        assert(bonus == (3 * uint256(fee)) / 2);
    }

    /// @notice If the winning side gets 1.4 W, every one of its receipts pays more than 1.4 times its stake less 1 wei.
    /// @custom:proves PayoutLib.stakePayout
    /// @custom:range 5 shared >= 7 base > 0, burned: any uint88
    function prove_stakePayout_earnsFortyPercentLessOneWei(uint88 burned, uint88 shared, uint88 base) external pure {
        require(base > 0 && 5 * uint256(shared) >= 7 * uint256(base));
        uint256 paid = PayoutLib.stakePayout(burned, shared, base);
        assert(5 * (paid + 1) > 7 * uint256(burned));
    }

    /// @notice Sponsors of the winner together get more than 1.4 (a + F) less 2 wei.
    /// @custom:proves PayoutLib.stakePayout, PayoutLib.sponsorBonus
    /// @custom:range 5 shared >= 7 base, 0 < a <= base, F: any uint88
    /// @custom:assumes PayoutLib.appealPayout_ofAllIsItsShareAndTheBonus
    function prove_appealPayout_earnsFortyPercentLessTwoWei(uint88 stake, uint88 fee, uint88 shared, uint88 base)
        external
        pure
    {
        require(stake > 0 && stake <= base && 5 * uint256(shared) >= 7 * uint256(base));
        uint256 bonus = PayoutLib.sponsorBonus(fee);
        uint256 paid = PayoutLib.stakePayout(stake, shared, base) + bonus;
        assert(5 * (paid + 2) > 7 * (uint256(stake) + fee));
    }

    /// @notice If all sponsors get more than 1.4 (a + F) less 2 wei, each holding gets more than 1.4 times itself less 3 wei.
    /// @custom:proves PayoutLib.stakePayout
    /// @custom:range 5 (k + 2) > 7 (a + F), burned <= a + F: any uint96
    /// @custom:assumes PayoutLib.appealPayout_isAShareOfTheAppeals
    function prove_appealPayout_eachHoldingEarnsFortyPercentLessThreeWei(uint96 burned, uint96 all, uint96 sum)
        external
        pure
    {
        require(burned <= sum && sum > 0 && 5 * (uint256(all) + 2) > 7 * uint256(sum));
        uint256 paid = PayoutLib.stakePayout(burned, all, sum);
        assert(5 * (paid + 3) > 7 * uint256(burned));
    }

    /// @notice Two parts of a holding pay at most what it pays whole, and at most 1 wei less.
    /// @custom:proves PayoutLib.stakePayout
    /// @custom:range base > 0, burned parts, shared: any uint88
    function prove_stakePayout_partsPayNoMoreThanTheWhole(uint88 one, uint88 other, uint88 shared, uint88 base)
        external
        pure
    {
        require(base > 0);
        uint256 parts = PayoutLib.stakePayout(one, shared, base) + PayoutLib.stakePayout(other, shared, base);
        uint256 whole = PayoutLib.stakePayout(uint256(one) + other, shared, base);
        assert(parts <= whole);
        assert(whole <= parts + 1);
    }

    /// @notice All receipts of the winning stake together pay exactly what is shared.
    /// @custom:proves PayoutLib.stakePayout
    /// @custom:range base > 0, shared: any uint88
    function prove_stakePayout_ofAllIsWhatIsShared(uint88 shared, uint88 base) external pure {
        require(base > 0);
        assert(PayoutLib.stakePayout(base, shared, base) == shared);
    }

    /// @notice A part of an appeal's receipts pays the part's floor of what all of them pay.
    /// @custom:proves PayoutLib.appealPayout
    /// @custom:range burned <= a + F, 0 < a <= base, F, shared, bonus: any uint88
    function prove_appealPayout_isAShareOfTheAppeals(
        uint88 burned,
        uint88 stake,
        uint88 fee,
        uint88 shared,
        uint88 base,
        uint88 bonus
    ) external pure {
        uint256 sum = uint256(stake) + fee;
        require(stake > 0 && stake <= base && burned <= sum);
        uint256 all = PayoutLib.stakePayout(stake, shared, base) + bonus;
        assert(PayoutLib.appealPayout(burned, stake, fee, bonus, shared, base) == PayoutLib.stakePayout(burned, all, sum));
    }

    /// @notice All receipts of an appeal together pay its stake's share and the bonus.
    /// @custom:proves PayoutLib.appealPayout
    /// @custom:range 0 < a <= base, F, shared, bonus: any uint88
    function prove_appealPayout_ofAllIsItsShareAndTheBonus(
        uint88 stake,
        uint88 fee,
        uint88 shared,
        uint88 base,
        uint88 bonus
    ) external pure {
        require(stake > 0 && stake <= base);
        uint256 paid = PayoutLib.appealPayout(uint256(stake) + fee, stake, fee, bonus, shared, base);
        assert(paid == PayoutLib.stakePayout(stake, shared, base) + bonus);
    }

    /// @notice At most the pot, and exactly floor(pot * t / 6 h) before six hours.
    /// @custom:proves PayoutLib.reward
    /// @custom:range pot any uint128, elapsed any uint256
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_reward_isTheRampsShareOfThePot(uint128 pot, uint256 elapsed) external pure {
        uint256 reward = PayoutLib.reward(pot, elapsed);
        assert(reward <= pot);
        if (elapsed >= 6 hours) {
            assert(reward == pot);
        } else {
            assert(reward * 6 hours <= pot * elapsed);
            assert(pot * elapsed < reward * 6 hours + 6 hours);
        }
    }

    /// @notice Two parts of the first candidate's receipts get at most what they get together; all of them get the reward.
    /// @custom:proves PayoutLib.rewardPayout
    /// @custom:range parts <= bond, 0 < bond: any uint88; reward any uint128
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_rewardPayout_conserves(uint88 one, uint88 other, uint88 bond, uint128 reward) external pure {
        require(bond > 0 && uint256(one) + other <= bond);
        uint256 parts = PayoutLib.rewardPayout(one, bond, reward) + PayoutLib.rewardPayout(other, bond, reward);
        assert(parts <= PayoutLib.rewardPayout(uint256(one) + other, bond, reward));
        assert(PayoutLib.rewardPayout(bond, bond, reward) == reward);
    }

    /// @notice The smaller of the pot and floor(1.5 F).
    /// @custom:proves PayoutLib.requestRepayment
    /// @custom:range pot any uint256, fee any uint128
    function prove_requestRepayment_isAtMostThePotAndOneAndAHalfFees(uint256 pot, uint128 fee) external pure {
        uint256 repaid = PayoutLib.requestRepayment(pot, fee);
        assert(repaid <= pot);
        assert(2 * repaid <= 3 * uint256(fee));
        assert(repaid == pot || 2 * repaid + 1 >= 3 * uint256(fee));
    }

    /// @notice Two parts of the request receipts pay at most what they pay together.
    /// @custom:proves PayoutLib.requestPayout
    /// @custom:range parts <= fee, 0 < fee, pot: any uint128
    function prove_requestPayout_partsPayNoMoreThanTheWhole(uint128 one, uint128 other, uint128 pot, uint128 fee)
        external
        pure
    {
        require(fee > 0 && uint256(one) + other <= fee);
        uint256 second = PayoutLib.requestPayout(other, pot, fee);
        uint256 first = PayoutLib.requestPayout(one, pot, fee);
        assert(first + second <= PayoutLib.requestPayout(uint256(one) + other, pot, fee));
    }

    /// @notice All request receipts together pay exactly the repayment.
    /// @custom:proves PayoutLib.requestPayout, PayoutLib.requestRepayment
    /// @custom:range 0 < fee, pot: any uint128
    function prove_requestPayout_ofAllIsTheRepayment(uint128 pot, uint128 fee) external pure {
        require(fee > 0);
        assert(PayoutLib.requestPayout(fee, pot, fee) == PayoutLib.requestRepayment(pot, fee));
    }

    /// @notice Two parts of the fund receipts get at most what they get together; all of them with what was used get the pot.
    /// @custom:proves PayoutLib.fundRefund
    /// @custom:range parts <= pot, used <= pot, 0 < pot: any uint128
    /// @custom:assumes Math.mulDiv is MulDiv.spec.sol
    function prove_fundRefund_conserves(uint128 one, uint128 other, uint128 pot, uint128 used) external pure {
        require(pot > 0 && used <= pot && uint256(one) + other <= pot);
        uint256 parts = PayoutLib.fundRefund(one, pot, used) + PayoutLib.fundRefund(other, pot, used);
        assert(parts <= PayoutLib.fundRefund(uint256(one) + other, pot, used));
        assert(PayoutLib.fundRefund(pot, pot, used) + used == pot);
    }
}
