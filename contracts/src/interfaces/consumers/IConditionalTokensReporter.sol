// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../../types/Fixing.sol";
import {ISettlementSource} from "../ISettlementSource.sol";
import {IConditionalTokens} from "./IConditionalTokens.sol";

/// @title All of `ConditionalTokensReporter`
interface IConditionalTokensReporter {
    /// @notice The condition's ends, in the order in which they must be.
    error RangeEmpty(uint128 low, uint128 high);

    /// @notice Where settlements come from.
    function ORACLE() external view returns (ISettlementSource);

    /// @notice Where conditions are reported.
    function CONDITIONAL_TOKENS() external view returns (IConditionalTokens);

    /// @notice Announces `fixing` and opens its condition over `low` .. `high`, index units scaled by 1e18. By anyone, once.
    /// Reverts with `RangeEmpty`, `IMaturityOracle.ParameterOutOfBounds`, or as the conditional tokens do.
    function prepare(Fixing calldata fixing, uint128 low, uint128 high) external returns (bytes32 id);

    /// @notice Reports the condition of `fixing` over `low` .. `high`. By anyone, once.
    /// Reverts with `RangeEmpty`, `ISettlementSource.NotSettled`, or as the conditional tokens do.
    function report(Fixing calldata fixing, uint128 low, uint128 high) external;

    /// @notice The question of the fixing `id` over `low` .. `high`. Reverts with `RangeEmpty`.
    function questionId(FixingId id, uint128 low, uint128 high) external pure returns (bytes32);

    /// @notice What short and long are paid at `settlement`, relative to their sum.
    function payouts(uint128 settlement, uint128 low, uint128 high) external pure returns (uint256[] memory shares);
}
