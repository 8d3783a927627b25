// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "../interfaces/IReporterRegistry.sol";
import {BlsLib} from "../libraries/BlsLib.sol";
import {ConsentLib} from "../libraries/ConsentLib.sol";
import {RosterLib} from "../libraries/RosterLib.sol";
import {Registration, Reporter} from "../types/Reporter.sol";

/// @title Who reports when
/// @notice Stakes, keys, epochs and rosters. See `IReporterRegistry`.
abstract contract Membership is IReporterRegistry, EIP712, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using Checkpoints for Checkpoints.Trace208;

    /// @notice What a reporter signs with from `fromTime` on.
    struct Credentials {
        address signer;
        uint64 fromTime;
        RosterLib.PackedKey key;
    }

    struct Member {
        address owner;
        uint64 activeTime;
        uint128 stake;
        uint64 inactiveTime;
        bytes peerId;
        Credentials current;
        /// What `current` replaced; fromTime 0 if nothing.
        Credentials previous;
    }

    /// @notice Whose signer an account is or was, and for which maturities: the member at `index` who joined at
    /// `activeTime`, from `fromTime` on.
    struct Place {
        uint8 index;
        uint64 activeTime;
        uint64 fromTime;
        /// When it was rotated out; `NEVER` before.
        uint64 untilTime;
    }

    /// @notice A roster and when it holds, so that most attestations find theirs by reading one slot.
    struct LatestRoster {
        address roster;
        uint48 sinceTime;
        /// When the reporters change again; 0 while they do not.
        uint48 untilTime;
    }

    /// @dev Fewer than fit into the code of one roster; bounds every loop. Vacated indices are used
    /// again, so that filling the registry up costs as many stakes, locked for as long as it is to stay full.
    uint256 internal constant MAX_REPORTERS = 180;
    /// @dev libp2p peer ids have 34 to 42 bytes; other multihashes may have up to 64 and some.
    uint256 private constant MAX_PEER_ID_LENGTH = 64;
    /// @dev The longest that any fixing can take from its maturity on, by the bounds of its parameters: 30 d of grace,
    /// 3 x 60 d for arbitrators, a first window of 30 d and three more of 30 d each.
    uint256 private constant LONGEST_DISPUTE = 330 days;
    /// @dev The least time to prove an offence by the ruling that ends the longest dispute.
    uint256 private constant PROVING_TIME = 7 days;
    uint64 internal constant NEVER = type(uint64).max;

    /// @notice What stakes are made in: the oracle's bond token.
    IERC20 public immutable BOND_TOKEN;
    /// @inheritdoc IReporterRegistry
    uint128 public immutable MIN_STAKE;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable EPOCH_DURATION;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable UNBONDING_DELAY;
    /// @inheritdoc IReporterRegistry
    uint64 public immutable START_TIME;

    Member[] internal _members;
    /// @dev Indices whose reporters have withdrawn.
    uint8[] private _vacant;
    mapping(address signer => Place) private _places;
    /// @dev The instants at which the reporters or their keys changed; key and value are the same.
    Checkpoints.Trace208 private _changes;
    /// @dev By the instant since when it holds.
    mapping(uint64 sinceTime => address) private _rosters;
    LatestRoster private _latest;

    constructor(IERC20 bondToken, uint128 minStake, uint64 epochDuration, uint64 unbondingDelay)
        EIP712("Assize", "1")
    {
        _requireWithin("minStake", minStake, 1, type(uint128).max);
        _requireWithin("epochDuration", epochDuration, 1 days, 30 days);
        _requireWithin("unbondingDelay", unbondingDelay, LONGEST_DISPUTE + PROVING_TIME, 1098 days);
        BOND_TOKEN = bondToken;
        MIN_STAKE = minStake;
        EPOCH_DURATION = epochDuration;
        UNBONDING_DELAY = unbondingDelay;
        START_TIME = uint64(block.timestamp);
    }

    /// @inheritdoc IReporterRegistry
    function register(
        Registration calldata registration,
        BLS.G2Point calldata possession,
        bytes calldata signerSignature,
        bytes calldata ownerSignature
    ) external nonReentrant returns (uint8 index) {
        bytes32 digest = _agreed(registration, ownerSignature);
        address owner = registration.owner;

        uint64 activeTime = _scheduleChange();
        index = _takeIndex();
        Credentials memory current =
            _admit(index, activeTime, activeTime, owner, registration.signer, digest, signerSignature);
        current.key = _provenKey(owner, registration.key, possession);
        _enter(index, activeTime, registration, current);
        _pull(registration.stake);
    }

    /// @inheritdoc IReporterRegistry
    function topUp(uint8 index, uint128 amount) external nonReentrant {
        Member storage member = _ownStaying(index);
        if (amount == 0) revert EmptyAmount();

        member.stake += amount;
        emit ToppedUp(index, amount, member.stake);

        _pull(amount);
    }

    /// @inheritdoc IReporterRegistry
    function rotate(
        uint8 index,
        address signer,
        BLS.G1Point calldata key,
        BLS.G2Point calldata possession,
        bytes calldata signerSignature
    ) external nonReentrant {
        Member storage member = _ownStaying(index);
        // The keys that this would forget are those of the epoch before the last rotation: needed for one more.
        uint64 endTime = _epochStart(epoch(member.current.fromTime) + 1);
        if (block.timestamp < endTime) revert RotationTooSoon(uint64(block.timestamp), endTime);

        uint64 fromTime = _scheduleChange();
        bytes32 digest = rotationDigest(index, msg.sender, signer, key);
        address former = member.current.signer;
        Credentials memory next =
            _admit(index, member.activeTime, fromTime, msg.sender, signer, digest, signerSignature);
        next.key = _provenKey(msg.sender, key, possession);
        if (signer != former) _places[former].untilTime = fromTime;
        member.previous = member.current;
        member.current = next;
        emit Rotated(index, signer, key, fromTime);
    }

    /// @inheritdoc IReporterRegistry
    function startLeaving(uint8 index) external nonReentrant {
        Member storage member = _ownStaying(index);
        _end(index, member);
    }

    /// @inheritdoc IReporterRegistry
    function withdraw(uint8 index) external nonReentrant returns (uint128 amount) {
        if (index >= _members.length) revert NoReporter(index);
        Member storage member = _members[index];
        address owner = member.owner;
        if (owner == address(0)) revert NoReporter(index);
        if (member.inactiveTime == NEVER) revert NotLeaving(index);
        uint64 endTime = member.inactiveTime + UNBONDING_DELAY;
        if (block.timestamp < endTime) revert UnbondingRunning(uint64(block.timestamp), endTime);

        amount = member.stake;
        delete _members[index];
        _vacant.push(index);
        emit StakeWithdrawn(index, owner, amount);

        if (amount != 0) BOND_TOKEN.safeTransfer(owner, amount);
    }

    /// @inheritdoc IReporterRegistry
    function publishRoster(uint64 time) external nonReentrant returns (address roster) {
        uint64 nowTime = uint64(block.timestamp);
        uint64 sinceTime = _sinceTime(time);
        // In the block of a change more changes can follow.
        if (time > nowTime || sinceTime == nowTime) revert RosterNotFinal(time, nowTime);
        uint64 nowEpoch = epoch(nowTime);
        uint64 minTime = nowEpoch == 0 ? START_TIME : _epochStart(nowEpoch - 1);
        // Older keys may be forgotten.
        if (time < minTime) revert RosterTooOld(time, minTime);
        roster = _rosters[sinceTime];
        if (roster != address(0)) revert RosterAlreadyPublished(sinceTime, roster);

        RosterLib.Entry[] memory entries = _entriesAt(time);
        if (entries.length == 0) revert NoReporters(time);
        roster = RosterLib.write(entries);
        _rosters[sinceTime] = roster;
        if (sinceTime >= _latest.sinceTime) {
            uint48 untilTime = uint48(_changes.lowerLookup(uint48(sinceTime) + 1));
            _latest = LatestRoster(roster, uint48(sinceTime), untilTime);
        }
        emit RosterPublished(sinceTime, roster, entries.length);
    }

    /// @inheritdoc IReporterRegistry
    function epoch(uint64 time) public view returns (uint64) {
        if (time < START_TIME) revert BeforeFirstEpoch(time, START_TIME);
        unchecked {
            return (time - START_TIME) / EPOCH_DURATION;
        }
    }

    /// @inheritdoc IReporterRegistry
    function reporterCount() external view returns (uint256) {
        return _members.length;
    }

    /// @inheritdoc IReporterRegistry
    function reporterAt(uint8 index, uint64 time) public view returns (Reporter memory) {
        Member storage member = _members[index];
        Credentials storage credentials = _credentialsAt(member, time);
        return Reporter({
            index: index,
            owner: member.owner,
            signer: credentials.signer,
            activeTime: member.activeTime,
            inactiveTime: member.inactiveTime,
            stake: member.stake,
            peerId: member.peerId,
            key: RosterLib.unpack(credentials.key)
        });
    }

    /// @inheritdoc IReporterRegistry
    function reportersAt(uint64 time) public view returns (Reporter[] memory reporters) {
        uint256 length = _members.length;
        reporters = new Reporter[](length);
        uint256 count = 0;
        for (uint8 index = 0; index < length; ++index) {
            if (!_isReporting(_members[index], time)) continue;
            reporters[count] = reporterAt(index, time);
            ++count;
        }
        // Shortens the array in place.
        assembly ("memory-safe") {
            mstore(reporters, count)
        }
    }

    /// @inheritdoc IReporterRegistry
    function rosterAt(uint64 time) public view returns (uint64 sinceTime, address roster) {
        sinceTime = _sinceTime(time);
        roster = _rosters[sinceTime];
    }

    /// @inheritdoc IReporterRegistry
    function registrationDigest(Registration calldata registration) public view returns (bytes32) {
        return _hashTypedDataV4(ConsentLib.registrationHash(registration));
    }

    /// @inheritdoc IReporterRegistry
    function rotationDigest(uint8 index, address owner, address signer, BLS.G1Point calldata key)
        public
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(ConsentLib.rotationHash(index, owner, signer, key));
    }

    /// @inheritdoc IReporterRegistry
    function possessionDigest(address owner, BLS.G1Point calldata key) public view returns (bytes32) {
        return _hashTypedDataV4(ConsentLib.possessionHash(owner, key));
    }

    /// @dev The digest of a registration that is within bounds and that its owner agreed to.
    function _agreed(Registration calldata registration, bytes calldata ownerSignature)
        private
        view
        returns (bytes32 digest)
    {
        (address owner, uint128 stake) = (registration.owner, registration.stake);
        if (owner == address(0)) revert ReporterAddressZero("owner");
        uint256 length = registration.peerId.length;
        if (length == 0 || length > MAX_PEER_ID_LENGTH) {
            revert PeerIdLengthOutOfBounds(length, 1, MAX_PEER_ID_LENGTH);
        }
        if (stake < MIN_STAKE) revert StakeBelowMin(stake, MIN_STAKE);
        if (block.timestamp > registration.deadline) {
            revert ConsentExpired(uint64(block.timestamp), registration.deadline);
        }
        digest = registrationDigest(registration);
        if (msg.sender != owner) _requireConsent(owner, digest, ownerSignature);
    }

    /// @dev Makes whom `registration` names the reporter at `index`.
    function _enter(
        uint8 index,
        uint64 activeTime,
        Registration calldata registration,
        Credentials memory current
    ) private {
        (address owner, uint128 stake) = (registration.owner, registration.stake);
        Member storage member = _members[index];
        member.owner = owner;
        member.activeTime = activeTime;
        member.inactiveTime = NEVER;
        member.stake = stake;
        member.peerId = registration.peerId;
        member.current = current;
        emit Registered(
            index, owner, registration.signer, registration.peerId, stake, activeTime, registration.key
        );
    }

    /// @dev As `rosterAt` says: from the slot of the latest roster if it holds at `time`.
    function _rosterOf(uint64 time) internal view returns (address roster) {
        LatestRoster storage latest = _latest;
        uint48 untilTime = latest.untilTime;
        roster = latest.roster;
        bool isOfTime = time >= latest.sinceTime && (untilTime == 0 || time < untilTime);
        if (!isOfTime || roster == address(0)) (, roster) = rosterAt(time);
    }

    /// @dev The index of the reporter whose signer `signer` was at `maturity`. What was retired since answers for its own
    /// time only, and no longer than a leaver's stake: else rotating would be no remedy for a key that leaked.
    /// Reverts with `SignerUnknown` or `NotItsTerm`.
    function _indexOf(address signer, uint64 maturity) internal view returns (uint8) {
        Place memory place = _places[signer];
        if (!_isTaken(place)) revert SignerUnknown(signer);
        uint256 endTime = Math.min(place.untilTime, _members[place.index].inactiveTime);
        bool isItsTerm = place.fromTime <= maturity && maturity < endTime;
        if (!isItsTerm || block.timestamp >= endTime + UNBONDING_DELAY) revert NotItsTerm(signer, maturity);
        return place.index;
    }

    /// @dev The index of the reporter at `place` of the roster of `maturity`. Reverts with `ReporterGone`.
    function _memberAt(address roster, uint256 place, uint64 maturity) internal view returns (uint8 index) {
        index = RosterLib.indexAt(roster, place);
        if (!_isSameMember(index, maturity)) revert ReporterGone(place);
    }

    /// @dev Whether the reporter at `index` is who was there at `maturity`: whoever withdrew left the index vacant or to
    /// a reporter who joined later.
    function _isSameMember(uint8 index, uint64 maturity) internal view returns (bool) {
        Member storage member = _members[index];
        return member.owner != address(0) && member.activeTime <= maturity;
    }

    /// @dev Ends a membership at the next change.
    function _end(uint8 index, Member storage member) internal {
        uint64 inactiveTime = _scheduleChange();
        member.inactiveTime = inactiveTime;
        emit LeavingStarted(index, inactiveTime, inactiveTime + UNBONDING_DELAY);
    }

    /// @dev Takes `amount` of bond token from the caller; a token that moves another amount is refused (R-100).
    function _pull(uint256 amount) internal {
        uint256 before = BOND_TOKEN.balanceOf(address(this));
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), amount);
        uint256 afterwards = BOND_TOKEN.balanceOf(address(this));
        uint256 got = afterwards > before ? afterwards - before : 0;
        // INVARIANT: the registry holds at least the sum of all stakes and rewards.
        if (got != amount) revert StakeMismatch(got, amount);
    }

    function _requireWithin(bytes32 field, uint256 got, uint256 min, uint256 max) internal pure {
        if (got < min || got > max) revert RegistryParameterOutOfBounds(field, got, min, max);
    }

    /// @dev Notes that the reporters change at once in epoch 0, in which the network starts, and later when the next
    /// epoch starts; never in the past, so that nothing done after a maturity changes who reports it.
    function _scheduleChange() private returns (uint64 time) {
        uint64 nowTime = uint64(block.timestamp);
        uint64 nowEpoch = epoch(nowTime);
        time = nowEpoch == 0 ? nowTime : _epochStart(nowEpoch + 1);
        _changes.push(uint48(time), time);
        // Changes are noted in their order, and the latest roster is of the past: this one ends it, if none does yet.
        if (_latest.roster != address(0) && _latest.untilTime == 0) _latest.untilTime = uint48(time);
    }

    /// @dev As `reportersAt`, but only what a roster says of them, which is read from half as many slots.
    function _entriesAt(uint64 time) private view returns (RosterLib.Entry[] memory entries) {
        uint256 length = _members.length;
        entries = new RosterLib.Entry[](length);
        uint256 count = 0;
        for (uint8 index = 0; index < length; ++index) {
            Member storage member = _members[index];
            if (!_isReporting(member, time)) continue;
            entries[count] = RosterLib.Entry(index, _credentialsAt(member, time).key);
            ++count;
        }
        // Shortens the array in place.
        assembly ("memory-safe") {
            mstore(entries, count)
        }
    }

    /// @dev A vacant index has [0, 0) and never reports.
    function _isReporting(Member storage member, uint64 time) private view returns (bool) {
        return member.activeTime <= time && time < member.inactiveTime;
    }

    function _credentialsAt(Member storage member, uint64 time) private view returns (Credentials storage) {
        bool isPrevious = time < member.current.fromTime && member.previous.fromTime != 0;
        return isPrevious ? member.previous : member.current;
    }

    /// @dev Ties `signer`, who consents to `digest`, to the member at `index`.
    function _admit(
        uint8 index,
        uint64 activeTime,
        uint64 fromTime,
        address owner,
        address signer,
        bytes32 digest,
        bytes calldata signature
    ) private returns (Credentials memory credentials) {
        if (signer == address(0)) revert ReporterAddressZero("signer");
        // An owner's key is kept cold: a node that held it could withdraw.
        if (signer == owner) revert SignerIsOwner(signer);
        Place memory place = _places[signer];
        bool isTaken = _isTaken(place);
        // A signer that was rotated out does not come back: its term would have a gap.
        bool isCurrent = isTaken && place.index == index && place.untilTime == NEVER;
        if (isTaken && !isCurrent) revert SignerTaken(signer, place.index);
        (address recovered, ECDSA.RecoverError failure,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (failure != ECDSA.RecoverError.NoError || recovered != signer) revert ConsentMissing(signer, digest);
        if (!isCurrent) _places[signer] = Place(index, activeTime, fromTime, NEVER);
        credentials.signer = signer;
        credentials.fromTime = fromTime;
    }

    function _requireConsent(address owner, bytes32 digest, bytes calldata signature) private view {
        if (!SignatureChecker.isValidSignatureNowCalldata(owner, digest, signature)) {
            revert ConsentMissing(owner, digest);
        }
    }

    /// @dev `key`, of which `possession` proves that whoever registers it has it: else it could be chosen so that it
    /// cancels the others' in a sum.
    function _provenKey(address owner, BLS.G1Point calldata key, BLS.G2Point calldata possession)
        private
        view
        returns (RosterLib.PackedKey memory)
    {
        bytes32 digest = possessionDigest(owner, key);
        if (!BlsLib.isSigned(key, digest, BlsLib.POSSESSION_TAG, possession)) revert PossessionUnproven(digest);
        return RosterLib.pack(key);
    }

    /// @dev The last vacated index, else a new one.
    function _takeIndex() private returns (uint8 index) {
        uint256 vacant = _vacant.length;
        if (vacant > 0) {
            index = _vacant[vacant - 1];
            _vacant.pop();
            return index;
        }
        uint256 length = _members.length;
        if (length == MAX_REPORTERS) revert RegistryFull(MAX_REPORTERS);
        _members.push();
        return uint8(length);
    }

    /// @dev Whether the member that a signer is tied to is still there.
    function _isTaken(Place memory place) private view returns (bool) {
        return place.activeTime != 0 && _members[place.index].activeTime == place.activeTime;
    }

    function _ownStaying(uint8 index) private view returns (Member storage member) {
        if (index >= _members.length) revert NotReporterOwner(msg.sender, address(0));
        member = _members[index];
        if (member.owner != msg.sender) revert NotReporterOwner(msg.sender, member.owner);
        if (member.inactiveTime != NEVER) revert AlreadyLeaving(index, member.inactiveTime);
    }

    /// @dev When the reporters at `time` became what they are; START_TIME before anyone joined.
    function _sinceTime(uint64 time) private view returns (uint64) {
        if (time < START_TIME) revert BeforeFirstEpoch(time, START_TIME);
        uint208 sinceTime = _changes.upperLookupRecent(uint48(time));
        return sinceTime == 0 ? START_TIME : uint64(sinceTime);
    }

    function _epochStart(uint64 epoch_) private view returns (uint64) {
        return START_TIME + epoch_ * EPOCH_DURATION;
    }
}
