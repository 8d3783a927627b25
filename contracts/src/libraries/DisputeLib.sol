// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Dispute, Head, Leaders, Tally} from "../types/Dispute.sol";
import {Fixing, Kind, Outcome, Phase} from "../types/Fixing.sol";
import {BondLib} from "./BondLib.sol";
import {DistanceLib} from "./DistanceLib.sol";
import {FixingLib} from "./FixingLib.sol";
import {LeadersLib} from "./LeadersLib.sol";

using LeadersLib for Leaders;

/// @title What the stored facts of a fixing mean now
/// @notice Read-only. Twin of the derivations: `contracts/protocol/phase.ts`.
library DisputeLib {
    /// @notice The phase (R-110). "Before X" means block.timestamp < X.
    function phase(Dispute storage self, Fixing calldata fixing) internal view returns (Phase) {
        Head memory head = self.head;
        if (head.leaders.isArbitrated()) {
            if (self.ruling != 0) return Phase.Settled;
            return block.timestamp < self.arbitrationEnd ? Phase.Arbitration : Phase.Settled;
        }
        if (head.proposal != 0) return block.timestamp < head.deadline ? Phase.Active : Phase.Settled;
        if (block.timestamp < fixing.maturity) return Phase.Pending;
        uint256 openEnd = FixingLib.graceEnd(fixing) + fixing.arbitrationLimit;
        return block.timestamp < openEnd ? Phase.Open : Phase.Settled;
    }

    /// @notice Whether the fixing is settled and at what, from stored facts alone: (false, 0) for ever for
    /// a fixing that was never proposed nor requested. One storage read when nobody disputed.
    function settlement(Dispute storage self) internal view returns (bool isSettled, uint128 value) {
        Head memory head = self.head;
        if (head.leaders.isArbitrated()) {
            value = self.ruling;
            if (value != 0) return (true, value);
            return block.timestamp < self.arbitrationEnd ? (false, 0) : (true, DistanceLib.INVALID);
        }
        if (head.proposal == 0 || block.timestamp < head.deadline) return (false, 0);
        return (true, leader(self));
    }

    /// @notice How the fixing was settled and the winner's index + 1, 0 for none. `Outcome.None` before.
    function outcome(Dispute storage self, Fixing calldata fixing)
        internal
        view
        returns (Outcome how, uint256 winner)
    {
        if (phase(self, fixing) != Phase.Settled) return (Outcome.None, 0);
        if (self.ruling != 0) return (Outcome.Ruling, self.rulingWinner);
        Leaders leaders = self.head.leaders;
        uint8 n = leaders.round();
        if (n == 0 || leaders.isArbitrated()) return (Outcome.Expiry, 0);
        return (Outcome.Timeout, leaders.leaderAt(n) + 1);
    }

    /// @notice The bond d, 0 before a proposal.
    function bond(Head memory head) internal pure returns (uint256) {
        return head.proposal == 0 ? 0 : uint256(head.bondLessOne) + 1;
    }

    /// @notice The value that leads, 0 before a proposal.
    function leader(Dispute storage self) internal view returns (uint128) {
        Leaders leaders = self.head.leaders;
        uint8 n = leaders.round();
        return n == 0 ? 0 : installed(self, leaders.leaderAt(n));
    }

    /// @notice The value of installed candidate `index`, 0..3.
    function installed(Dispute storage self, uint256 index) internal view returns (uint128) {
        if (index == 0) return self.head.proposal;
        if (index == 1) return self.second;
        return index == 2 ? self.third : self.fourth;
    }

    /// @notice All candidates with their stakes, an appeal's included. At most K + 1 = 5.
    function tally(Dispute storage self) internal view returns (Tally memory t) {
        Head memory head = self.head;
        uint8 n = head.leaders.round();
        if (n == 0) return t;

        uint256[5] memory stakes;
        (t.total, stakes) = head.leaders.stakesAt(bond(head), n);
        t.leader = head.leaders.leaderAt(n);
        t.values = _values(self, head.leaders);
        if (head.leaders.isArbitrated()) {
            t.appealStake = BondLib.appealStake(t.total);
            (uint256 appealed,) = DistanceLib.find(t.values, self.appealed, 0);
            stakes[appealed] += t.appealStake;
            t.total += t.appealStake;
        }
        t.stakes = new uint256[](t.values.length);
        for (uint256 i = 0; i < t.stakes.length; ++i) {
            t.stakes[i] = stakes[i];
        }
    }

    /// @notice What a filled pot of kind Stake or Appeal took in; 0 when that pot never filled. Round 0 is
    /// the proposal's bond.
    function filledPot(Dispute storage self, Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        internal
        view
        returns (uint256)
    {
        Head memory head = self.head;
        uint8 n = head.leaders.round();
        if (value == 0 || n == 0) return 0;
        uint256 d = bond(head);
        if (kind == Kind.Appeal) {
            if (round != n || !head.leaders.isArbitrated() || self.appealed != value) return 0;
            (uint256 total,) = head.leaders.stakesAt(d, n);
            return BondLib.appealStake(total) + fixing.arbitrationFee;
        }
        if (kind != Kind.Stake || round >= n) return 0;
        uint256 index = head.leaders.leaderAt(uint256(round) + 1);
        if (installed(self, index) != value) return 0;
        (uint256 before,) = head.leaders.stakesAt(d, round);
        (uint256 afterwards,) = head.leaders.stakesAt(d, uint256(round) + 1);
        return afterwards - before;
    }

    /// @dev The values that have led, in install order, and last an appealed value that has not.
    function _values(Dispute storage self, Leaders leaders) private view returns (uint128[] memory values) {
        uint256 count = leaders.count();
        uint128 appealed = leaders.isArbitrated() ? self.appealed : 0;
        bool isNew = appealed != 0;
        for (uint256 i = 0; i < count; ++i) {
            if (installed(self, i) == appealed) isNew = false;
        }
        values = new uint128[](isNew ? count + 1 : count);
        for (uint256 i = 0; i < count; ++i) {
            values[i] = installed(self, i);
        }
        if (isNew) values[count] = appealed;
    }
}
