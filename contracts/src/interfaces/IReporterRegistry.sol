// SPDX-License-Identifier: MIT
pragma solidity ^0.8.25;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {Fixing, FixingId} from "../types/Fixing.sol";
import {Observation} from "../types/Observation.sol";
import {Report} from "../types/Report.sol";
import {Registration, Reporter} from "../types/Reporter.sol";

/// @title Who reports, what they attest, and what it costs them to be wrong
/// @notice A reporter has an owner, a stake in the bond token, a signer for its observations, a BLS key for reports and
/// a libp2p peer id. Time is cut into epochs of `EPOCH_DURATION` from `START_TIME`, the registry's deployment, on.
/// Joining, leaving and rotating keys take effect at the next epoch's start, so that the reporters at a maturity are
/// known before it and nothing done later changes them. In epoch 0 alone changes take effect at once, at the block's
/// time, so that a new network need not wait for a day; the past never changes there either.
/// Warning: the reporters at `time` are final only once `time` is past, or within a begun epoch other than epoch 0.
interface IReporterRegistry {
    /// @notice `owner` registered reporter `index`, who reports from `activeTime` on.
    event Registered(
        uint8 indexed index,
        address indexed owner,
        address indexed signer,
        bytes peerId,
        uint128 stake,
        uint64 activeTime,
        BLS.G1Point key
    );
    /// @notice The stake of reporter `index` rose by `amount` to `stake`.
    event ToppedUp(uint8 indexed index, uint128 amount, uint128 stake);
    /// @notice From `fromTime` on reporter `index` signs with `signer` and `key`.
    event Rotated(uint8 indexed index, address indexed signer, BLS.G1Point key, uint64 fromTime);
    /// @notice Reporter `index` leaves at `inactiveTime`; its stake can be withdrawn from `withdrawableTime` on.
    event LeavingStarted(uint8 indexed index, uint64 inactiveTime, uint64 withdrawableTime);
    /// @notice `owner` has its stake back; `index` is vacant.
    event StakeWithdrawn(uint8 indexed index, address indexed owner, uint128 amount);
    /// @notice The reporters from `sinceTime` on, `count` of them, stand in the code of `roster`.
    event RosterPublished(uint64 indexed sinceTime, address roster, uint256 count);
    /// @notice The reporters of `signers`, bit i standing for place i of the roster, stand behind `value`.
    event Attested(
        FixingId indexed id, uint128 value, bytes32 observationsRoot, address proposer, uint256 signers
    );
    /// @notice `from` put `amount` into the attesters' reward for `id`.
    event ReportersFunded(FixingId indexed id, address indexed from, uint256 amount);
    /// @notice The owner of the reporter at `place` was paid its share.
    event RewardPaid(FixingId indexed id, uint256 indexed place, address indexed owner, uint256 amount);
    /// @notice Nobody earned the reward: `to` has back what it had put in.
    event RewardRefunded(FixingId indexed id, address indexed to, uint256 amount);
    /// @notice Reporter `index` lost all its stake; `reward` of it went to `prover` and the rest to the sink.
    event Slashed(uint8 indexed index, FixingId indexed id, address indexed prover, uint128 stake, uint128 reward);

    /// @notice Constructor parameter `field` is `got`, outside [`min`, `max`].
    error RegistryParameterOutOfBounds(bytes32 field, uint256 got, uint256 min, uint256 max);
    /// @notice An owner or signer is the zero address.
    error ReporterAddressZero(bytes32 field);
    /// @notice The signer's key is kept hot; the owner's must be another.
    error SignerIsOwner(address account);
    /// @notice `signer` is or was the signer of the reporter at `index`, who has not withdrawn.
    error SignerTaken(address signer, uint256 index);
    /// @notice A peer id of `got` bytes is none.
    error PeerIdLengthOutOfBounds(uint256 got, uint256 min, uint256 max);
    /// @notice The stake is too small.
    error StakeBelowMin(uint128 got, uint128 min);
    /// @notice A top-up or a reward of zero changes nothing.
    error EmptyAmount();
    /// @notice Every index is taken.
    error RegistryFull(uint256 max);
    /// @notice The consents to a registration held until `deadline`.
    error ConsentExpired(uint64 nowTime, uint64 deadline);
    /// @notice `account` did not sign `digest`.
    error ConsentMissing(address account, bytes32 digest);
    /// @notice The proof of possession is not this key's.
    error PossessionUnproven(bytes32 digest);
    /// @notice Index `index` is vacant.
    error NoReporter(uint256 index);
    /// @notice Only its owner may do this to a reporter; a vacant index has owner 0.
    error NotReporterOwner(address got, address want);
    /// @notice Reporter `index` is leaving, or has left, at `inactiveTime`.
    error AlreadyLeaving(uint256 index, uint64 inactiveTime);
    /// @notice Reporter `index` must leave before it can withdraw.
    error NotLeaving(uint256 index);
    /// @notice The stake stays slashable until `endTime`.
    error UnbondingRunning(uint64 nowTime, uint64 endTime);
    /// @notice The keys before the last rotation may still be needed until `endTime`.
    error RotationTooSoon(uint64 nowTime, uint64 endTime);
    /// @notice There was no epoch before the registry.
    error BeforeFirstEpoch(uint64 time, uint64 startTime);
    /// @notice A transfer moved `got` instead of `want`: the bond token is not supported.
    error StakeMismatch(uint256 got, uint256 want);
    /// @notice Nobody reports at `time`.
    error NoReporters(uint64 time);
    /// @notice The reporters at `time` may still change.
    error RosterNotFinal(uint64 time, uint64 nowTime);
    /// @notice Rosters are published for the current and the previous epoch, `minTime` on.
    error RosterTooOld(uint64 time, uint64 minTime);
    /// @notice The roster of the reporters since `sinceTime` stands at `roster` already.
    error RosterAlreadyPublished(uint64 sinceTime, address roster);
    /// @notice Publish the roster of the reporters at `time` first.
    error RosterMissing(uint64 time);
    /// @notice Attesting begins in the second after the maturity.
    error AttestedEarly(uint64 nowTime, uint64 maturity);
    /// @notice The settlement is known: nothing is left to attest, nor to fund.
    error AlreadySettled(FixingId id);
    /// @notice A report of nothing.
    error ReportedZero();
    /// @notice The signers have a bit set that stands for no place.
    error SignerBeyondRoster(uint256 signers, uint256 places);
    /// @notice More than two thirds must sign.
    error QuorumMissed(uint256 got, uint256 want);
    /// @notice The signature is not the signers' over `digest`.
    error SignatureInvalid(bytes32 digest);
    /// @notice As many or more attest already.
    error AttestedByMore(uint256 got, uint256 have);
    /// @notice Value and signers are not those of the attestation that stands.
    error AttestationUnknown(FixingId id);
    /// @notice The attested value is not within the band of the settlement, or INVALID is settled: nobody is paid.
    error RewardNotEarned(FixingId id);
    /// @notice The reward was earned: funders get nothing back.
    error RewardEarned(FixingId id);
    /// @notice The reporter at `place` did not sign.
    error NotAttester(uint256 place);
    /// @notice The reporter at `place` has withdrawn since.
    error ReporterGone(uint256 place);
    /// @notice The reporter at `place` was paid.
    error RewardAlreadyPaid(FixingId id, uint256 place);
    /// @notice The caller has nothing in this reward.
    error NothingFunded(FixingId id, address account);
    /// @notice Two observations that say the same, or are of another fixing or of two signers, prove nothing.
    error NotEquivocation();
    /// @notice `signer` is nobody's signer.
    error SignerUnknown(address signer);
    /// @notice `signer` was nobody's signer at `maturity`, or was retired for `UNBONDING_DELAY`.
    error NotItsTerm(address signer, uint64 maturity);
    /// @notice A reporter cannot earn the reward for its own offence.
    error ProverIsOffender(address prover);
    /// @notice Reporter `index` has nothing left to lose.
    error NothingToSlash(uint256 index);
    /// @notice The fixing's arbitrators are not the registry's, its band is too narrow, it was not settled by a numeric
    /// ruling, or the settlement is within the band: R-405 protects whoever attested it.
    error NotWrong(FixingId id);

    /// @notice Registers a reporter and takes exactly its stake from the caller. Returns its index: the last vacated
    /// one, else a new one. `signerSignature` is the signer's over `registrationDigest`, so that nobody can take
    /// another's signer; `ownerSignature` the owner's (ERC-1271 for contracts) unless the owner calls itself;
    /// `possession` the key's over `possessionDigest`, without which a key could be chosen to cancel others.
    /// Reverts with `ReporterAddressZero`, `SignerIsOwner`, `SignerTaken`, `PeerIdLengthOutOfBounds`, `StakeBelowMin`,
    /// `ConsentExpired`, `ConsentMissing`, `PossessionUnproven`, `RegistryFull`, `StakeMismatch` or errors of solady's `BLS`.
    function register(
        Registration calldata registration,
        BLS.G2Point calldata possession,
        bytes calldata signerSignature,
        bytes calldata ownerSignature
    ) external returns (uint8 index);

    /// @notice Adds `amount` to the stake of reporter `index`, which is the caller's and has not left.
    /// Reverts with `NotReporterOwner`, `AlreadyLeaving`, `EmptyAmount` or `StakeMismatch`.
    function topUp(uint8 index, uint128 amount) external;

    /// @notice Replaces signer and key of reporter `index`, the caller's, from the next epoch on; the signer may stay.
    /// For fixings that mature before, the old signer stays tied to the reporter for another `UNBONDING_DELAY`: what it
    /// signed remains provable. It cannot come back. At most once in two epochs.
    /// Reverts with `NotReporterOwner`, `AlreadyLeaving`, `RotationTooSoon` or as `register`.
    function rotate(
        uint8 index,
        address signer,
        BLS.G1Point calldata key,
        BLS.G2Point calldata possession,
        bytes calldata signerSignature
    ) external;

    /// @notice Ends the membership of reporter `index`, the caller's, at the next epoch's start; its stake unbonds
    /// for `UNBONDING_DELAY` from then on. Cannot be undone.
    /// Reverts with `NotReporterOwner` or `AlreadyLeaving`.
    function startLeaving(uint8 index) external;

    /// @notice Pays what is left of the stake of reporter `index` back to its owner and vacates the index. Anyone may
    /// call: a place whose owner has nothing left to withdraw would stay taken. Returns the amount, bond-token wei.
    /// Reverts with `NoReporter`, `NotLeaving` or `UnbondingRunning`.
    function withdraw(uint8 index) external returns (uint128 amount);

    /// @notice Writes the reporters at `time` into the code of a contract, where attestations read them. Anyone may;
    /// once for every change of the reporters, not for every epoch. Returns its address.
    /// Reverts with `RosterNotFinal`, `RosterTooOld`, `RosterAlreadyPublished`, `NoReporters` or `BeforeFirstEpoch`.
    function publishRoster(uint64 time) external returns (address roster);

    /// @notice Verifies that more than two thirds of the reporters at the fixing's maturity co-signed `report`
    /// (R-403), and records it for the reward. A report of more signers replaces one of fewer until the settlement.
    /// Reverts with `AttestedEarly`, `AlreadySettled`, `ReportedZero`, `RosterMissing`, `SignerBeyondRoster`,
    /// `QuorumMissed`, `SignatureInvalid`, `AttestedByMore` or errors of solady's `BLS`.
    function attest(Fixing calldata fixing, Report calldata report, BLS.G2Point calldata signature, uint256 signers)
        external;

    /// @notice `attest`, then proposes the report's value with at most `maxBond` of the caller's bond token, and hands
    /// the receipts to the report's proposer: to copy it from the mempool is to pay for another. Returns the bond.
    /// Proposes also what as many or more attest already; that attestation then stands.
    /// Reverts as `attest`, but never with `AttestedByMore` or `AlreadySettled`, or with the oracle's errors, of which
    /// `WrongPhase` says that somebody proposed first.
    function proposeAttested(
        Fixing calldata fixing,
        Report calldata report,
        BLS.G2Point calldata signature,
        uint256 signers,
        uint256 maxBond
    ) external returns (uint256 bond);

    /// @notice Puts `amount` into the reward of whoever attests `fixing`; no reward exceeds 2^96 - 1 wei.
    /// Reverts with `AlreadySettled`, `EmptyAmount`, `StakeMismatch` or OpenZeppelin's `SafeCast` error.
    function fundReporters(Fixing calldata fixing, uint256 amount) external;

    /// @notice Pays the owner of the reporter at `place` its equal share of the reward, rounded down, once the
    /// settlement is within the fixing's band of what it attested. Anyone may call, but not after the reporter withdrew,
    /// for which it must wait longer than any fixing takes. Returns the amount.
    /// Reverts with `NotSettled`, `AttestationUnknown`, `RewardNotEarned`, `NotAttester`, `RewardAlreadyPaid` or
    /// `ReporterGone`.
    function claimReward(Fixing calldata fixing, uint128 value, uint256 signers, uint256 place)
        external
        returns (uint256 amount);

    /// @notice Pays all reporters of `places`, bit i standing for place i, their shares in one transaction; whoever was
    /// paid before or has withdrawn is left out. Anyone may call. Returns what was paid, bond-token wei.
    /// Reverts with `NotSettled`, `AttestationUnknown`, `RewardNotEarned` or `NotAttester`.
    function claimRewards(Fixing calldata fixing, uint128 value, uint256 signers, uint256 places)
        external
        returns (uint256 amount);

    /// @notice Returns to the caller what it put into a reward that nobody earned; value and signers are ignored
    /// when nobody attested. Reverts with `NotSettled`, `AttestationUnknown`, `RewardEarned` or `NothingFunded`.
    function refundReward(Fixing calldata fixing, uint128 value, uint256 signers) external returns (uint256 amount);

    /// @notice Takes all stake of a reporter that signed two different observations of `fixing` (R-401): 20 % go to the
    /// caller, the rest burns. The signer must have been the reporter's at the maturity, and not be retired for longer
    /// than the stake of a reporter that left can be slashed. Returns the caller's part.
    /// Reverts with `NotEquivocation`, `SignerUnknown`, `NotItsTerm`, `ProverIsOffender`, `NothingToSlash` or
    /// OpenZeppelin's `ECDSA` errors.
    function slashEquivocation(
        Fixing calldata fixing,
        Observation calldata first,
        bytes calldata firstSignature,
        Observation calldata second,
        bytes calldata secondSignature
    ) external returns (uint128 reward);

    /// @notice Takes all stake of the reporter at `place` of the roster, who co-signed a report that a numeric ruling
    /// of the registry's own arbitrators put outside the fixing's band (R-405), and nothing else: no timeout, no
    /// INVALID, no expiry, no other arbitrators, no band below `MIN_BAND_PPM`. 20 % go to the caller, the rest burns.
    /// Reverts with `NotWrong`, `NotAttester`, `ReporterGone`, `ProverIsOffender`, `NothingToSlash` or as `attest` for a
    /// report that is not signed.
    function slashAttestation(
        Fixing calldata fixing,
        Report calldata report,
        BLS.G2Point calldata signature,
        uint256 signers,
        uint256 place
    ) external returns (uint128 reward);

    /// @notice The least stake to register with, bond-token wei.
    function MIN_STAKE() external view returns (uint128);

    /// @notice The length of an epoch, seconds. 1 .. 30 days.
    function EPOCH_DURATION() external view returns (uint64);

    /// @notice How long a stake stays slashable after its reporter's last instant, seconds: no shorter than the longest
    /// dispute that any fixing can have.
    function UNBONDING_DELAY() external view returns (uint64);

    /// @notice When epoch 0 began, seconds.
    function START_TIME() external view returns (uint64);

    /// @notice The narrowest band of fixings whose wrong attestations are slashed, parts per million.
    function MIN_BAND_PPM() external view returns (uint32);

    /// @notice The epoch that contains `time`. Reverts with `BeforeFirstEpoch`.
    function epoch(uint64 time) external view returns (uint64);

    /// @notice One more than the highest index ever used, <= 180. Vacant indices count.
    function reporterCount() external view returns (uint256);

    /// @notice Reporter `index` with the signer and key that it has at `time`; all zero if vacant. Warning: only the last
    /// rotation is remembered, so that signer and key are right from the previous epoch on and may not be before.
    function reporterAt(uint8 index, uint64 time) external view returns (Reporter memory);

    /// @notice The reporters at `time` in ascending index: place i of their roster is element i. For calls from outside
    /// the chain: reads everything. Reporters that have withdrawn since are missing.
    function reportersAt(uint64 time) external view returns (Reporter[] memory);

    /// @notice Since when the reporters at `time` have been the same, and their roster; 0 before it is published.
    function rosterAt(uint64 time) external view returns (uint64 sinceTime, address roster);

    /// @notice How many signers the attestation of `id` has, 0 for none; `digest`, the first 19 bytes of
    /// keccak256(abi.encode(value, signers)), commits to what they signed and who did.
    function attestationOf(FixingId id) external view returns (uint256 count, bytes19 digest);

    /// @notice What is in the reward for attesting `id`, shares paid included, bond-token wei.
    function rewardOf(FixingId id) external view returns (uint256);

    /// @notice The EIP-712 digest that signer and owner sign to register: domain "Assize", "1", chain, registry.
    function registrationDigest(Registration calldata registration) external view returns (bytes32);

    /// @notice The EIP-712 digest that a new signer signs to be rotated in.
    function rotationDigest(uint8 index, address owner, address signer, BLS.G1Point calldata key)
        external
        view
        returns (bytes32);

    /// @notice The EIP-712 digest that a key signs to prove that its owner has it.
    function possessionDigest(address owner, BLS.G1Point calldata key) external view returns (bytes32);

    /// @notice The EIP-712 digest that reporters co-sign (R-402).
    function reportDigest(Fixing calldata fixing, Report calldata report) external view returns (bytes32);

    /// @notice The EIP-712 digest that a reporter signs (R-401).
    function observationDigest(Observation calldata observation) external view returns (bytes32);

    /// @notice Who signed `observation`: a 65-byte r, s, v signature with low s and v 27 or 28. Does not say whether
    /// the signer is a reporter. Reverts with OpenZeppelin's `ECDSA` errors if malformed.
    function recoverObservation(Observation calldata observation, bytes calldata signature)
        external
        view
        returns (address signer);
}
