// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Fixing, FixingId, Kind, Outcome, Phase} from "src/types/Fixing.sol";

/// @title A second opinion on one fixing
/// @notice Written from sections 3 to 5 of the protocol and not from the oracle: it keeps every stake, pot, receipt and
/// time that the oracle packs or derives, and says for each action whether it must fail, with which error, and what it
/// returns. Assumes a bond token that moves what it is told to, and callers who can pay.
contract GameModel {
    struct Pot {
        uint256 filled;
        /// Receipts not yet burned.
        uint256 supply;
        bool isFull;
    }

    uint256 private constant LEADERS = 4;
    uint128 private constant INVALID = type(uint128).max;

    Fixing private f;
    FixingId private id;

    uint256 public d;
    uint256 public proposedAt;
    uint256 public deadline;
    uint256 public arbitratedAt;
    uint8 public round;
    uint128 public leader;
    uint128[] private values;
    mapping(uint128 value => uint256) private stakeOn;
    uint256 public total;
    uint128 private appealedFor;
    uint256 private appealStake;
    uint128 private ruling;
    uint128 private winnerByRuling;
    bool private isCollected;

    mapping(bytes32 key => Pot) private pots;
    mapping(bytes32 key => mapping(address => uint256)) private receipts;

    /// Everything that came in, and everything that left: payouts, the sink's share, the arbitrator's fee.
    uint256 public deposits;
    uint256 public payouts;
    uint256 public claims;

    constructor(Fixing memory fixing, FixingId id_) {
        f = fixing;
        id = id_;
    }

    function fund(address who, uint256 amount) external returns (bytes memory failure) {
        if (amount == 0) return abi.encodeWithSelector(IMaturityOracle.ZeroAmount.selector);
        if (phase() == Phase.Settled) return _wrongPhase(Phase.Open);
        _deposit(who, Kind.Fund, 0, 0, amount);
    }

    function propose(address who, uint128 value, uint256 maxBond, uint256 openInterest)
        external
        returns (bytes memory failure, uint256 bond)
    {
        if (value == 0) return (abi.encodeWithSelector(IMaturityOracle.ZeroValue.selector), 0);
        if (phase() != Phase.Open) return (_wrongPhase(Phase.Open), 0);
        // Open interest is kept below 2^200 in the games, so that this product fits.
        bond = openInterest * f.bondPpm / 1e6;
        if (bond < f.minBond) bond = f.minBond;
        if (bond > maxBond) return (abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, bond, maxBond), 0);
        if (bond > 1 << 80) {
            return (abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, bond, 1 << 80), 0);
        }
        d = bond;
        proposedAt = block.timestamp;
        deadline = block.timestamp + f.firstWindow;
        _lead(value, bond);
        _deposit(who, Kind.Stake, 0, value, bond);
        pots[_key(Kind.Stake, 0, value)].isFull = true;
    }

    function contribute(address who, uint8 round_, uint128 value, uint256 amount)
        external
        returns (bytes memory failure, uint256 taken)
    {
        failure = _joinFailure(Kind.Stake, round_, value, amount);
        if (failure.length != 0) return (failure, 0);
        bool isFull;
        (taken, isFull) = _join(who, Kind.Stake, round_, value, amount);
        if (!isFull) return (failure, taken);
        deadline = block.timestamp + f.window;
        _lead(value, pots[_key(Kind.Stake, round_, value)].filled);
    }

    function appeal(address who, uint8 round_, uint128 value, uint256 amount)
        external
        returns (bytes memory failure, uint256 taken)
    {
        failure = _joinFailure(Kind.Appeal, round_, value, amount);
        if (failure.length != 0) return (failure, 0);
        bool isFull;
        (taken, isFull) = _join(who, Kind.Appeal, round_, value, amount);
        if (!isFull) return (failure, taken);
        appealStake = _ninth();
        appealedFor = value;
        if (!_isCandidate(value)) values.push(value);
        stakeOn[value] += appealStake;
        total += appealStake;
        arbitratedAt = block.timestamp;
    }

    function request(address who) external returns (bytes memory failure) {
        if (phase() != Phase.Open) return _wrongPhase(Phase.Open);
        uint256 graceEnd = uint256(f.maturity) + f.proposalGrace;
        if (block.timestamp < graceEnd) {
            return
                abi.encodeWithSelector(IMaturityOracle.GraceRunning.selector, uint64(block.timestamp), uint64(graceEnd));
        }
        _deposit(who, Kind.Request, 0, 0, f.arbitrationFee);
        pots[_key(Kind.Request, 0, 0)].isFull = true;
        arbitratedAt = block.timestamp;
    }

    function rule(address who, uint128 value) external returns (bytes memory failure) {
        if (value == 0) return abi.encodeWithSelector(IMaturityOracle.ZeroValue.selector);
        if (phase() != Phase.Arbitration) return _wrongPhase(Phase.Arbitration);
        address current = block.timestamp < arbitratedAt + f.arbitrationLimit ? f.arbitrator : f.backup;
        if (who != current) return abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, who, current);
        ruling = value;
        winnerByRuling = _matchOf(value);
        payouts += f.arbitrationFee;
    }

    function claim(address who, Kind kind, uint8 round_, uint128 value)
        external
        returns (bytes memory failure, uint256 paid)
    {
        bytes32 key = _key(kind, round_, value);
        uint256 m = receipts[key][who];
        if (m == 0) return (abi.encodeWithSelector(IMaturityOracle.NothingToClaim.selector, uint256(key)), 0);
        if ((kind == Kind.Stake || kind == Kind.Appeal) && !pots[key].isFull) {
            if (phase() == Phase.Active && round_ == round) {
                return (abi.encodeWithSelector(IMaturityOracle.PotLive.selector, round_, value), 0);
            }
            paid = m;
        } else {
            if (phase() != Phase.Settled) {
                return (abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id), 0);
            }
            paid = _worth(kind, round_, value, m);
        }
        receipts[key][who] = 0;
        pots[key].supply -= m;
        payouts += paid;
        ++claims;
    }

    function collect() external returns (bytes memory failure, uint256 toSink) {
        if (phase() != Phase.Settled) return (abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id), 0);
        if (isCollected) return (abi.encodeWithSelector(IMaturityOracle.AlreadyCollected.selector, id), 0);
        isCollected = true;
        toSink = _sink();
        payouts += toSink;
    }

    function transfer(address from, address to, bytes32 key, uint256 amount) external {
        receipts[key][from] -= amount;
        receipts[key][to] += amount;
    }

    function phase() public view returns (Phase) {
        if (ruling != 0) return Phase.Settled;
        uint256 now_ = block.timestamp;
        if (arbitratedAt != 0) {
            return now_ < arbitratedAt + 2 * uint256(f.arbitrationLimit) ? Phase.Arbitration : Phase.Settled;
        }
        if (round >= 1) return now_ < deadline ? Phase.Active : Phase.Settled;
        if (now_ < f.maturity) return Phase.Pending;
        bool isOpen = now_ < uint256(f.maturity) + f.proposalGrace + f.arbitrationLimit;
        return isOpen ? Phase.Open : Phase.Settled;
    }

    function outcome() public view returns (Outcome how, uint128 winner) {
        if (phase() != Phase.Settled) return (Outcome.None, 0);
        if (ruling != 0) return (Outcome.Ruling, winnerByRuling);
        if (arbitratedAt != 0 || round == 0) return (Outcome.Expiry, 0);
        return (Outcome.Timeout, leader);
    }

    /// 0 while not settled.
    function settlement() public view returns (uint128) {
        (Outcome how, uint128 winner) = outcome();
        if (how == Outcome.None) return 0;
        if (how == Outcome.Timeout) return winner;
        return how == Outcome.Ruling ? ruling : INVALID;
    }

    function settlementOf() external view returns (bool, uint128) {
        bool isTouched = round != 0 || arbitratedAt != 0;
        uint128 value = settlement();
        return isTouched && value != 0 ? (true, value) : (false, 0);
    }

    function candidates() external view returns (uint128[] memory, uint256[] memory stakes) {
        stakes = new uint256[](values.length);
        for (uint256 i = 0; i < stakes.length; ++i) {
            stakes[i] = stakeOn[values[i]];
        }
        return (values, stakes);
    }

    function pot(Kind kind, uint8 round_, uint128 value) external view returns (uint256 filled, uint256 need) {
        filled = pots[_key(kind, round_, value)].filled;
        if (kind == Kind.Request && round_ == 0 && value == 0) {
            bool isDue = phase() == Phase.Open && block.timestamp >= uint256(f.maturity) + f.proposalGrace;
            if (isDue) need = f.arbitrationFee;
        }
        if (kind == Kind.Stake || kind == Kind.Appeal) {
            if (_joinFailure(kind, round_, value, 1).length == 0) need = _need(kind, value);
        }
    }

    function balanceOf(address who, bytes32 key) external view returns (uint256) {
        return receipts[key][who];
    }

    function supplyOf(bytes32 key) external view returns (uint256) {
        return pots[key].supply;
    }

    /// Whether those receipts are stake on the side that won a dispute, so that property 2 promises 40 %.
    function isDisputeWinner(Kind kind, uint8 round_, uint128 value) external view returns (bool) {
        (Outcome how, uint128 winner) = outcome();
        bool isStake = (kind == Kind.Stake || kind == Kind.Appeal) && pots[_key(kind, round_, value)].isFull;
        return isStake && how != Outcome.Expiry && round >= 2 && winner == value;
    }

    function _key(Kind kind, uint8 round_, uint128 value) private view returns (bytes32) {
        return keccak256(abi.encode(id, kind, round_, value));
    }

    function _wrongPhase(Phase want) private view returns (bytes memory) {
        return abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, phase(), want);
    }

    function _lead(uint128 value, uint256 stake) private {
        if (!_isCandidate(value)) values.push(value);
        stakeOn[value] += stake;
        total += stake;
        leader = value;
        ++round;
    }

    function _deposit(address who, Kind kind, uint8 round_, uint128 value, uint256 amount) private {
        bytes32 key = _key(kind, round_, value);
        pots[key].filled += amount;
        pots[key].supply += amount;
        receipts[key][who] += amount;
        deposits += amount;
    }

    function _join(address who, Kind kind, uint8 round_, uint128 value, uint256 amount)
        private
        returns (uint256 taken, bool isFull)
    {
        Pot storage p = pots[_key(kind, round_, value)];
        uint256 missing = _need(kind, value) - p.filled;
        taken = amount > missing ? missing : amount;
        isFull = taken == missing;
        p.isFull = isFull;
        _deposit(who, kind, round_, value, taken);
    }

    function _joinFailure(Kind kind, uint8 round_, uint128 value, uint256 amount) private view returns (bytes memory) {
        if (value == 0) return abi.encodeWithSelector(IMaturityOracle.ZeroValue.selector);
        if (amount == 0) return abi.encodeWithSelector(IMaturityOracle.ZeroAmount.selector);
        if (phase() != Phase.Active) return _wrongPhase(Phase.Active);
        if (round_ != round) return abi.encodeWithSelector(IMaturityOracle.StaleRound.selector, round_, round);
        if (kind == Kind.Stake && round >= LEADERS) {
            return abi.encodeWithSelector(IMaturityOracle.LeaderLimit.selector, round);
        }
        if (kind == Kind.Appeal && round < 2) {
            return abi.encodeWithSelector(IMaturityOracle.NotDisputed.selector, round);
        }
        if (value == leader) return abi.encodeWithSelector(IMaturityOracle.ValueLeads.selector, value);
        if (_isCandidate(value)) return "";
        for (uint256 i = 0; i < values.length; ++i) {
            if (!_isSeparated(values[i], value)) {
                return abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, value, values[i]);
            }
        }
        return "";
    }

    function _need(Kind kind, uint128 value) private view returns (uint256) {
        return kind == Kind.Appeal ? _ninth() + f.arbitrationFee : 2 * total - 3 * stakeOn[value];
    }

    function _ninth() private view returns (uint256) {
        return total % 9 == 0 ? total / 9 : total / 9 + 1;
    }

    function _isCandidate(uint128 value) private view returns (bool) {
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] == value) return true;
        }
        return false;
    }

    /// The larger is at least 1e6 + separationPpm millionths of the smaller.
    function _isSeparated(uint128 a, uint128 b) private view returns (bool) {
        (uint256 high, uint256 low) = a > b ? (a, b) : (b, a);
        return high == INVALID || high * 1e6 >= (1e6 + uint256(f.separationPpm)) * low;
    }

    /// The candidate that a ruling makes the winner, 0 for none.
    function _matchOf(uint128 value) private view returns (uint128 best) {
        if (value == INVALID) return _isCandidate(INVALID) ? INVALID : 0;
        for (uint256 i = 0; i < values.length; ++i) {
            uint128 v = values[i];
            (uint256 high, uint256 low) = v > value ? (v, value) : (value, v);
            if (v == INVALID || high * 1e6 > (1e6 + uint256(f.bandPpm)) * low) continue;
            if (best == 0) {
                best = v;
                continue;
            }
            (uint256 bestHigh, uint256 bestLow) = best > value ? (best, value) : (value, best);
            bool isNearer = high * bestLow < bestHigh * low;
            bool isTie = high * bestLow == bestHigh * low;
            if (isNearer || (isTie && v == leader)) best = v;
        }
    }

    function _sink() private view returns (uint256) {
        (Outcome how, uint128 winner) = outcome();
        if (how == Outcome.Expiry) return 0;
        uint256 losing = total - (winner == 0 ? 0 : stakeOn[winner]);
        return how == Outcome.Timeout ? losing * 20 / 100 : losing * 40 / 100;
    }

    function _bonus() private view returns (uint256) {
        (Outcome how, uint128 winner) = outcome();
        if (how != Outcome.Ruling || appealedFor == 0) return 0;
        uint256 wanted = winner == 0 ? f.arbitrationFee : winner == appealedFor ? 3 * uint256(f.arbitrationFee) / 2 : 0;
        uint256 left = total - _sink() - (winner == 0 ? 0 : stakeOn[winner]);
        return wanted > left ? left : wanted;
    }

    function _worth(Kind kind, uint8 round_, uint128 value, uint256 m) private view returns (uint256) {
        (Outcome how, uint128 winner) = outcome();
        if (how == Outcome.Expiry) return m;
        uint256 rewardPot = pots[_key(Kind.Fund, 0, 0)].filled;
        if (kind == Kind.Request) return m * _repayment(rewardPot) / f.arbitrationFee;
        if (kind == Kind.Fund) return m * (rewardPot - _used(rewardPot)) / rewardPot;
        if (winner != 0 && winner != value) return 0;

        uint256 shared = total - _sink() - _bonus();
        uint256 base = winner == 0 ? total : stakeOn[winner];
        if (kind == Kind.Appeal) {
            return m * (appealStake * shared / base + _bonus()) / (appealStake + f.arbitrationFee);
        }
        uint256 worth = m * shared / base;
        if (round_ == 0 && winner != 0) worth += m * _used(rewardPot) / d;
        return worth;
    }

    /// What the reward pot pays to the first candidate's receipts, or to the request's.
    function _used(uint256 rewardPot) private view returns (uint256) {
        if (round == 0) return _repayment(rewardPot);
        (, uint128 winner) = outcome();
        if (winner != values[0]) return 0;
        uint256 delay = proposedAt - f.maturity;
        return rewardPot * (delay < 6 hours ? delay : 6 hours) / 6 hours;
    }

    function _repayment(uint256 rewardPot) private view returns (uint256) {
        uint256 wanted = 3 * uint256(f.arbitrationFee) / 2;
        return wanted > rewardPot ? rewardPot : wanted;
    }
}
