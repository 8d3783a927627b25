// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Leaders} from "../types/Dispute.sol";
import {BondLib} from "./BondLib.sol";

/// @title The history of leaders in one byte
/// @notice A candidate is named by its install index 0..3. Twin: `contracts/protocol/bond.ts`.
library LeadersLib {
    uint8 private constant ROUND_MASK = 0x07;
    uint8 private constant ARBITRATED = 0x08;

    /// @notice The round n: how often a candidate was installed, 0..4.
    function round(Leaders leaders) internal pure returns (uint8) {
        return Leaders.unwrap(leaders) & ROUND_MASK;
    }

    /// @notice Whether the fixing went to arbitration, by appeal (n >= 2) or by request (n = 0).
    function isArbitrated(Leaders leaders) internal pure returns (bool) {
        return Leaders.unwrap(leaders) & ARBITRATED != 0;
    }

    /// @notice The index of the candidate that led `atRound`, 1..n.
    function leaderAt(Leaders leaders, uint256 atRound) internal pure returns (uint256) {
        if (atRound < 3) return atRound - 1;
        return (Leaders.unwrap(leaders) >> (atRound == 3 ? 4 : 6)) & 3;
    }

    /// @notice How many candidates have led, 0..4.
    function count(Leaders leaders) internal pure returns (uint256 candidates) {
        uint256 n = round(leaders);
        for (uint256 r = 1; r <= n; ++r) {
            uint256 index = leaderAt(leaders, r);
            if (index == candidates) ++candidates;
        }
    }

    /// @notice History after candidate `index` takes the lead of round n + 1 <= 4.
    function install(Leaders leaders, uint256 index) internal pure returns (Leaders) {
        uint8 next = round(leaders) + 1;
        uint256 packed = Leaders.unwrap(leaders) + 1;
        if (next == 3) packed |= index << 4;
        if (next == 4) packed |= index << 6;
        return Leaders.wrap(uint8(packed));
    }

    /// @notice History after the fixing went to arbitration.
    function arbitrate(Leaders leaders) internal pure returns (Leaders) {
        return Leaders.wrap(Leaders.unwrap(leaders) | ARBITRATED);
    }

    /// @notice The stakes that bond `d` and the first `rounds` <= n leaders imply: total A and per candidate.
    /// INVARIANT: for rounds >= 2, stakes[leader] == 2 (total - stakes[leader]).
    function stakesAt(Leaders leaders, uint256 d, uint256 rounds)
        internal
        pure
        returns (uint256 total, uint256[5] memory stakes)
    {
        if (rounds == 0) return (0, stakes);
        total = d;
        stakes[0] = d;
        for (uint256 r = 2; r <= rounds; ++r) {
            uint256 index = leaderAt(leaders, r);
            uint256 need = BondLib.potNeed(total, stakes[index]);
            stakes[index] += need;
            total += need;
        }
    }
}
