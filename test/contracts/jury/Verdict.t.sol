// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {JuryCase, JuryStage} from "src/types/Jury.sol";

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

contract VerdictTest is JuryFixture {
    function test_resolve_rulesPaysAndReleases() public {
        _trial();
        _vote(new uint128[](0), VALUE);
        _resolve();

        assertEq(oracle.settlement(fixing), VALUE);
        // 0.04 ETH in 39 shares: four each for the drawer and who resolved, the others for the seats.
        assertEq(jury.idle(drawer), CLERK_PAY);
        assertEq(jury.idle(anyone), CLERK_PAY);
        uint256 seats = 0;
        for (uint256 i = 0; i < JURORS; i++) {
            uint256 count = _seatsOf(jurors[i]);
            seats += count;
            assertApproxEqAbs(jury.idle(jurors[i]), count * (SEATS_PAY / 31), 30);
        }
        assertEq(seats, 31);
        assertEq(jury.poolSize(), 80);
        assertEq(weth.balanceOf(address(jury)), _owed());
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Decided));
    }

    function test_resolve_takesTheStakesOfWhoIsOutsideTheBandOrSilent() public {
        _trial();
        uint128[] memory values = new uint128[](5);
        values[0] = 0; // commits to nothing
        values[1] = VALUE * 10_005 / 10_000; // at the edge of half the separation of 0.1 %
        values[2] = VALUE * 10_005 / 10_000 + 1;
        values[3] = INVALID;
        values[4] = VALUE - 1;
        _vote(values, VALUE);
        vm.recordLogs();
        _resolve();

        assertEq(oracle.settlement(fixing), VALUE);
        // Seats 0, 2 and 3 lose a stake each to the 28 others, with their part of the fee, in 28 parts.
        uint256 share = (3 ether + SEATS_PAY) / 28;
        for (uint8 i = 0; i < 5; i++) {
            uint256 others = 0;
            uint256 lost = 0;
            for (uint8 k = 0; k < SEATS; k++) {
                if (_juror(k) != _juror(i)) continue;
                if (k == 0 || k == 2 || k == 3) lost++;
                else others++;
            }
            assertApproxEqAbs(jury.idle(_juror(i)), others * share, 27);
        }
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    function test_resolve_isInvalidByAMajorityOnly() public {
        uint256 start = vm.snapshotState();
        for (uint256 invalids = 15; invalids <= 16; invalids++) {
            _trial();
            uint128[] memory values = new uint128[](invalids);
            for (uint256 i = 0; i < invalids; i++) {
                values[i] = INVALID;
            }
            _vote(values, VALUE);
            _resolve();
            assertEq(oracle.settlement(fixing), invalids == 15 ? VALUE : INVALID);
            vm.revertToState(start);
        }
    }

    /// A minority that says INVALID cannot move the number.
    function test_resolve_isTheLowerMedianOfTheNumbersAlone() public {
        _trial();
        uint128[] memory values = new uint128[](31);
        for (uint128 i = 0; i < 31; i++) {
            // 11 INVALID and 20 numbers 2500 .. 2519, out of order: the lower of the middle two is 2509.
            values[i] = i < 11 ? INVALID : uint128(2500e18 + ((i * 7) % 20) * 1e18);
        }
        _vote(values, VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), 2509e18);
    }

    function test_resolve_waitsForTheLastSecondOrTheLastSeat() public {
        _trial();
        for (uint8 i = 0; i < SEATS; i++) {
            _commit(i, VALUE);
        }
        JuryCase memory trial = jury.caseOf(id);
        vm.warp(trial.commitEnd);
        for (uint8 i = 0; i < SEATS - 1; i++) {
            _reveal(i, VALUE);
        }
        vm.warp(trial.revealEnd - 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.RevealRunning.selector, trial.revealEnd));
        jury.resolve(fixing);
        _reveal(SEATS - 1, VALUE);
        jury.resolve(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.resolve(fixing);
    }

    /// A verdict that comes after the jury's turn pays and slashes, and leaves the fixing to the backup.
    function test_resolve_afterTheTurnRulesNothing() public {
        _trial();
        _vote(new uint128[](1), VALUE);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        jury.resolve(fixing);
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Decided));
        assertEq(jury.idle(drawer) + jury.idle(address(this)), 0);
        assertEq(weth.balanceOf(address(jury)), _owed());
        assertEq(weth.balanceOf(address(jury)), 80 ether);
        vm.prank(backup);
        oracle.rule(fixing, INVALID);
        assertEq(oracle.settlement(fixing), INVALID);
    }

    function test_resolve_hangsWithoutAQuorum() public {
        _trial();
        uint128[] memory values = new uint128[](31);
        for (uint256 i = 0; i < 20; i++) {
            // Whatever they say: there is no verdict that they could be far from.
            values[i] = uint128(1e18 * (i + 1));
        }
        _vote(values, 0);
        _resolve();

        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Hung));
        assertEq(jury.caseOf(id).round, 1);
        // 20 have their stakes back in the pool, and the 11 of the others.
        uint256 sum = 0;
        for (uint256 i = 0; i < JURORS; i++) {
            sum += jury.idle(jurors[i]);
        }
        assertEq(sum, 11 ether);
        assertEq(jury.poolSize(), 69);
        assertEq(weth.balanceOf(address(jury)), 80 ether);

        _open();
        assertEq(jury.caseOf(id).seedBlock, block.number + 128);
    }

    function test_resolve_needsExactlyAQuorum() public {
        _trial();
        // Ten keep silent, the first of them, and 21 reveal.
        _vote(new uint128[](10), VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), VALUE);
    }

    /// One who reveals has earned all that the others lose, whatever seat it has, and the first seat nothing by being the first.
    function test_resolve_hangsForASingleSeat() public {
        _trial();
        uint128[] memory values = new uint128[](31);
        values[7] = VALUE;
        address juror = _juror(7);
        _vote(values, 0);
        _resolve();
        assertEq(jury.idle(juror), 30 ether);
        assertEq(jury.poolSize(), 50);
        assertEq(jury.caseOf(id).forfeited, 0);
        assertEq(weth.balanceOf(address(jury)), 80 ether);
    }

    /// What the first round forfeited is earned by the few who reveal in the second, and burns no second time.
    function test_resolve_forfeitedStakesAreEarnedOnce() public {
        _hang();
        _draw(keccak256("again"));
        uint128[] memory values = new uint128[](31);
        values[3] = VALUE;
        address juror = _juror(3);
        uint256 before = jury.idle(juror);
        _vote(values, 0);
        _resolve();
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Failed));
        assertEq(jury.idle(juror) - before, 61 ether);
        assertEq(jury.caseOf(id).forfeited, 0);
        assertEq(weth.balanceOf(0x000000000000000000000000000000000000dEaD), 0);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    /// A jury that hung and has no time left for another is closed by anybody, while its turn lasts or after it.
    function test_close_endsAHungCase() public {
        _trial();
        _vote(new uint128[](31), 0);
        _resolve();
        uint256 turnEnd = MATURITY + GRACE + ARBITRATION_LIMIT;
        vm.expectRevert(
            abi.encodeWithSelector(IJuryArbitrator.NotTooLate.selector, block.timestamp + 6 days, turnEnd)
        );
        jury.close(fixing);
        vm.warp(turnEnd - 6 days);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.CaseFailed(id);
        jury.close(fixing);
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Failed));
        // Nobody had earned them.
        assertEq(weth.balanceOf(0x000000000000000000000000000000000000dEaD), 31 ether);
        assertEq(jury.caseOf(id).forfeited, 0);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    function test_close_isNotForACaseThatWasDecided() public {
        _trial();
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.close(fixing);
        _vote(new uint128[](0), VALUE);
        _resolve();
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.close(fixing);
    }

    /// The smallest value there is, which no rule takes for silence.
    function test_resolve_takesTheSmallestValue() public {
        _trial();
        _vote(new uint128[](0), 1);
        _resolve();
        assertEq(oracle.settlement(fixing), 1);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    function test_resolve_failsForGoodTheSecondTime() public {
        _hang();
        // Nobody revealed: nobody has earned the 31 stakes.
        assertEq(jury.caseOf(id).forfeited, 31 ether);
        _draw(keccak256("again"));
        _vote(new uint128[](31), 0);
        _resolve();
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Failed));
        assertEq(jury.caseOf(id).forfeited, 0);
        assertEq(weth.balanceOf(0x000000000000000000000000000000000000dEaD), 62 ether);
        assertEq(weth.balanceOf(address(jury)), _owed());
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.open(fixing);
    }

    function test_resolve_secondRoundRulesAndEarnsWhatTheFirstForfeited() public {
        _hang();
        _draw(keccak256("again"));
        _vote(new uint128[](0), VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(weth.balanceOf(address(jury)), _owed());
        // 31 stakes and the seats' part of the fee for 31 seats, beside the stake of each.
        assertApproxEqAbs(jury.idle(_juror(5)), _seatsOf(_juror(5)) * (1 ether + SEATS_PAY / 31), 30);
    }

    /// Nobody reveals in the first round, and the case is opened again.
    function _hang() private {
        _trial();
        _vote(new uint128[](31), 0);
        _resolve();
        _stakeAll(2);
        _open();
    }
}
