// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IFixingConsumer} from "../interfaces/consumers/IFixingConsumer.sol";
import {ISettlementSource} from "../interfaces/ISettlementSource.sol";
import {SettlementLib} from "../libraries/SettlementLib.sol";
import {Fixing, FixingId, Phase} from "../types/Fixing.sol";

/// @title A contract that waits for one fixing
/// @notice Inherit it to be settled by a fixing that is fixed at deployment. Nothing is pushed: whoever needs the value reads it, once
/// `isSettled`. Read `_settlement` and handle INVALID, or `_value`, which reverts on it.
/// Warning: `_settlement` and `_value` revert before the settlement, which may take until `worstCase`; whoever has deposited must be able to wait, or
/// to leave without them.
abstract contract FixingConsumer is IFixingConsumer {
    /// @inheritdoc IFixingConsumer
    ISettlementSource public immutable ORACLE;
    /// @inheritdoc IFixingConsumer
    FixingId public immutable FIXING_ID;

    /// Written by the constructor only.
    Fixing private _stored;

    /// @param oracle must be trusted to be the one it should be: anyone can deploy another.
    /// @param fixing_ is announced here, so that nodes protect it. Reverts with `IMaturityOracle.ParameterOutOfBounds` if the oracle would not
    /// take it.
    constructor(ISettlementSource oracle, Fixing memory fixing_) {
        ORACLE = oracle;
        FIXING_ID = oracle.create(fixing_);
        _stored = fixing_;
    }

    /// @inheritdoc IFixingConsumer
    function fixing() public view returns (Fixing memory) {
        return _stored;
    }

    /// @inheritdoc IFixingConsumer
    function isSettled() public view returns (bool settled) {
        (settled,) = ORACLE.settlementOf(FIXING_ID);
        if (!settled) settled = ORACLE.phase(_stored) == Phase.Settled;
    }

    /// @dev INVALID possible. Reverts with `ISettlementSource.NotSettled`.
    function _settlement() internal view returns (uint128) {
        return SettlementLib.settlementOf(ORACLE, _stored, FIXING_ID);
    }

    /// @dev Reverts with `ISettlementSource.NotSettled`, or `SettlementLib.InvalidSettlement`.
    function _value() internal view returns (uint128 value) {
        value = _settlement();
        if (SettlementLib.isInvalid(value)) revert SettlementLib.InvalidSettlement(FIXING_ID);
    }
}
