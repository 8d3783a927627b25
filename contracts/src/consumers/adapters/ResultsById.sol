// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IEip2362} from "../../interfaces/consumers/IEip2362.sol";
import {IResultsById} from "../../interfaces/consumers/IResultsById.sol";
import {IResultSource} from "../../interfaces/consumers/IResultSource.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {SettlementLib} from "../../libraries/SettlementLib.sol";
import {FixingId} from "../../types/Fixing.sol";
import {KnownFixings} from "./KnownFixings.sol";

/// @title Every fixing of an oracle by its id
/// @notice As EIP-2362, as Reality.eth, and as a plain getter. Values are index units scaled by 1e18.
contract ResultsById is IResultsById, KnownFixings {
    uint256 private constant OK = 200;
    uint256 private constant BAD_REQUEST = 400;
    uint256 private constant NOT_FOUND = 404;

    constructor(ISettlementSource oracle) KnownFixings(oracle) {}

    /// @inheritdoc IEip2362
    /// @dev `timestamp` is the maturity, and 0 for a fixing that nobody brought to `learn`. INVALID is 400.
    function valueFor(bytes32 id) external view returns (int256 value, uint256 timestamp, uint256 status) {
        FixingId fixingId = FixingId.wrap(id);
        (bool settled, uint128 settlement) = _read(fixingId);
        timestamp = _maturityOf(fixingId);
        if (!settled) return (0, timestamp, NOT_FOUND);
        if (SettlementLib.isInvalid(settlement)) return (0, timestamp, BAD_REQUEST);
        return (int256(uint256(settlement)), timestamp, OK);
    }

    /// @inheritdoc IResultSource
    function isFinalized(bytes32 questionId) external view returns (bool settled) {
        (settled,) = _read(FixingId.wrap(questionId));
    }

    /// @inheritdoc IResultSource
    /// @dev Reverts with `ISettlementSource.NotSettled`.
    function resultFor(bytes32 questionId) external view returns (bytes32) {
        uint128 settlement = _settlementOf(questionId);
        return SettlementLib.isInvalid(settlement) ? bytes32(type(uint256).max) : bytes32(uint256(settlement));
    }

    /// @inheritdoc IResultsById
    function getResolvedValue(bytes32 id) external view returns (bool hasValue, uint256 value) {
        (bool settled, uint128 settlement) = _read(FixingId.wrap(id));
        hasValue = settled && !SettlementLib.isInvalid(settlement);
        value = hasValue ? settlement : 0;
    }

    function _settlementOf(bytes32 id) private view returns (uint128 settlement) {
        bool settled;
        (settled, settlement) = _read(FixingId.wrap(id));
        if (!settled) revert ISettlementSource.NotSettled(FixingId.wrap(id));
    }
}
