// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

/// @title What ERC-792 calls an arbitrator, as far as it is called here
/// @notice Called a court here, because an arbitrator of ours is what a fixing names. https://eips.ethereum.org/EIPS/eip-792
interface IErc792Court {
    /// @notice Opens a dispute with the rulings 0 .. `choices`, 0 = refused, for at least `arbitrationCost` wei.
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeId);

    /// @notice What a dispute costs, wei.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256 cost);

    /// @notice Appeals the ruling of a dispute for at least `appealCost` wei. Called by who opened it.
    function appeal(uint256 disputeId, bytes calldata extraData) external payable;

    /// @notice What an appeal costs now, wei.
    function appealCost(uint256 disputeId, bytes calldata extraData) external view returns (uint256 cost);
}
