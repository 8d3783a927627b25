// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IReporterRegistry} from "./interfaces/IReporterRegistry.sol";
import {ObservationLib} from "./libraries/ObservationLib.sol";
import {Observation} from "./types/Observation.sol";

/// @title The registry of reporters
/// @notice See `IReporterRegistry`.
contract ReporterRegistry is IReporterRegistry, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @dev Bounds `reportersAt`, and fits a report's signers into one word. Vacated indices are used again, so that
    /// filling the registry up costs as many stakes, locked for as long as it is to stay full.
    uint256 private constant MAX_REPORTERS = 256;
    /// @dev libp2p peer ids have 34 to 42 bytes; other multihashes may have up to 64 and some.
    uint256 private constant MAX_PEER_ID_LENGTH = 64;

    /// @notice What stakes are made in.
    IERC20 public immutable BOND_TOKEN;
    /// @inheritdoc IReporterRegistry
    uint128 public immutable MIN_STAKE;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable EPOCH_DURATION;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable UNBONDING_DELAY;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable START_TIME;

    Reporter[] private _reporters;
    /// @dev Indices whose reporters have withdrawn.
    uint256[] private _vacant;
    /// @dev Index + 1 of a signer; 0 = free.
    mapping(address signer => uint256) private _places;

    /// @param bondToken the oracle's bond token.
    /// @param minStake bond-token wei, >= 1.
    /// @param epochDuration seconds, 1 d .. 366 d.
    /// @param unbondingDelay seconds, 1 d .. 1 098 d. Should be at least the longest `worstCase` after a maturity.
    constructor(IERC20 bondToken, uint128 minStake, uint64 epochDuration, uint64 unbondingDelay) EIP712("Assize", "1") {
        _requireWithin("minStake", minStake, 1, type(uint128).max);
        _requireWithin("epochDuration", epochDuration, 1 days, 366 days);
        _requireWithin("unbondingDelay", unbondingDelay, 1 days, 1098 days);
        BOND_TOKEN = bondToken;
        MIN_STAKE = minStake;
        EPOCH_DURATION = epochDuration;
        UNBONDING_DELAY = unbondingDelay;
        START_TIME = uint64(block.timestamp);
    }

    /// @inheritdoc IReporterRegistry
    function register(address signer, bytes calldata peerId, uint128 stake)
        external
        nonReentrant
        returns (uint256 index)
    {
        if (signer == address(0)) revert ReporterSignerZero();
        if (_places[signer] != 0) revert SignerTaken(signer, _places[signer] - 1);
        if (peerId.length == 0 || peerId.length > MAX_PEER_ID_LENGTH) {
            revert PeerIdLengthOutOfBounds(peerId.length, 1, MAX_PEER_ID_LENGTH);
        }
        if (stake < MIN_STAKE) revert StakeBelowMin(stake, MIN_STAKE);

        uint64 activeTime = _joinTime();
        index = _takeIndex();
        _places[signer] = index + 1;
        _reporters[index] = Reporter(msg.sender, activeTime, signer, type(uint64).max, stake, peerId);
        emit Registered(index, msg.sender, signer, peerId, stake, activeTime);

        _pull(stake);
    }

    /// @inheritdoc IReporterRegistry
    function topUp(uint256 index, uint128 amount) external nonReentrant {
        Reporter storage reporter = _ownReporter(index);
        if (reporter.inactiveTime != type(uint64).max) revert AlreadyLeaving(index, reporter.inactiveTime);
        if (amount == 0) revert EmptyTopUp();

        reporter.stake += amount;
        emit ToppedUp(index, amount, reporter.stake);

        _pull(amount);
    }

    /// @inheritdoc IReporterRegistry
    function startLeaving(uint256 index) external {
        Reporter storage reporter = _ownReporter(index);
        if (reporter.inactiveTime != type(uint64).max) revert AlreadyLeaving(index, reporter.inactiveTime);

        uint64 inactiveTime = _nextEpochTime();
        reporter.inactiveTime = inactiveTime;
        emit LeavingStarted(index, inactiveTime, inactiveTime + UNBONDING_DELAY);
    }

    /// @inheritdoc IReporterRegistry
    function withdraw(uint256 index) external nonReentrant returns (uint128 amount) {
        Reporter storage reporter = _ownReporter(index);
        if (reporter.inactiveTime == type(uint64).max) revert NotLeaving(index);
        uint64 endTime = reporter.inactiveTime + UNBONDING_DELAY;
        if (block.timestamp < endTime) revert UnbondingRunning(uint64(block.timestamp), endTime);

        amount = reporter.stake;
        delete _places[reporter.signer];
        delete _reporters[index];
        _vacant.push(index);
        emit StakeWithdrawn(index, msg.sender, amount);

        BOND_TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IReporterRegistry
    function epoch(uint64 time) public view returns (uint64) {
        if (time < START_TIME) revert BeforeFirstEpoch(time, START_TIME);
        return (time - START_TIME) / EPOCH_DURATION;
    }

    /// @inheritdoc IReporterRegistry
    function reporterCount() external view returns (uint256) {
        return _reporters.length;
    }

    /// @inheritdoc IReporterRegistry
    function reporterAt(uint256 index) external view returns (Reporter memory) {
        return _reporters[index];
    }

    /// @inheritdoc IReporterRegistry
    function isReporter(address signer, uint64 time) external view returns (bool) {
        uint256 place = _places[signer];
        return place != 0 && _isActive(_reporters[place - 1], time);
    }

    /// @inheritdoc IReporterRegistry
    function reportersAt(uint64 time)
        external
        view
        returns (address[] memory signers, uint256[] memory indices, bytes[] memory peerIds)
    {
        uint256 count = _countAt(time);
        signers = new address[](count);
        indices = new uint256[](count);
        peerIds = new bytes[](count);
        uint256 index = 0;
        for (uint256 i = 0; i < count; index++) {
            Reporter storage reporter = _reporters[index];
            if (!_isActive(reporter, time)) continue;
            signers[i] = reporter.signer;
            indices[i] = index;
            peerIds[i] = reporter.peerId;
            i++;
        }
    }

    /// @inheritdoc IReporterRegistry
    function observationDigest(Observation calldata observation) public view returns (bytes32) {
        return _hashTypedDataV4(ObservationLib.structHash(observation));
    }

    /// @inheritdoc IReporterRegistry
    function recoverObservation(Observation calldata observation, bytes calldata signature)
        external
        view
        returns (address signer)
    {
        return ECDSA.recoverCalldata(observationDigest(observation), signature);
    }

    /// @dev Takes `amount` of bond token from the caller; a token that moves another amount is refused (R-100).
    function _pull(uint256 amount) private {
        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 balanceAfter = BOND_TOKEN.balanceOf(address(this));
        uint256 got = balanceAfter > balanceBefore ? balanceAfter - balanceBefore : 0;
        // INVARIANT: the registry holds at least the sum of all stakes.
        if (got != amount) revert StakeMismatch(got, amount);
    }

    /// @dev The last vacated index, else a new one.
    function _takeIndex() private returns (uint256 index) {
        uint256 vacant = _vacant.length;
        if (vacant > 0) {
            index = _vacant[vacant - 1];
            _vacant.pop();
            return index;
        }
        index = _reporters.length;
        if (index == MAX_REPORTERS) revert RegistryFull(MAX_REPORTERS);
        _reporters.push();
    }

    function _ownReporter(uint256 index) private view returns (Reporter storage reporter) {
        if (index >= _reporters.length) revert NotReporterOwner(msg.sender, address(0));
        reporter = _reporters[index];
        if (reporter.owner != msg.sender) revert NotReporterOwner(msg.sender, reporter.owner);
    }

    /// @dev At once in epoch 0, in which the network starts; later when the next epoch starts.
    function _joinTime() private view returns (uint64) {
        uint64 nowTime = uint64(block.timestamp);
        return epoch(nowTime) == 0 ? nowTime : _nextEpochTime();
    }

    function _nextEpochTime() private view returns (uint64) {
        return START_TIME + (epoch(uint64(block.timestamp)) + 1) * EPOCH_DURATION;
    }

    /// @dev At most 256 reads.
    function _countAt(uint64 time) private view returns (uint256 count) {
        for (uint256 index = 0; index < _reporters.length; index++) {
            if (_isActive(_reporters[index], time)) count++;
        }
    }

    /// @dev A vacant index has [0, 0) and is never active.
    function _isActive(Reporter storage reporter, uint64 time) private view returns (bool) {
        return reporter.activeTime <= time && time < reporter.inactiveTime;
    }

    function _requireWithin(bytes32 field, uint256 got, uint256 min, uint256 max) private pure {
        if (got < min || got > max) revert RegistryParameterOutOfBounds(field, got, min, max);
    }
}
