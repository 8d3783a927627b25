// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {JurySeat, JuryStage} from "src/types/Jury.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// What a seat gains or loses by each thing that its juror can do (docs/arbitrators.md). R-504.
contract IncentivesTest is JuryFixture {
    uint128 private constant LIE = 3000e18;

    function setUp() public override {
        super.setUp();
        // 93 jurors of a stake each, so that a seat is a juror.
        for (uint256 i = 0; i < JURORS; i++) {
            uint256[] memory places = new uint256[](8);
            for (uint256 k = 0; k < 8; k++) {
                places[k] = 8 * (JURORS - i) - 1 - k;
            }
            vm.prank(jurors[JURORS - 1 - i]);
            jury.unstake(places);
        }
        for (uint256 i = 0; i < 93; i++) {
            address juror = makeAddr(string.concat("single ", vm.toString(i)));
            _endow(juror, address(jury));
            vm.prank(juror);
            jury.stake(1);
        }
        vm.warp(block.timestamp + WARM_UP);
        for (uint256 i = 0; i < 93; i++) {
            jury.admit(makeAddr(string.concat("single ", vm.toString(i))));
        }
        _trial();
    }

    /// Nobody lies: the fee's share is all there is to gain.
    function test_incentive_honestyPaysTheShareOfTheFee() public {
        _vote(new uint128[](0), VALUE);
        _resolve();
        assertApproxEqAbs(_gain(0), int256(SEATS_PAY / 31), 30);
    }

    /// Whoever sees while others reveal that he is wrong saves nothing by keeping silent.
    function test_incentive_selectiveRevealLosesAsMuchAsALie() public {
        uint128[] memory values = new uint128[](2);
        values[0] = LIE;
        values[1] = 0;
        _vote(values, VALUE);
        _resolve();
        assertEq(_gain(0), -1 ether);
        assertEq(_gain(1), -1 ether);
        // Two stakes and the seats' part of the fee for 29 seats.
        assertApproxEqAbs(_gain(2), int256((2 ether + SEATS_PAY) / 29), 28);
    }

    /// Fifteen who see that they lose can hang the jury instead: eleven keep silent, four reveal, so that twenty have revealed.
    /// That costs them less than losing, and brings another draw.
    function test_incentive_aLosingCoalitionHangsTheJuryForLess() public {
        uint128[] memory values = _liars(15);
        for (uint256 i = 4; i < 15; i++) {
            values[i] = 0;
        }
        JurySeat[] memory seats = _seats();
        _vote(values, VALUE);
        _resolve();
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Hung));
        int256 coalition = 0;
        for (uint256 i = 0; i < 15; i++) {
            coalition += _gainOf(seats[i].juror);
        }
        // The stakes of the silent are shared by all twenty who revealed, four liars among them.
        assertApproxEqAbs(coalition, -8.8 ether, 20);
        assertApproxEqAbs(_gainOf(seats[30].juror), 0.55 ether, 20);
    }

    /// Half of the jurors cannot read the index and say INVALID, as they must. Half of the others is then enough for a lie below
    /// the truth: fewer than the cost of corruption counts, which takes the honest to read it.
    function test_incentive_anIndexThatHalfCannotReadIsCheaperToLieAbout() public {
        uint128[] memory values = new uint128[](23);
        for (uint256 i = 0; i < 23; i++) {
            values[i] = i < 8 ? VALUE / 2 : INVALID;
        }
        _vote(values, VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), VALUE / 2);
        assertApproxEqAbs(_gain(0), int256((23 ether + SEATS_PAY) / 8), 23);
        assertLt(8 ether, jury.costOfCorruption(fixing));
    }

    function test_incentive_copyingLosesTheStake() public {
        bytes32 commitment = jury.commitmentOf(id, 1, VALUE, SALT);
        for (uint8 i = 1; i < SEATS; i++) {
            _commit(i, VALUE);
        }
        vm.prank(_juror(0));
        jury.commit(id, 0, commitment);
        vm.warp(jury.caseOf(id).commitEnd);
        for (uint8 i = 1; i < SEATS; i++) {
            _reveal(i, VALUE);
        }
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, 0));
        jury.reveal(id, 0, VALUE, SALT);
        _resolve();
        assertEq(_gain(0), -1 ether);
    }

    function test_incentive_comingLateLosesTheStake() public {
        for (uint8 i = 1; i < SEATS; i++) {
            _commit(i, VALUE);
        }
        vm.warp(jury.caseOf(id).commitEnd);
        bytes32 commitment = jury.commitmentOf(id, 0, VALUE, SALT);
        address late = _juror(0);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.CommitOver.selector, block.timestamp));
        vm.prank(late);
        jury.commit(id, 0, commitment);
        for (uint8 i = 2; i < SEATS; i++) {
            _reveal(i, VALUE);
        }
        (uint256 start, uint256 end) = (jury.caseOf(id).commitEnd, jury.caseOf(id).revealEnd);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotRevealing.selector, start, end));
        jury.reveal(id, 1, VALUE, SALT);
        _resolve();
        assertEq(_gain(0), -1 ether);
        assertEq(_gain(1), -1 ether);
        assertGt(_gain(2), 0);
    }

    /// 15 of 31 are bribed: the truth stands, and they pay for it.
    function test_incentive_aBribedMinorityPaysTheHonest() public {
        _vote(_liars(15), VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(_gain(0), -1 ether);
        // 15 stakes and the seats' part of the fee for 16 seats.
        assertApproxEqAbs(_gain(30), int256((15 ether + SEATS_PAY) / 16), 15);
    }

    /// 16 are: they are not slashed, so that what they would have lost is all that the cost of corruption can count.
    function test_incentive_aBribedMajorityWins() public {
        uint256 cost = jury.costOfCorruption(fixing);
        _vote(_liars(16), VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), LIE);
        assertGt(_gain(0), 0);
        assertEq(_gain(30), -1 ether);
        // Eleven of a quorum of 21 would do.
        assertEq(cost, 11 ether);
    }

    /// p + epsilon: whoever lies is promised, only if the lie loses, what honesty would have brought and a little more. A juror
    /// that believes it gains by lying either way; if 16 do, the promise costs nothing, and with fewer it costs each of them
    /// its stake and its share.
    function test_incentive_pPlusEpsilonCostsThePromiserTheirStakesIfItFails() public {
        uint256 start = vm.snapshotState();
        uint256[3] memory believers = [uint256(1), 15, 16];
        for (uint256 i = 0; i < 3; i++) {
            _vote(_liars(believers[i]), VALUE);
            _resolve();
            bool isLie = oracle.settlement(fixing) == LIE;
            assertEq(isLie, believers[i] == 16);
            if (!isLie) {
                int256 promised = _gain(30) - _gain(0) + 1;
                assertGt(promised, 1 ether);
                assertLt(promised, 2 ether);
            }
            vm.revertToState(start);
        }
    }

    /// What a promise to as many as must believe puts at risk is what the jury says that corruption costs, at least.
    function test_incentive_pPlusEpsilonRisksTheCostOfCorruption() public {
        uint256 cost = jury.costOfCorruption(fixing);
        _vote(_liars(15), VALUE);
        _resolve();
        int256 promised = 0;
        for (uint8 i = 0; i < 15; i++) {
            promised += _gain(30) - _gain(i) + 1;
        }
        assertGt(promised, int256(cost));
    }

    function _liars(uint256 count) private pure returns (uint128[] memory values) {
        values = new uint128[](count);
        for (uint256 i = 0; i < count; i++) {
            values[i] = LIE;
        }
    }

    /// What the juror of `seat`, who came with one stake, has gained.
    function _gain(uint8 seat) private view returns (int256) {
        return _gainOf(_juror(seat));
    }

    function _gainOf(address juror) private view returns (int256) {
        uint256 has = jury.idle(juror);
        address[] memory pool = jury.pool(0, type(uint256).max);
        for (uint256 i = 0; i < pool.length; i++) {
            if (pool[i] == juror) has += STAKE;
        }
        return int256(has) - int256(uint256(STAKE));
    }
}
