// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title How much a step costs
/// @notice Bond-token wei in and out. Twin: `contracts/protocol/bond.ts`, vectors `test/vectors/bond.json`.
library BondLib {
    uint256 private constant PPM = 1e6;
    uint256 private constant APPEAL_DIVISOR = 9;

    /// @notice The bond: the larger of `minBond` and `bondPpm` of the open interest, rounded down (R-201).
    /// Never overflows: whole millions and the rest are multiplied apart. Not yet bounded by 2^80.
    function bondFor(uint128 minBond, uint32 bondPpm, uint256 openInterest) internal pure returns (uint256) {
        uint256 share = (openInterest / PPM) * bondPpm + ((openInterest % PPM) * bondPpm) / PPM;
        return share > minBond ? share : minBond;
    }

    /// @notice What fills a pot: after it, its value holds two thirds of all stake (R-202).
    /// `stake` is what the value has, at most a third of `total` for any value that does not lead.
    function potNeed(uint256 total, uint256 stake) internal pure returns (uint256) {
        return 2 * total - 3 * stake;
    }

    /// @notice The stake of an appeal, a ninth of all stake, rounded up (R-204).
    function appealStake(uint256 total) internal pure returns (uint256) {
        return (total + APPEAL_DIVISOR - 1) / APPEAL_DIVISOR;
    }
}
