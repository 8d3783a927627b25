// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {IMorphoPrice} from "assize/contracts/src/interfaces/consumers/IMorphoPrice.sol";
import {SettlementLib} from "assize/contracts/src/libraries/SettlementLib.sol";

/// @title What may be borrowed against collateral, by Morpho's formula
contract BorrowLimit {
    IMorphoPrice public immutable ORACLE;
    /// @notice The share of the collateral's worth that may be borrowed, scaled by 1e18.
    uint256 public immutable LLTV;

    constructor(IMorphoPrice oracle, uint256 lltv) {
        (ORACLE, LLTV) = (oracle, lltv);
    }

    /// @notice The most that `collateral` carries, both in the smallest units, rounded down twice as Morpho does. Nothing before the
    /// settlement and nothing on INVALID, where Morpho's own calls revert.
    function mostBorrowed(uint256 collateral) external view returns (uint256) {
        if (!ORACLE.isSettled()) return 0;
        if (SettlementLib.isInvalid(ORACLE.ORACLE().settlement(ORACLE.fixing()))) return 0;
        return Math.mulDiv(Math.mulDiv(collateral, ORACLE.price(), 1e36), LLTV, 1e18);
    }
}
