// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {JurySeat} from "src/types/Jury.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// What nodes, the command line and explorers follow a jury by: every event with every field. R-500.
contract EventsTest is JuryFixture {
    function test_events_ofThePool() public {
        address juror = jurors[0];
        vm.startPrank(juror);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Staked(juror, 3, uint64(block.timestamp) + WARM_UP);
        jury.stake(3);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Unstaked(juror, 3);
        jury.stayOut();
        jury.stake(2);
        vm.warp(block.timestamp + WARM_UP);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Admitted(juror, 2);
        jury.admit(juror);
        uint256[] memory places = new uint256[](1);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Unstaked(juror, 1);
        jury.unstake(places);
        // What stayed out before, less what was staked again, and what was taken out.
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Withdrawn(juror, 2 ether);
        jury.withdraw();
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.VoterSet(juror, anyone);
        jury.setVoter(anyone);
    }

    function test_events_ofACase() public {
        _arbitrate(fixing);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.CaseOpened(id, 0, uint64(block.number) + 128, fixing);
        _open();
        bytes memory header = _reach(jury.caseOf(id).seedBlock, "randao");
        uint256 start = vm.snapshotState();
        jury.draw(fixing, header);
        address[] memory seated = _seated();
        vm.revertToState(start);
        uint40 commitEnd = uint40(block.timestamp + COMMIT_TIME);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Drawn(id, 0, seated, commitEnd, commitEnd + REVEAL_TIME);
        jury.draw(fixing, header);

        bytes32 commitment = jury.commitmentOf(id, 5, VALUE, SALT);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Committed(id, 0, 5, commitment);
        _commit(5, VALUE);
        for (uint8 i = 6; i < SEATS; i++) {
            _commit(i, VALUE);
        }
        vm.warp(commitEnd);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Revealed(id, 0, 5, VALUE);
        _reveal(5, VALUE);
        for (uint8 i = 6; i < SEATS; i++) {
            _reveal(i, VALUE);
        }
        vm.warp(commitEnd + REVEAL_TIME);
        // Seats 5 .. 30, which share the stakes of the first five and their part of the fee.
        uint256 coherent = (1 << 31) - (1 << 5);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Decided(id, 0, VALUE, coherent, (5 ether + SEATS_PAY) / 26, true);
        jury.resolve(fixing);
    }

    function test_events_ofAJuryThatHangsTwice() public {
        _trial();
        _commit(5, VALUE);
        _commit(9, VALUE + 1);
        vm.warp(jury.caseOf(id).commitEnd);
        _reveal(5, VALUE);
        _reveal(9, VALUE + 1);
        vm.warp(jury.caseOf(id).revealEnd);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Hung(id, 0, (1 << 5) | (1 << 9), 29 ether / 2);
        jury.resolve(fixing);
        _stakeAll(2);
        _open();
        _draw("again");
        vm.warp(jury.caseOf(id).revealEnd);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Hung(id, 1, 0, 0);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.CaseFailed(id);
        jury.resolve(fixing);
    }

    function _seated() private view returns (address[] memory seated) {
        JurySeat[] memory seats = _seats();
        seated = new address[](seats.length);
        for (uint256 i = 0; i < seats.length; i++) {
            seated[i] = seats[i].juror;
        }
    }
}
