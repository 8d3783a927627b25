// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Outcome, Phase} from "src/types/Fixing.sol";

import {MaturityFixture} from "../mocks/MaturityFixture.sol";

/// @title What every arbitrator must do, whatever its way to a ruling
/// @notice A concrete suite says how its court comes to a ruling; everything else is asked here. R-205, R-207.
abstract contract ArbitratorSuite is MaturityFixture {
    uint128 private constant TRUTH = 2500e18;

    function _arbitrator() internal view virtual returns (address);

    /// Brings the court of `about`, which waits for it, to the point where `_finish` rules `value`. Takes less than ten days.
    function _prepare(Fixing memory about, uint128 value) internal virtual;

    /// The call that brings the ruling to the oracle, by anyone.
    function _finish(Fixing memory about) internal virtual;

    /// Who has the fee in the end, together: who can take it out takes it.
    function _collectFee() internal virtual returns (uint256);

    function test_arbitrator_rulesInItsTurnOnceAndIsPaidTheFee() public {
        Fixing memory about = _case("a", false);
        _arbitrate(about);
        _prepare(about, TRUTH);
        uint256 before = weth.balanceOf(address(oracle));
        _finish(about);
        assertEq(oracle.settlement(about), TRUTH);
        assertEq(before - weth.balanceOf(address(oracle)), FEE);
        assertEq(_collectFee(), FEE);
        assertEq(weth.balanceOf(_arbitrator()), _atStake());

        vm.expectRevert();
        this.finish(about);
        assertEq(oracle.settlement(about), TRUTH);
    }

    function test_arbitrator_rulesInvalid() public {
        Fixing memory about = _case("a", false);
        _arbitrate(about);
        _prepare(about, INVALID);
        _finish(about);
        assertEq(oracle.settlement(about), INVALID);
        (Outcome how,) = oracle.outcome(about);
        assertEq(uint8(how), uint8(Outcome.Ruling));
    }

    /// A ruling on one fixing says nothing about another.
    function test_arbitrator_rulesOnlyOnTheFixingItHeard() public {
        Fixing memory about = _case("a", false);
        Fixing memory other = _case("b", false);
        _arbitrate(about);
        vm.prank(proposer);
        oracle.request(other);
        _prepare(about, TRUTH);
        vm.expectRevert();
        this.finish(other);
        _finish(about);
        assertEq(oracle.settlement(about), TRUTH);
        assertEq(uint8(oracle.phase(other)), uint8(Phase.Arbitration));
    }

    function test_arbitrator_hasNoTurnBeforeArbitration() public {
        Fixing memory about = _case("a", false);
        vm.warp(MATURITY);
        vm.expectRevert();
        this.prepare(about, TRUTH);
        assertEq(uint8(oracle.phase(about)), uint8(Phase.Open));
    }

    function test_arbitrator_asABackupRulesInTheSecondTurn() public {
        Fixing memory about = _case("a", true);
        _arbitrate(about);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        _prepare(about, TRUTH);
        _finish(about);
        assertEq(oracle.settlement(about), TRUTH);
    }

    /// Its silence leaves the ruling to the backup, and its ruling comes too late then.
    function test_arbitrator_silenceLeavesTheTurnToTheBackup() public {
        Fixing memory about = _case("a", false);
        _arbitrate(about);
        _prepare(about, TRUTH);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        try this.finish(about) {} catch {}
        assertEq(uint8(oracle.phase(about)), uint8(Phase.Arbitration));
        vm.prank(makeAddr("the other"));
        oracle.rule(about, TRUTH + 1);
        assertEq(oracle.settlement(about), TRUTH + 1);
        try this.finish(about) {} catch {}
        assertEq(oracle.settlement(about), TRUTH + 1);
    }

    /// With both silent the oracle settles by itself: nobody can block it.
    function test_arbitrator_silenceOfBothSettlesInvalid() public {
        Fixing memory about = _case("a", false);
        _arbitrate(about);
        _prepare(about, TRUTH);
        vm.warp(MATURITY + GRACE + 2 * ARBITRATION_LIMIT);
        assertEq(oracle.settlement(about), INVALID);
        try this.finish(about) {} catch {}
        assertEq(oracle.settlement(about), INVALID);
        (Outcome how,) = oracle.outcome(about);
        assertEq(uint8(how), uint8(Outcome.Expiry));
    }

    function test_arbitrator_saysWhatItIsAndWhatItCosts() public {
        assertTrue(IERC165(_arbitrator()).supportsInterface(type(IERC165).interfaceId));
        assertTrue(IERC165(_arbitrator()).supportsInterface(type(IArbitrator).interfaceId));
        assertFalse(IERC165(_arbitrator()).supportsInterface(0xffffffff));
        assertGt(IArbitrator(_arbitrator()).costOfCorruption(_case("a", false)), 0);
    }

    /// For `try` and `expectRevert`, which take a call.
    function finish(Fixing memory about) external {
        _finish(about);
    }

    function prepare(Fixing memory about, uint128 value) external {
        _prepare(about, value);
    }

    /// What it holds beside fees.
    function _atStake() internal view virtual returns (uint256) {
        return 0;
    }

    /// A fixing of the arbitrator's, or one whose backup it is.
    function _case(bytes32 indexId, bool isBackup) private returns (Fixing memory about) {
        address other = makeAddr("the other");
        about = isBackup ? _fixing(other, _arbitrator(), address(0)) : _fixing(_arbitrator(), other, address(0));
        about.indexId = indexId;
    }
}
