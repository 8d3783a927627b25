// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title Chainlink's AggregatorV3Interface
/// @notice https://docs.chain.link/data-feeds/api-reference
interface IAggregatorV3 {
    /// @notice Of the answers.
    function decimals() external view returns (uint8);

    /// @notice What the feed is of.
    function description() external view returns (string memory);

    /// @notice Of the feed's contract.
    function version() external view returns (uint256);

    /// @notice What a round answered; reverts if there is no such answer.
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);

    /// @notice What the last round answered; reverts if there is none.
    function latestRoundData()
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
