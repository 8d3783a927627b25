// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../types/Fixing.sol";
import {IArbitrator} from "./IArbitrator.sol";
import {IErc792Court} from "./IErc792Court.sol";

/// @title An arbitrator that asks a court of ERC-792 (R-520)
/// @notice Ruling r of the court is the value r, scaled by 1e18; 0, a refusal to rule, is INVALID. Whoever opens the case prepays
/// the court in ETH and gets the fixing's fee, in bond token, when the ruling reaches the oracle. The court's answer is kept here
/// until somebody brings it to the oracle, so that the court is never blocked by what the oracle says.
/// Warning: who opens a case bears the court's price; he is not paid back if the court rules after this arbitrator's turn.
interface IErc792Arbitrator is IArbitrator {
    /// @notice A case before the court.
    struct Case {
        /// Who opened it, and is paid the fee. Zero before it is open.
        address opener;
        bool isRuled;
        /// The court's ruling as a value.
        uint128 value;
        uint256 disputeId;
    }

    /// @notice ERC-1497: what a juror should know of every case of this arbitrator.
    event MetaEvidence(uint256 indexed metaEvidenceId, string evidence);
    /// @notice ERC-1497: dispute `disputeId` is about the fixing whose id is `evidenceGroupId`.
    event Dispute(
        IErc792Court indexed court, uint256 indexed disputeId, uint256 metaEvidenceId, uint256 evidenceGroupId
    );
    /// @notice ERC-1497: `party` says something about the fixing whose id is `evidenceGroupId`.
    event Evidence(IErc792Court indexed court, uint256 indexed evidenceGroupId, address indexed party, string evidence);
    /// @notice ERC-792: the court has ruled.
    event Ruling(IErc792Court indexed court, uint256 indexed disputeId, uint256 ruling);

    /// @notice It is not this arbitrator's turn to rule on the fixing (R-205).
    error NotItsTurn(FixingId id);
    /// @notice The case was opened already.
    error AlreadyOpen(FixingId id);
    /// @notice The case is not open.
    error NotOpen(FixingId id);
    /// @notice The court costs `want` wei.
    error PaymentTooLow(uint256 got, uint256 want);
    /// @notice Only the court rules.
    error NotTheCourt(address got);
    /// @notice The court speaks of a dispute that is not, or no longer, to be ruled on.
    error UnknownDispute(uint256 disputeId);
    /// @notice No such choice.
    error RulingOutOfBounds(uint256 got, uint256 max);
    /// @notice The court has not ruled yet.
    error NotRuled(FixingId id);

    /// @notice Opens a case with the court, for the court's price; what was sent beyond it comes back. By anyone, once.
    /// Reverts with `NotItsTurn`, `AlreadyOpen`, `PaymentTooLow`, or as the court does.
    function open(Fixing calldata fixing) external payable returns (uint256 disputeId);

    /// @notice Appeals the court's present ruling, for its price; what was sent beyond it comes back. By anyone.
    /// Reverts with `NotOpen`, `PaymentTooLow`, or as the court does.
    function appeal(FixingId id) external payable;

    /// @notice Says something about a fixing, `evidence` being a URI of ERC-1497. By anyone, at any time.
    function submitEvidence(FixingId id, string calldata evidence) external;

    /// @notice ERC-792: takes the court's ruling. Reverts with `NotTheCourt`, `UnknownDispute`, `RulingOutOfBounds`.
    function rule(uint256 disputeId, uint256 ruling) external;

    /// @notice Brings the court's ruling to the oracle and pays the opener the fee. By anyone. Reverts with `NotRuled`,
    /// or as the oracle does.
    function bring(Fixing calldata fixing) external;

    /// @notice What opening a case costs now, wei.
    function price() external view returns (uint256);

    /// @notice The case of fixing `id`; zeros before it is open.
    function caseOf(FixingId id) external view returns (Case memory);
}
