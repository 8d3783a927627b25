// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title Wrapped ether, as far as it is called here
interface IWeth {
    /// @notice Mints as much as is sent.
    function deposit() external payable;

    /// @notice Burns `amount` of the caller and sends it as much ether.
    function withdraw(uint256 amount) external;
}
