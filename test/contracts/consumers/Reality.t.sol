// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ResultsById} from "src/consumers/adapters/ResultsById.sol";
import {IResultSource} from "src/interfaces/consumers/IResultSource.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {FixingId} from "src/types/Fixing.sol";

import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// @dev What people call of Reality.eth to have a question answered.
interface IReality is IResultSource {
    function askQuestion(
        uint256 template,
        string calldata question,
        address arbitrator,
        uint32 timeout,
        uint32 openingTime,
        uint256 nonce
    ) external payable returns (bytes32 questionId);
    function submitAnswer(bytes32 questionId, bytes32 answer, uint256 maxPrevious) external payable;
}

/// @dev Reality.eth's own arbitrator, which reads whether a question is finalized.
interface IRealityArbitrator {
    function setRealitio(address reality) external;
    function setDisputeFee(uint256 fee) external;
    function requestArbitration(bytes32 questionId, uint256 maxPrevious) external payable returns (bool);
}

/// R-614, beside Reality.eth's published contracts, and read by one of them.
contract RealityTest is ConsumerFixture {
    uint32 private constant TIMEOUT = 1 hours;
    bytes32 private constant ANSWERED_INVALID = bytes32(type(uint256).max);

    ResultsById private results;
    bytes32 private key;

    function setUp() public override {
        super.setUp();
        results = new ResultsById(ISettlementSource(address(oracle)));
        key = FixingId.unwrap(id);
    }

    /// A reader gets the same from both, whichever version of Reality.eth it was written for.
    function test_results_readAsRealitysOwn() public {
        string[3] memory versions = ["RealityETH-2.1", "RealityETH-3.0", "RealityETH-4.0"];
        bytes32[2] memory answers = [bytes32(uint256(VALUE)), ANSWERED_INVALID];
        uint128[2] memory settlements = [VALUE, INVALID];
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < versions.length; i++) {
            for (uint256 j = 0; j < answers.length; j++) {
                _assertSame(versions[i], answers[j], settlements[j]);
                vm.revertToState(start);
            }
        }
    }

    function _assertSame(string memory version, bytes32 answer, uint128 settlement) private {
        IReality reality = IReality(_published(version));
        bytes32 question = reality.askQuestion(1, "ETH in USD at the maturity?", makeAddr("arbitrator"), TIMEOUT, 0, 0);
        _assertRead(reality, question, false, 0);
        _assertRead(results, key, false, 0);
        reality.submitAnswer{value: 1 ether}(question, answer, 0);
        _proposeAtMaturity(fixing, settlement);
        _assertRead(results, key, false, 0);
        vm.warp(MATURITY + FIRST_WINDOW);
        _assertRead(reality, question, true, answer);
        _assertRead(results, key, true, answer);
    }

    /// It takes no part of a fee for a question that is finalized.
    function test_isFinalized_isReadByRealitysArbitrator() public {
        IRealityArbitrator arbitrator = IRealityArbitrator(_published("Arbitrator"));
        arbitrator.setRealitio(address(results));
        arbitrator.setDisputeFee(3);
        assertFalse(arbitrator.requestArbitration{value: 1}(key, 0));
        _settle(fixing, VALUE);
        vm.expectRevert("The question must not have been finalized");
        arbitrator.requestArbitration{value: 1}(key, 0);
    }

    /// Its ruling is for Reality's own game: who pays the whole fee gets it back.
    function test_results_takeNoRequestOfRealitysArbitrator() public {
        IRealityArbitrator arbitrator = IRealityArbitrator(_published("Arbitrator"));
        arbitrator.setRealitio(address(results));
        arbitrator.setDisputeFee(3);
        vm.expectRevert(bytes(""));
        arbitrator.requestArbitration{value: 3}(key, 0);
    }

    function _assertRead(IResultSource source, bytes32 questionId, bool isFinal, bytes32 result) private {
        assertEq(source.isFinalized(questionId), isFinal);
        if (!isFinal) vm.expectRevert();
        assertEq(source.resultFor(questionId), result);
    }

    /// What Reality.eth compiled and published as `name`.
    function _published(string memory name) private returns (address deployed) {
        string memory path = string.concat("node_modules/@reality.eth/contracts/bytecode/", name, ".bin");
        bytes memory code = vm.parseBytes(vm.trim(vm.readFile(path)));
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
        }
        assertTrue(deployed != address(0));
    }
}
