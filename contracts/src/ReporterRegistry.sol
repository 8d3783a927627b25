// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IMaturityOracle} from "./interfaces/IMaturityOracle.sol";
import {IReporterRegistry} from "./interfaces/IReporterRegistry.sol";
import {DistanceLib} from "./libraries/DistanceLib.sol";
import {ObservationLib} from "./libraries/ObservationLib.sol";
import {Attestation} from "./registry/Attestation.sol";
import {Membership} from "./registry/Membership.sol";
import {Fixing, FixingId, Outcome} from "./types/Fixing.sol";
import {Observation} from "./types/Observation.sol";
import {Report} from "./types/Report.sol";

/// @title The registry of reporters
/// @notice Immutable and ownerless. Stake is lost in two ways only: two signed observations of one fixing, and a
/// co-signed report that a numeric ruling of `ARBITRATOR` or `BACKUP` put outside the band. See `IReporterRegistry`.
contract ReporterRegistry is Attestation {
    using SafeERC20 for IERC20;

    /// @dev What the prover gets of a slashed stake, percent. The rest burns, else slashing oneself would be free.
    uint256 private constant PROVER_SHARE = 20;

    /// @notice Whose rulings can slash, as a fixing's arbitrator.
    address public immutable ARBITRATOR;
    /// @notice Whose rulings can slash, as a fixing's backup.
    address public immutable BACKUP;
    /// @notice Where the rest of slashed stakes goes: nobody's address.
    address public immutable SINK;
    /// @inheritdoc IReporterRegistry
    uint32 public immutable MIN_BAND_PPM;

    /// @param oracle whose fixings are reported; its bond token is what stakes are made in.
    /// @param arbitrator, backup whose rulings can slash; both or neither stand in a fixing that can slash.
    /// @param sink where burnt stake goes.
    /// @param minStake bond-token wei, >= 1.
    /// @param epochDuration seconds, 1 d .. 30 d.
    /// @param unbondingDelay seconds, 337 d .. 1 098 d: no fixing takes more than 330 d from its maturity on, and a week
    /// is left to prove an offence by what ended it.
    /// @param minBandPpm parts per million, 1 000 .. 200 000: a narrower band could put honest noise outside.
    constructor(
        IMaturityOracle oracle,
        IERC20 bondToken,
        address arbitrator,
        address backup,
        address sink,
        uint128 minStake,
        uint64 epochDuration,
        uint64 unbondingDelay,
        uint32 minBandPpm
    ) Membership(bondToken, minStake, epochDuration, unbondingDelay) Attestation(oracle) {
        _requireWithin("minBandPpm", minBandPpm, 1000, 200_000);
        ARBITRATOR = arbitrator;
        BACKUP = backup;
        SINK = sink;
        MIN_BAND_PPM = minBandPpm;
    }

    /// @inheritdoc IReporterRegistry
    function slashEquivocation(
        Fixing calldata fixing,
        Observation calldata first,
        bytes calldata firstSignature,
        Observation calldata second,
        bytes calldata secondSignature
    ) external nonReentrant returns (uint128 reward) {
        FixingId id = _idOf(fixing);
        address signer = recoverObservation(first, firstSignature);
        bool isSameSigner = recoverObservation(second, secondSignature) == signer;
        bool isOfFixing = _isOf(first, id) && _isOf(second, id);
        bool isSame = ObservationLib.structHash(first) == ObservationLib.structHash(second);
        if (!isSameSigner || !isOfFixing || isSame) revert NotEquivocation();
        return _slash(_indexOf(signer, fixing.maturity), id);
    }

    /// @inheritdoc IReporterRegistry
    function slashAttestation(
        Fixing calldata fixing,
        Report calldata report,
        BLS.G2Point calldata signature,
        uint256 signers,
        uint256 place
    ) external nonReentrant returns (uint128 reward) {
        FixingId id = _idOf(fixing);
        if (!_isWrong(fixing, report.value)) revert NotWrong(id);
        (, address roster) = _verify(fixing, id, report, signature, signers);
        if (place >= MAX_REPORTERS || signers >> place & 1 == 0) revert NotAttester(place);
        uint8 index = _memberAt(roster, place, fixing.maturity);
        return _slash(index, id);
    }

    /// @inheritdoc IReporterRegistry
    function observationDigest(Observation calldata observation) public view returns (bytes32) {
        return _hashTypedDataV4(ObservationLib.structHash(observation));
    }

    /// @inheritdoc IReporterRegistry
    function recoverObservation(Observation calldata observation, bytes calldata signature)
        public
        view
        returns (address signer)
    {
        return ECDSA.recoverCalldata(observationDigest(observation), signature);
    }

    /// @dev R-405: whether a numeric ruling of the registry's own arbitrators put `value` outside a band that is wide
    /// enough for honest noise.
    function _isWrong(Fixing calldata fixing, uint128 value) private view returns (bool) {
        bool isOwnCourt = fixing.arbitrator == ARBITRATOR && fixing.backup == BACKUP;
        if (!isOwnCourt || fixing.bandPpm < MIN_BAND_PPM) return false;
        (Outcome how,) = ORACLE.outcome(fixing);
        if (how != Outcome.Ruling) return false;
        uint128 settlement = ORACLE.settlement(fixing);
        return settlement != DistanceLib.INVALID && !DistanceLib.isWithin(value, settlement, fixing.bandPpm);
    }

    function _isOf(Observation calldata observation, FixingId id) private pure returns (bool) {
        return FixingId.unwrap(observation.fixingId) == FixingId.unwrap(id);
    }

    function _slash(uint8 index, FixingId id) private returns (uint128 reward) {
        Member storage member = _members[index];
        uint128 stake = member.stake;
        if (stake == 0) revert NothingToSlash(index);
        address prover = msg.sender;
        bool isOffender =
            prover == member.owner || prover == member.current.signer || prover == member.previous.signer;
        if (isOffender) revert ProverIsOffender(prover);

        member.stake = 0;
        if (member.inactiveTime == NEVER) _end(index, member);
        reward = uint128(stake * PROVER_SHARE / 100);
        emit Slashed(index, id, prover, stake, reward);
        BOND_TOKEN.safeTransfer(prover, reward);
        BOND_TOKEN.safeTransfer(SINK, stake - reward);
    }
}
