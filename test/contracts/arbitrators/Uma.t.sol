// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Vm} from "forge-std/Vm.sol";

import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {IUmaArbitrator} from "src/interfaces/IUmaArbitrator.sol";
import {DistanceLib} from "src/libraries/DistanceLib.sol";
import {Fixing, FixingId, Phase} from "src/types/Fixing.sol";

import {UmaFixture} from "../mocks/UmaFixture.sol";

/// @dev A bond token that has whoever it moves to bring a ruling again.
contract RebringingBondToken {
    function balanceOf(address) external pure returns (uint256) {
        return 1e30;
    }

    function transfer(address to, uint256) external returns (bool) {
        return _rebring(to);
    }

    function transferFrom(address, address to, uint256) external returns (bool) {
        return _rebring(to);
    }

    function _rebring(address to) private returns (bool) {
        Fixing memory nothing;
        if (to.code.length > 0) IUmaArbitrator(to).bring(nothing);
        return true;
    }
}

/// R-521.
contract UmaTest is UmaFixture {
    function test_assertValue_takesTheBondAndRulesIfNobodyDisputes() public {
        _arbitrate(fixing);
        uint256 before = weth.balanceOf(asserter);
        vm.expectEmit(true, false, true, true, address(adapter));
        emit IUmaArbitrator.Asserted(id, 0, asserter, VALUE, uint64(block.timestamp) + LIVENESS);
        bytes32 assertionId = _assert(VALUE);
        assertEq(weth.balanceOf(asserter), before - LEAST_BOND);
        assertEq(adapter.assertionOf(assertionId).asserter, asserter);
        assertEq(adapter.assertionOf(assertionId).value, VALUE);

        vm.warp(block.timestamp + LIVENESS - 1);
        vm.expectRevert("Assertion not expired");
        court.settleAssertion(assertionId);
        vm.expectRevert(abi.encodeWithSelector(IUmaArbitrator.NotRuled.selector, id));
        adapter.bring(fixing);
        vm.warp(block.timestamp + 1);
        court.settleAssertion(assertionId);
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(weth.balanceOf(asserter), before + FEE);
        assertEq(weth.balanceOf(address(adapter)), 0);
    }

    /// The false value came first, and keeps nobody waiting: it is disputed, and the true one rules before UMA has voted.
    function test_assertValue_severalAtOnce() public {
        _arbitrate(fixing);
        uint256 start = block.timestamp;
        bytes32 isFalse = _assert(VALUE + 1);
        vm.warp(start + 1);
        bytes32 isTrue = _assert(VALUE);
        _dispute(isFalse);
        vm.warp(start + 1 + LIVENESS);
        court.settleAssertion(isTrue);
        _findFalse(isFalse, start);
        assertEq(adapter.caseOf(id).value, VALUE);
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
    }

    function test_assertValue_disputedIsWhatUmaVotes() public {
        _arbitrate(fixing);
        uint256 start = block.timestamp;
        bytes32 assertionId = _assert(VALUE);
        vm.expectEmit(address(adapter));
        emit IUmaArbitrator.Disputed(id, assertionId);
        _dispute(assertionId);
        vm.warp(start + 1 days);
        uint256 before = weth.balanceOf(asserter);
        voting.pushPrice(ASSERT_TRUTH, start, court.stampAssertion(assertionId), IS_TRUE);
        vm.expectEmit(address(adapter));
        emit IUmaArbitrator.Resolved(id, assertionId, true);
        court.settleAssertion(assertionId);
        assertEq(weth.balanceOf(asserter) - before, LEAST_BOND + LEAST_BOND / 2);
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
    }

    function test_assertValue_foundFalseRulesNothing() public {
        _arbitrate(fixing);
        uint256 start = block.timestamp;
        bytes32 assertionId = _assert(VALUE);
        _dispute(assertionId);
        _findFalse(assertionId, start);
        assertEq(adapter.caseOf(id).asserter, address(0));
        vm.expectRevert(abi.encodeWithSelector(IUmaArbitrator.NotRuled.selector, id));
        adapter.bring(fixing);
        assertEq(uint8(oracle.phase(fixing)), uint8(Phase.Arbitration));
        // It can be tried again.
        vm.warp(start + 1);
        _assert(VALUE);
    }

    /// Of two that nobody disputed the first that UMA settles is the ruling, and stays it.
    function test_resolved_theFirstStays() public {
        _arbitrate(fixing);
        bytes32 first = _assert(VALUE);
        bytes32 second = _assert(VALUE + 1);
        vm.warp(block.timestamp + LIVENESS);
        court.settleAssertion(second);
        court.settleAssertion(first);
        assertEq(adapter.caseOf(id).value, VALUE + 1);
        vm.expectRevert(abi.encodeWithSelector(IUmaArbitrator.AlreadyRuled.selector, id));
        _assert(VALUE);
    }

    function test_assertValue_isForItsTurnOnly() public {
        bytes memory refusal = abi.encodeWithSelector(IUmaArbitrator.NotItsTurn.selector, id);
        vm.expectRevert(refusal);
        _assert(VALUE);
        _arbitrate(fixing);
        vm.expectRevert(IUmaArbitrator.ValueZero.selector);
        _assert(0);
        uint64 turnEnd = MATURITY + GRACE + ARBITRATION_LIMIT;
        vm.warp(turnEnd - LIVENESS);
        vm.expectRevert(abi.encodeWithSelector(IUmaArbitrator.TurnEndsBefore.selector, turnEnd, turnEnd));
        _assert(VALUE);
        vm.warp(turnEnd - LIVENESS + 1);
        vm.expectRevert(abi.encodeWithSelector(IUmaArbitrator.TurnEndsBefore.selector, turnEnd + 1, turnEnd));
        _assert(VALUE);
        vm.warp(turnEnd - LIVENESS - 1);
        _assert(VALUE);
        vm.warp(turnEnd);
        vm.expectRevert(refusal);
        _assert(VALUE);
    }

    function test_callbacks_areUmasAndHarmless() public {
        _arbitrate(fixing);
        bytes32 assertionId = _assert(VALUE);
        bytes memory refusal = abi.encodeWithSelector(IUmaArbitrator.NotTheCourt.selector, address(this));
        vm.expectRevert(refusal);
        adapter.assertionResolvedCallback(assertionId, true);
        vm.expectRevert(refusal);
        adapter.assertionDisputedCallback(assertionId);

        // Anybody may name the adapter for a claim of his own, with his own liveness; it says nothing about the fixing.
        vm.startPrank(disputer);
        bytes memory claim = bytes(adapter.claimOf(fixing, VALUE + 1));
        vm.recordLogs();
        bytes32 strange = court.assertTruth(
            claim, disputer, address(adapter), address(0), 0, weth, LEAST_BOND, ASSERT_TRUTH, bytes32(0)
        );
        court.settleAssertion(strange);
        bytes32 another = court.assertTruth(
            claim, disputer, address(adapter), address(0), 1, weth, LEAST_BOND, ASSERT_TRUTH, bytes32(0)
        );
        court.disputeAssertion(another, disputer);
        vm.stopPrank();
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertGt(logs.length, 0);
        for (uint256 i = 0; i < logs.length; i++) {
            assertNotEq(logs[i].emitter, address(adapter));
        }
        assertEq(adapter.caseOf(id).asserter, address(0));
        assertEq(adapter.assertionOf(strange).asserter, address(0));
    }

    function test_moneyCannotBeReentered() public {
        bytes memory reentered =
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        _arbitrate(fixing);
        bytes32 assertionId = _assert(VALUE);
        vm.warp(block.timestamp + LIVENESS);
        uint256 start = vm.snapshotState();
        vm.etch(address(weth), type(RebringingBondToken).runtimeCode);
        vm.expectRevert(reentered);
        _assert(VALUE + 1);
        vm.revertToState(start);
        court.settleAssertion(assertionId);
        vm.etch(address(weth), type(RebringingBondToken).runtimeCode);
        vm.expectRevert(reentered);
        adapter.bring(fixing);
    }

    function test_supportsInterface_saysWhatItIs() public view {
        assertTrue(adapter.supportsInterface(type(IUmaArbitrator).interfaceId));
        assertTrue(adapter.supportsInterface(type(IArbitrator).interfaceId));
        assertTrue(adapter.supportsInterface(type(IERC165).interfaceId));
        assertFalse(adapter.supportsInterface(0xffffffff));
    }

    /// What the oracle says does not matter to UMA: bonds are paid back whenever it resolves.
    function test_resolved_afterTheTurnPaysTheBondBack() public {
        _arbitrate(fixing);
        uint256 before = weth.balanceOf(asserter);
        bytes32 assertionId = _assert(VALUE);
        vm.warp(MATURITY + GRACE + 2 * ARBITRATION_LIMIT);
        court.settleAssertion(assertionId);
        assertEq(weth.balanceOf(asserter), before);
        vm.expectRevert();
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), INVALID);
    }

    function test_price_isTheGreaterOfTheTwo() public {
        assertEq(adapter.price(), LEAST_BOND);
        adapter = _deployAdapter(LIVENESS, 0);
        assertEq(adapter.price(), 2 * FINAL_FEE);
    }

    function test_claimOf_saysWhatIsVotedOn() public view {
        string memory rest = string.concat(
            " at Unix time ",
            vm.toString(uint256(MATURITY)),
            ", as its document says. Fixing ",
            vm.toString(FixingId.unwrap(id)),
            " of the oracle ",
            vm.toLowercase(vm.toString(address(oracle))),
            " on chain ",
            vm.toString(block.chainid),
            "."
        );
        string memory subject = string.concat("The index whose document has the hash ", vm.toString(fixing.indexId));
        assertEq(
            adapter.claimOf(fixing, VALUE),
            string.concat(
                subject,
                " printed 2500000000000000000000 / 10^18, or a value that differs from it by no more than ",
                "50",
                " parts per million,",
                rest
            )
        );
        assertEq(adapter.claimOf(fixing, INVALID), string.concat(subject, " printed no value", rest));
    }

    /// Whatever a true claim says, the candidate that P1 is sure of wins: separation 1000 ppm, noise of its own 150, what the claim
    /// leaves open 50; the two nearest candidates that the game allows, above or below.
    function testFuzz_claim_leavesTheWinner(uint256 noiseSeed, uint256 claimSeed, bool isAbove) public pure {
        uint256 own = VALUE - VALUE * 150 / 1e6 + bound(noiseSeed, 0, VALUE * 300 / 1e6);
        uint256 ruling = VALUE - VALUE * 50 / 1e6 + bound(claimSeed, 0, VALUE * 100 / 1e6);
        uint256 other = isAbove ? own + own * 1001 / 1e6 : own - own * 1001 / 1e6;
        assertTrue(DistanceLib.isNearer(uint128(own), uint128(other), uint128(ruling)));
    }

    function test_constructor_boundsTheLiveness() public {
        _deployAdapter(2 hours, 0);
        _deployAdapter(10 days, 0);
        vm.expectRevert(_outOfBounds(2 hours - 1));
        _deployAdapter(2 hours - 1, 0);
        vm.expectRevert(_outOfBounds(10 days + 1));
        _deployAdapter(10 days + 1, 0);
    }

    function test_costOfCorruption_isDeclaredForItsFixings() public {
        assertEq(adapter.costOfCorruption(fixing), COST);
        fixing.arbitrator = asserter;
        assertEq(adapter.costOfCorruption(fixing), 0);
        fixing.backup = address(adapter);
        assertEq(adapter.costOfCorruption(fixing), COST);
        // Time for the liveness and for a vote.
        fixing.arbitrationLimit = uint32(LIVENESS + 7 days);
        assertEq(adapter.costOfCorruption(fixing), COST);
        fixing.arbitrationLimit--;
        assertEq(adapter.costOfCorruption(fixing), 0);
    }

    function _outOfBounds(uint256 got) private pure returns (bytes memory) {
        bytes32 field = "liveness";
        return abi.encodeWithSelector(IMaturityOracle.ParameterOutOfBounds.selector, field, got, 2 hours, 10 days);
    }
}
