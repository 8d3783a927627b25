// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title A token of six decimals whose calls return nothing, as USDT's on Ethereum
/// @notice https://etherscan.io/address/0xdac17f958d2ee523a2206206994597c13d831ec7#code. As there, an allowance that is not zero can only be set to zero.
contract SilentToken {
    uint8 public constant decimals = 6;

    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function approve(address spender, uint256 amount) external {
        require(amount == 0 || allowance[msg.sender][spender] == 0);
        allowance[msg.sender][spender] = amount;
    }

    function transfer(address to, uint256 amount) external {
        _move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external {
        allowance[from][msg.sender] -= amount;
        _move(from, to, amount);
    }

    function _move(address from, address to, uint256 amount) private {
        balanceOf[from] -= amount;
        balanceOf[to] += amount;
    }
}
