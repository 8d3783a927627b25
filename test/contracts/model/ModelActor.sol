// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ITokenHook} from "./ModelToken.sol";

/// @title A party or an arbitrator that is a contract and may strike back when tokens move
/// @notice Test only.
contract ModelActor is ITokenHook {
    /// What the call number `index` made from within a token's hook did.
    event Struck(uint256 index, bool success, bytes result);

    error PaymentRefused();

    bytes[] private _strikes;
    address private _target;
    bool private _refuses;

    /// @notice Calls `target` as this contract, with what it is sent, and passes on what it returns or reverts with. It takes
    /// no ether back.
    function act(address target, bytes calldata data) external payable returns (bytes memory) {
        (bool success, bytes memory result) = target.call{value: msg.value}(data);
        assembly {
            if success { return(add(result, 32), mload(result)) }
            revert(add(result, 32), mload(result))
        }
    }

    /// @notice From now on every hook makes `strikes` at `target`, or reverts.
    function arm(address target, bytes[] calldata strikes, bool refuses) external {
        _target = target;
        _refuses = refuses;
        delete _strikes;
        for (uint256 i = 0; i < strikes.length; ++i) {
            _strikes.push(strikes[i]);
        }
    }

    function onTokens() external {
        if (_refuses) revert PaymentRefused();
        for (uint256 i = 0; i < _strikes.length; ++i) {
            (bool success, bytes memory result) = _target.call(_strikes[i]);
            emit Struck(i, success, result);
        }
    }
}
