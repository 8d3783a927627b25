// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

contract VoteTest is JuryFixture {
    function setUp() public override {
        super.setUp();
        _trial();
    }

    function test_commit_isForTheJurorAndItsVoter() public {
        bytes32 commitment = jury.commitmentOf(id, 0, VALUE, SALT);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYourSeat.selector, 0));
        vm.prank(anyone);
        jury.commit(id, 0, commitment);

        vm.prank(_juror(0));
        jury.setVoter(anyone);
        vm.prank(anyone);
        jury.commit(id, 0, commitment);
        vm.prank(_juror(0));
        jury.setVoter(address(0));
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYourSeat.selector, 0));
        vm.prank(anyone);
        jury.commit(id, 0, commitment);
    }

    /// Whoever voted for address 0 would vote for seats that nobody has.
    function test_commit_isNotForSeatsThatDoNotExist() public {
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.UnknownSeat.selector, 31));
        vm.prank(address(0));
        jury.commit(id, 31, "x");
    }

    function test_commit_canBeRepeatedUntilTheEnd() public {
        _commit(0, VALUE);
        _commit(0, VALUE + 1);
        uint256 end = jury.caseOf(id).commitEnd;
        bytes32 commitment = jury.commitmentOf(id, 0, VALUE, SALT);
        vm.startPrank(_juror(0));
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, 0));
        jury.commit(id, 0, 0);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.CommitOver.selector, end));
        jury.commit(id, 0, commitment);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, 0));
        jury.reveal(id, 0, VALUE, SALT);
        _reveal(0, VALUE + 1);
        assertEq(_seats()[0].vote, VALUE + 1);
    }

    function test_reveal_isBetweenItsTwoInstants() public {
        _commit(0, VALUE);
        (uint256 start, uint256 end) = (jury.caseOf(id).commitEnd, jury.caseOf(id).revealEnd);
        bytes memory closed = abi.encodeWithSelector(IJuryArbitrator.NotRevealing.selector, start, end);
        vm.warp(start - 1);
        vm.expectRevert(closed);
        jury.reveal(id, 0, VALUE, SALT);
        vm.warp(end);
        vm.expectRevert(closed);
        jury.reveal(id, 0, VALUE, SALT);
        vm.warp(end - 1);
        _reveal(0, VALUE);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.AlreadyRevealed.selector, 0));
        jury.reveal(id, 0, VALUE, SALT);
    }

    function test_reveal_needsWhatWasCommittedTo() public {
        _commit(0, VALUE);
        vm.warp(jury.caseOf(id).commitEnd);
        bytes memory wrong = abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, 0);
        vm.expectRevert(wrong);
        jury.reveal(id, 0, VALUE + 1, SALT);
        vm.expectRevert(wrong);
        jury.reveal(id, 0, VALUE, "another");
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, 1));
        jury.reveal(id, 1, VALUE, SALT);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.ValueZero.selector));
        jury.reveal(id, 0, 0, SALT);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.UnknownSeat.selector, 31));
        jury.reveal(id, 31, VALUE, SALT);
        _reveal(0, VALUE);
    }

    /// Who repeats another's commitment cannot reveal it: it binds seat and juror.
    function test_reveal_refusesACopiedCommitment() public {
        bytes32 commitment = jury.commitmentOf(id, 0, VALUE, SALT);
        vm.prank(_juror(0));
        jury.commit(id, 0, commitment);
        uint8 copier = 1;
        while (_juror(copier) == _juror(0)) copier++;
        vm.prank(_juror(copier));
        jury.commit(id, copier, commitment);
        vm.warp(jury.caseOf(id).commitEnd);
        _reveal(0, VALUE);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotCommitted.selector, copier));
        jury.reveal(id, copier, VALUE, SALT);
    }

    /// The formula as wallets compute it.
    function test_commitmentOf_bindsEverything() public view {
        bytes32 expected = keccak256(
            abi.encode(block.chainid, address(jury), id, uint256(0), uint256(7), _juror(7), uint256(VALUE), SALT)
        );
        assertEq(jury.commitmentOf(id, 7, VALUE, SALT), expected);
    }
}
