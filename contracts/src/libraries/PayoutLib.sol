// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title What each receipt is worth
/// @notice Pure. All divisions round down, so that the sum of payouts never exceeds the deposits. Amounts are
/// bond-token wei. Stakes and fees have bounds that no product of theirs overflows; a reward pot has none but the
/// token's supply, so that its shares are taken with 512 bits between. Twin: `contracts/protocol/payout.ts`, vectors
/// `test/vectors/payout.json`. Requirements R-301, R-302, R-303, R-206.
library PayoutLib {
    /// Share of the losers' stake that burns when the leader's deadline passed, percent.
    uint256 internal constant TIMEOUT_FORFEIT = 20;
    /// Share that burns after a ruling, percent; of all stake when nobody won.
    uint256 internal constant RULING_FORFEIT = 40;
    /// Over this long after maturity the reward grows from zero to the whole pot, seconds.
    uint256 internal constant REWARD_RAMP = 6 hours;

    /// @notice Division of `total` when the leader's deadline passed (R-301): `sink` burns, and the winning stake,
    /// 0 < winnerStake <= total, divides `shared`. No sponsor is paid: `bonus` is 0.
    function byTimeout(uint256 total, uint256 winnerStake)
        internal
        pure
        returns (uint256 sink, uint256 bonus, uint256 shared)
    {
        return _divide(total, winnerStake, TIMEOUT_FORFEIT, 0);
    }

    /// @notice Division after a ruling with a winner (R-301): as above, and the sponsors of the appeal get `bonus`
    /// on top of their stake's part of `shared`, at most `maxBonus`.
    function byRuling(uint256 total, uint256 winnerStake, uint256 maxBonus)
        internal
        pure
        returns (uint256 sink, uint256 bonus, uint256 shared)
    {
        return _divide(total, winnerStake, RULING_FORFEIT, maxBonus);
    }

    /// @notice The most that the sponsors of the winner get back for their fee: 1.5 fees.
    function sponsorBonus(uint256 fee) internal pure returns (uint256) {
        return (3 * fee) / 2;
    }

    /// @notice Division after a ruling that no candidate matched (R-302): all stake divides `shared`, and the
    /// sponsors get their fee back if there is as much.
    function byRulingWithoutWinner(uint256 total, uint256 fee)
        internal
        pure
        returns (uint256 sink, uint256 bonus, uint256 shared)
    {
        return _divide(total, 0, RULING_FORFEIT, fee);
    }

    /// @notice What `burned` stake receipts are worth. `base` is what divides `shared`: the winner's stake, or all
    /// stake when nobody won.
    function stakePayout(uint256 burned, uint256 shared, uint256 base) internal pure returns (uint256) {
        return (burned * shared) / base;
    }

    /// @notice What `burned` of the `stake + fee` appeal receipts are worth.
    function appealPayout(
        uint256 burned,
        uint256 stake,
        uint256 fee,
        uint256 bonus,
        uint256 shared,
        uint256 base
    ) internal pure returns (uint256) {
        return (burned * ((stake * shared) / base + bonus)) / (stake + fee);
    }

    /// @notice The reward of the first candidate's receipts when it won (R-303): the reward pot's share that
    /// `elapsed` seconds from maturity to proposal are of the ramp.
    function reward(uint256 rewardPot, uint256 elapsed) internal pure returns (uint256) {
        if (elapsed >= REWARD_RAMP) return rewardPot;
        return Math.mulDiv(rewardPot, elapsed, REWARD_RAMP);
    }

    /// @notice What `burned` of the first candidate's `bond` receipts get of its reward, beside `stakePayout`.
    function rewardPayout(uint256 burned, uint256 bond, uint256 wholeReward) internal pure returns (uint256) {
        return Math.mulDiv(burned, wholeReward, bond);
    }

    /// @notice What a request is repaid from the reward pot after a ruling (R-206): 1.5 fees if it has them.
    function requestRepayment(uint256 rewardPot, uint256 fee) internal pure returns (uint256) {
        return _min(sponsorBonus(fee), rewardPot);
    }

    /// @notice What `burned` of the `fee` request receipts are worth after a ruling.
    function requestPayout(uint256 burned, uint256 rewardPot, uint256 fee) internal pure returns (uint256) {
        return (burned * requestRepayment(rewardPot, fee)) / fee;
    }

    /// @notice What `burned` of `rewardPot` fund receipts get back when `used` of it was spent.
    function fundRefund(uint256 burned, uint256 rewardPot, uint256 used) internal pure returns (uint256) {
        return Math.mulDiv(burned, rewardPot - used, rewardPot);
    }

    /// INVARIANT: sink + bonus + shared == total, and shared >= winnerStake.
    function _divide(uint256 total, uint256 winnerStake, uint256 forfeit, uint256 maxBonus)
        private
        pure
        returns (uint256 sink, uint256 bonus, uint256 shared)
    {
        uint256 losing = total - winnerStake;
        sink = (losing * forfeit) / 100;
        bonus = _min(maxBonus, losing - sink);
        shared = total - sink - bonus;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
