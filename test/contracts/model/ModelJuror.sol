// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ModelViewer} from "./ModelViewer.sol";

/// @title A party of the jury's model: calls as it is told, and says what came of it
/// @notice Test only.
contract ModelJuror is ModelViewer {
    /// What the call returned, or reverted with.
    event Acted(bool success, bytes result);

    function act(address target, bytes calldata data) external {
        (bool success, bytes memory result) = target.call(data);
        emit Acted(success, result);
    }
}
