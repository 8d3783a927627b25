// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {Dispute, Head} from "../types/Dispute.sol";
import {Fixing, Kind, Outcome, Phase} from "../types/Fixing.sol";
import {BondLib} from "./BondLib.sol";
import {DistanceLib} from "./DistanceLib.sol";
import {FixingLib} from "./FixingLib.sol";
import {HeadLib} from "./HeadLib.sol";

using HeadLib for Head;

/// @title What the stored facts of a fixing mean now
/// @notice Read-only. Functions that take `head` expect `self.head`, read once by the caller.
/// Twin of the derivations: `contracts/protocol/phase.ts`, vectors `test/vectors/phase.json`.
library DisputeLib {
    /// @notice Where an index stands for a candidate that is not there: nobody won. It has no stake.
    uint256 internal constant NO_CANDIDATE = type(uint256).max;

    /// @notice The phase (R-110). "Before X" means block.timestamp < X.
    function phase(Dispute storage self, Fixing calldata fixing, Head head) internal view returns (Phase) {
        if (head.isArbitrated()) {
            if (self.ruling != 0) return Phase.Settled;
            return block.timestamp < self.arbitrationEnd ? Phase.Arbitration : Phase.Settled;
        }
        if (head.proposal() != 0) return block.timestamp < head.deadline() ? Phase.Active : Phase.Settled;
        if (block.timestamp < fixing.maturity) return Phase.Pending;
        return block.timestamp < FixingLib.openEnd(fixing) ? Phase.Open : Phase.Settled;
    }

    /// @notice Whether the fixing is settled and at what, from stored facts alone: (false, 0) for ever for
    /// a fixing that was never proposed nor requested. One storage read when nobody disputed.
    function settlement(Dispute storage self) internal view returns (bool isSettled, uint128 value) {
        Head head = self.head;
        if (head.isArbitrated()) {
            value = self.ruling;
            if (value != 0) return (true, value);
            return block.timestamp < self.arbitrationEnd ? (false, 0) : (true, DistanceLib.INVALID);
        }
        if (head.proposal() == 0 || block.timestamp < head.deadline()) return (false, 0);
        return (true, candidate(self, head, head.leader()));
    }

    /// @notice How the fixing was settled and the winner's index, `NO_CANDIDATE` for none. `Outcome.None` before.
    function outcome(Dispute storage self, Fixing calldata fixing, Head head)
        internal
        view
        returns (Outcome how, uint256 winner)
    {
        if (phase(self, fixing, head) != Phase.Settled) return (Outcome.None, NO_CANDIDATE);
        if (head.isArbitrated()) {
            if (self.ruling != 0) return (Outcome.Ruling, _rulingWinner(self));
        } else if (head.proposal() != 0) {
            return (Outcome.Timeout, head.leader());
        }
        return (Outcome.Expiry, NO_CANDIDATE);
    }

    /// @notice How many candidates there are, an appealed new value included. At most K + 1 = 5.
    function count(Dispute storage self, Head head) internal view returns (uint256 candidates) {
        candidates = head.count();
        if (isAppealed(head) && self.appealedIndex == candidates) ++candidates;
    }

    /// @notice The value of candidate `index` < count, in install order, an appealed new value last.
    function candidate(Dispute storage self, Head head, uint256 index) internal view returns (uint128) {
        if (index == 0) return head.proposal();
        if (head.isArbitrated() && index == self.appealedIndex) return self.appealed;
        if (index == 1) return self.second;
        return index == 2 ? self.third : self.fourth;
    }

    /// @notice Whether the fixing was appealed: a fixing without a candidate can only have been requested.
    function isAppealed(Head head) internal pure returns (bool) {
        return head.isArbitrated() && head.proposal() != 0;
    }

    /// @notice All stake (A) and the stake of candidate `index` (S), an appeal's included.
    function stakes(Dispute storage self, Head head, uint256 index)
        internal
        view
        returns (uint256 total, uint256 stake)
    {
        if (head.proposal() == 0) return (0, 0);
        uint256 d = head.bond();
        (total, stake) = head.units(head.round(), index);
        unchecked {
            (total, stake) = (total * d, stake * d);
        }
        if (head.isArbitrated()) {
            uint256 a = BondLib.appealStake(total);
            if (index == self.appealedIndex) stake += a;
            total += a;
        }
    }

    /// @notice All stake, and what fills the pot of candidate `index`.
    function stakeAndNeed(Dispute storage self, Head head, uint256 index)
        internal
        view
        returns (uint256 total, uint256 need)
    {
        uint256 stake;
        (total, stake) = stakes(self, head, index);
        need = BondLib.potNeed(total, stake);
    }

    /// @notice The stake of the appeal (a). n >= 1.
    function appealStake(Head head) internal pure returns (uint256) {
        (uint256 total,) = head.units(head.round(), 0);
        return BondLib.appealStake(total * head.bond());
    }

    /// @notice The index that `value` has or would have as a candidate of an Active fixing. Reverts when it
    /// leads, or is not separated from a candidate without being one.
    function locate(Dispute storage self, Head head, uint128 value, uint32 separationPpm)
        internal
        view
        returns (uint256 index)
    {
        bool isClear;
        (index, isClear) = find(self, head, value, separationPpm);
        if (!isClear) revert IMaturityOracle.NotSeparated(value, candidate(self, head, index));
        if (index == head.leader()) revert IMaturityOracle.ValueLeads(value);
    }

    /// @notice Where `value` stands among the candidates of an Active fixing: (its index, true); (their
    /// number, true) when it is separated from every one; else (the first it is too near to, false).
    /// Candidates are separated from each other, so the first that is equal or too near decides.
    function find(Dispute storage self, Head head, uint128 value, uint32 separationPpm)
        internal
        view
        returns (uint256 index, bool isClear)
    {
        uint256 candidates = head.count();
        for (; index < candidates; ++index) {
            uint128 other = candidate(self, head, index);
            if (other == value) return (index, true);
            if (!DistanceLib.isSeparated(other, value, separationPpm)) return (index, false);
        }
        return (index, true);
    }

    /// @notice What a filled pot took in; 0 when that pot never filled. Round 0 is the proposal's bond.
    function filledPot(
        Dispute storage self,
        Fixing calldata fixing,
        Head head,
        Kind kind,
        uint8 round,
        uint128 value
    ) internal view returns (uint256) {
        if (kind == Kind.Request) {
            bool isRequested = head.isArbitrated() && head.round() == 0 && round == 0 && value == 0;
            return isRequested ? fixing.arbitrationFee : 0;
        }
        (bool isFilled,) = backed(self, head, kind, round, value);
        if (!isFilled) return 0;
        if (kind == Kind.Appeal) return appealStake(head) + fixing.arbitrationFee;
        (uint256 before,) = head.units(round, 0);
        (uint256 afterwards,) = head.units(uint256(round) + 1, 0);
        return (afterwards - before) * head.bond();
    }

    /// @notice What would complete a pot that can be joined now, else 0.
    function openPot(
        Dispute storage self,
        Fixing calldata fixing,
        Head head,
        Kind kind,
        uint8 round,
        uint128 value
    ) internal view returns (uint256) {
        Phase current = phase(self, fixing, head);
        if (kind == Kind.Request) {
            bool isDue = current == Phase.Open && block.timestamp >= FixingLib.graceEnd(fixing);
            return isDue && round == 0 && value == 0 ? fixing.arbitrationFee : 0;
        }
        bool isStake = kind == Kind.Stake && round < FixingLib.MAX_LEADERS;
        bool isAppeal = kind == Kind.Appeal && round >= 2;
        if (!(isStake || isAppeal) || current != Phase.Active || round != head.round()) return 0;
        (uint256 index, bool isClear) = find(self, head, value, fixing.separationPpm);
        if (value == 0 || !isClear || index == head.leader()) return 0;
        if (isAppeal) return appealStake(head) + fixing.arbitrationFee;
        (, uint256 need) = stakeAndNeed(self, head, index);
        return need;
    }

    /// @notice Whether that pot of kind Stake or Appeal filled, because its value leads the next round or is the
    /// appealed one, and the index of that candidate.
    function backed(Dispute storage self, Head head, Kind kind, uint8 round, uint128 value)
        internal
        view
        returns (bool isFilled, uint256 index)
    {
        uint256 n = head.round();
        if (kind == Kind.Appeal) {
            if (isAppealed(head) && round == n && self.appealed == value) return (true, self.appealedIndex);
        } else if (kind == Kind.Stake && round < n) {
            index = head.nextLeader(round);
            isFilled = candidate(self, head, index) == value;
        }
    }

    /// @dev Stored plus one, so that 0 is none.
    function _rulingWinner(Dispute storage self) private view returns (uint256) {
        unchecked {
            return uint256(self.rulingWinner) - 1;
        }
    }
}
