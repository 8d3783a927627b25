// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Told before its tokens leave and after tokens arrive, if it asked for it.
interface ITokenHook {
    function onTokens() external;
}

/// @title A bond token that can be made hostile for one transaction
/// @notice Test only: anyone mints, grants and turns the knobs.
contract ModelToken is ERC20("Model", "MODEL") {
    /// How much more (or less) than told a pulled transfer delivers, wei.
    int256 public skew;
    /// Accounts whose `onTokens` is called around every transfer of theirs.
    mapping(address account => bool) public isHooked;

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function grant(address owner, address spender) external {
        _approve(owner, spender, type(uint256).max);
    }

    function setSkew(int256 newSkew) external {
        skew = newSkew;
    }

    function setHooked(address account, bool hooked) external {
        isHooked[account] = hooked;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        _hook(msg.sender, amount);
        super.transfer(to, amount);
        _hook(to, amount);
        return true;
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        _hook(from, amount);
        super.transferFrom(from, to, amount);
        if (skew > 0) _mint(to, uint256(skew));
        if (skew < 0) _burn(to, Math.min(uint256(-skew), balanceOf(to)));
        _hook(to, amount);
        return true;
    }

    function _hook(address account, uint256 amount) private {
        if (amount > 0 && isHooked[account]) ITokenHook(account).onTokens();
    }
}
