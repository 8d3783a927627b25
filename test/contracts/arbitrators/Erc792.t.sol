// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IErc792Arbitrator} from "src/interfaces/IErc792Arbitrator.sol";
import {IErc792Court} from "src/interfaces/IErc792Court.sol";
import {FixingId} from "src/types/Fixing.sol";

import {Erc792Fixture} from "../mocks/Erc792Fixture.sol";

/// @dev A court that says the same number for every dispute.
contract ForgetfulCourt {
    function arbitrationCost(bytes calldata) external pure returns (uint256) {
        return 1;
    }

    function createDispute(uint256, bytes calldata) external payable returns (uint256) {
        return 7;
    }

    function tell(IErc792Arbitrator adapter, uint256 disputeId, uint256 ruling) external {
        adapter.rule(disputeId, ruling);
    }
}

/// R-520.
contract Erc792Test is Erc792Fixture {
    function test_open_prepaysTheCourtAndReturnsTheRest() public {
        _arbitrate(fixing);
        vm.startPrank(opener);
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.PaymentTooLow.selector, PRICE - 1, PRICE));
        adapter.open{value: PRICE - 1}(fixing);
        uint256 disputeId = adapter.open{value: 1 ether}(fixing);
        assertEq(opener.balance, 10 ether - PRICE);
        assertEq(address(court).balance, PRICE);
        IErc792Arbitrator.Case memory trial = adapter.caseOf(id);
        assertEq(trial.opener, opener);
        assertEq(trial.disputeId, disputeId);
        (, uint256 choices,,,,,) = court.disputes(disputeId);
        assertEq(choices, type(uint128).max);

        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.AlreadyOpen.selector, id));
        adapter.open{value: PRICE}(fixing);
    }

    function test_open_isForItsTurnOnly() public {
        bytes memory refusal = abi.encodeWithSelector(IErc792Arbitrator.NotItsTurn.selector, id);
        vm.deal(address(this), 1 ether);
        vm.expectRevert(refusal);
        adapter.open{value: PRICE}(fixing);
        _arbitrate(fixing);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        vm.expectRevert(refusal);
        adapter.open{value: PRICE}(fixing);
    }

    function test_rule_refusalIsInvalid() public {
        _arbitrate(fixing);
        _ruleByCourt(_open(), 0);
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), INVALID);
        assertEq(weth.balanceOf(opener), FEE);
    }

    function test_rule_isTheCourtsAndOnce() public {
        _arbitrate(fixing);
        uint256 disputeId = _open();
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.NotTheCourt.selector, address(this)));
        adapter.rule(disputeId, VALUE);
        vm.startPrank(address(court));
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.UnknownDispute.selector, disputeId + 1));
        adapter.rule(disputeId + 1, VALUE);
        vm.expectRevert(
            abi.encodeWithSelector(IErc792Arbitrator.RulingOutOfBounds.selector, uint256(1) << 128, type(uint128).max)
        );
        adapter.rule(disputeId, uint256(1) << 128);
        adapter.rule(disputeId, VALUE);
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.UnknownDispute.selector, disputeId));
        adapter.rule(disputeId, VALUE + 1);
        vm.stopPrank();
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
    }

    /// What the oracle says does not matter to the court: it has ruled, and the case is closed for it.
    function test_rule_isTakenAfterTheTurnToo() public {
        _arbitrate(fixing);
        uint256 disputeId = _open();
        vm.warp(MATURITY + GRACE + 2 * ARBITRATION_LIMIT);
        _ruleByCourt(disputeId, VALUE);
        vm.expectRevert();
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), INVALID);
    }

    function test_bring_waitsForTheRuling() public {
        _arbitrate(fixing);
        _open();
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.NotRuled.selector, id));
        adapter.bring(fixing);
    }

    function test_appeal_reachesTheCourtForItsPrice() public {
        vm.deal(address(this), 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.NotOpen.selector, id));
        adapter.appeal(id);
        _arbitrate(fixing);
        uint256 disputeId = _open();
        court.giveRuling(disputeId, VALUE + 1);
        vm.startPrank(opener);
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.PaymentTooLow.selector, PRICE - 1, PRICE));
        adapter.appeal{value: PRICE - 1}(id);
        uint256 before = opener.balance;
        // The example wants twice its price once it has counted the appeal, and its quote does not say so.
        vm.expectRevert();
        adapter.appeal{value: PRICE}(id);
        vm.stopPrank();
        assertEq(opener.balance, before);
        vm.mockCall(
            address(court), abi.encodeWithSelector(court.appealCost.selector, disputeId), abi.encode(2 * PRICE)
        );
        vm.prank(opener);
        adapter.appeal{value: 3 * PRICE}(id);
        assertEq(opener.balance, before - 2 * PRICE);
        vm.clearMockedCalls();
        _ruleByCourt(disputeId, VALUE);
        adapter.bring(fixing);
        assertEq(oracle.settlement(fixing), VALUE);
    }

    /// A court that gives one number twice cannot make one fixing's ruling another's.
    function test_open_refusesADisputeOfAnotherFixing() public {
        ForgetfulCourt forgetful = new ForgetfulCourt();
        adapter = _deployAdapter(address(forgetful));
        fixing.arbitrator = address(adapter);
        vm.deal(address(this), 1 ether);
        _arbitrate(fixing);
        adapter.open{value: 1}(fixing);
        fixing.indexId = "another";
        vm.prank(proposer);
        oracle.request(fixing);
        vm.expectRevert(abi.encodeWithSelector(IErc792Arbitrator.UnknownDispute.selector, 7));
        adapter.open{value: 1}(fixing);
    }

    function test_evidence_isAnybodys() public {
        vm.expectEmit(address(adapter));
        emit IErc792Arbitrator.Evidence(
            IErc792Court(address(court)), uint256(FixingId.unwrap(id)), opener, "ipfs://observations"
        );
        vm.prank(opener);
        adapter.submitEvidence(id, "ipfs://observations");
    }

    function test_costOfCorruption_isDeclaredForItsFixings() public {
        assertEq(adapter.costOfCorruption(fixing), COST);
        fixing.arbitrationFee = FEE - 1;
        assertEq(adapter.costOfCorruption(fixing), 0);
        fixing.arbitrationFee = FEE;
        fixing.arbitrationLimit = 10 days - 1;
        assertEq(adapter.costOfCorruption(fixing), 0);
        fixing.arbitrationLimit = 10 days;
        assertEq(adapter.costOfCorruption(fixing), COST);
        fixing.arbitrator = opener;
        assertEq(adapter.costOfCorruption(fixing), 0);
    }
}
