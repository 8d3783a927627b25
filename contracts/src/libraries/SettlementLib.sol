// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {ISettlementSource} from "../interfaces/ISettlementSource.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {DistanceLib} from "./DistanceLib.sol";

/// @title Reading a settlement as a consumer should
/// @notice A fixing can settle INVALID: nobody observed it, or nobody answered for it. A consumer that has no use for that must say so, and
/// never take it for a number.
library SettlementLib {
    /// @notice The fixing settled INVALID: there is no value.
    error InvalidSettlement(FixingId id);

    /// @notice The settlement of `fixing`, whose id is `id`; INVALID possible. Reverts with `ISettlementSource.NotSettled`.
    /// @dev By id first, which spares the oracle some 3 000 gas of hashing; the whole fixing is needed only for one that
    /// expired without a proposal.
    function settlementOf(ISettlementSource oracle, Fixing calldata fixing, FixingId id)
        internal
        view
        returns (uint128 value)
    {
        bool isSettled;
        (isSettled, value) = oracle.settlementOf(id);
        if (!isSettled) value = oracle.settlement(fixing);
    }

    /// @notice As above, of a fixing in storage, which is read only where the id is not enough.
    function settlementOf(ISettlementSource oracle, Fixing storage stored, FixingId id)
        internal
        view
        returns (uint128 value)
    {
        bool isSettled;
        (isSettled, value) = oracle.settlementOf(id);
        if (!isSettled) value = oracle.settlement(stored);
    }

    /// @notice Whether `settlement` stands for no value.
    function isInvalid(uint128 settlement) internal pure returns (bool) {
        return settlement == DistanceLib.INVALID;
    }
}
