// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Observation} from "../types/Observation.sol";

/// @title Who reports: staked signers and the peers they run
/// @notice A reporter has an owner, a stake in the bond token, a signer that signs its observations and a libp2p peer
/// id. It reports at the times in [activeTime, inactiveTime). Time is cut into epochs of `EPOCH_DURATION` from
/// `START_TIME`, the registry's deployment, on. Joining and leaving take effect at the next epoch's start, so that
/// the reporters of an epoch are known when it begins and stay. In epoch 0 alone a reporter joins at once, at the
/// block's time, so that a new network need not wait for a day; the past never changes there either.
/// Warning: `reportersAt(time)` is final only once `time` is past, or within a begun epoch other than epoch 0.
interface IReporterRegistry {
    /// @notice A reporter. All zero for an index that is vacant.
    struct Reporter {
        /// Who registered, tops up, leaves and withdraws.
        address owner;
        /// First instant as a reporter, seconds.
        uint64 activeTime;
        /// Whose signature makes an observation this reporter's.
        address signer;
        /// First instant no longer as a reporter, seconds; `type(uint64).max` until it leaves.
        uint64 inactiveTime;
        /// Bond-token wei.
        uint128 stake;
        /// Binary libp2p peer id, 1 .. 64 bytes. Warning: only checked for its length; peers prove theirs by
        /// the connection's handshake.
        bytes peerId;
    }

    // ------------------------------------------------------------------------------------------- events

    /// @notice `owner` registered reporter `index`, who reports from `activeTime` on.
    event Registered(
        uint256 indexed index,
        address indexed owner,
        address indexed signer,
        bytes peerId,
        uint128 stake,
        uint64 activeTime
    );
    /// @notice The stake of reporter `index` rose by `amount` to `stake`.
    event ToppedUp(uint256 indexed index, uint128 amount, uint128 stake);
    /// @notice Reporter `index` leaves at `inactiveTime`; its stake can be withdrawn from `withdrawableTime` on.
    event LeavingStarted(uint256 indexed index, uint64 inactiveTime, uint64 withdrawableTime);
    /// @notice `owner` has its stake back; `index` is vacant.
    event StakeWithdrawn(uint256 indexed index, address indexed owner, uint128 amount);

    // ------------------------------------------------------------------------------------------- errors

    /// @notice Constructor parameter `field` is `got`, outside [`min`, `max`].
    error RegistryParameterOutOfBounds(bytes32 field, uint256 got, uint256 min, uint256 max);
    /// @notice The signer is the zero address.
    error ReporterSignerZero();
    /// @notice `signer` is reporter `index` already, or until that one has withdrawn.
    error SignerTaken(address signer, uint256 index);
    /// @notice A peer id of `got` bytes is none.
    error PeerIdLengthOutOfBounds(uint256 got, uint256 min, uint256 max);
    /// @notice The stake is too small.
    error StakeBelowMin(uint128 got, uint128 min);
    /// @notice A top-up of zero changes nothing.
    error EmptyTopUp();
    /// @notice Every index is taken.
    error RegistryFull(uint256 max);
    /// @notice Only its owner may do this to a reporter; a vacant index has owner 0.
    error NotReporterOwner(address got, address want);
    /// @notice Reporter `index` is leaving, or has left, at `inactiveTime`.
    error AlreadyLeaving(uint256 index, uint64 inactiveTime);
    /// @notice Reporter `index` must leave before it can withdraw.
    error NotLeaving(uint256 index);
    /// @notice The stake stays slashable until `endTime`.
    error UnbondingRunning(uint64 nowTime, uint64 endTime);
    /// @notice There was no epoch before the registry.
    error BeforeFirstEpoch(uint64 time, uint64 startTime);
    /// @notice A transfer moved `got` instead of `want`: the bond token is not supported.
    error StakeMismatch(uint256 got, uint256 want);

    // ------------------------------------------------------------------------------------------ actions

    /// @notice Registers a reporter of the caller's with `signer` and `peerId`, and takes exactly `stake` of bond
    /// token from the caller. Returns its index: the last vacated one, else a new one. To change signer or peer
    /// id, leave and register again.
    /// Reverts with `ReporterSignerZero`, `SignerTaken`, `PeerIdLengthOutOfBounds`, `StakeBelowMin`, `RegistryFull`
    /// or `StakeMismatch`.
    /// Warning: the signer does not have to consent; register before using the key elsewhere.
    function register(address signer, bytes calldata peerId, uint128 stake) external returns (uint256 index);

    /// @notice Adds `amount` to the stake of reporter `index`, which is the caller's and has not left.
    /// Reverts with `NotReporterOwner`, `AlreadyLeaving`, `EmptyTopUp` or `StakeMismatch`.
    function topUp(uint256 index, uint128 amount) external;

    /// @notice Ends the membership of reporter `index`, the caller's, at the next epoch's start; its stake unbonds
    /// for `UNBONDING_DELAY` from then on. Cannot be undone.
    /// Reverts with `NotReporterOwner` or `AlreadyLeaving`.
    function startLeaving(uint256 index) external;

    /// @notice Pays the stake of reporter `index` back to its owner, the caller, and vacates the index; what the
    /// registry knew of the reporter is forgotten. Returns the amount, bond-token wei.
    /// Reverts with `NotReporterOwner`, `NotLeaving` or `UnbondingRunning`.
    function withdraw(uint256 index) external returns (uint128 amount);

    // -------------------------------------------------------------------------------------------- views

    /// @notice The least stake to register with, bond-token wei.
    function MIN_STAKE() external view returns (uint128);

    /// @notice The length of an epoch, seconds. >= 1 day.
    function EPOCH_DURATION() external view returns (uint64);

    /// @notice How long a stake stays slashable after its reporter's last instant, seconds. Whoever deploys chooses
    /// it no shorter than the `worstCase` of the fixings to be reported, counted from their maturity.
    function UNBONDING_DELAY() external view returns (uint64);

    /// @notice When epoch 0 began, seconds.
    function START_TIME() external view returns (uint64);

    /// @notice The epoch that contains `time`. Reverts with `BeforeFirstEpoch`.
    function epoch(uint64 time) external view returns (uint64);

    /// @notice One more than the highest index ever used, <= 256. Vacant indices count.
    function reporterCount() external view returns (uint256);

    /// @notice Reporter `index`; all zero if vacant.
    function reporterAt(uint256 index) external view returns (Reporter memory);

    /// @notice Whether `signer` is a reporter at `time`.
    function isReporter(address signer, uint64 time) external view returns (bool);

    /// @notice The reporters at `time` in index order, at most 256: `signers[i]` is reporter `indices[i]`, whose
    /// peer id is `peerIds[i]`. For calls from outside the chain: reads everything. Reporters that have withdrawn
    /// since are missing.
    function reportersAt(uint64 time)
        external
        view
        returns (address[] memory signers, uint256[] memory indices, bytes[] memory peerIds);

    /// @notice The EIP-712 digest that a reporter signs (R-401): domain "Assize", "1", chain, registry.
    function observationDigest(Observation calldata observation) external view returns (bytes32);

    /// @notice Who signed `observation`: a 65-byte r, s, v signature with low s and v 27 or 28. Does not say whether
    /// the signer is a reporter. Reverts with OpenZeppelin's `ECDSA` errors if malformed.
    function recoverObservation(Observation calldata observation, bytes calldata signature)
        external
        view
        returns (address signer);
}
