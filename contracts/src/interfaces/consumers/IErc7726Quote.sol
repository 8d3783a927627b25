// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IErc7726} from "./IErc7726.sol";
import {IFixingConsumer} from "./IFixingConsumer.sol";

/// @title All of `Erc7726Quote`
interface IErc7726Quote is IErc7726, IFixingConsumer {
    /// @notice What the index is the worth of.
    function BASE() external view returns (address);

    /// @notice What it is counted in. ERC-7726 names currencies that are no tokens by their ISO 4217 number.
    function QUOTE() external view returns (address);
}
