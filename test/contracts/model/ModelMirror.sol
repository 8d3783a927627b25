// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title What contracts answer, many at once
/// @notice Test only.
contract ModelMirror {
    /// @notice What `target` returns or reverts with for each of `calls`, and last the hashes of the code at `coded` and
    /// the balances in `token` of `holders`, packed.
    function look(
        address target,
        bytes[] calldata calls,
        address[] calldata coded,
        IERC20 token,
        address[] calldata holders
    ) external view returns (bytes[] memory answers) {
        answers = new bytes[](calls.length + 2);
        for (uint256 i = 0; i < calls.length; ++i) {
            (, answers[i]) = target.staticcall(calls[i]);
        }
        bytes32[] memory hashes = new bytes32[](coded.length);
        for (uint256 i = 0; i < coded.length; ++i) {
            hashes[i] = coded[i].codehash;
        }
        uint256[] memory balances = new uint256[](holders.length);
        for (uint256 i = 0; i < holders.length; ++i) {
            balances[i] = token.balanceOf(holders[i]);
        }
        answers[calls.length] = abi.encodePacked(hashes);
        answers[calls.length + 1] = abi.encodePacked(balances);
    }
}
