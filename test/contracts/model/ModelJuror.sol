// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A party of the jury's model: calls as it is told, and says what came of it
/// @notice Test only.
contract ModelJuror {
    /// What the call returned, or reverted with.
    event Acted(bool success, bytes result);

    function act(address target, bytes calldata data) external {
        (bool success, bytes memory result) = target.call(data);
        emit Acted(success, result);
    }

    /// What views answer, one after the other: how many words, and these. A view that fails answers with none.
    function look(address[] calldata targets, bytes[] calldata calls) external view returns (bytes memory answers) {
        for (uint256 i = 0; i < calls.length; ++i) {
            (bool success, bytes memory result) = targets[i].staticcall(calls[i]);
            if (!success) result = "";
            answers = bytes.concat(answers, bytes32(result.length / 32), result);
        }
    }
}
