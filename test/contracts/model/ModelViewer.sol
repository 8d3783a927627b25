// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title What contracts answer, many at once
/// @notice Test only.
contract ModelViewer {
    /// What views answer, one after the other: how many words, and these. A view that fails answers with none.
    function look(address[] calldata targets, bytes[] calldata calls) external view returns (bytes memory answers) {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory result) = targets[i].staticcall(calls[i]);
            if (!success) result = "";
            answers = bytes.concat(answers, bytes32(result.length / 32), result);
        }
    }

    /// What `account` has of the chain's own currency, wei.
    function etherOf(address account) external view returns (uint256) {
        return account.balance;
    }
}
