// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that lets the holder it takes from, or pays, act in the middle of a transfer
contract ReenteringToken is ERC20 {
    address private _target;
    bytes private _callback;

    constructor() ERC20("Reentering", "RE") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    /// The next transfer calls `target` with `callback` first and fails as that call fails.
    function arm(address target, bytes calldata callback) external {
        _target = target;
        _callback = callback;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (_target == address(0)) return;
        address target = _target;
        _target = address(0);
        (bool ok, bytes memory reason) = target.call(_callback);
        if (ok) return;
        assembly {
            revert(add(reason, 0x20), mload(reason))
        }
    }
}
