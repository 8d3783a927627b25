// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

import {IMaturityOracle} from "./interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "./interfaces/ISettlementSource.sol";
import {BondLib} from "./libraries/BondLib.sol";
import {DisputeLib} from "./libraries/DisputeLib.sol";
import {DistanceLib} from "./libraries/DistanceLib.sol";
import {FixingLib} from "./libraries/FixingLib.sol";
import {HeadLib} from "./libraries/HeadLib.sol";
import {OpenInterestLib} from "./libraries/OpenInterestLib.sol";
import {PayoutLib} from "./libraries/PayoutLib.sol";
import {Dispute, Head} from "./types/Dispute.sol";
import {Fixing, FixingId, Kind, Outcome, Phase} from "./types/Fixing.sol";

/// @title The oracle
/// @notice Holds all stake of every fixing. Immutable and ownerless: no key can change a settled value.
/// Receipts are ERC-6909 and may change hands at any time.
contract MaturityOracle is IMaturityOracle, ERC6909, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using DisputeLib for Dispute;
    using FixingLib for Fixing;
    using FixingLib for FixingId;
    using HeadLib for Head;

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
        if (sink == address(0)) revert ParameterOutOfBounds("sink", 0, 1, type(uint160).max);
        BOND_TOKEN = bondToken;
        SINK = sink;
        CHAIN_ID = block.chainid;
    }

    /// @inheritdoc ISettlementSource
    function create(Fixing calldata fixing) external nonReentrant returns (FixingId id) {
        fixing.validate();
        id = _id(fixing);
        emit Created(id, fixing.indexId, fixing);
    }

    /// @inheritdoc IMaturityOracle
    function fund(Fixing calldata fixing, uint256 amount) external nonReentrant {
        fixing.validate();
        if (amount == 0) revert ZeroAmount();
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        if (dispute.phase(fixing, head) == Phase.Settled) revert WrongPhase(Phase.Settled, Phase.Open);

        if (!head.isFunded()) dispute.head = head.fund();
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
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requirePhase(dispute.phase(fixing, head), Phase.Open);
        d = _bond(fixing, id);
        if (d > maxBond) revert BondAboveMax(d, maxBond);
        if (d > FixingLib.MAX_BOND) revert BondAboveMax(d, FixingLib.MAX_BOND);

        uint256 deadline = block.timestamp + fixing.firstWindow;
        dispute.head = head.propose(value, d, deadline);
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
        _requireNonZero(value, amount);
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requireRound(dispute, fixing, head, round);
        if (round >= FixingLib.MAX_LEADERS) revert LeaderLimit(round);
        uint256 index = dispute.locate(head, value, fixing.separationPpm);

        (uint256 total, uint256 need) = dispute.stakeAndNeed(head, index);
        bool isFull;
        (taken, isFull) = _join(id, Kind.Stake, round, value, amount, need);
        if (isFull) _lead(dispute, fixing, id, head, index, value, total + need);
        _pull(taken);
    }

    /// @inheritdoc IMaturityOracle
    function appeal(Fixing calldata fixing, uint8 round, uint128 value, uint256 amount)
        external
        nonReentrant
        returns (uint256 taken)
    {
        _requireNonZero(value, amount);
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requireRound(dispute, fixing, head, round);
        if (round < 2) revert NotDisputed(round);
        uint256 index = dispute.locate(head, value, fixing.separationPpm);

        uint256 need = DisputeLib.appealStake(head) + fixing.arbitrationFee;
        bool isFull;
        (taken, isFull) = _join(id, Kind.Appeal, round, value, amount, need);
        if (isFull) {
            dispute.appealed = value;
            dispute.appealedIndex = uint8(index);
            _arbitrate(dispute, fixing, id, head, Kind.Appeal);
        }
        _pull(taken);
    }

    /// @inheritdoc IMaturityOracle
    function request(Fixing calldata fixing) external nonReentrant {
        fixing.validate();
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requirePhase(dispute.phase(fixing, head), Phase.Open);
        uint256 graceEnd = fixing.graceEnd();
        if (block.timestamp < graceEnd) revert GraceRunning(uint64(block.timestamp), uint64(graceEnd));

        _mint(msg.sender, id.receiptId(Kind.Request, 0, 0), fixing.arbitrationFee);
        _arbitrate(dispute, fixing, id, head, Kind.Request);
        _pull(fixing.arbitrationFee);
    }

    /// @inheritdoc IMaturityOracle
    function rule(Fixing calldata fixing, uint128 value) external nonReentrant {
        if (value == 0) revert ZeroValue();
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        _requirePhase(dispute.phase(fixing, head), Phase.Arbitration);
        bool isFirstTurn = block.timestamp < uint256(dispute.arbitratedAt) + fixing.arbitrationLimit;
        address current = isFirstTurn ? fixing.arbitrator : fixing.backup;
        if (msg.sender != current) revert NotArbitrator(msg.sender, current);

        uint128[] memory values = _values(dispute, head);
        uint256 leader = values.length == 0 ? 0 : head.leader();
        (bool hasWinner, uint256 index) = DistanceLib.winner(values, leader, value, fixing.bandPpm);
        dispute.ruling = value;
        if (hasWinner) dispute.rulingWinner = uint8(index + 1);
        emit Ruled(id, msg.sender, value, hasWinner ? values[index] : 0);
        BOND_TOKEN.safeTransfer(msg.sender, fixing.arbitrationFee);
    }

    /// @inheritdoc IMaturityOracle
    function claim(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        nonReentrant
        returns (uint256 paid)
    {
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        uint256 receipt = id.receiptId(kind, round, value);
        uint256 burned = balanceOf(msg.sender, receipt);
        if (burned == 0) revert NothingToClaim(receipt);
        paid = kind <= Kind.Appeal
            ? _potPayout(dispute, fixing, id, head, kind, round, value, burned)
            : _rewardPotPayout(dispute, fixing, id, head, kind, burned);

        _burn(msg.sender, receipt, burned);
        emit Claimed(id, msg.sender, kind, round, value, burned, paid);
        if (paid != 0) BOND_TOKEN.safeTransfer(msg.sender, paid);
    }

    /// @inheritdoc IMaturityOracle
    function collect(Fixing calldata fixing) external nonReentrant returns (uint256 toSink) {
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        (Outcome how, uint256 winner) = dispute.outcome(fixing, head);
        if (how == Outcome.None) revert NotSettled(id);
        if (dispute.isCollected) revert AlreadyCollected(id);
        if (how != Outcome.Expiry) (toSink,,,) = _division(dispute, fixing, head, how, winner);

        dispute.isCollected = true;
        emit Collected(id, toSink);
        if (toSink != 0) BOND_TOKEN.safeTransfer(SINK, toSink);
    }

    /// @inheritdoc ISettlementSource
    function fixingId(Fixing calldata fixing) external view returns (FixingId) {
        return _id(fixing);
    }

    /// @inheritdoc ISettlementSource
    function phase(Fixing calldata fixing) external view returns (Phase) {
        (, Dispute storage dispute, Head head) = _load(fixing);
        return dispute.phase(fixing, head);
    }

    /// @inheritdoc ISettlementSource
    function settlement(Fixing calldata fixing) external view returns (uint128) {
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        if (dispute.phase(fixing, head) != Phase.Settled) revert NotSettled(id);
        (bool isRecorded, uint128 recorded) = dispute.settlement();
        return isRecorded ? recorded : DistanceLib.INVALID;
    }

    /// @inheritdoc ISettlementSource
    function settlementOf(FixingId id) external view returns (bool settled, uint128 value) {
        return _disputes[id].settlement();
    }

    /// @inheritdoc ISettlementSource
    function outcome(Fixing calldata fixing) external view returns (Outcome how, uint128 winner) {
        (, Dispute storage dispute, Head head) = _load(fixing);
        uint256 index;
        (how, index) = dispute.outcome(fixing, head);
        if (index != DisputeLib.NO_CANDIDATE) winner = dispute.candidate(head, index);
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
        (, Dispute storage dispute, Head head) = _load(fixing);
        round = uint8(head.round());
        if (round != 0) leader = dispute.candidate(head, head.leader());
        (staked,) = dispute.stakes(head, 0);
        return (round, leader, staked, uint64(head.deadline()), dispute.arbitratedAt);
    }

    /// @inheritdoc IMaturityOracle
    function candidates(Fixing calldata fixing)
        external
        view
        returns (uint128[] memory values, uint256[] memory stakes)
    {
        (, Dispute storage dispute, Head head) = _load(fixing);
        values = _values(dispute, head);
        stakes = new uint256[](values.length);
        for (uint256 i = 0; i < stakes.length; ++i) {
            (, stakes[i]) = dispute.stakes(head, i);
        }
    }

    /// @inheritdoc IMaturityOracle
    function pot(Fixing calldata fixing, Kind kind, uint8 round, uint128 value)
        external
        view
        returns (uint256 filled, uint256 need)
    {
        (FixingId id, Dispute storage dispute, Head head) = _load(fixing);
        filled = dispute.filledPot(fixing, head, kind, round, value);
        if (filled == 0) filled = _partialPots[id.receiptId(kind, round, value)];
        need = dispute.openPot(fixing, head, kind, round, value);
    }

    /// @inheritdoc IMaturityOracle
    function bond(Fixing calldata fixing) external view returns (uint256 d) {
        fixing.validate();
        d = _bond(fixing, _id(fixing));
        if (d > FixingLib.MAX_BOND) revert BondAboveMax(d, FixingLib.MAX_BOND);
    }

    function _id(Fixing calldata fixing) private view returns (FixingId) {
        return fixing.id(CHAIN_ID, address(this));
    }

    function _load(Fixing calldata fixing) private view returns (FixingId id, Dispute storage dispute, Head head) {
        id = _id(fixing);
        dispute = _disputes[id];
        head = dispute.head;
    }

    function _bond(Fixing calldata fixing, FixingId id) private view returns (uint256) {
        if (fixing.openInterest == address(0)) return fixing.minBond;
        uint256 openInterest = OpenInterestLib.read(fixing.openInterest, id);
        return BondLib.bondFor(fixing.minBond, fixing.bondPpm, openInterest);
    }

    function _values(Dispute storage dispute, Head head) private view returns (uint128[] memory values) {
        values = new uint128[](dispute.count(head));
        for (uint256 i = 0; i < values.length; ++i) {
            values[i] = dispute.candidate(head, i);
        }
    }

    function _requirePhase(Phase got, Phase want) private pure {
        if (got != want) revert WrongPhase(got, want);
    }

    function _requireNonZero(uint128 value, uint256 amount) private pure {
        if (value == 0) revert ZeroValue();
        if (amount == 0) revert ZeroAmount();
    }

    function _requireRound(Dispute storage dispute, Fixing calldata fixing, Head head, uint8 round)
        private
        view
    {
        _requirePhase(dispute.phase(fixing, head), Phase.Active);
        if (round != head.round()) revert StaleRound(round, uint8(head.round()));
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

    /// @dev Makes `value`, candidate `index`, the leader of the next round, with `staked` in all; stores it if it is new.
    function _lead(
        Dispute storage dispute,
        Fixing calldata fixing,
        FixingId id,
        Head head,
        uint256 index,
        uint128 value,
        uint256 staked
    ) private {
        if (head.round() == 1) {
            dispute.second = value;
            dispute.proposedAt = uint40(head.deadline() - fixing.firstWindow);
        } else if (index == head.count()) {
            if (index == 2) dispute.third = value;
            else dispute.fourth = value;
        }
        uint256 deadline = block.timestamp + fixing.window;
        dispute.head = head.install(index, deadline);
        emit Led(id, uint8(head.round() + 1), value, staked, uint64(deadline));
    }

    function _arbitrate(Dispute storage dispute, Fixing calldata fixing, FixingId id, Head head, Kind cause)
        private
    {
        dispute.head = head.arbitrate();
        dispute.arbitratedAt = uint40(block.timestamp);
        dispute.arbitrationEnd = uint40(block.timestamp + 2 * uint256(fixing.arbitrationLimit));
        emit Arbitrated(id, fixing.arbitrator, fixing.backup, cause, uint64(block.timestamp));
    }

    /// @dev R-100: a token that does not move exactly `amount` is refused.
    function _pull(uint256 amount) private {
        uint256 before = SafeTransferLib.balanceOf(address(BOND_TOKEN), address(this));
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = SafeTransferLib.balanceOf(address(BOND_TOKEN), address(this));
        uint256 got = afterwards > before ? afterwards - before : 0;
        if (got != amount) revert TransferMismatch(got, amount);
    }

    /// @dev What `burned` stake or appeal receipts are worth. Those of a pot that did not fill are worth 1:1 at any
    /// time but while it still can (R-203), else someone fills 99 % of it and leaves in the last block.
    function _potPayout(
        Dispute storage dispute,
        Fixing calldata fixing,
        FixingId id,
        Head head,
        Kind kind,
        uint8 round,
        uint128 value,
        uint256 burned
    ) private view returns (uint256 paid) {
        (bool isFilled, uint256 index) = dispute.backed(head, kind, round, value);
        if (!isFilled) {
            bool isLive = round == head.round() && dispute.phase(fixing, head) == Phase.Active;
            if (isLive) revert PotLive(round, value);
            return burned;
        }
        (Outcome how, uint256 winner) = dispute.outcome(fixing, head);
        if (how == Outcome.None) revert NotSettled(id);
        if (how == Outcome.Expiry) return burned;
        if (winner != index && winner != DisputeLib.NO_CANDIDATE) return 0;

        if (kind == Kind.Appeal) return _appealPayout(dispute, fixing, head, how, winner, burned);
        (,, uint256 shared, uint256 base) = _division(dispute, fixing, head, how, winner);
        paid = PayoutLib.stakePayout(burned, shared, base);
        if (round == 0 && winner == 0 && head.isFunded()) {
            paid += _rewardPayout(dispute, fixing, id, head, burned);
        }
    }

    function _appealPayout(
        Dispute storage dispute,
        Fixing calldata fixing,
        Head head,
        Outcome how,
        uint256 winner,
        uint256 burned
    ) private view returns (uint256) {
        (, uint256 bonus, uint256 shared, uint256 base) = _division(dispute, fixing, head, how, winner);
        uint256 stake = DisputeLib.appealStake(head);
        return PayoutLib.appealPayout(burned, stake, fixing.arbitrationFee, bonus, shared, base);
    }

    function _rewardPayout(
        Dispute storage dispute,
        Fixing calldata fixing,
        FixingId id,
        Head head,
        uint256 burned
    ) private view returns (uint256) {
        uint256 wholeReward = _reward(dispute, fixing, head, _rewardPot(id));
        return PayoutLib.rewardPayout(burned, head.bond(), wholeReward);
    }

    /// @dev How the stake of a fixing settled by timeout or ruling is divided; `base` divides `shared`. Four stack
    /// slots instead of a struct: 530 gas of every claim.
    function _division(Dispute storage dispute, Fixing calldata fixing, Head head, Outcome how, uint256 winner)
        private
        view
        returns (uint256 sink, uint256 bonus, uint256 shared, uint256 base)
    {
        uint256 total;
        (total, base) = dispute.stakes(head, winner);
        if (how == Outcome.Timeout) {
            (sink, bonus, shared) = PayoutLib.byTimeout(total, base);
        } else if (winner == DisputeLib.NO_CANDIDATE) {
            base = total;
            (sink, bonus, shared) = PayoutLib.byRulingWithoutWinner(total, fixing.arbitrationFee);
        } else {
            bool isSponsored = dispute.appealedIndex == winner;
            uint256 maxBonus = isSponsored ? PayoutLib.sponsorBonus(fixing.arbitrationFee) : 0;
            (sink, bonus, shared) = PayoutLib.byRuling(total, base, maxBonus);
        }
    }

    /// @dev What `burned` request or fund receipts are worth after settlement.
    function _rewardPotPayout(
        Dispute storage dispute,
        Fixing calldata fixing,
        FixingId id,
        Head head,
        Kind kind,
        uint256 burned
    ) private view returns (uint256) {
        (Outcome how, uint256 winner) = dispute.outcome(fixing, head);
        if (how == Outcome.None) revert NotSettled(id);
        if (how == Outcome.Expiry) return burned;
        uint256 rewardPot = _rewardPot(id);
        if (kind == Kind.Request) return PayoutLib.requestPayout(burned, rewardPot, fixing.arbitrationFee);
        uint256 used;
        if (winner == 0) used = _reward(dispute, fixing, head, rewardPot);
        if (head.round() == 0) used = PayoutLib.requestRepayment(rewardPot, fixing.arbitrationFee);
        return PayoutLib.fundRefund(burned, rewardPot, used);
    }

    function _rewardPot(FixingId id) private view returns (uint256) {
        return _partialPots[id.receiptId(Kind.Fund, 0, 0)];
    }

    /// @dev What the reward ramp had grown to when candidate 0 was proposed.
    function _reward(Dispute storage dispute, Fixing calldata fixing, Head head, uint256 rewardPot)
        private
        view
        returns (uint256)
    {
        uint256 proposedAt =
            head.round() == 1 ? head.deadline() - fixing.firstWindow : dispute.proposedAt;
        return PayoutLib.reward(rewardPot, proposedAt - fixing.maturity);
    }
}
