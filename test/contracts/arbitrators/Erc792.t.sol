// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {IErc792Arbitrator} from "src/interfaces/IErc792Arbitrator.sol";
import {IErc792Court} from "src/interfaces/IErc792Court.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

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

/// @dev Opens and appeals, and takes no ether back.
contract ExactPayer {
    function open(IErc792Arbitrator adapter, Fixing calldata fixing) external payable {
        adapter.open{value: msg.value}(fixing);
    }

    function appeal(IErc792Arbitrator adapter, FixingId id) external payable {
        adapter.appeal{value: msg.value}(id);
    }
}

/// @dev A court that calls back in the middle of what it is asked.
contract ReenteringCourt {
    bool private _isQuiet;

    function arbitrationCost(bytes calldata) external pure returns (uint256) {
        return 1;
    }

    function appealCost(uint256, bytes calldata) external pure returns (uint256) {
        return 1;
    }

    function quieten(bool isQuiet) external {
        _isQuiet = isQuiet;
    }

    function createDispute(uint256, bytes calldata) external payable returns (uint256) {
        return _reenter();
    }

    function appeal(uint256, bytes calldata) external payable {
        _reenter();
    }

    function _reenter() private returns (uint256) {
        Fixing memory nothing;
        if (!_isQuiet) IErc792Arbitrator(msg.sender).bring(nothing);
        return 3;
    }
}

/// @dev A bond token that has whoever it pays bring a ruling again.
contract RebringingBondToken {
    function balanceOf(address) external pure returns (uint256) {
        return 1e30;
    }

    function transfer(address to, uint256) external returns (bool) {
        Fixing memory nothing;
        if (to.code.length > 0) IErc792Arbitrator(to).bring(nothing);
        return true;
    }
}

/// R-520.
contract Erc792Test is Erc792Fixture {
    bytes private constant REENTERED =
        abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    /// ERC-1497 and ERC-792: what courts' interfaces find a dispute and its evidence by.
    function test_events_areThoseOfTheStandards() public {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit(next);
        emit IErc792Arbitrator.MetaEvidence(0, "ipfs://meta");
        _deployAdapter(address(court));

        fixing.indexId = "a first";
        _arbitrate(fixing);
        assertEq(_open(), 0);
        fixing.indexId = "a second";
        id = _idOf(fixing);
        _arbitrate(fixing);
        vm.expectEmit(address(adapter));
        emit IErc792Arbitrator.Dispute(IErc792Court(address(court)), 1, 0, uint256(FixingId.unwrap(id)));
        assertEq(_open(), 1);
        assertEq(adapter.caseOf(id).disputeId, 1);
        court.giveRuling(1, VALUE);
        vm.warp(block.timestamp + 3 minutes + 1);
        vm.expectEmit(address(adapter));
        emit IErc792Arbitrator.Ruling(IErc792Court(address(court)), 1, VALUE);
        court.executeRuling(1);
    }

    /// The court is asked for the chamber and the jurors that the deployer named.
    function test_open_asksTheChamberThatWasNamed() public {
        _arbitrate(fixing);
        vm.expectCall(address(court), abi.encodeCall(IErc792Court.arbitrationCost, (bytes("31 jurors"))));
        vm.expectCall(
            address(court), PRICE, abi.encodeCall(IErc792Court.createDispute, (type(uint128).max, bytes("31 jurors")))
        );
        _open();
    }

    /// Nothing is sent back where nothing is left: an account that takes no ether can pay exactly.
    function test_exactPayment_sendsNothingBack() public {
        ExactPayer payer = new ExactPayer();
        _arbitrate(fixing);
        payer.open{value: PRICE}(adapter, fixing);
        uint256 disputeId = adapter.caseOf(id).disputeId;
        court.giveRuling(disputeId, VALUE + 1);
        vm.mockCall(
            address(court), abi.encodeWithSelector(court.appealCost.selector, disputeId), abi.encode(2 * PRICE)
        );
        payer.appeal{value: 2 * PRICE}(adapter, id);
        assertEq(adapter.caseOf(id).opener, address(payer));
    }

    function test_court_cannotReenter() public {
        ReenteringCourt reentering = new ReenteringCourt();
        adapter = _deployAdapter(address(reentering));
        fixing.arbitrator = address(adapter);
        id = _idOf(fixing);
        _arbitrate(fixing);
        vm.expectRevert(REENTERED);
        adapter.open{value: 1}(fixing);
        reentering.quieten(true);
        adapter.open{value: 1}(fixing);
        reentering.quieten(false);
        vm.expectRevert(REENTERED);
        adapter.appeal{value: 1}(id);
    }

    function test_bring_cannotBeReentered() public {
        _arbitrate(fixing);
        _ruleByCourt(_open(), VALUE);
        vm.etch(address(weth), type(RebringingBondToken).runtimeCode);
        vm.expectRevert(REENTERED);
        adapter.bring(fixing);
    }

    /// Bond token that somebody sent here is not the fee.
    function test_bring_paysTheFeeAlone() public {
        _arbitrate(fixing);
        _ruleByCourt(_open(), VALUE);
        vm.prank(proposer);
        weth.transfer(address(adapter), 5 ether);
        adapter.bring(fixing);
        assertEq(weth.balanceOf(opener), FEE);
        assertEq(weth.balanceOf(address(adapter)), 5 ether);
    }

    function test_supportsInterface_saysWhatItIs() public view {
        assertTrue(adapter.supportsInterface(type(IErc792Arbitrator).interfaceId));
        assertTrue(adapter.supportsInterface(type(IArbitrator).interfaceId));
        assertTrue(adapter.supportsInterface(type(IERC165).interfaceId));
        assertFalse(adapter.supportsInterface(0xffffffff));
    }

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
