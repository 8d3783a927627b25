// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A token whose balances all scale with one index, which anyone sets. Transfers move exactly what they are told to.
contract RebasingToken {
    uint256 private constant ONE = 1e18;

    uint256 private _index = ONE;
    mapping(address => uint256) private _shares;

    function mint(address to, uint256 amount) external {
        _shares[to] += amount * ONE / _index;
    }

    /// From now on every balance is `index` / 1e18 of what was minted.
    function rebase(uint256 index) external {
        _index = index;
    }

    function balanceOf(address account) public view returns (uint256) {
        return _shares[account] * _index / ONE;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        return _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private returns (bool) {
        uint256 shares = (amount * ONE + _index - 1) / _index;
        _shares[from] -= shares;
        _shares[to] += shares;
        return true;
    }
}
