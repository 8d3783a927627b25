// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {BondLib} from "src/libraries/BondLib.sol";

/// R-201, R-202, R-204. Expected values are the shared vectors' or come from inequalities, not from the formulas again.
contract BondLibTest is Test {
    /// A row of `.bonds` in test/vectors/bond.json; members in the order of its keys, as everywhere here.
    struct Bond {
        uint256 bond;
        uint256 bondPpm;
        uint256 minBond;
        string name;
        uint256 openInterest;
    }

    struct Pot {
        uint256 appeal;
        string name;
        uint256 need;
        uint256 stake;
        uint256 total;
    }

    function test_bondLib_agreesWithTheSharedVectors() public view {
        string memory json = vm.readFile("test/vectors/bond.json");
        Bond[] memory bonds = abi.decode(vm.parseJson(json, ".bonds"), (Bond[]));
        assertGt(bonds.length, 0);
        for (uint256 i = 0; i < bonds.length; ++i) {
            Bond memory row = bonds[i];
            assertEq(BondLib.bondFor(uint128(row.minBond), uint32(row.bondPpm), row.openInterest), row.bond, row.name);
        }
        Pot[] memory pots = abi.decode(vm.parseJson(json, ".pots"), (Pot[]));
        assertGt(pots.length, 0);
        for (uint256 i = 0; i < pots.length; ++i) {
            Pot memory row = pots[i];
            assertEq(BondLib.potNeed(row.total, row.stake), row.need, row.name);
            assertEq(BondLib.appealStake(row.total), row.appeal, row.name);
        }
    }

    /// R-201: the bond is the floor of the share, for any open interest, without overflow.
    function testFuzz_bondFor_isTheFlooredShare(uint128 minBond, uint32 bondPpm, uint256 openInterest) public pure {
        bondPpm = uint32(bound(bondPpm, 0, 100_000));
        uint256 d = BondLib.bondFor(minBond, bondPpm, openInterest);
        assertGe(d, minBond);
        // d 1e6 <= ppm OI < (d + 1) 1e6 where the share decides, compared in 512 bits.
        (uint256 high, uint256 low) = _product(openInterest, bondPpm);
        (uint256 aboveHigh, uint256 aboveLow) = _product(d + 1, 1e6);
        assertTrue(_isLess(high, low, aboveHigh, aboveLow), "not above the share");
        if (d > minBond) {
            (uint256 belowHigh, uint256 belowLow) = _product(d, 1e6);
            assertFalse(_isLess(high, low, belowHigh, belowLow), "not below the share");
        }
    }

    /// R-202: a filled pot holds twice what the others hold.
    function testFuzz_potNeed_makesTwoThirds(uint256 total, uint256 stake) public pure {
        total = bound(total, 1, 1 << 90);
        stake = bound(stake, 0, total / 3);
        uint256 need = BondLib.potNeed(total, stake);
        assertEq(stake + need, 2 * (total - stake));
        assertGe(need, total);
    }

    /// R-204: the least whole number of which nine are no less than the total.
    function testFuzz_appealStake_isTheNinthRoundedUp(uint256 total) public pure {
        total = bound(total, 1, 1 << 90);
        uint256 a = BondLib.appealStake(total);
        assertGe(9 * a, total);
        assertLt(9 * (a - 1), total);
    }

    function _product(uint256 a, uint256 b) private pure returns (uint256 high, uint256 low) {
        unchecked {
            uint256 half = type(uint128).max;
            uint256 lowPart = (a & half) * b;
            uint256 highPart = (a >> 128) * b + (lowPart >> 128);
            return (highPart >> 128, (highPart << 128) | (lowPart & half));
        }
    }

    function _isLess(uint256 aHigh, uint256 aLow, uint256 bHigh, uint256 bLow) private pure returns (bool) {
        return aHigh < bHigh || (aHigh == bHigh && aLow < bLow);
    }
}
