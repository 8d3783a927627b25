// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What consumers of Reality.eth ask of it
/// @notice https://reality.eth.limo/app/docs/html/contracts.html
interface IResultSource {
    /// @notice Whether `questionId` has a result that never changes.
    function isFinalized(bytes32 questionId) external view returns (bool);

    /// @notice The result of `questionId`; 2^256 - 1 stands for an invalid question. Reverts before there is one.
    function resultFor(bytes32 questionId) external view returns (bytes32);
}
