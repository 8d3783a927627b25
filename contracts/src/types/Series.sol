// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing} from "./Fixing.sol";

/// @notice The id of a series: `keccak256(abi.encode(chainId, vault, series))`.
type SeriesId is bytes32;

/// @notice One option pair on one fixing. The struct is never stored; every call passes it and the vault hashes
/// it to its id, so that a series pins its fixing with both arbitrators for good.
struct Series {
    /// What the oracle settles, once, after `fixing.maturity`.
    Fixing fixing;
    /// S: index units per unit of collateral, scaled by 1e18. P pays `min(1, S/x)` of a unit. > 0.
    uint128 strike;
    /// What P gets if the fixing settles INVALID, ppm of the collateral; N gets the rest. <= 1 000 000.
    uint32 invalidSharePpm;
}

/// @dev The static struct's ABI encoding: a fixing of 14 words, the strike and the share.
uint256 constant SERIES_BYTES = 16 * 32;

using {id} for Series global;
using {pId, nId} for SeriesId global;

/// @notice `keccak256(abi.encode(chainId, vault, series))`.
/// Copies the calldata as it is, as `FixingLib.id` does, for about 1 000 gas less than decoding and encoding 16 fields.
/// Dirty high bits would hash to an id of their own, which the vault never mints under: it reads every field before.
function id(Series calldata series, uint256 chainId, address vault) pure returns (SeriesId result) {
    uint256 length = SERIES_BYTES;
    assembly ("memory-safe") {
        let free := mload(0x40)
        mstore(free, chainId)
        mstore(add(free, 0x20), shr(96, shl(96, vault)))
        calldatacopy(add(free, 0x40), series, length)
        result := keccak256(free, add(0x40, length))
    }
}

/// @notice The ERC-6909 id of the P of `seriesId`: `uint256(keccak256(abi.encodePacked(seriesId, "P")))`, untruncated.
function pId(SeriesId seriesId) pure returns (uint256) {
    return uint256(keccak256(abi.encodePacked(SeriesId.unwrap(seriesId), "P")));
}

/// @notice The ERC-6909 id of the N of `seriesId`: `uint256(keccak256(abi.encodePacked(seriesId, "N")))`, untruncated.
function nId(SeriesId seriesId) pure returns (uint256) {
    return uint256(keccak256(abi.encodePacked(SeriesId.unwrap(seriesId), "N")));
}
