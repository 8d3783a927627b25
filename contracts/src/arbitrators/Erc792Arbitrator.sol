// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {IErc792Arbitrator} from "../interfaces/IErc792Arbitrator.sol";
import {IErc792Court} from "../interfaces/IErc792Court.sol";
import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {DistanceLib} from "../libraries/DistanceLib.sol";
import {TurnLib} from "../libraries/TurnLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {CourtAdapter} from "./CourtAdapter.sol";

/// @title An arbitrator that asks a court of ERC-792
/// @notice See `IErc792Arbitrator`.
contract Erc792Arbitrator is IErc792Arbitrator, CourtAdapter {
    using Address for address payable;

    /// @dev Every value, and INVALID; 0 is the court's refusal.
    uint256 private constant CHOICES = type(uint128).max;
    uint256 private constant META_EVIDENCE_ID = 0;

    /// @notice The court that decides.
    IErc792Court public immutable COURT;

    /// Written by the constructor only: which of the court's chambers, how many jurors.
    bytes private _extraData;
    mapping(FixingId => Case) private _cases;
    mapping(uint256 disputeId => FixingId) private _fixings;

    /// @param oracle the only oracle it rules for; its bond token is read here.
    /// @param court decides every case.
    /// @param extraData tells the court how.
    /// @param metaEvidence URI of ERC-1497: what a juror should know of every case.
    /// @param declaredCost bond-token wei, as published by whoever deploys: an assertion, see `costOfCorruption`.
    /// @param leastTurn seconds that the court needs, appeals included.
    /// @param leastFee bond-token wei that makes asking the court worth its price.
    constructor(
        IMaturityOracle oracle,
        IErc792Court court,
        bytes memory extraData,
        string memory metaEvidence,
        uint256 declaredCost,
        uint256 leastTurn,
        uint256 leastFee
    ) CourtAdapter(oracle, declaredCost, leastTurn, leastFee) {
        COURT = court;
        _extraData = extraData;
        emit MetaEvidence(META_EVIDENCE_ID, metaEvidence);
    }

    /// @inheritdoc IErc792Arbitrator
    function open(Fixing calldata fixing) external payable nonReentrant returns (uint256 disputeId) {
        FixingId id = ORACLE.fixingId(fixing);
        Case storage trial = _cases[id];
        if (TurnLib.turnEnd(ORACLE, fixing, address(this)) == 0) revert NotItsTurn(id);
        if (trial.opener != address(0)) revert AlreadyOpen(id);
        uint256 cost = price();
        if (msg.value < cost) revert PaymentTooLow(msg.value, cost);

        trial.opener = msg.sender;
        disputeId = COURT.createDispute{value: cost}(CHOICES, _extraData);
        // INVARIANT: no fixing takes over another's dispute, whatever numbers the court gives.
        if (FixingId.unwrap(_fixings[disputeId]) != 0) revert UnknownDispute(disputeId);
        trial.disputeId = disputeId;
        _fixings[disputeId] = id;
        emit Dispute(COURT, disputeId, META_EVIDENCE_ID, uint256(FixingId.unwrap(id)));
        if (msg.value > cost) payable(msg.sender).sendValue(msg.value - cost);
    }

    /// @inheritdoc IErc792Arbitrator
    function appeal(FixingId id) external payable nonReentrant {
        Case storage trial = _cases[id];
        if (trial.opener == address(0)) revert NotOpen(id);
        uint256 cost = COURT.appealCost(trial.disputeId, _extraData);
        if (msg.value < cost) revert PaymentTooLow(msg.value, cost);
        COURT.appeal{value: cost}(trial.disputeId, _extraData);
        if (msg.value > cost) payable(msg.sender).sendValue(msg.value - cost);
    }

    /// @inheritdoc IErc792Arbitrator
    function submitEvidence(FixingId id, string calldata evidence) external {
        emit Evidence(COURT, uint256(FixingId.unwrap(id)), msg.sender, evidence);
    }

    /// @inheritdoc IErc792Arbitrator
    function rule(uint256 disputeId, uint256 ruling) external {
        if (msg.sender != address(COURT)) revert NotTheCourt(msg.sender);
        Case storage trial = _cases[_fixings[disputeId]];
        if (trial.opener == address(0) || trial.isRuled) revert UnknownDispute(disputeId);
        if (ruling > CHOICES) revert RulingOutOfBounds(ruling, CHOICES);
        trial.isRuled = true;
        trial.value = ruling == 0 ? DistanceLib.INVALID : uint128(ruling);
        emit Ruling(COURT, disputeId, ruling);
    }

    /// @inheritdoc IErc792Arbitrator
    function bring(Fixing calldata fixing) external nonReentrant {
        FixingId id = ORACLE.fixingId(fixing);
        Case memory trial = _cases[id];
        if (!trial.isRuled) revert NotRuled(id);
        _bring(fixing, trial.value, trial.opener);
    }

    /// @inheritdoc IErc792Arbitrator
    function price() public view returns (uint256) {
        return COURT.arbitrationCost(_extraData);
    }

    /// @inheritdoc IErc792Arbitrator
    function caseOf(FixingId id) external view returns (Case memory) {
        return _cases[id];
    }

    /// @notice ERC-165: arbitrator, and adapter.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IErc792Arbitrator).interfaceId || super.supportsInterface(interfaceId);
    }
}
