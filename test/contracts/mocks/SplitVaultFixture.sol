// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";

import {ISplitVault} from "src/interfaces/ISplitVault.sol";
import {Series, SeriesId} from "src/types/Series.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of a vault
interface IVault is ISplitVault, IERC6909 {
    error ERC6909InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 id);

    function ORACLE() external view returns (address);
    function COLLATERAL() external view returns (address);
    function CHAIN_ID() external view returns (uint256);
}

/// @title A vault, two holders and a series with strike 2500 on the fixture's fixing
abstract contract SplitVaultFixture is MaturityFixture {
    IVault internal vault;
    Series internal series;
    SeriesId internal id;

    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");

    function setUp() public virtual override {
        super.setUp();
        vault = _deployVault(address(oracle), address(weth));
        series = Series({
            fixing: _fixing(makeAddr("arbitrator"), makeAddr("backup"), address(vault)),
            strike: 2500e18,
            invalidSharePpm: 400_000
        });
        id = vault.seriesId(series);
        _endow(alice, address(vault));
        _endow(bob, address(vault));
    }

    function _deployVault(address oracle_, address collateral) internal returns (IVault) {
        return IVault(deployCode("SplitVault.sol:SplitVault", abi.encode(oracle_, collateral)));
    }

    function _split(address holder, uint256 amount) internal {
        vm.prank(holder);
        vault.split(series, amount);
    }

    function _pOf(address holder) internal view returns (uint256) {
        return vault.balanceOf(holder, id.pId());
    }

    function _nOf(address holder) internal view returns (uint256) {
        return vault.balanceOf(holder, id.nId());
    }
}
