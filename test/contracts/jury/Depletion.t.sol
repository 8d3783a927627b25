// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {Fixing} from "src/types/Fixing.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// What whoever opens many cases of his own makes of the pool: of what a case is drawn from he never has more than twice his part
/// of all stakes, and no stake of the others stays out. R-500.
contract DepletionTest is JuryFixture {
    address private attacker = makeAddr("attacker");
    /// Fixings that wait for the jury, all of them the attacker's.
    Fixing[] private own;

    /// He seats the others' stakes first, and puts his own, a tenth of all, into what is left.
    function test_open_keepsHalfOfAllStakesHoweverManyAreOpened() public {
        _fill(92, 110);
        assertEq(jury.poolSize(), 1000);
        for (uint256 i = 0; i < 17; i++) {
            jury.open(own[i]);
        }
        _expectTooSmall(1000, 500 + 17 * 31);
        jury.open(own[17]);
        for (uint256 i = 0; i < 17; i++) {
            // Of the last too.
            assertGe(jury.poolSize(), 500);
            _drawOwn(i);
        }
        _expectTooSmall(473, 500);
        jury.open(own[17]);

        jury.admit(attacker);
        jury.open(own[17]);
        // 19 % of what is drawn from, where he has 10 % of all: at most twice as much.
        assertEq(jury.poolSize(), 583);
        assertLe(_stakesInPool(attacker) * (583 + 17 * 31), 2 * 110 * jury.poolSize());
        _drawOwn(17);
        assertLt(_seatsOf(attacker), SEATS / 2);
        _expectTooSmall(552, 555);
        jury.open(own[18]);
    }

    /// He has one case wait while many others end: their stakes come back without another warm-up, before any case is opened.
    function test_readmit_bringsBackWhatCameFreeWhileACaseWaited() public {
        _fill(72, 200);
        jury.admit(attacker);
        assertEq(jury.poolSize(), 1000);
        for (uint256 i = 0; i < 16; i++) {
            jury.open(own[i]);
        }
        for (uint256 i = 0; i < 16; i++) {
            _drawOwn(i);
            _commitAll();
        }
        vm.warp(jury.caseOf(id).commitEnd);
        jury.open(own[16]);
        for (uint256 i = 0; i < 16; i++) {
            _choose(i);
            _revealAll();
            jury.resolve(fixing);
        }
        assertEq(jury.poolSize(), 504);
        assertEq(jury.returnedSize(), 496);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 496));
        jury.open(own[17]);
        _drawOwn(16);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 496));
        jury.open(own[17]);

        // As many as fit a block at once.
        jury.readmit(256);
        assertEq(jury.poolSize(), 473 + 256);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 240));
        jury.open(own[17]);
        jury.readmit(240);
        jury.open(own[17]);
        // Nobody has more or fewer than he had.
        assertEq(jury.poolSize(), 1000 - 31);
        assertEq(_stakesInPool(attacker) + _seatsOf(attacker), 200);
    }

    /// The jurors have `each` stakes more in the pool, the attacker's have warmed up, and 19 fixings wait.
    function _fill(uint256 each, uint256 attackers) private {
        _endow(attacker, address(jury));
        vm.prank(attacker);
        jury.stake(attackers);
        _stakeAll(each);
        for (uint256 i = 0; i < 19; i++) {
            fixing.indexId = keccak256(abi.encode("own", i));
            own.push(fixing);
            _arbitrate(fixing);
        }
        vm.warp(jury.newcomer(attacker).admitTime);
    }

    function _choose(uint256 which) private {
        fixing = own[which];
        id = _idOf(fixing);
    }

    function _drawOwn(uint256 which) private {
        _choose(which);
        _draw(keccak256(abi.encode(which)));
    }

    function _commitAll() private {
        for (uint8 i = 0; i < SEATS; i++) {
            _commit(i, INVALID);
        }
    }

    function _revealAll() private {
        for (uint8 i = 0; i < SEATS; i++) {
            _reveal(i, INVALID);
        }
    }

    function _stakesInPool(address juror) private view returns (uint256 count) {
        address[] memory pool = jury.pool(0, type(uint256).max);
        for (uint256 i = 0; i < pool.length; i++) {
            if (pool[i] == juror) count++;
        }
    }

    function _expectTooSmall(uint256 got, uint256 want) private {
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PoolTooSmall.selector, got, want));
    }
}
