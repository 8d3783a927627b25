// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IMaturityOracle} from "./interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "./interfaces/ISettlementSource.sol";
import {BondLib} from "./libraries/BondLib.sol";
import {DisputeLib} from "./libraries/DisputeLib.sol";
import {DistanceLib} from "./libraries/DistanceLib.sol";
import {FixingLib} from "./libraries/FixingLib.sol";
import {LeadersLib} from "./libraries/LeadersLib.sol";
import {OpenInterestLib} from "./libraries/OpenInterestLib.sol";
import {PayoutLib} from "./libraries/PayoutLib.sol";
import {Dispute, Head, Leaders, Tally} from "./types/Dispute.sol";
import {Fixing, FixingId, Kind, Outcome, Phase} from "./types/Fixing.sol";

/// @title The oracle
/// @notice Holds all stake of every fixing. Immutable and ownerless: no key can change a settled value.
/// Receipts are ERC-6909 and may change hands at any time.
contract MaturityOracle is IMaturityOracle, ERC6909, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using DisputeLib for Dispute;
    using FixingLib for Fixing;
    using FixingLib for FixingId;
    using LeadersLib for Leaders;

    /// @notice What every stake, fee and reward is paid in. Warning: a token that takes a fee on transfer is
    /// refused (R-100); one that rebases is not supported and can leave payouts short.
    IERC20 public immutable BOND_TOKEN;
    /// @notice Where forfeits go: nobody's address, else self-dispute would be free.
    address public immutable SINK;
    /// @notice The chain id at construction: a later fork of the chain must not orphan the funds.
    uint256 public immutable CHAIN_ID;

    mapping(FixingId => Dispute) private _disputes;
    /// What unfilled pots and reward pots hold, by receipt id. A pot that fills is recorded by the leader it
    /// installs instead, so a pot filled in one call never touches this mapping.
    mapping(uint256 receiptId => uint256) private _partialPots;

    constructor(IERC20 bondToken, address sink) {
        BOND_TOKEN = bondToken;
        SINK = sink;
        CHAIN_ID = block.chainid;
    }

    // ------------------------------------------------------------------------------------------ actions

    /// @inheritdoc IMaturityOracle
    function create(Fixing calldata fixing) external nonReentrant returns (FixingId id) {
        fixing.validate();
        id = _id(fixing);
        emit Created(id, fixing.indexId, fixing);
    }

    /// @inheritdoc IMaturityOracle
    function fund(Fixing calldata fixing, uint256 amount) external nonReentrant {
        fixing.validate();
        if (amount == 0) revert ZeroAmount();
        FixingId id = _id(fixing);
        if (_disputes[id].phase(fixing) == Phase.Settled) revert WrongPhase(Phase.Settled, Phase.Open);

        uint256 receipt = id.receiptId(Kind.Fund, 0, 0);
        _partialPots[receipt] += amount;
        _mint(msg.sender, receipt, amount);
        emit Funded(id, msg.sender, amount);
        _pull(amount);
    }

    /// @inheritdoc IMaturityOracle
    function propose(Fixing calldata fixing, uint128 value, uint256 maxBond)
        external
        nonReentrant
        returns (uint256 d)
    {
        fixing.validate();
        if (value == 0) revert ZeroValue();
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        _requirePhase(dispute.phase(fixing), Phase.Open);
        d = _bond(fixing, id);
        if (d > maxBond) revert BondAboveMax(d, maxBond);
        if (d > FixingLib.MAX_BOND) revert BondAboveMax(d, FixingLib.MAX_BOND);

        uint256 deadline = block.timestamp + fixing.firstWindow;
        dispute.head = Head({
            proposal: value,
            bondLessOne: uint80(d - 1),
            deadline: uint40(deadline),
            leaders: Leaders.wrap(0).install(0)
        });
        _mint(msg.sender, id.receiptId(Kind.Stake, 0, value), d);
        emit Proposed(id, msg.sender, value, d, uint64(deadline));
        _pull(d);
    }

    /// @inheritdoc IMaturityOracle
    function contribute(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)
        external
        nonReentrant
        returns (uint256 taken)
    {
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        _requireJoinable(dispute, fixing, round, value, amount);
        if (round >= FixingLib.MAX_LEADERS) revert LeaderLimit(round);
        Tally memory t = dispute.tally();
        uint256 index = _requireCandidate(t, value, fixing.separationPpm);

        uint256 stake = index < t.stakes.length ? t.stakes[index] : 0;
        uint256 need = BondLib.potNeed(t.total, stake);
        bool isFull;
        (taken, isFull) = _join(id, Kind.Stake, round, value, amount, need);
        if (isFull) _install(dispute, fixing, id, value, index, t.total + need);
        _pull(taken);
    }

    /// @inheritdoc IMaturityOracle
    function appeal(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)
        external
        nonReentrant
        returns (uint256 taken)
    {
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        _requireJoinable(dispute, fixing, round, value, amount);
        if (round < 2) revert NotDisputed(round);
        Tally memory t = dispute.tally();
        _requireCandidate(t, value, fixing.separationPpm);

        uint256 need = BondLib.appealStake(t.total) + fixing.arbitrationFee;
        bool isFull;
        (taken, isFull) = _join(id, Kind.Appeal, round, value, amount, need);
        if (isFull) {
            dispute.appealed = value;
            _arbitrate(dispute, fixing, id, Kind.Appeal);
        }
        _pull(taken);
    }

    /// @inheritdoc IMaturityOracle
    function request(Fixing calldata fixing) external nonReentrant {
        fixing.validate();
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        _requirePhase(dispute.phase(fixing), Phase.Open);
        uint256 graceEnd = fixing.graceEnd();
        if (block.timestamp < graceEnd) revert GraceRunning(uint64(block.timestamp), uint64(graceEnd));

        _mint(msg.sender, id.receiptId(Kind.Request, 0, 0), fixing.arbitrationFee);
        _arbitrate(dispute, fixing, id, Kind.Request);
        _pull(fixing.arbitrationFee);
    }

    /// @inheritdoc IMaturityOracle
    function rule(Fixing calldata fixing, uint128 value) external nonReentrant {
        if (value == 0) revert ZeroValue();
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        _requirePhase(dispute.phase(fixing), Phase.Arbitration);
        bool isFirstTurn = block.timestamp < uint256(dispute.arbitratedAt) + fixing.arbitrationLimit;
        address current = isFirstTurn ? fixing.arbitrator : fixing.backup;
        if (msg.sender != current) revert NotArbitrator(msg.sender, current);

        Tally memory t = dispute.tally();
        (bool hasWinner, uint256 index) = DistanceLib.winner(t.values, t.leader, value, fixing.bandPpm);
        dispute.ruling = value;
        if (hasWinner) dispute.rulingWinner = uint8(index + 1);
        emit Ruled(id, msg.sender, value, hasWinner ? t.values[index] : 0);
        BOND_TOKEN.safeTransfer(msg.sender, fixing.arbitrationFee);
    }

    /// @inheritdoc IMaturityOracle
    function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        nonReentrant
        returns (uint256 paid)
    {
        FixingId id = _id(fixing);
        uint256 receipt = id.receiptId(kind, round, value);
        uint256 burned = balanceOf(msg.sender, receipt);
        if (burned == 0) revert NothingToClaim(receipt);
        paid = _payout(fixing, id, kind, round, value, burned);

        _burn(msg.sender, receipt, burned);
        emit Claimed(id, msg.sender, kind, round, value, burned, paid);
        if (paid != 0) BOND_TOKEN.safeTransfer(msg.sender, paid);
    }

    /// @inheritdoc IMaturityOracle
    function collect(Fixing calldata fixing) external nonReentrant returns (uint256 toSink) {
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        (Outcome how, uint256 winner) = dispute.outcome(fixing);
        if (how == Outcome.None) revert NotSettled(id);
        if (dispute.isCollected) revert AlreadyCollected(id);
        if (how != Outcome.Expiry) toSink = _division(fixing, dispute, dispute.tally(), how, winner).sink;

        dispute.isCollected = true;
        emit Collected(id, toSink);
        if (toSink != 0) BOND_TOKEN.safeTransfer(SINK, toSink);
    }

    // -------------------------------------------------------------------------------------------- views

    /// @inheritdoc ISettlementSource
    function fixingId(Fixing calldata fixing) external view returns (FixingId) {
        return _id(fixing);
    }

    /// @inheritdoc ISettlementSource
    function phase(Fixing calldata fixing) external view returns (Phase) {
        return _disputes[_id(fixing)].phase(fixing);
    }

    /// @inheritdoc ISettlementSource
    function settlement(Fixing calldata fixing) external view returns (uint128 value) {
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        if (dispute.phase(fixing) != Phase.Settled) revert NotSettled(id);
        (bool isRecorded, uint128 recorded) = dispute.settlement();
        return isRecorded ? recorded : DistanceLib.INVALID;
    }

    /// @inheritdoc ISettlementSource
    function settlementOf(FixingId id) external view returns (bool settled, uint128 value) {
        return _disputes[id].settlement();
    }

    /// @inheritdoc ISettlementSource
    function outcome(Fixing calldata fixing) external view returns (Outcome how, uint128 winner) {
        Dispute storage dispute = _disputes[_id(fixing)];
        uint256 position;
        (how, position) = dispute.outcome(fixing);
        if (position != 0) winner = dispute.tally().values[position - 1];
    }

    /// @inheritdoc ISettlementSource
    function worstCase(Fixing calldata fixing) external pure returns (uint64) {
        return fixing.worstCase();
    }

    /// @inheritdoc IMaturityOracle
    function state(Fixing calldata fixing)
        external
        view
        returns (uint8 round, uint128 leader, uint256 staked, uint64 deadline, uint64 arbitratedAt)
    {
        Dispute storage dispute = _disputes[_id(fixing)];
        Head memory head = dispute.head;
        return (
            head.leaders.round(),
            dispute.leader(),
            dispute.tally().total,
            head.deadline,
            dispute.arbitratedAt
        );
    }

    /// @inheritdoc IMaturityOracle
    function candidates(Fixing calldata fixing)
        external
        view
        returns (uint128[] memory values, uint256[] memory stakes)
    {
        Tally memory t = _disputes[_id(fixing)].tally();
        return (t.values, t.stakes);
    }

    /// @inheritdoc IMaturityOracle
    function pot(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        view
        returns (uint256 filled, uint256 need)
    {
        FixingId id = _id(fixing);
        Dispute storage dispute = _disputes[id];
        Phase current = dispute.phase(fixing);
        if (kind == Kind.Request) {
            if (round != 0 || value != 0) return (0, 0);
            Leaders leaders = dispute.head.leaders;
            if (leaders.isArbitrated() && leaders.round() == 0) return (fixing.arbitrationFee, 0);
            bool isDue = current == Phase.Open && block.timestamp >= fixing.graceEnd();
            return (0, isDue ? fixing.arbitrationFee : 0);
        }
        filled = dispute.filledPot(fixing, kind, round, value);
        if (filled == 0) filled = _partialPots[id.receiptId(kind, round, value)];
        if (current == Phase.Active) need = _potNeed(dispute, fixing, kind, round, value);
    }

    /// @inheritdoc IMaturityOracle
    function bond(Fixing calldata fixing) external view returns (uint256 d) {
        fixing.validate();
        d = _bond(fixing, _id(fixing));
        if (d > FixingLib.MAX_BOND) revert BondAboveMax(d, FixingLib.MAX_BOND);
    }

    // ----------------------------------------------------------------------------------------- internal

    function _id(Fixing calldata fixing) private view returns (FixingId) {
        return fixing.id(CHAIN_ID, address(this));
    }

    function _bond(Fixing calldata fixing, FixingId id) private view returns (uint256) {
        uint256 openInterest = OpenInterestLib.read(fixing.openInterest, id);
        return BondLib.bondFor(fixing.minBond, fixing.bondPpm, openInterest);
    }

    function _requirePhase(Phase got, Phase want) private pure {
        if (got != want) revert WrongPhase(got, want);
    }

    /// @dev The checks that contributions and appeals share, in order.
    function _requireJoinable(
        Dispute storage dispute,
        Fixing calldata fixing,
        uint8 round,
        uint128 value,
        uint256 amount
    ) private view {
        if (value == 0) revert ZeroValue();
        if (amount == 0) revert ZeroAmount();
        _requirePhase(dispute.phase(fixing), Phase.Active);
        uint8 n = dispute.head.leaders.round();
        if (round != n) revert StaleRound(round, n);
    }

    /// @dev The candidate's index, `t.values.length` for a new one; reverts when `value` leads or is too
    /// near to a candidate without being it.
    function _requireCandidate(Tally memory t, uint128 value, uint32 separationPpm)
        private
        pure
        returns (uint256)
    {
        if (value == t.values[t.leader]) revert ValueLeads(value);
        (uint256 index, bool isClear) = DistanceLib.find(t.values, value, separationPpm);
        if (!isClear) revert NotSeparated(value, t.values[index]);
        return index;
    }

    /// @dev Adds up to `amount` to a pot that `need` completes.
    function _join(FixingId id, Kind kind, uint8 round, uint128 value, uint256 amount, uint256 need)
        private
        returns (uint256 taken, bool isFull)
    {
        uint256 receipt = id.receiptId(kind, round, value);
        uint256 before = _partialPots[receipt];
        taken = amount < need - before ? amount : need - before;
        uint256 filled = before + taken;
        isFull = filled == need;
        if (!isFull) _partialPots[receipt] = filled;
        else if (before != 0) delete _partialPots[receipt];
        _mint(msg.sender, receipt, taken);
        emit Contributed(id, msg.sender, kind, round, value, taken, filled);
    }

    /// @dev Makes candidate `index` the leader of the next round.
    function _install(
        Dispute storage dispute,
        Fixing calldata fixing,
        FixingId id,
        uint128 value,
        uint256 index,
        uint256 total
    ) private {
        Head memory head = dispute.head;
        bool isNew = index == head.leaders.count();
        if (head.leaders.round() == 1) {
            dispute.second = value;
            dispute.proposedAt = head.deadline - fixing.firstWindow;
        } else if (isNew) {
            if (index == 2) dispute.third = value;
            else dispute.fourth = value;
        }
        head.leaders = head.leaders.install(index);
        head.deadline = uint40(block.timestamp + fixing.window);
        dispute.head = head;
        emit Led(id, head.leaders.round(), value, total, head.deadline);
    }

    function _arbitrate(Dispute storage dispute, Fixing calldata fixing, FixingId id, Kind cause) private {
        dispute.head.leaders = dispute.head.leaders.arbitrate();
        dispute.arbitratedAt = uint40(block.timestamp);
        dispute.arbitrationEnd = uint40(block.timestamp + 2 * uint256(fixing.arbitrationLimit));
        emit Arbitrated(id, fixing.arbitrator, fixing.backup, cause, uint64(block.timestamp));
    }

    /// @dev R-100: a token that does not move exactly `amount` is refused.
    function _pull(uint256 amount) private {
        uint256 before = BOND_TOKEN.balanceOf(address(this));
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = BOND_TOKEN.balanceOf(address(this));
        uint256 got = afterwards > before ? afterwards - before : 0;
        if (got != amount) revert TransferMismatch(got, amount);
    }

    /// @dev What would complete a pot of an Active fixing, 0 when it cannot be joined.
    function _potNeed(Dispute storage dispute, Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        private
        view
        returns (uint256)
    {
        bool isStake = kind == Kind.Stake && round < FixingLib.MAX_LEADERS;
        bool isAppeal = kind == Kind.Appeal && round >= 2;
        if (value == 0 || round != dispute.head.leaders.round() || !(isStake || isAppeal)) return 0;
        Tally memory t = dispute.tally();
        (uint256 index, bool isClear) = DistanceLib.find(t.values, value, fixing.separationPpm);
        if (index == t.leader || !isClear) return 0;
        if (isAppeal) return BondLib.appealStake(t.total) + fixing.arbitrationFee;
        return BondLib.potNeed(t.total, index < t.stakes.length ? t.stakes[index] : 0);
    }

    /// @dev What `burned` receipts are worth. Unfilled pots refund 1:1 as soon as they are not live (R-203);
    /// everything else is worth something only after settlement.
    function _payout(
        Fixing calldata fixing,
        FixingId id,
        Kind kind,
        uint8 round,
        uint128 value,
        uint256 burned
    ) private view returns (uint256) {
        Dispute storage dispute = _disputes[id];
        if (kind == Kind.Stake || kind == Kind.Appeal) {
            bool isFilled = dispute.filledPot(fixing, kind, round, value) != 0;
            if (!isFilled) {
                bool isLive =
                    dispute.phase(fixing) == Phase.Active && round == dispute.head.leaders.round();
                if (isLive) revert PotLive(round, value);
                return burned;
            }
        }
        (Outcome how, uint256 winner) = dispute.outcome(fixing);
        if (how == Outcome.None) revert NotSettled(id);
        if (how == Outcome.Expiry) return burned;
        if (kind == Kind.Request) {
            return PayoutLib.requestPayout(burned, _rewardPot(id), fixing.arbitrationFee);
        }
        if (kind == Kind.Fund) return _fundRefund(fixing, dispute, id, burned, winner);

        Tally memory t = dispute.tally();
        if (winner != 0 && t.values[winner - 1] != value) return 0;
        PayoutLib.Division memory division = _division(fixing, dispute, t, how, winner);
        if (kind == Kind.Appeal) {
            return PayoutLib.appealPayout(burned, t.appealStake, fixing.arbitrationFee, division);
        }
        uint256 payout = PayoutLib.stakePayout(burned, division);
        if (round == 0 && winner == 1) {
            uint256 reward = PayoutLib.reward(_rewardPot(id), _proposalDelay(fixing, dispute));
            payout += (burned * reward) / DisputeLib.bond(dispute.head);
        }
        return payout;
    }

    /// @dev How the stake of a fixing settled by timeout or ruling is divided. A winner is sponsored when it
    /// is the appealed value.
    function _division(
        Fixing calldata fixing,
        Dispute storage dispute,
        Tally memory t,
        Outcome how,
        uint256 winner
    ) private view returns (PayoutLib.Division memory) {
        if (winner == 0) return PayoutLib.byRulingWithoutWinner(t.total, fixing.arbitrationFee);
        uint256 stake = t.stakes[winner - 1];
        if (how == Outcome.Timeout) return PayoutLib.byTimeout(t.total, stake);
        bool isSponsored = t.values[winner - 1] == dispute.appealed;
        return PayoutLib.byRuling(t.total, stake, fixing.arbitrationFee, isSponsored);
    }

    /// @dev What `burned` fund receipts get back: the reward pot less what the winner or the requester had.
    function _fundRefund(
        Fixing calldata fixing,
        Dispute storage dispute,
        FixingId id,
        uint256 burned,
        uint256 winner
    ) private view returns (uint256) {
        uint256 rewardPot = _rewardPot(id);
        uint256 used;
        if (winner == 1) used = PayoutLib.reward(rewardPot, _proposalDelay(fixing, dispute));
        bool isRequested = dispute.head.proposal == 0;
        if (isRequested) used = PayoutLib.requestRepayment(rewardPot, fixing.arbitrationFee);
        return PayoutLib.fundRefund(burned, rewardPot, used);
    }

    function _rewardPot(FixingId id) private view returns (uint256) {
        return _partialPots[id.receiptId(Kind.Fund, 0, 0)];
    }

    /// @dev Seconds from maturity to the proposal.
    function _proposalDelay(Fixing calldata fixing, Dispute storage dispute) private view returns (uint256) {
        Head memory head = dispute.head;
        bool isUndisputed = head.leaders.round() == 1;
        uint256 proposedAt = isUndisputed ? head.deadline - fixing.firstWindow : dispute.proposedAt;
        return proposedAt - fixing.maturity;
    }
}
