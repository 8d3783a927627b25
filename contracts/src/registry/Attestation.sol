// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {LibBit} from "solady/utils/LibBit.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IReporterRegistry} from "../interfaces/IReporterRegistry.sol";
import {BlsLib} from "../libraries/BlsLib.sol";
import {DistanceLib} from "../libraries/DistanceLib.sol";
import {FixingLib} from "../libraries/FixingLib.sol";
import {RosterLib} from "../libraries/RosterLib.sol";
import {Fixing, FixingId, Kind} from "../types/Fixing.sol";
import {Report} from "../types/Report.sol";
import {Membership} from "./Membership.sol";

/// @title What a quorum stands behind
/// @notice Reports, their verification and the reward. See `IReporterRegistry`.
abstract contract Attestation is Membership {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;
    using FixingLib for Fixing;
    using FixingLib for FixingId;

    /// @notice What is known of one fixing, in one slot.
    struct Reported {
        /// The reward, shares that are paid included, bond-token wei.
        uint96 reward;
        /// How many signed, 0 for none.
        uint8 count;
        /// Commits to what they signed and who did: see `_digestOf`.
        bytes19 digest;
    }

    bytes32 private constant REPORT_TYPEHASH = keccak256(
        "Report(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer)"
    );

    /// @notice The oracle whose fixings are reported.
    IMaturityOracle public immutable ORACLE;
    /// @dev As the oracle's ids have it.
    uint256 private immutable _CHAIN_ID;

    mapping(FixingId => Reported) private _reported;
    mapping(FixingId => mapping(address => uint256)) private _funded;
    /// @dev Bit i: the reporter at place i was paid.
    mapping(FixingId => uint256) private _paid;

    constructor(IMaturityOracle oracle) {
        ORACLE = oracle;
        _CHAIN_ID = block.chainid;
        BOND_TOKEN.forceApprove(address(oracle), type(uint256).max);
    }

    /// @inheritdoc IReporterRegistry
    function attest(Fixing calldata fixing, Report calldata report, BLS.G2Point calldata signature, uint256 signers)
        external
        nonReentrant
    {
        FixingId id = _idOf(fixing);
        _requireUnsettled(id);
        (uint256 count,) = _verify(fixing, id, report, signature, signers);
        uint256 have = _reported[id].count;
        if (count <= have) revert AttestedByMore(count, have);
        _record(id, report, signers, count);
    }

    /// @inheritdoc IReporterRegistry
    function proposeAttested(
        Fixing calldata fixing,
        Report calldata report,
        BLS.G2Point calldata signature,
        uint256 signers,
        uint256 maxBond
    ) external nonReentrant returns (uint256 bond) {
        FixingId id = _idOf(fixing);
        // An Open fixing, which alone can be proposed, is not settled.
        (uint256 count,) = _verify(fixing, id, report, signature, signers);
        // Who attests the same a moment earlier must not keep it from being proposed.
        if (count > _reported[id].count) _record(id, report, signers, count);
        // A token that moves less on the way here does so on the way on, and the oracle refuses it.
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), maxBond);
        bond = _propose(fixing, report.value, maxBond);
        if (maxBond != bond) BOND_TOKEN.safeTransfer(msg.sender, maxBond - bond);
        uint256 receipt = id.receiptId(Kind.Stake, 0, report.value);
        IERC6909(address(ORACLE)).transfer(report.proposer, receipt, bond);
    }

    /// @inheritdoc IReporterRegistry
    function fundReporters(Fixing calldata fixing, uint256 amount) external nonReentrant {
        FixingId id = _idOf(fixing);
        if (amount == 0) revert EmptyAmount();
        _requireUnsettled(id);
        _reported[id].reward += amount.toUint96();
        _funded[id][msg.sender] += amount;
        emit ReportersFunded(id, msg.sender, amount);
        _pull(amount);
    }

    /// @inheritdoc IReporterRegistry
    function claimReward(Fixing calldata fixing, uint128 value, uint256 signers, uint256 place)
        external
        nonReentrant
        returns (uint256 amount)
    {
        FixingId id = _idOf(fixing);
        amount = _shareOf(fixing, id, value, signers);
        if (place >= MAX_REPORTERS || signers >> place & 1 == 0) revert NotAttester(place);
        if (_paid[id] >> place & 1 != 0) revert RewardAlreadyPaid(id, place);
        _payShare(id, place, _members[_memberAt(_rosterOf(fixing.maturity), place, fixing.maturity)].owner, amount);
    }

    /// @inheritdoc IReporterRegistry
    function claimRewards(Fixing calldata fixing, uint128 value, uint256 signers, uint256 places)
        external
        nonReentrant
        returns (uint256 amount)
    {
        FixingId id = _idOf(fixing);
        uint256 share = _shareOf(fixing, id, value, signers);
        uint256 strangers = places & ~signers;
        if (strangers != 0) revert NotAttester(LibBit.ffs(strangers));
        uint64 maturity = fixing.maturity;
        address roster = _rosterOf(maturity);
        // At most 180 steps. Who was paid a moment earlier, or is gone, does not keep the others from their shares.
        for (uint256 rest = places & ~_paid[id]; rest != 0; rest &= rest - 1) {
            uint256 place = LibBit.ffs(rest);
            uint8 index = RosterLib.indexAt(roster, place);
            if (!_isSameMember(index, maturity)) continue;
            _payShare(id, place, _members[index].owner, share);
            amount += share;
        }
    }

    /// @inheritdoc IReporterRegistry
    function refundReward(Fixing calldata fixing, uint128 value, uint256 signers)
        external
        nonReentrant
        returns (uint256 amount)
    {
        FixingId id = _idOf(fixing);
        bool isAttested = _reported[id].count != 0;
        if (isAttested) _requireStanding(id, value, signers);
        bool isEarned = _isEarned(fixing, value);
        if (isAttested && isEarned) revert RewardEarned(id);
        amount = _funded[id][msg.sender];
        if (amount == 0) revert NothingFunded(id, msg.sender);

        delete _funded[id][msg.sender];
        emit RewardRefunded(id, msg.sender, amount);
        BOND_TOKEN.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IReporterRegistry
    function attestationOf(FixingId id) external view returns (uint256 count, bytes19 digest) {
        Reported storage reported = _reported[id];
        return (reported.count, reported.digest);
    }

    /// @inheritdoc IReporterRegistry
    function rewardOf(FixingId id) external view returns (uint256) {
        return _reported[id].reward;
    }

    /// @inheritdoc IReporterRegistry
    function reportDigest(Fixing calldata fixing, Report calldata report) external view returns (bytes32) {
        return _reportDigest(epoch(fixing.maturity), _idOf(fixing), report);
    }

    function _idOf(Fixing calldata fixing) internal view returns (FixingId) {
        return fixing.id(_CHAIN_ID, address(ORACLE));
    }

    /// @dev Reverts unless more than two thirds of the roster of the fixing's maturity signed `report`: `signers` are
    /// the only encoding of who did. Returns how many, and the roster.
    function _verify(
        Fixing calldata fixing,
        FixingId id,
        Report calldata report,
        BLS.G2Point calldata signature,
        uint256 signers
    ) internal view returns (uint256 count, address roster) {
        (uint64 nowTime, uint64 maturity) = (uint64(block.timestamp), fixing.maturity);
        // In the block of the maturity reporters could still change, in epoch 0.
        if (nowTime <= maturity) revert AttestedEarly(nowTime, maturity);
        if (report.value == 0) revert ReportedZero();
        roster = _rosterOf(maturity);
        if (roster == address(0)) revert RosterMissing(maturity);
        uint256 places = RosterLib.count(roster);
        if (signers >> places != 0) revert SignerBeyondRoster(signers, places);
        count = LibBit.popCount(signers);
        unchecked {
            // At most 189 places.
            if (3 * count <= 2 * places) revert QuorumMissed(count, 2 * places / 3 + 1);
        }
        bytes32 digest = _reportDigest(epoch(maturity), id, report);
        BLS.G1Point memory minusKey = RosterLib.minusSumOf(roster, places, signers);
        if (!BlsLib.isSignedByMinus(minusKey, digest, BlsLib.SIGNATURE_TAG, signature)) revert SignatureInvalid(digest);
    }

    function _record(FixingId id, Report calldata report, uint256 signers, uint256 count) private {
        Reported storage reported = _reported[id];
        (reported.count, reported.digest) = (uint8(count), _digestOf(report.value, signers));
        emit Attested(id, report.value, report.observationsRoot, report.proposer, signers);
    }

    /// @dev The fixing's words as they came, which the oracle validates: to decode and encode them costs 2 000 gas more.
    function _propose(Fixing calldata fixing, uint128 value, uint256 maxBond) private returns (uint256 bond) {
        bytes4 selector = IMaturityOracle.propose.selector;
        address oracle = address(ORACLE);
        assembly ("memory-safe") {
            let input := mload(0x40)
            mstore(input, selector)
            calldatacopy(add(input, 0x04), fixing, 0x1c0)
            mstore(add(input, 0x1c4), value)
            mstore(add(input, 0x1e4), maxBond)
            if iszero(call(gas(), oracle, 0, input, 0x204, 0x00, 0x20)) {
                returndatacopy(input, 0, returndatasize())
                revert(input, returndatasize())
            }
            bond := mload(0x00)
        }
    }

    function _requireUnsettled(FixingId id) private view {
        (bool isSettled,) = ORACLE.settlementOf(id);
        if (isSettled) revert AlreadySettled(id);
    }

    /// @dev How many signed, if `value` and `signers` are what stands.
    function _requireStanding(FixingId id, uint128 value, uint256 signers) private view returns (uint256 count) {
        Reported storage reported = _reported[id];
        count = reported.count;
        if (count == 0 || reported.digest != _digestOf(value, signers)) revert AttestationUnknown(id);
    }

    /// @dev What each signer gets, if the settlement is within the band of what they signed.
    function _shareOf(Fixing calldata fixing, FixingId id, uint128 value, uint256 signers)
        private
        view
        returns (uint256)
    {
        uint256 count = _requireStanding(id, value, signers);
        if (!_isEarned(fixing, value)) revert RewardNotEarned(id);
        return _reported[id].reward / count;
    }

    function _payShare(FixingId id, uint256 place, address owner, uint256 amount) private {
        _paid[id] |= 1 << place;
        emit RewardPaid(id, place, owner, amount);
        if (amount != 0) BOND_TOKEN.safeTransfer(owner, amount);
    }

    /// @dev Whether the settlement is a number within the band of `value`. Reverts with `NotSettled`.
    function _isEarned(Fixing calldata fixing, uint128 value) private view returns (bool) {
        uint128 settlement = ORACLE.settlement(fixing);
        return settlement != DistanceLib.INVALID && DistanceLib.isWithin(value, settlement, fixing.bandPpm);
    }

    function _reportDigest(uint64 epoch_, FixingId id, Report calldata report) private view returns (bytes32) {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    REPORT_TYPEHASH, epoch_, id, report.value, report.observationsRoot, report.proposer
                )
            )
        );
    }

    function _digestOf(uint128 value, uint256 signers) private pure returns (bytes19) {
        return bytes19(keccak256(abi.encode(value, signers)));
    }
}
