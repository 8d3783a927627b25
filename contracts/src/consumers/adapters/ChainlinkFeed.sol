// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IAggregatorV3} from "../../interfaces/consumers/IAggregatorV3.sol";
import {IChainlinkFeed} from "../../interfaces/consumers/IChainlinkFeed.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {Fixing} from "../../types/Fixing.sol";
import {FixingConsumer} from "../FixingConsumer.sol";

/// @title One fixing as a Chainlink feed
/// @notice For contracts that read `AggregatorV3Interface`. There is one round, 1, and it never changes; before the settlement, and if the
/// fixing is INVALID, every read of it reverts. `updatedAt` is the maturity, which is what the answer is of: one that
/// nobody disputed is at least as old as the first window when it can first be read, and every bound on its age is passed one day.
contract ChainlinkFeed is IChainlinkFeed, FixingConsumer {
    /// @dev A fixing's value has 18 decimals.
    uint8 private constant MAX_DECIMALS = 18;
    uint80 private constant ROUND = 1;

    uint64 private immutable MATURITY;

    /// @inheritdoc IAggregatorV3
    uint8 public immutable decimals;
    /// @inheritdoc IAggregatorV3
    string public description;

    /// @notice More decimals than a value has.
    error DecimalsOutOfBounds(uint8 got, uint8 max);
    /// @notice The value is less than one unit of the feed's decimals.
    error AnswerTooSmall();
    /// @notice There is one round.
    error NoSuchRound(uint80 got, uint80 want);

    /// @param decimals_ of the answer, 0 .. 18; 8 is usual for prices in dollars.
    /// @param description_ such as "ETH / USD, 27 March 2026 08:00 UTC".
    constructor(ISettlementSource oracle, Fixing memory fixing_, uint8 decimals_, string memory description_)
        FixingConsumer(oracle, fixing_)
    {
        if (decimals_ > MAX_DECIMALS) revert DecimalsOutOfBounds(decimals_, MAX_DECIMALS);
        MATURITY = fixing_.maturity;
        decimals = decimals_;
        description = description_;
    }

    /// @inheritdoc IAggregatorV3
    function version() external pure returns (uint256) {
        return 1;
    }

    /// @inheritdoc IAggregatorV3
    function getRoundData(uint80 roundId) external view returns (uint80, int256, uint256, uint256, uint80) {
        if (roundId != ROUND) revert NoSuchRound(roundId, ROUND);
        return latestRoundData();
    }

    /// @inheritdoc IAggregatorV3
    /// @dev Rounds the value down to the feed's decimals.
    function latestRoundData() public view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 answer = uint256(_value()) / 10 ** (MAX_DECIMALS - decimals);
        // INVARIANT: no reader takes a value for zero, which no fixing settles at.
        if (answer == 0) revert AnswerTooSmall();
        return (ROUND, int256(answer), MATURITY, MATURITY, ROUND);
    }
}
