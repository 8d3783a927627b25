// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, Kind, Outcome} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// The worked example of section 5: d = 25, F = 2, the truth 2500.10. Figures by hand, in wei where thirds occur.
contract WorkedExampleTest is OracleTest {
    uint256 private constant STAKERS = 40;
    /// A ninth of 150, rounded up.
    uint256 private constant SPONSORED = 16_666_666_666_666_666_667;

    address[] private _stakers;

    function setUp() public override {
        super.setUp();
        Fixing memory f = _defaults();
        (f.minBond, f.arbitrationFee) = (25 ether, 2 ether);
        _use(f);
        for (uint256 i = 0; i < STAKERS; ++i) {
            _stakers.push(makeAddr(string.concat("staker ", vm.toString(i))));
            _endow(_stakers[i]);
        }

        vm.warp(MATURITY);
        assertEq(_propose(attacker, 3000e18), 25 ether);
        for (uint256 i = 0; i < STAKERS; ++i) {
            assertEq(_contribute(_stakers[i], 1, 2500.4e18, 1.25 ether), 1.25 ether);
        }
        _assertState(2, 2500.4e18, 75 ether, MATURITY + WINDOW, 0);
    }

    /// R-301: if the attacker stops: sink 5, stakers +20.
    function test_workedExample_attackerStops() public {
        vm.warp(MATURITY + WINDOW);
        _assertSettlement(2500.4e18);
        _assertOutcome(Outcome.Timeout, 2500.4e18);
        for (uint256 i = 0; i < STAKERS; ++i) {
            assertEq(_claim(_stakers[i], Kind.Stake, 1, 2500.4e18), 1.75 ether);
        }
        assertEq(_claim(attacker, Kind.Stake, 0, 3000e18), 0);
        assertEq(_collect(), 5 ether);
        _assertHeld(0);
    }

    /// R-202, R-204, R-205, R-301: it insists with 75, sponsors appeal with 16.67 + 2, the ruling is 2500.10.
    function test_workedExample_attackerInsistsAndLosesTheAppeal() public {
        assertEq(_contribute(attacker, 2, 3000e18, type(uint256).max), 75 ether);
        _assertCandidates(_values(3000e18, 2500.4e18), _amounts(100 ether, 50 ether));
        assertEq(_appeal(alice, 3, 2500.4e18, SPONSORED / 2), SPONSORED / 2);
        assertEq(_appeal(bob, 3, 2500.4e18, type(uint256).max), SPONSORED + 2 ether - SPONSORED / 2);
        _assertCandidates(_values(3000e18, 2500.4e18), _amounts(100 ether, 50 ether + SPONSORED));
        _assertState(3, 3000e18, 150 ether + SPONSORED, MATURITY + WINDOW, MATURITY);

        _rule(arbitrator, 2500.1e18);
        _assertSettlement(2500.1e18);
        _assertOutcome(Outcome.Ruling, 2500.4e18);
        assertEq(weth.balanceOf(arbitrator), 2 ether);

        // L = 100, sink 40, bonus 3, shared 123.666666666666666667 over W = 66.666666666666666667: +85.5 % on stake.
        assertEq(_collect(), 40 ether);
        for (uint256 i = 0; i < STAKERS; ++i) {
            assertEq(_claim(_stakers[i], Kind.Stake, 1, 2500.4e18), 2.318749999999999999 ether);
        }
        // The sponsors: 16.67 at +85.5 % are 30.916666666666666667, and 3 for their fee of 2.
        assertEq(
            _claim(alice, Kind.Appeal, 3, 2500.4e18),
            // 33.916666666666666667 * 8.333333333333333333 / 18.666666666666666667
            15.141369047619047618 ether
        );
        // 33.916666666666666667 * 10.333333333333333334 / 18.666666666666666667
        assertEq(_claim(bob, Kind.Appeal, 3, 2500.4e18), 18.775297619047619048 ether);
        assertEq(_claim(attacker, Kind.Stake, 0, 3000e18), 0);
        assertEq(_claim(attacker, Kind.Stake, 2, 3000e18), 0);
        // 168.666666666666666667 came in: 40 divisions lost a wei each, and one of the sponsors'.
        _assertHeld(41);
    }
}
