// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StdAssertions} from "forge-std/StdAssertions.sol";
import {stdError} from "forge-std/StdError.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {Vm} from "forge-std/Vm.sol";

import {PayoffLib} from "src/libraries/PayoffLib.sol";

/// Expected values are cross-multiplied or worked out by hand, never divided as the library divides.
contract PayoffLibTest is StdAssertions, StdUtils {
    uint128 private constant INVALID = type(uint128).max;
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// A row of `test/vectors/payoff.json`, members in the order of its keys.
    struct Row {
        uint256 collateral;
        uint256 invalidSharePpm;
        uint256 n;
        uint256 nAmount;
        string name;
        uint256 p;
        uint256 pAmount;
        uint256 redeemed;
        uint256 settlement;
        uint256 strike;
    }

    /// A row of `refused`.
    struct RefusedRow {
        uint256 invalidSharePpm;
        string name;
    }

    function test_payoff_agreesWithTheSharedVectors() public view {
        string memory json = VM.readFile("test/vectors/payoff.json");
        Row[] memory rows = abi.decode(VM.parseJson(json, ".payoffs"), (Row[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; i++) {
            Row memory row = rows[i];
            uint128 strike = uint128(row.strike);
            uint128 settlement = uint128(row.settlement);
            uint32 share = uint32(row.invalidSharePpm);
            (uint256 p, uint256 n) = PayoffLib.payoff(row.collateral, strike, settlement, share);
            assertEq(p, row.p, row.name);
            assertEq(n, row.n, row.name);
            assertEq(PayoffLib.redeemed(row.pAmount, row.nAmount, strike, settlement, share), row.redeemed, row.name);
        }
    }

    /// What P gets beyond the whole would be taken from N below nothing.
    function test_payoff_refusesAShareAboveTheWhole() public {
        string memory json = VM.readFile("test/vectors/payoff.json");
        RefusedRow[] memory rows = abi.decode(VM.parseJson(json, ".refused"), (RefusedRow[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; i++) {
            uint32 share = uint32(rows[i].invalidSharePpm);
            VM.expectRevert(stdError.arithmeticError);
            this.payoffOf(1 ether, share);
            VM.expectRevert(stdError.arithmeticError);
            this.redeemedOf(0, 1 ether, share);
        }
    }

    function payoffOf(uint256 collateral, uint32 share) external pure returns (uint256 p, uint256 n) {
        return PayoffLib.payoff(collateral, 1, INVALID, share);
    }

    function redeemedOf(uint256 pAmount, uint256 nAmount, uint32 share) external pure returns (uint256) {
        return PayoffLib.redeemed(pAmount, nAmount, 1, INVALID, share);
    }

    function test_payoff_ofTheWholeCollateral() public pure {
        _assertPayoff(10 ether, 2500e18, 3000e18, 0, 8_333333333333333333);
        _assertPayoff(10 ether, 2500e18, 2500e18, 0, 10 ether);
        _assertPayoff(10 ether, 2500e18, 2499e18, 0, 10 ether);
        _assertPayoff(1, 2500e18, 2500e18 + 1, 0, 0);
        _assertPayoff(10 ether, 1, INVALID - 1, 0, 0);
        _assertPayoff(0, 2500e18, 3000e18, 0, 0);
    }

    function test_payoff_ofInvalid() public pure {
        _assertPayoff(10, 2500e18, INVALID, 0, 0);
        _assertPayoff(10, 2500e18, INVALID, 1_000_000, 10);
        _assertPayoff(10, 2500e18, INVALID, 999_999, 9);
        // A strike of the largest value is not mistaken for one that INVALID does not exceed.
        _assertPayoff(10, INVALID, INVALID, 500_000, 5);
    }

    /// Products of 384 bits on the way; the third's quotient was computed with integers of any size.
    function test_payoff_doesNotOverflow() public pure {
        uint256 all = type(uint256).max;
        uint128 third = type(uint128).max / 3;
        _assertPayoff(all, third, third * 3 - 3, 0, 0x5555555555555555555555555555555655555555555555555555555555555559);
        _assertPayoff(all, INVALID, INVALID, 1_000_000, all);
        _assertPayoff(all, 1, 2, 0, (1 << 255) - 1);
    }

    function test_redeemed_paysPairsAndRoundsTheRestDown() public pure {
        assertEq(PayoffLib.redeemed(5, 5, 1, 3, 0), 5);
        assertEq(PayoffLib.redeemed(7, 5, 1, 3, 0), 5); // 5 + floor(2/3)
        assertEq(PayoffLib.redeemed(5, 7, 1, 3, 0), 6); // 5 + floor(4/3)
        assertEq(PayoffLib.redeemed(8, 5, 1, 3, 0), 6); // 5 + 3/3, exact
        assertEq(PayoffLib.redeemed(0, 1, 1, 1, 0), 0);
        assertEq(PayoffLib.redeemed(0, 0, 1, 3, 0), 0);
    }

    /// P is the floor of c S/x, by its definition: p x <= c S < (p + 1) x; N is the exact rest.
    function testFuzz_payoff_isTheFloor(uint256 collateral, uint128 strike, uint128 settlement, uint32 share)
        public
        pure
    {
        collateral = bound(collateral, 0, type(uint128).max - 1);
        strike = uint128(bound(strike, 1, type(uint128).max));
        settlement = uint128(bound(settlement, 1, INVALID - 1));
        (uint256 p, uint256 n) = PayoffLib.payoff(collateral, strike, settlement, share);

        assertEq(p + n, collateral);
        if (strike >= settlement) {
            assertEq(p, collateral);
        } else {
            assertLe(p * settlement, collateral * strike);
            assertGt((p + 1) * settlement, collateral * strike);
        }
    }

    /// For any amount, the largest too: the two legs redeemed apart pay the pair's collateral or 1 wei less, and each
    /// leg what `payoff` gives it or 1 wei less.
    function testFuzz_redeemed_apartNeverBeatsTogether(
        uint256 collateral,
        uint128 strike,
        uint128 settlement,
        uint32 share
    ) public pure {
        strike = uint128(bound(strike, 1, type(uint128).max));
        settlement = uint128(bound(settlement, 1, type(uint128).max));
        share = uint32(bound(share, 0, 1_000_000));
        (uint256 p, uint256 n) = PayoffLib.payoff(collateral, strike, settlement, share);
        uint256 pAlone = PayoffLib.redeemed(collateral, 0, strike, settlement, share);
        uint256 nAlone = PayoffLib.redeemed(0, collateral, strike, settlement, share);

        assertEq(PayoffLib.redeemed(collateral, collateral, strike, settlement, share), collateral);
        assertEq(pAlone, p);
        assertLe(nAlone, n);
        assertLe(n - nAlone, 1);
    }

    /// Redeeming in two parts never pays more than redeeming at once.
    function testFuzz_redeemed_inPartsNeverPaysMore(
        uint128[2] memory pAmounts,
        uint128[2] memory nAmounts,
        uint128 strike,
        uint128 settlement,
        uint32 share
    ) public pure {
        strike = uint128(bound(strike, 1, type(uint128).max));
        settlement = uint128(bound(settlement, 1, type(uint128).max));
        share = uint32(bound(share, 0, 1_000_000));
        uint256 apart = PayoffLib.redeemed(pAmounts[0], nAmounts[0], strike, settlement, share)
            + PayoffLib.redeemed(pAmounts[1], nAmounts[1], strike, settlement, share);
        uint256 atOnce = PayoffLib.redeemed(
            uint256(pAmounts[0]) + pAmounts[1], uint256(nAmounts[0]) + nAmounts[1], strike, settlement, share
        );
        assertLe(apart, atOnce);
    }

    function _assertPayoff(uint256 collateral, uint128 strike, uint128 settlement, uint32 share, uint256 wantP)
        private
        pure
    {
        (uint256 p, uint256 n) = PayoffLib.payoff(collateral, strike, settlement, share);
        assertEq(p, wantP);
        assertEq(n, collateral - wantP);
    }
}
