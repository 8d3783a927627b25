// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {IErc792Arbitrator} from "../interfaces/IErc792Arbitrator.sol";
import {IErc792Court} from "../interfaces/IErc792Court.sol";
import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOracleConstants} from "../interfaces/IOracleConstants.sol";
import {DistanceLib} from "../libraries/DistanceLib.sol";
import {TurnLib} from "../libraries/TurnLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";

/// @title An arbitrator that asks a court of ERC-792
/// @notice See `IErc792Arbitrator`.
contract Erc792Arbitrator is IErc792Arbitrator, ERC165, ReentrancyGuardTransient {
    using Address for address payable;
    using SafeERC20 for IERC20;

    /// @dev Every value, and INVALID; 0 is the court's refusal.
    uint256 private constant CHOICES = type(uint128).max;
    uint256 private constant META_EVIDENCE_ID = 0;

    /// @notice The only oracle it rules for.
    IMaturityOracle public immutable ORACLE;
    /// @notice What that oracle pays the fee in.
    IERC20 public immutable BOND_TOKEN;
    /// @notice The court that decides.
    IErc792Court public immutable COURT;

    uint256 private immutable DECLARED_COST;

    /// Written by the constructor only: which of the court's chambers, how many jurors.
    bytes private _extraData;
    mapping(FixingId => Case) private _cases;
    mapping(uint256 disputeId => FixingId) private _fixings;

    /// @param oracle the only oracle it rules for; its bond token is read here.
    /// @param court decides every case.
    /// @param extraData tells the court how.
    /// @param metaEvidence URI of ERC-1497: what a juror should know of every case.
    /// @param declaredCost bond-token wei, as published by whoever deploys: an assertion, see `costOfCorruption`.
    constructor(
        IMaturityOracle oracle,
        IErc792Court court,
        bytes memory extraData,
        string memory metaEvidence,
        uint256 declaredCost
    ) {
        ORACLE = oracle;
        BOND_TOKEN = IOracleConstants(address(oracle)).BOND_TOKEN();
        COURT = court;
        DECLARED_COST = declaredCost;
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
        uint256 balanceBefore = BOND_TOKEN.balanceOf(address(this));
        ORACLE.rule(fixing, trial.value);
        BOND_TOKEN.safeTransfer(trial.opener, BOND_TOKEN.balanceOf(address(this)) - balanceBefore);
    }

    /// @inheritdoc IArbitrator
    /// @dev Warning: what the deployer published as the cost of corrupting the court; it is worth as much as the reader
    /// believes it. 0 for a fixing that names another arbitrator.
    function costOfCorruption(Fixing calldata fixing) external view returns (uint256) {
        bool isOurs = fixing.arbitrator == address(this) || fixing.backup == address(this);
        return isOurs ? DECLARED_COST : 0;
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
        return interfaceId == type(IErc792Arbitrator).interfaceId || interfaceId == type(IArbitrator).interfaceId
            || super.supportsInterface(interfaceId);
    }
}
