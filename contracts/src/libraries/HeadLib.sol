// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Head} from "../types/Dispute.sol";
import {BondLib} from "./BondLib.sol";

/// @title The packed core of a dispute: proposal, bond, deadline, who led
/// @notice A candidate is named by its install index 0..3. Layout: `types/Dispute.sol`.
/// Twin: `contracts/protocol/bond.ts` (`stakesOf`), vectors `test/vectors/bond.json`.
library HeadLib {
    uint256 private constant BOND_SHIFT = 128;
    uint256 private constant DEADLINE_SHIFT = 208;
    uint256 private constant LEADERS_SHIFT = 248;
    uint256 private constant ARBITRATED = 1 << (LEADERS_SHIFT + 3);
    uint256 private constant FUNDED = 1 << (LEADERS_SHIFT + 5);

    /// @notice The head after something was put into the reward pot, which spares everyone else its reading.
    function fund(Head head) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(head) | FUNDED);
    }

    /// @notice The head after `value`, with bond `d`, 1 .. 2^80, became the first candidate.
    function propose(Head head, uint128 value, uint256 d, uint256 deadline_) internal pure returns (Head) {
        uint256 funded = Head.unwrap(head) & FUNDED;
        uint256 first = uint256(1) << LEADERS_SHIFT;
        unchecked {
            return Head.wrap(funded | first | deadline_ << DEADLINE_SHIFT | (d - 1) << BOND_SHIFT | value);
        }
    }

    /// @notice The head after candidate `index` takes the lead of round n + 1 <= 4 until `deadline_`.
    function install(Head head, uint256 index, uint256 deadline_) internal pure returns (Head) {
        uint256 leaders = Head.unwrap(head) >> LEADERS_SHIFT;
        uint256 next = leaders + 1;
        if (round(head) == 2) next |= (index >> 1) << 4;
        if (round(head) == 3) next |= index << 6;
        uint256 kept = Head.unwrap(head) & ((1 << DEADLINE_SHIFT) - 1);
        return Head.wrap(next << LEADERS_SHIFT | deadline_ << DEADLINE_SHIFT | kept);
    }

    /// @notice The head after the fixing went to arbitration.
    function arbitrate(Head head) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(head) | ARBITRATED);
    }

    /// @notice The first candidate's value, 0 before a proposal.
    function proposal(Head head) internal pure returns (uint128) {
        return uint128(Head.unwrap(head));
    }

    /// @notice The bond d, bond-token wei. Meaningless before a proposal.
    function bond(Head head) internal pure returns (uint256) {
        unchecked {
            return uint256(uint80(Head.unwrap(head) >> BOND_SHIFT)) + 1;
        }
    }

    /// @notice When the leader settles if nothing more happens, seconds.
    function deadline(Head head) internal pure returns (uint256) {
        return uint40(Head.unwrap(head) >> DEADLINE_SHIFT);
    }

    /// @notice The round n: how often a candidate was installed, 0..4.
    function round(Head head) internal pure returns (uint256) {
        return (Head.unwrap(head) >> LEADERS_SHIFT) & 7;
    }

    /// @notice Whether anything was ever put into the reward pot.
    function isFunded(Head head) internal pure returns (bool) {
        return Head.unwrap(head) & FUNDED != 0;
    }

    /// @notice Whether the fixing went to arbitration, by appeal (n >= 2) or by request (n = 0).
    function isArbitrated(Head head) internal pure returns (bool) {
        return Head.unwrap(head) & ARBITRATED != 0;
    }

    /// @notice The index of the candidate that led `atRound`, 1..n.
    function leaderAt(Head head, uint256 atRound) internal pure returns (uint256) {
        unchecked {
            if (atRound < 3) return atRound - 1;
        }
        if (atRound == 3) return (Head.unwrap(head) >> (LEADERS_SHIFT + 3)) & 2;
        return Head.unwrap(head) >> (LEADERS_SHIFT + 6);
    }

    /// @notice The index of the candidate whose pot of round `atRound` < n filled, and that led after it.
    function nextLeader(Head head, uint256 atRound) internal pure returns (uint256) {
        unchecked {
            return leaderAt(head, atRound + 1);
        }
    }

    /// @notice The index of the candidate that leads now. n >= 1.
    function leader(Head head) internal pure returns (uint256) {
        return leaderAt(head, round(head));
    }

    /// @notice How many candidates have led, 0..4.
    function count(Head head) internal pure returns (uint256 candidates) {
        uint256 n = round(head);
        if (n < 3) return n;
        // Round 3 is led by the proposal again or by a third candidate.
        candidates = leaderAt(head, 3) == 2 ? 3 : 2;
        if (n == 4 && leaderAt(head, 4) == candidates) ++candidates;
    }

    /// @notice All stake after the first `rounds` <= n installs, and the stake of candidate `index`, both in
    /// bonds: every fill is a whole multiple of d. At most 27 and 18. At most K steps.
    /// INVARIANT: for rounds >= 2 the leader has 2/3 of the total. Unchecked: no term exceeds 54.
    function units(Head head, uint256 rounds, uint256 index)
        internal
        pure
        returns (uint256 total, uint256 stake)
    {
        if (rounds == 0) return (0, 0);
        // A byte per candidate. Every game begins alike: one bond on the proposal, then two against it.
        uint256 stakes;
        (total, stakes) = rounds == 1 ? (1, 0x01) : (3, 0x0201);
        unchecked {
            for (uint256 r = 3; r <= rounds; ++r) {
                uint256 shift = leaderAt(head, r) << 3;
                uint256 need = BondLib.potNeed(total, (stakes >> shift) & 0xff);
                stakes += need << shift;
                total += need;
            }
        }
        stake = (stakes >> (index << 3)) & 0xff;
    }
}
