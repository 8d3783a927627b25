// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Kind, Phase} from "src/types/Fixing.sol";

import {FaultyToken, ReenteringToken} from "../support/HostileToken.sol";
import {IOracle, OracleTest} from "../support/OracleTest.sol";

/// R-100: all entry points are non-reentrant.
contract ReentrancyTest is OracleTest {
    ReenteringToken private token;

    function _bondToken() internal override returns (IERC20) {
        token = new ReenteringToken();
        return IERC20(address(token));
    }

    function _endow(address who) internal override {
        token.mint(who, 1 << 86);
    }

    function setUp() public override {
        super.setUp();
        token.mint(address(token), 1 << 86);
    }

    /// R-100: from within each entry point that moves tokens, every entry point is shut.
    function test_reentrancy_duringFund() public {
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            token.aim(address(oracle), inner[i]);
            _fund(alice, 1);
            _assertShut();
        }
    }

    /// R-100
    function test_reentrancy_duringPropose() public {
        _toMaturity();
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            _propose(alice, TRUTH);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringContribute() public {
        _lieProposed();
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            _contribute(alice, 1, TRUTH, 1);
            _assertShut();
            _contribute(alice, 1, TRUTH, type(uint256).max);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringAppeal() public {
        _lieDisputed();
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            _appeal(alice, 2, LIE_B, 1);
            _assertShut();
            _appeal(alice, 2, LIE_B, type(uint256).max);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringRequest() public {
        vm.warp(MATURITY + GRACE);
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            _request(alice);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringRule() public {
        _appealed();
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            _rule(arbitrator, RULING);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringClaim() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            vm.prank(alice);
            oracle.claim(fixing, Kind.Stake, 1, TRUTH);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100
    function test_reentrancy_duringCollect() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        bytes[9] memory inner = _entries();
        for (uint256 i = 0; i < inner.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            token.aim(address(oracle), inner[i]);
            oracle.collect(fixing);
            _assertShut();
            vm.revertToState(snapshot);
        }
    }

    /// R-100: the guard opens again, also within the same transaction.
    function test_reentrancy_guardOpensAgain() public {
        _lieProposed();
        token.aim(address(oracle), _entries()[0]);
        _contribute(alice, 1, TRUTH, 1);
        _contribute(alice, 1, TRUTH, 1);
        vm.expectRevert(IMaturityOracle.ZeroAmount.selector);
        _contribute(alice, 1, TRUTH, 0);
        _contribute(alice, 1, TRUTH, 1);
        _assertPot(Kind.Stake, 1, TRUTH, 3, 2 * BOND);
    }

    /// Section 9: transfers of receipts have no callbacks and stay outside the guard; a claim in progress pays what was
    /// burned, and the receipts that a re-entering holder moves away are no longer there.
    function test_reentrancy_receiptsMoveDuringAClaimWithoutGain() public {
        _lieDisputed();
        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.prank(alice);
        oracle.transfer(address(token), receipt, BOND);
        vm.warp(MATURITY + WINDOW);
        // The token's own receipts go to alice while her claim is being paid.
        token.aim(address(token), abi.encodeCall(token.moveReceipt, (address(oracle), alice, receipt, BOND)));
        vm.startPrank(alice);
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 0.14 ether);
        assertTrue(token.hasSucceeded());
        assertEq(oracle.balanceOf(alice, receipt), BOND);
        token.aim(address(oracle), "");
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 0.14 ether);
        oracle.collect(fixing);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    /// R-111: views answer during a call. They show the state after it: effects come before the transfer.
    function test_reentrancy_viewsShowEffectsBeforeTheTransfer() public {
        _lieProposed();
        token.aim(address(oracle), abi.encodeCall(oracle.state, (fixing)));
        _contribute(alice, 1, TRUTH, type(uint256).max);
        assertTrue(token.hasSucceeded());
        assertEq(token.reason(), abi.encode(2, TRUTH, 3 * BOND, MATURITY + WINDOW, 0));
    }

    function _entries() private view returns (bytes[9] memory) {
        return [
            abi.encodeCall(oracle.create, (fixing)),
            abi.encodeCall(oracle.fund, (fixing, 1)),
            abi.encodeCall(oracle.propose, (fixing, TRUTH, type(uint256).max)),
            abi.encodeCall(oracle.contribute, (fixing, 1, TRUTH, 1)),
            abi.encodeCall(oracle.appeal, (fixing, 2, LIE_B, 1)),
            abi.encodeCall(oracle.request, (fixing)),
            abi.encodeCall(oracle.rule, (fixing, RULING)),
            abi.encodeCall(oracle.claim, (fixing, Kind.Stake, 1, TRUTH)),
            abi.encodeCall(oracle.collect, (fixing))
        ];
    }

    function _assertShut() private view {
        assertGt(token.attempts(), 0, "attempts");
        assertFalse(token.hasSucceeded(), "re-entered");
        assertEq(token.reason(), abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
    }
}

/// R-100: a token that does not move exactly the amount is refused; one that refuses a payee harms only that payee.
contract FaultyTokenTest is OracleTest {
    FaultyToken private token;

    function _bondToken() internal override returns (IERC20) {
        token = new FaultyToken();
        return IERC20(address(token));
    }

    function _endow(address who) internal override {
        token.mint(who, 1 << 86);
    }

    /// R-100: less arrives than was sent, in every pull there is.
    function test_faultyToken_feeOnTransfer() public {
        token.setFault(FaultyToken.Fault.TakesFee);
        vm.expectRevert(_mismatch(99, 101));
        _fund(alice, 101);
        _toMaturity();
        vm.expectRevert(_mismatch(0.099 ether - 1, BOND));
        _propose(alice, TRUTH);

        token.setFault(FaultyToken.Fault.None);
        _propose(attacker, LIE);
        token.setFault(FaultyToken.Fault.TakesFee);
        vm.expectRevert(_mismatch(0, 1));
        _contribute(alice, 1, TRUTH, 1);
        vm.expectRevert(_mismatch(0.198 ether - 1, 2 * BOND));
        _contribute(alice, 1, TRUTH, type(uint256).max);

        token.setFault(FaultyToken.Fault.None);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        token.setFault(FaultyToken.Fault.TakesFee);
        vm.expectRevert(_mismatch(98, 100));
        _appeal(attacker, 2, LIE, 100);

        fixing.indexId = "requested";
        _use(fixing);
        vm.warp(MATURITY + GRACE);
        vm.expectRevert(_mismatch(0.0396 ether - 1, FEE));
        _request(carol);
        _assertPhase(Phase.Open);
    }

    /// R-100: nothing arrives, more arrives, what was there goes.
    function test_faultyToken_anyOtherAmount() public {
        token.setFault(FaultyToken.Fault.MovesNothing);
        vm.expectRevert(_mismatch(0, 5));
        _fund(alice, 5);
        token.setFault(FaultyToken.Fault.MovesMore);
        vm.expectRevert(_mismatch(6, 5));
        _fund(alice, 5);
        token.setFault(FaultyToken.Fault.None);
        _fund(alice, 5);
        token.setFault(FaultyToken.Fault.DrainsReceiver);
        vm.expectRevert(_mismatch(0, 3));
        _fund(alice, 3);
    }

    /// A token may answer nothing, but not false, nor what is no boolean.
    function test_faultyToken_answers() public {
        token.setFault(FaultyToken.Fault.ReturnsNothing);
        _fund(alice, 5);
        bytes memory refusal = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token));
        token.setFault(FaultyToken.Fault.ReturnsFalse);
        vm.expectRevert(refusal);
        _fund(alice, 5);
        token.setFault(FaultyToken.Fault.ReturnsGarbage);
        vm.expectRevert(refusal);
        _fund(alice, 5);
        _assertPot(Kind.Fund, 0, 0, 5, 0);
    }

    /// A payout that the token answers with false is no payout: claim, collect and rule revert and can be repeated.
    function test_faultyToken_refusedPayouts() public {
        _appealed();
        bytes memory refusal = abi.encodeWithSelector(SafeERC20.SafeERC20FailedOperation.selector, address(token));
        token.setFault(FaultyToken.Fault.ReturnsFalse);
        vm.expectRevert(refusal);
        _rule(arbitrator, RULING);
        _assertPhase(Phase.Arbitration);
        token.setFault(FaultyToken.Fault.None);
        _rule(arbitrator, RULING);

        token.setFault(FaultyToken.Fault.ReturnsFalse);
        vm.expectRevert(refusal);
        oracle.collect(fixing);
        vm.expectRevert(refusal);
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        assertEq(oracle.balanceOf(alice, _receipt(Kind.Stake, 1, TRUTH)), 2 * BOND);
        token.setFault(FaultyToken.Fault.None);
        vm.prank(alice);
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 280_000_000_000_000_001);
        assertEq(oracle.collect(fixing), 53_333_333_333_333_333);
    }

    /// Errors of the token come last: after the phase, the round and the value.
    function test_faultyToken_isCheckedLast() public {
        token.setFault(FaultyToken.Fault.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Pending, Phase.Open));
        _propose(alice, TRUTH);
        _toMaturity();
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, BOND, 1));
        vm.prank(alice);
        oracle.propose(fixing, TRUTH, 1);
        token.setFault(FaultyToken.Fault.None);
        _lieProposed();
        token.setFault(FaultyToken.Fault.MovesNothing);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.NotSeparated.selector, LIE + 1, LIE));
        _contribute(alice, 1, LIE + 1, 1);
    }

    /// A payee whom the token refuses stops nobody else, and can pass the receipts on.
    function test_faultyToken_aBlockedWinnerHarmsNobodyElse() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND);
        _contribute(bob, 1, TRUTH, BOND);
        token.setBlocked(alice, true);
        vm.warp(MATURITY + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(FaultyToken.Blocked.selector, alice));
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        vm.prank(bob);
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 0.14 ether);
        assertEq(oracle.collect(fixing), 0.02 ether);
        _assertSettlement(TRUTH);

        uint256 receipt = _receipt(Kind.Stake, 1, TRUTH);
        vm.prank(alice);
        oracle.transfer(carol, receipt, BOND);
        vm.prank(carol);
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 0.14 ether);
        assertEq(token.balanceOf(address(oracle)), 0);
    }

    /// A blocked sink burns nothing and stops nobody.
    function test_faultyToken_aBlockedSinkHarmsNobody() public {
        _lieDisputed();
        token.setBlocked(SINK, true);
        vm.warp(MATURITY + WINDOW);
        vm.expectRevert(abi.encodeWithSelector(FaultyToken.Blocked.selector, SINK));
        oracle.collect(fixing);
        vm.prank(alice);
        assertEq(oracle.claim(fixing, Kind.Stake, 1, TRUTH), 0.28 ether);
        token.setBlocked(SINK, false);
        assertEq(oracle.collect(fixing), 0.02 ether);
    }

    /// R-205: an arbitrator that cannot be paid cannot rule: its turn passes to the backup.
    function test_faultyToken_aBlockedArbitratorLeavesItToTheBackup() public {
        _appealed();
        token.setBlocked(arbitrator, true);
        vm.expectRevert(abi.encodeWithSelector(FaultyToken.Blocked.selector, arbitrator));
        _rule(arbitrator, RULING);
        _assertPhase(Phase.Arbitration);
        vm.warp(MATURITY + LIMIT);
        _rule(backup, RULING);
        assertEq(token.balanceOf(backup), FEE);
        _assertSettlement(RULING);
    }

    /// Losing receipts burn without a transfer, so that no token can stop it.
    function test_faultyToken_payingNothingTransfersNothing() public {
        _lieDisputed();
        token.setBlocked(attacker, true);
        vm.warp(MATURITY + WINDOW);
        vm.prank(attacker);
        assertEq(oracle.claim(fixing, Kind.Stake, 0, LIE), 0);
    }

    /// Nor is the sink called where it gets nothing: some tokens refuse to move nothing. One wei is something.
    function test_faultyToken_sinkOfNothingIsNotCalled() public {
        _toMaturity();
        _propose(proposer, TRUTH);
        vm.warp(MATURITY + FIRST_WINDOW);
        token.setBlocked(SINK, true);
        assertEq(oracle.collect(fixing), 0);
    }

    /// An oracle over an address without code takes nothing in.
    function test_faultyToken_withoutCode() public {
        oracle = IOracle(deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(address(0xdead), SINK)));
        vm.expectRevert();
        _fund(alice, 5);
    }

    function _mismatch(uint256 got, uint256 want) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IMaturityOracle.TransferMismatch.selector, got, want);
    }
}
