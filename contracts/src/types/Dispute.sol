// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @notice All that an undisputed fixing ever stores, packed into one slot; `HeadLib` reads and extends it.
/// From the low end: 128 bits the proposal (candidate 0; 0 = nothing proposed), 80 bits the bond less one
/// wei (d is 1e9 .. 2^80, one more value than 80 bits hold from zero), 40 bits the deadline, 8 bits who led.
/// Of those: bits 0-2 the round n, 0..4; bit 3 whether the fixing went to arbitration; bit 4 whether round 3 is
/// led by a third candidate rather than by the proposal again; bit 5 whether the reward pot was ever funded;
/// bits 6-7 the candidate leading round 4. Rounds 1 and 2 need none: the proposal leads the first, and
/// whoever disputes it is candidate 1.
type Head is uint256;

/// @notice What the oracle stores of a fixing. Stakes are not stored: every fill is an exact function of
/// the bond and of who led (R-202), so `HeadLib.units` recomputes them.
struct Dispute {
    Head head;
    // Written by the first dispute.
    uint128 second;
    /// When candidate 0 was proposed; before the first dispute it is deadline - firstWindow.
    uint40 proposedAt;
    /// Whether the sink has its share.
    bool isCollected;
    // Written by later new candidates.
    uint128 third;
    uint128 fourth;
    // Written when arbitration begins. Its end is kept because the id does not reveal the limit.
    /// The appealed value, 0 for a request.
    uint128 appealed;
    /// The appealed value's candidate index; the number of installed candidates for a new value.
    uint8 appealedIndex;
    uint40 arbitratedAt;
    uint40 arbitrationEnd;
    // Written at the end.
    /// 0 = not ruled.
    uint128 ruling;
    /// The winning candidate's index + 1; 0 = none. Set by a ruling only.
    uint8 rulingWinner;
}
