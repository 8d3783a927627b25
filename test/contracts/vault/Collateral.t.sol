// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";

/// @dev Six decimals, as USDC.
contract Dollar is ERC20 {
    constructor() ERC20("Dollar", "USD") {}

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}

/// R-604, R-605: a vault of another collateral than the bond token.
contract CollateralTest is SplitVaultFixture {
    /// 1 ether of bond token for 2 000 dollars of six decimals.
    uint256 private constant RATE = uint256(1 ether) * 1e18 / 2000e6;

    Dollar private dollar;

    function setUp() public override {
        super.setUp();
        dollar = new Dollar();
        vault = _deployVault(address(oracle), address(dollar), RATE);
        series.fixing.openInterest = address(vault);
        id = vault.seriesId(series);
        dollar.mint(alice, 1e6 * 1e6);
        vm.prank(alice);
        dollar.approve(address(vault), type(uint256).max);
    }

    function test_openInterest_isInBondToken() public {
        _split(alice, 3000e6);
        assertEq(vault.collateralOf(_idOf(series.fixing)), 3000e6);
        assertEq(vault.openInterest(_idOf(series.fixing)), 1.5 ether);
        _split(alice, 1_000_000e6 - 3000e6);
        // 2 500 ppm of 500 ether.
        assertEq(oracle.bond(series.fixing), 1.25 ether);
    }

    function test_openInterest_roundsUp() public {
        vault = _deployVault(address(oracle), address(dollar), 1);
        vm.startPrank(alice);
        dollar.approve(address(vault), 1);
        vault.split(series, 1);
        assertEq(vault.openInterest(_idOf(series.fixing)), 1);
    }

    function test_split_measuresSecurityInBondToken() public {
        backup.set(2 ether - 1);
        // 1 wei less than 4 000 dollars are worth, and so one unit less.
        assertEq(vault.mostCollateral(series.fixing), 4000e6 - 1);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, 4000e6, 4000e6 - 1));
        _split(alice, 4000e6);
        _split(alice, 4000e6 - 1);
    }

    /// INVARIANT: what is taken is worth no more than what is secured, whatever the rate.
    function testFuzz_mostCollateral_isWorthNoMoreThanWhatIsSecured(uint128 secured, uint128 rate, uint256 amount)
        public
    {
        rate = rate == 0 ? 1 : rate;
        vault = _deployVault(address(oracle), address(dollar), rate);
        arbitrator.set(secured);
        backup.set(secured);
        series.fixing.bondPpm = 0;
        uint256 most = vault.mostCollateral(series.fixing);
        amount = bound(amount, 1, type(uint128).max);
        dollar.mint(alice, amount);
        vm.startPrank(alice);
        dollar.approve(address(vault), amount);
        if (amount > most) vm.expectRevert(abi.encodeWithSelector(ISplitVault.AboveSecured.selector, amount, most));
        vault.split(series, amount);
        assertLe(vault.openInterest(_idOf(series.fixing)), secured);
        // And one unit more would be worth more, but for the bound of the arithmetic.
        if (most < type(uint128).max) assertGt((most + 1) * uint256(rate), uint256(secured) * 1e18);
    }

    function test_holders_arePaidInCollateral() public {
        _split(alice, 3000e6);
        _settle(series.fixing, 3000e18);
        vm.startPrank(alice);
        assertEq(vault.redeem(series, 3000e6, 0), 2500e6);
        assertEq(vault.redeem(series, 0, 3000e6), 500e6);
        assertEq(dollar.balanceOf(alice), 1e6 * 1e6);
        assertEq(vault.collateralOf(_idOf(series.fixing)), 0);
    }

    function test_constructor_boundsTheRate() public {
        assertEq(vault.BOND_RATE(), RATE);
        uint256 max = type(uint128).max;
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.BondRateOutOfBounds.selector, 0, 1, max));
        _deployVault(address(oracle), address(dollar), 0);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.BondRateOutOfBounds.selector, max + 1, 1, max));
        _deployVault(address(oracle), address(dollar), max + 1);
        vm.expectRevert(abi.encodeWithSelector(ISplitVault.BondRateOutOfBounds.selector, 1e18 + 1, 1e18, 1e18));
        _deployVault(address(oracle), address(weth), 1e18 + 1);
    }
}
