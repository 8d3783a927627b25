// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What each receipt is worth
/// @notice Pure, assembly-free. All divisions round down, so that the sum of payouts never exceeds the
/// deposits. Amounts are bond-token wei. Twin: `contracts/protocol/payout.ts`, vectors
/// `test/vectors/payout.json`. Requirements R-301, R-302, R-303, R-206.
library PayoutLib {
    /// Share of the losers' stake that burns when the leader's deadline passed, percent.
    uint256 internal constant TIMEOUT_FORFEIT = 20;
    /// Share that burns after a ruling, percent; of all stake when nobody won.
    uint256 internal constant RULING_FORFEIT = 40;
    /// Over this long after maturity the reward grows from zero to the whole pot, seconds.
    uint256 internal constant REWARD_RAMP = 6 hours;

    /// @notice How the stake of a settled fixing is divided.
    struct Division {
        /// To the sink.
        uint256 sink;
        /// To the sponsors of the appeal, on top of their stake's share.
        uint256 sponsorBonus;
        /// To the winning stake (to all stake when nobody won).
        uint256 shared;
        /// What `shared` is divided by: W, or A when nobody won.
        uint256 base;
    }

    /// @notice Division when the leader's deadline passed (R-301). 0 < winnerStake <= total.
    function byTimeout(uint256 total, uint256 winnerStake) internal pure returns (Division memory) {
        return _divide(total, winnerStake, TIMEOUT_FORFEIT, 0);
    }

    /// @notice Division after a ruling with a winner (R-301). `sponsored`: the winner is the appealed value.
    function byRuling(uint256 total, uint256 winnerStake, uint256 fee, bool sponsored)
        internal
        pure
        returns (Division memory)
    {
        return _divide(total, winnerStake, RULING_FORFEIT, sponsored ? (3 * fee) / 2 : 0);
    }

    /// @notice Division after a ruling that no candidate matched (R-302).
    function byRulingWithoutWinner(uint256 total, uint256 fee) internal pure returns (Division memory d) {
        d = _divide(total, 0, RULING_FORFEIT, fee);
        d.base = total;
    }

    /// @notice What `burned` stake receipts of a winner (of any candidate when nobody won) are worth.
    function stakePayout(uint256 burned, Division memory d) internal pure returns (uint256) {
        return (burned * d.shared) / d.base;
    }

    /// @notice What `burned` of the `stake + fee` appeal receipts are worth.
    function appealPayout(uint256 burned, uint256 stake, uint256 fee, Division memory d)
        internal
        pure
        returns (uint256)
    {
        return (burned * ((stake * d.shared) / d.base + d.sponsorBonus)) / (stake + fee);
    }

    /// @notice The reward of the first candidate's receipts when it won (R-303): the reward pot's share that
    /// `elapsed` seconds from maturity to proposal are of the ramp.
    function reward(uint256 rewardPot, uint256 elapsed) internal pure returns (uint256) {
        if (elapsed >= REWARD_RAMP) return rewardPot;
        return (rewardPot * elapsed) / REWARD_RAMP;
    }

    /// @notice What a request is repaid from the reward pot after a ruling (R-206): 1.5 fees if it has them.
    function requestRepayment(uint256 rewardPot, uint256 fee) internal pure returns (uint256) {
        return _min((3 * fee) / 2, rewardPot);
    }

    /// @notice What `burned` of the `fee` request receipts are worth after a ruling.
    function requestPayout(uint256 burned, uint256 rewardPot, uint256 fee) internal pure returns (uint256) {
        return (burned * requestRepayment(rewardPot, fee)) / fee;
    }

    /// @notice What `burned` of `rewardPot` fund receipts get back when `used` of it was spent.
    function fundRefund(uint256 burned, uint256 rewardPot, uint256 used) internal pure returns (uint256) {
        return (burned * (rewardPot - used)) / rewardPot;
    }

    /// INVARIANT: sink + sponsorBonus + shared == total, and shared >= winnerStake.
    function _divide(uint256 total, uint256 winnerStake, uint256 forfeit, uint256 bonusCap)
        private
        pure
        returns (Division memory d)
    {
        uint256 losing = total - winnerStake;
        d.sink = (losing * forfeit) / 100;
        d.sponsorBonus = _min(bonusCap, losing - d.sink);
        d.shared = total - d.sink - d.sponsorBonus;
        d.base = winnerStake;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
