// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../../types/Fixing.sol";
import {ISettlementSource} from "../ISettlementSource.sol";

/// @title What every contract that waits for one fixing says of it
interface IFixingConsumer {
    /// @notice Where settlements come from.
    function ORACLE() external view returns (ISettlementSource);

    /// @notice The id of the fixing that settles this contract.
    function FIXING_ID() external view returns (FixingId);

    /// @notice The fixing that settles this contract.
    function fixing() external view returns (Fixing memory);

    /// @notice Whether there is a settlement, INVALID included.
    function isSettled() external view returns (bool settled);
}
