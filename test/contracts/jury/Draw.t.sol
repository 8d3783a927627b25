// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";
import {JuryCase, JurySeat, JuryStage, JuryTerms} from "src/types/Jury.sol";

import {IBlockhashCheat, JuryFixture} from "../mocks/JuryFixture.sol";

contract DrawTest is JuryFixture {
    /// EIP-2935's contract, as the EIP gives it.
    bytes private constant HISTORY_CODE =
        hex"3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;
    address private constant SYSTEM = 0xffffFFFfFFffffffffffffffFfFFFfffFFFfFFfE;

    function test_open_needsItsTurnItsPriceAndItsPool() public {
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotItsTurn.selector, id));
        jury.open(fixing);

        fixing.arbitrationFee = 0.039 ether - 1;
        _arbitrate(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.FeeBelowPrice.selector, 0.039 ether - 1, 0.039 ether));
        jury.open(fixing);
        fixing.arbitrationFee = 0.039 ether;
        fixing.separationPpm = 999;
        _arbitrate(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.SeparationTooSmall.selector, 999, 1000));
        jury.open(fixing);
        fixing.separationPpm = 1000;
        _arbitrate(fixing);
        id = _idOf(fixing);

        vm.startPrank(jurors[0]);
        uint256[] memory places = new uint256[](1);
        for (uint256 i = 8; i > 0; i--) {
            places[0] = i - 1;
            jury.unstake(places);
        }
        vm.stopPrank();
        vm.startPrank(jurors[9]);
        for (uint256 i = 8; i > 0; i--) {
            places[0] = _placeOf(jurors[9]);
            jury.unstake(places);
        }
        vm.stopPrank();
        vm.startPrank(jurors[8]);
        for (uint256 i = 3; i > 0; i--) {
            places[0] = _placeOf(jurors[8]);
            jury.unstake(places);
        }
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PoolTooSmall.selector, 61, 62));
        jury.open(fixing);
        _join(jurors[0], 1);
        jury.open(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.open(fixing);
    }

    /// Every case that waits must find the least pool when its draw comes.
    function test_open_countsTheSeatsThatWait() public {
        _arbitrate(fixing);
        _open();
        fixing.indexId = "another";
        _arbitrate(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PoolTooSmall.selector, 80, 93));
        jury.open(fixing);
    }

    /// Half of all stakes, rounded up: those with seats count, and the seats of cases that wait are needed beside it.
    function test_open_needsHalfOfAllStakes() public {
        _join(jurors[0], 106);
        for (uint256 i = 0; i < 3; i++) {
            fixing.indexId = bytes32(i + 1);
            id = _idOf(fixing);
            _trial();
        }
        fixing.indexId = "a fourth";
        _arbitrate(fixing);
        assertEq(jury.poolSize(), 93);
        uint256 start = vm.snapshotState();
        uint256[] memory places = new uint256[](1);
        places[0] = _placeOf(jurors[0]);
        vm.prank(jurors[0]);
        jury.unstake(places);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PoolTooSmall.selector, 92, 93));
        jury.open(fixing);
        vm.revertToState(start);
        jury.open(fixing);
        fixing.indexId = "a fifth";
        _arbitrate(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PoolTooSmall.selector, 93, 124));
        jury.open(fixing);
    }

    function test_open_needsTimeForTheVotes() public {
        _arbitrate(fixing);
        uint256 turnEnd = block.timestamp + ARBITRATION_LIMIT;
        // Two days for the seed, three for the votes, one for the ruling.
        vm.warp(turnEnd - 6 days);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd, turnEnd));
        jury.open(fixing);
        vm.warp(turnEnd - 6 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd + 1, turnEnd));
        jury.open(fixing);
        vm.warp(turnEnd - 6 days - 1);
        jury.open(fixing);
    }

    /// As a backup it has its turn after the first arbitrator's, and none before.
    function test_open_asABackup() public {
        (fixing.arbitrator, fixing.backup) = (backup, address(jury));
        id = _idOf(fixing);
        _arbitrate(fixing);
        uint256 firstEnd = block.timestamp + ARBITRATION_LIMIT;
        vm.warp(firstEnd - 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotItsTurn.selector, id));
        jury.open(fixing);
        vm.warp(firstEnd);
        _open();
        _draw("randao");
        _vote(new uint128[](0), VALUE);
        _resolve();
        assertEq(oracle.settlement(fixing), VALUE);
    }

    function test_draw_takesTheSeedOfItsBlockAlone() public {
        _arbitrate(fixing);
        _open();
        uint64 seedBlock = jury.caseOf(id).seedBlock;
        assertEq(seedBlock, block.number + 128);
        bytes memory notYet = abi.encodeWithSelector(IJuryArbitrator.NotTheHeader.selector, seedBlock);
        bytes memory header = _header(seedBlock, "randao");
        vm.roll(seedBlock);
        vm.expectRevert(notYet);
        jury.draw(fixing, header);

        _reach(seedBlock, "randao");
        vm.expectRevert(notYet);
        jury.draw(fixing, _header(seedBlock, "another"));
        bytes memory previous = _header(seedBlock - 1, "previous");
        IBlockhashCheat(address(vm)).setBlockhash(seedBlock - 1, keccak256(previous));
        vm.expectRevert(notYet);
        jury.draw(fixing, previous);

        jury.draw(fixing, header);
        JuryCase memory trial = jury.caseOf(id);
        assertEq(trial.commitEnd, block.timestamp + 2 days);
        assertEq(trial.revealEnd, block.timestamp + 3 days);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.draw(fixing, header);
    }

    /// The seats as the specification says: place = keccak256(seed, i) mod the size of what is left, whose last takes its place.
    function test_draw_isTheShuffleOfTheSpecification() public {
        _arbitrate(fixing);
        _open();
        address[] memory left = jury.pool(0, 80);
        bytes32 seed = keccak256(abi.encode(bytes32("randao"), id, uint256(0)));
        _draw("randao");
        JurySeat[] memory seats = _seats();
        for (uint256 i = 0; i < SEATS; i++) {
            uint256 size = 80 - i;
            uint256 place = uint256(keccak256(abi.encode(seed, i))) % size;
            assertEq(seats[i].juror, left[place]);
            left[place] = left[size - 1];
        }
        assertEq(jury.poolSize(), 49);
        address[] memory rest = jury.pool(0, 80);
        for (uint256 i = 0; i < 49; i++) {
            assertEq(rest[i], left[i]);
        }
    }

    function test_draw_differsByFixingAndByRound() public {
        _join(jurors[0], 100);
        _arbitrate(fixing);
        _open();
        Fixing memory other = fixing;
        other.indexId = "another";
        _arbitrate(other);
        jury.open(other);
        bytes memory header = _reach(jury.caseOf(id).seedBlock, "randao");
        // The one that was opened later cannot be drawn first: whoever draws would choose between two orders.
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotNext.selector, id));
        jury.draw(other, header);
        FixingId[] memory waiting = jury.waiting();
        assertEq(waiting.length, 2);
        assertEq(FixingId.unwrap(waiting[0]), FixingId.unwrap(id));

        uint256 start = vm.snapshotState();
        jury.draw(fixing, header);
        bytes32 first = keccak256(abi.encode(_seats()));
        vm.revertToState(start);
        jury.draw(fixing, header);
        assertEq(keccak256(abi.encode(_seats())), first);
        jury.draw(other, header);
        id = _idOf(other);
        assertNotEq(keccak256(abi.encode(_seats())), first);
    }

    /// EIP-2935 remembers 8 191 blocks, beyond the 256 of BLOCKHASH.
    function test_draw_provesTheSeedByTheHistoryContract() public {
        vm.etch(HISTORY, HISTORY_CODE);
        _arbitrate(fixing);
        _open();
        uint64 seedBlock = jury.caseOf(id).seedBlock;
        bytes memory header = _header(seedBlock, "randao");
        vm.roll(seedBlock + 1);
        vm.prank(SYSTEM);
        (bool isWritten,) = HISTORY.call(abi.encode(keccak256(header)));
        assertTrue(isWritten);

        vm.roll(seedBlock + 8191);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.SeedKnown.selector, seedBlock));
        jury.reseed(fixing);
        uint256 start = vm.snapshotState();
        jury.draw(fixing, header);
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Voting));

        vm.revertToState(start);
        vm.roll(seedBlock + 8192);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotTheHeader.selector, seedBlock));
        jury.draw(fixing, header);
        jury.reseed(fixing);
        assertEq(jury.caseOf(id).seedBlock, block.number + 128);
        assertEq(jury.waiting().length, 1);
        _draw("later");
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Voting));
    }

    /// Nobody chooses between drawing and closing: while its seed lives a case is not too late.
    function test_draw_comesInTimeOrTheCaseIsClosed() public {
        _arbitrate(fixing);
        uint256 turnEnd = block.timestamp + ARBITRATION_LIMIT;
        vm.warp(turnEnd - 6 days - 1);
        _open();
        uint64 seedBlock = jury.caseOf(id).seedBlock;
        bytes memory header = _reach(seedBlock, "randao");
        vm.warp(turnEnd - 4 days);
        bytes memory known = abi.encodeWithSelector(IJuryArbitrator.SeedKnown.selector, seedBlock);
        vm.expectRevert(known);
        jury.close(fixing);
        vm.expectRevert(known);
        jury.reseed(fixing);
        uint256 start = vm.snapshotState();
        jury.draw(fixing, header);
        vm.revertToState(start);

        vm.roll(seedBlock + 8192);
        vm.expectRevert(
            abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, block.timestamp + 6 days, turnEnd)
        );
        jury.reseed(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotTheHeader.selector, seedBlock));
        jury.draw(fixing, header);
        jury.close(fixing);
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Failed));
        assertEq(jury.waiting().length, 0);
        vm.warp(turnEnd);
        vm.prank(backup);
        oracle.rule(fixing, VALUE);
    }

    function test_close_isNotForACaseThatHasTime() public {
        _arbitrate(fixing);
        uint256 turnEnd = block.timestamp + ARBITRATION_LIMIT;
        _open();
        vm.roll(jury.caseOf(id).seedBlock + 8192);
        vm.warp(turnEnd - 6 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotTooLate.selector, turnEnd - 1, turnEnd));
        jury.close(fixing);
        uint256 start = vm.snapshotState();
        jury.reseed(fixing);
        vm.revertToState(start);
        // The last second that is too late for another seed is the first in which the case can be closed.
        vm.warp(turnEnd - 6 days);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd, turnEnd));
        jury.reseed(fixing);
        jury.close(fixing);
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Failed));
    }

    /// The second turn ends two limits after the request.
    function test_open_asABackupIsInTimeForTheSecondTurn() public {
        (fixing.arbitrator, fixing.backup) = (backup, address(jury));
        _arbitrate(fixing);
        uint256 turnEnd = block.timestamp + 2 * ARBITRATION_LIMIT;
        vm.warp(turnEnd - 6 days);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd, turnEnd));
        jury.open(fixing);
        vm.warp(turnEnd - 6 days - 1);
        jury.open(fixing);
    }

    /// Blocks may be slower than any seed was meant to live: then too a verdict needs time to be ruled.
    function test_draw_endsBeforeTheTurn() public {
        _arbitrate(fixing);
        uint256 turnEnd = block.timestamp + ARBITRATION_LIMIT;
        _open();
        bytes memory header = _reach(jury.caseOf(id).seedBlock, "randao");
        vm.warp(turnEnd - 3 days);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd, turnEnd));
        jury.draw(fixing, header);
        vm.warp(turnEnd - 3 days + 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooLate.selector, turnEnd + 1, turnEnd));
        jury.draw(fixing, header);
        vm.warp(turnEnd - 3 days - 1);
        jury.draw(fixing, header);
    }

    function test_draw_notOnceTheTurnIsOver() public {
        (fixing.arbitrator, fixing.backup) = (backup, address(jury));
        id = _idOf(fixing);
        _arbitrate(fixing);
        vm.warp(block.timestamp + ARBITRATION_LIMIT);
        _open();
        bytes memory header = _reach(jury.caseOf(id).seedBlock, "randao");
        vm.warp(block.timestamp + ARBITRATION_LIMIT);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotItsTurn.selector, id));
        jury.draw(fixing, header);
        vm.roll(jury.caseOf(id).seedBlock + 8192);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotItsTurn.selector, id));
        jury.reseed(fixing);
        jury.close(fixing);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.WrongStage.selector, id));
        jury.close(fixing);
    }

    /// R-505
    function test_costOfCorruption_isHalfAQuorumOfACaseThatItWouldTake() public {
        assertEq(jury.costOfCorruption(fixing), 11 ether);
        Fixing memory other = fixing;
        other.arbitrationFee = 0.039 ether - 1;
        assertEq(jury.costOfCorruption(other), 0);
        other.arbitrationFee = 0.039 ether;
        assertEq(jury.costOfCorruption(other), 11 ether);
        other = fixing;
        (other.arbitrator, other.backup) = (backup, address(jury));
        assertEq(jury.costOfCorruption(other), 11 ether);
        other.backup = anyone;
        assertEq(jury.costOfCorruption(other), 0);
        other = fixing;
        other.separationPpm = 999;
        assertEq(jury.costOfCorruption(other), 0);
        other.separationPpm = 1000;
        other.arbitrationLimit = 7 days;
        assertEq(jury.costOfCorruption(other), 0);
        other.arbitrationLimit = 7 days + 1;
        assertEq(jury.costOfCorruption(other), 11 ether);
        // A case that runs holds 31 of the 80 stakes for a while.
        _trial();
        assertEq(jury.poolSize(), 49);
        assertEq(jury.costOfCorruption(fixing), 11 ether);
        _vote(new uint128[](31), 0);
        _resolve();
        assertEq(jury.costOfCorruption(fixing), 0);
    }

    /// Stakes that wait to come back are as much the jury's as those in the pool and in seats.
    function test_costOfCorruption_countsStakesThatWereReturned() public {
        _join(jurors[0], 13);
        _trial();
        Fixing memory other = fixing;
        other.indexId = "another";
        _arbitrate(other);
        _vote(new uint128[](0), VALUE);
        jury.open(other);
        _resolve();
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        uint256[] memory places = new uint256[](1);
        places[0] = _placeOf(jurors[0]);
        vm.prank(jurors[0]);
        jury.unstake(places);
        // The least pool is 62: 30 in the pool, 31 with seats, 31 returned.
        assertEq(jury.poolSize(), 30);
        assertEq(jury.costOfCorruption(fixing), 11 ether);
    }

    /// Half of a quorum is rounded up to a whole seat, and the least pool is enough.
    function test_costOfCorruption_atItsEdges() public {
        JuryTerms memory terms = _terms();
        (terms.quorum, terms.leastPool) = (22, 80);
        jury = _deployJury(terms);
        for (uint256 i = 0; i < JURORS; i++) {
            vm.prank(jurors[i]);
            weth.approve(address(jury), type(uint256).max);
        }
        fixing.arbitrator = address(jury);
        assertEq(jury.costOfCorruption(fixing), 0);
        _stakeAll(8);
        assertEq(jury.costOfCorruption(fixing), 11 ether);
        vm.prank(jurors[0]);
        jury.unstake(new uint256[](1));
        assertEq(jury.costOfCorruption(fixing), 0);
    }

    function _placeOf(address juror) private view returns (uint256) {
        address[] memory pool = jury.pool(0, 100);
        for (uint256 i = 0; i < pool.length; i++) {
            if (pool[i] == juror) return i;
        }
        revert("none");
    }
}
