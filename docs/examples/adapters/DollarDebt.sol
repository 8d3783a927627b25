// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IChainlinkFeed} from "assize/contracts/src/interfaces/consumers/IChainlinkFeed.sol";
import {SettlementLib} from "assize/contracts/src/libraries/SettlementLib.sol";

/// @title Ether put up for dollars that are owed at a maturity
contract DollarDebt {
    IChainlinkFeed public immutable FEED;
    /// @notice Dollars owed, in units of the feed's decimals.
    uint256 public immutable OWED;

    error OfAnotherTime(uint64 got, uint64 want);

    constructor(IChainlinkFeed feed, uint64 maturity, uint256 dollars) payable {
        uint64 got = feed.fixing().maturity;
        if (got != maturity) revert OfAnotherTime(got, maturity);
        (FEED, OWED) = (feed, dollars * 10 ** feed.decimals());
    }

    /// @notice How much of the ether is the creditor's, wei, rounded up. Reverts with `NotSettled` before the settlement.
    function due() external view returns (uint256) {
        uint256 all = address(this).balance;
        // Asked of the oracle: that a call failed says nothing, as it fails too for a caller who sends too little gas.
        uint128 settlement = FEED.ORACLE().settlement(FEED.fixing());
        if (SettlementLib.isInvalid(settlement)) return all / 2; // agreed beforehand, as it can happen
        (, int256 answer,,,) = FEED.latestRoundData(); // of the maturity, however much later it is read
        return Math.min(Math.ceilDiv(OWED * 1 ether, uint256(answer)), all);
    }
}
