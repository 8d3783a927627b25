// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {ISplitVault} from "src/interfaces/ISplitVault.sol";

import {IVault, SplitVaultFixture} from "../mocks/SplitVaultFixture.sol";
import {SilentToken} from "../support/SilentToken.sol";

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

/// R-601 to R-603: a vault of a collateral whose transfers return nothing.
contract SilentCollateralTest is SplitVaultFixture {
    uint256 private constant RATE = uint256(1 ether) * 1e18 / 2000e6;

    SilentToken private token;

    function setUp() public override {
        super.setUp();
        token = new SilentToken();
        vault = _deployVault(address(oracle), address(token), RATE);
        series.fixing.openInterest = address(vault);
        id = vault.seriesId(series);
        token.mint(alice, 9000e6);
        vm.prank(alice);
        token.approve(address(vault), 9000e6);
    }

    function test_silent_isSplitMergedAndRedeemed() public {
        _split(alice, 9000e6);
        assertEq(token.balanceOf(alice), 0);
        assertEq(token.balanceOf(address(vault)), 9000e6);
        vm.prank(alice);
        vault.merge(series, 3000e6);
        assertEq(token.balanceOf(alice), 3000e6);
        _settle(series.fixing, 3000e18);
        vm.startPrank(alice);
        assertEq(vault.redeem(series, 6000e6, 0), 5000e6);
        assertEq(vault.redeem(series, 0, 6000e6), 1000e6);
        assertEq(token.balanceOf(alice), 9000e6);
        assertEq(token.balanceOf(address(vault)), 0);
    }

    /// Nothing returned is no success where there is no money.
    function test_silent_refusesWhatIsNotThere() public {
        vm.startPrank(alice);
        token.approve(address(vault), 0);
        vm.expectRevert();
        vault.split(series, 1);
        token.approve(address(vault), 9000e6 + 1);
        vm.expectRevert();
        vault.split(series, 9000e6 + 1);
        vault.split(series, 9000e6);
        assertEq(_pOf(alice), 9000e6);
    }

    /// Legs of several series, each paid by its own settlement, in one transaction or not at all.
    function test_silent_seriesAreRedeemedInOneTransaction() public {
        _split(alice, 6000e6);
        series.strike = 1500e18;
        _split(alice, 3000e6);
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(vault.redeem, (series, 3000e6, 0));
        series.strike = 2500e18;
        calls[1] = abi.encodeCall(vault.redeem, (series, 6000e6, 0));
        calls[2] = abi.encodeCall(vault.redeem, (series, 0, 6000e6));
        vm.prank(alice);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, _idOf(series.fixing)));
        vault.multicall(calls);
        _settle(series.fixing, 3000e18);
        vm.startPrank(alice);
        bytes[] memory paid = vault.multicall(calls);
        assertEq(abi.decode(paid[0], (uint256)), 1500e6);
        assertEq(abi.decode(paid[1], (uint256)), 5000e6);
        assertEq(abi.decode(paid[2], (uint256)), 1000e6);
        assertEq(token.balanceOf(alice), 7500e6);

        // The N of the first series is left; a call that asks for more undoes those before it.
        series.strike = 1500e18;
        calls[0] = abi.encodeCall(vault.redeem, (series, 0, 3000e6));
        vm.expectRevert(
            abi.encodeWithSelector(IVault.ERC6909InsufficientBalance.selector, alice, 0, 6000e6, id.pId())
        );
        vault.multicall(calls);
        assertEq(token.balanceOf(alice), 7500e6);
        assertEq(vault.redeem(series, 0, 3000e6), 1500e6);
        assertEq(token.balanceOf(address(vault)), 0);
    }
}
