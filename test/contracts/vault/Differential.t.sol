// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {PayoffLib} from "src/libraries/PayoffLib.sol";

/// @dev UMA's long-short-pair libraries, as published: what a pair's long token is paid at expiry, scaled by 1e18.
interface ILongShortPairLibrary {
    function setLongShortPairParameters(address longShortPair, uint256 parameter) external;
    function percentageLongCollateralAtExpiry(int256 expiryPrice) external view returns (uint256);
}

/// What P and N pay, against others' implementations of the same payoffs: P is UMA's capped yield, N its covered call.
contract DifferentialTest is Test {
    uint256 private constant UNIT = 1e18;

    ILongShortPairLibrary private cappedYield;
    ILongShortPairLibrary private coveredCall;

    function setUp() public {
        cappedYield = _published("CappedYieldDollarLongShortPairFinancialProductLibrary");
        coveredCall = _published("CoveredCallLongShortPairFinancialProductLibrary");
    }

    /// What both libraries ask of a pair.
    function expirationTimestamp() external pure returns (uint256) {
        return 1;
    }

    /// UMA's fixed point multiplies by 1e18 without 512 bits, which bounds values.
    function testFuzz_payoff_isUmasCappedYieldAndCoveredCall(uint256 strikeSeed, uint256 settlementSeed) public {
        uint128 strike = uint128(bound(strikeSeed, 1, type(uint128).max - 1));
        uint128 settlement = uint128(bound(settlementSeed, 1, type(uint128).max - 1));
        cappedYield.setLongShortPairParameters(address(this), strike);
        coveredCall.setLongShortPairParameters(address(this), strike);
        int256 expiry = int256(uint256(settlement));

        assertEq(
            PayoffLib.redeemed(UNIT, 0, strike, settlement, 0), cappedYield.percentageLongCollateralAtExpiry(expiry)
        );
        assertEq(
            PayoffLib.redeemed(0, UNIT, strike, settlement, 0), coveredCall.percentageLongCollateralAtExpiry(expiry)
        );
    }

    function _published(string memory name) private returns (ILongShortPairLibrary) {
        string memory folder =
            "node_modules/@uma/core/artifacts/contracts/financial-templates/common/financial-product-libraries/long-short-pair-libraries/";
        return ILongShortPairLibrary(deployCode(string.concat(folder, name, ".sol/", name, ".json")));
    }
}
