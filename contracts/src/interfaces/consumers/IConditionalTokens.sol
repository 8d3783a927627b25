// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title Gnosis's conditional tokens, as far as they are called here
/// @notice https://docs.gnosis.io/conditionaltokens
interface IConditionalTokens {
    /// @notice Opens a condition that `oracle` will report. Reverts if it is open.
    function prepareCondition(address oracle, bytes32 questionId, uint256 outcomeSlotCount) external;

    /// @notice Reports what each outcome is paid, relative to their sum, on the condition of the caller. Once.
    function reportPayouts(bytes32 questionId, uint256[] calldata payouts) external;
}
