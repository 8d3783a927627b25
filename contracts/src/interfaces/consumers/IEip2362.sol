// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title EIP-2362: pull oracle interface
/// @notice https://eips.ethereum.org/EIPS/eip-2362
interface IEip2362 {
    /// @notice The value known by `id`, when it was of, and a status as of HTTP: 200 it is there, 400 there will be none, 404 it is not there yet.
    function valueFor(bytes32 id) external view returns (int256 value, uint256 timestamp, uint256 status);
}
