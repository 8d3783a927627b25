// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @notice Who led in each round, packed into a byte; `LeadersLib` reads and extends it.
/// Bits 0-2: the round n, 0..4. Bit 3: the fixing was arbitrated. Bits 4-5 and 6-7: the index of the
/// candidate leading rounds 3 and 4. Rounds 1 and 2 need no bits: the proposal leads the first, and
/// whoever disputes it first is candidate 1.
type Leaders is uint8;

/// @notice All that an undisputed fixing ever stores: one slot.
struct Head {
    /// Candidate 0. 0 = nothing proposed.
    uint128 proposal;
    /// The bond d less one wei: d is 1e9 .. 2^80, one more value than 80 bits hold from zero.
    uint80 bondLessOne;
    /// When the leader settles if nothing more happens.
    uint40 deadline;
    Leaders leaders;
}

/// @notice What the oracle stores of a fixing. Stakes are not stored: every fill is an exact function of
/// the bond and of who led (R-202), so `LeadersLib.tally` recomputes them.
struct Dispute {
    Head head;
    // Written by the first dispute.
    uint128 second;
    /// When candidate 0 was proposed; before the first dispute it is deadline - firstWindow.
    uint40 proposedAt;
    // Written by later new candidates.
    uint128 third;
    uint128 fourth;
    // Written when arbitration begins. Its end is kept because the id does not reveal the limit.
    /// The appealed value, 0 for a request.
    uint128 appealed;
    uint40 arbitratedAt;
    uint40 arbitrationEnd;
    // Written at the end.
    /// 0 = not ruled.
    uint128 ruling;
    /// The winning candidate's index + 1; 0 = none. Set by a ruling only.
    uint8 rulingWinner;
    bool isCollected;
}

/// @notice The candidates in install order, an appealed new value last, and the stake on each.
struct Tally {
    uint128[] values;
    uint256[] stakes;
    /// All stake (A).
    uint256 total;
    /// Index of the candidate that leads.
    uint256 leader;
    /// The appeal's stake (a), 0 without one.
    uint256 appealStake;
}
