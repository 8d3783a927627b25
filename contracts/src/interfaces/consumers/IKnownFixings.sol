// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../../types/Fixing.sol";
import {ISettlementSource} from "../ISettlementSource.sol";

/// @title What every contract that reads settlements by id alone has
interface IKnownFixings {
    /// @notice Where settlements come from.
    function ORACLE() external view returns (ISettlementSource);

    /// @notice Remembers the maturity of `fixing` and, if it is settled, the settlement. By anyone, as often as he likes: it says only what the
    /// oracle says.
    function learn(Fixing calldata fixing) external returns (FixingId id);
}
