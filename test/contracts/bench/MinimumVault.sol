// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// What a vault that splits a token into two tradeable legs cannot cost less than, as `MinimumOracle` for the oracle:
/// the balances of the legs with the event that ERC-6909 asks for (no wallet sees a token without), the open interest,
/// the token, one event. The legs are named by the hash of the series, which is stored nowhere.
contract MinimumVault {
    IERC20 private immutable TOKEN;

    mapping(address holder => mapping(uint256 leg => uint256)) private _legs;
    mapping(uint256 series => uint256) private _openInterest;

    event Transfer(address caller, address indexed sender, address indexed receiver, uint256 indexed leg, uint256 amount);
    event Done(uint256 indexed id, address indexed by, uint256 amount);

    constructor(IERC20 token) {
        TOKEN = token;
    }

    function split(uint256[16] calldata series, uint256 amount) external {
        uint256 p = _hash(series);
        _openInterest[p] += amount;
        _mint(p, amount);
        _mint(~p, amount);
        emit Done(p, msg.sender, amount);
        TOKEN.transferFrom(msg.sender, address(this), amount);
    }

    function merge(uint256[16] calldata series, uint256 amount) external {
        uint256 p = _hash(series);
        _burn(~p, amount);
        _redeem(p, amount);
    }

    /// One leg, that pays in full.
    function redeemOne(uint256[16] calldata series, uint256 amount) external {
        _redeem(_hash(series), amount);
    }

    function redeemBoth(uint256[16] calldata series, uint256 amount) external {
        uint256 p = _hash(series);
        _burn(~p, amount);
        _redeem(p, amount);
    }

    function _redeem(uint256 p, uint256 amount) private {
        _openInterest[p] -= amount;
        _burn(p, amount);
        emit Done(p, msg.sender, amount);
        TOKEN.transfer(msg.sender, amount);
    }

    function _mint(uint256 leg, uint256 amount) private {
        _legs[msg.sender][leg] += amount;
        emit Transfer(msg.sender, address(0), msg.sender, leg, amount);
    }

    function _burn(uint256 leg, uint256 amount) private {
        _legs[msg.sender][leg] -= amount;
        emit Transfer(msg.sender, msg.sender, address(0), leg, amount);
    }

    function _hash(uint256[16] calldata series) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(series)));
    }
}
