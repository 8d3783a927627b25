// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, FixingId, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// `create`, and the bounds of section 3, which `fund`, `propose`, `request` and `bond` check again (R-101).
contract CreateTest is OracleTest {
    /// R-101
    function test_create_emitsTheWholeStructAndReturnsItsId() public {
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Created(id, fixing.indexId, fixing);
        FixingId got = oracle.create(fixing);
        assertEq(FixingId.unwrap(got), FixingId.unwrap(id));
    }

    /// R-101
    function test_create_storesNothing() public {
        vm.record();
        oracle.create(fixing);
        (, bytes32[] memory writes) = vm.accesses(address(oracle));
        assertEq(writes.length, 0);
        _assertPhase(Phase.Pending);
    }

    /// R-101
    function test_create_canBeRepeatedByAnyoneAndIsNotNeeded() public {
        oracle.create(fixing);
        vm.prank(stranger);
        oracle.create(fixing);

        Fixing memory another = _defaults();
        another.indexId = keccak256("never created");
        _use(another);
        _toMaturity();
        assertEq(_propose(alice, TRUTH), BOND);
    }

    /// R-101: a maturity in the past is allowed.
    function test_create_allowsAMaturityInThePast() public {
        Fixing memory f = _defaults();
        f.maturity = MATURITY - 2 days;
        _use(f);
        oracle.create(f);
        _assertPhase(Phase.Open);

        f.maturity = 0;
        _use(f);
        oracle.create(f);
        _assertPhase(Phase.Settled);
    }

    function test_bounds_indexId() public {
        Fixing memory f = _defaults();
        f.indexId = bytes32(0);
        _assertRefused(f, "indexId", 0, 1, type(uint256).max);
        f.indexId = bytes32(uint256(1));
        _assertAccepted(f);
    }

    function test_bounds_maturity() public {
        Fixing memory f = _defaults();
        f.maturity = 1 << 39;
        _assertRefused(f, "maturity", 1 << 39, 0, (1 << 39) - 1);
        f.maturity = type(uint64).max;
        _assertRefused(f, "maturity", type(uint64).max, 0, (1 << 39) - 1);
        f.maturity = (1 << 39) - 1;
        _assertAccepted(f);
        f.maturity = 0;
        _assertAccepted(f);
    }

    function test_bounds_arbitrators() public {
        Fixing memory f = _defaults();
        f.arbitrator = address(0);
        _assertRefused(f, "arbitrator", 0, 1, type(uint160).max);
        f.arbitrator = address(1);
        _assertAccepted(f);
        f.backup = address(0);
        _assertRefused(f, "backup", 0, 1, type(uint160).max);
        f.backup = address(type(uint160).max);
        _assertAccepted(f);
        f.backup = address(1);
        _assertRefused(f, "backup", 1, 1, 0);
    }

    function test_bounds_minBond() public {
        Fixing memory f = _defaults();
        f.arbitrationFee = 1;
        f.minBond = 1e9 - 1;
        _assertRefused(f, "minBond", 1e9 - 1, 1e9, 1 << 80);
        f.minBond = 1e9;
        _assertAccepted(f);
        f.minBond = 1 << 80;
        _assertAccepted(f);
        f.minBond = (1 << 80) + 1;
        _assertRefused(f, "minBond", (1 << 80) + 1, 1e9, 1 << 80);
    }

    /// 2 minBond >= 5 arbitrationFee, also where two fifths of the bond are no whole number.
    function test_bounds_arbitrationFee() public {
        Fixing memory f = _defaults();
        f.minBond = 1e9 + 1;
        f.arbitrationFee = 0;
        _assertRefused(f, "arbitrationFee", 0, 1, 4e8);
        f.arbitrationFee = 1;
        _assertAccepted(f);
        f.arbitrationFee = 4e8;
        _assertAccepted(f);
        f.arbitrationFee = 4e8 + 1;
        _assertRefused(f, "arbitrationFee", 4e8 + 1, 1, 4e8);
        f.minBond = 1e9 + 3;
        _assertAccepted(f);
        f.arbitrationFee = type(uint128).max;
        _assertRefused(f, "arbitrationFee", type(uint128).max, 1, 4e8 + 1);
    }

    function test_bounds_bondPpm() public {
        Fixing memory f = _defaults();
        f.bondPpm = 0;
        _assertAccepted(f);
        f.bondPpm = 100_000;
        _assertAccepted(f);
        f.bondPpm = 100_001;
        _assertRefused(f, "bondPpm", 100_001, 0, 100_000);
    }

    function test_bounds_firstWindow() public {
        Fixing memory f = _defaults();
        f.firstWindow = 10 minutes - 1;
        _assertRefused(f, "firstWindow", 10 minutes - 1, 10 minutes, 30 days);
        f.firstWindow = 10 minutes;
        _assertAccepted(f);
        f.firstWindow = 30 days;
        _assertAccepted(f);
        f.firstWindow = 30 days + 1;
        _assertRefused(f, "firstWindow", 30 days + 1, 10 minutes, 30 days);
    }

    function test_bounds_window() public {
        Fixing memory f = _defaults();
        f.window = 10 minutes - 1;
        _assertRefused(f, "window", 10 minutes - 1, 10 minutes, 30 days);
        f.window = 10 minutes;
        _assertAccepted(f);
        f.window = 30 days;
        _assertAccepted(f);
        f.window = 30 days + 1;
        _assertRefused(f, "window", 30 days + 1, 10 minutes, 30 days);
    }

    function test_bounds_separationAndBand() public {
        Fixing memory f = _defaults();
        f.separationPpm = 0;
        _assertRefused(f, "separationPpm", 0, 1, 10_000);
        f.separationPpm = 1;
        _assertAccepted(f);
        f.separationPpm = 10_000;
        _assertAccepted(f);
        f.separationPpm = 10_001;
        _assertRefused(f, "separationPpm", 10_001, 1, 10_000);
        f.bandPpm = 200_000;
        _assertAccepted(f);
        f.bandPpm = 200_001;
        _assertRefused(f, "bandPpm", 200_001, 1, 200_000);
        f.bandPpm = 0;
        _assertRefused(f, "separationPpm", 10_001, 1, 0);
    }

    function test_bounds_proposalGrace() public {
        Fixing memory f = _defaults();
        f.proposalGrace = 10 minutes - 1;
        _assertRefused(f, "proposalGrace", 10 minutes - 1, 10 minutes, 30 days);
        f.proposalGrace = 10 minutes;
        _assertAccepted(f);
        f.proposalGrace = 30 days;
        _assertAccepted(f);
        f.proposalGrace = 30 days + 1;
        _assertRefused(f, "proposalGrace", 30 days + 1, 10 minutes, 30 days);
    }

    function test_bounds_arbitrationLimit() public {
        Fixing memory f = _defaults();
        f.arbitrationLimit = 1 days - 1;
        _assertRefused(f, "arbitrationLimit", 1 days - 1, 1 days, 60 days);
        f.arbitrationLimit = 1 days;
        _assertAccepted(f);
        f.arbitrationLimit = 60 days;
        _assertAccepted(f);
        f.arbitrationLimit = 60 days + 1;
        _assertRefused(f, "arbitrationLimit", 60 days + 1, 1 days, 60 days);
    }

    /// With every field out of bounds the first one of the struct is reported, whatever else is wrong.
    function test_bounds_areCheckedInStructOrderAndBeforeAllElse() public {
        Fixing memory f;
        f.maturity = type(uint64).max;
        _assertRefused(f, "indexId", 0, 1, type(uint256).max);
        f.indexId = bytes32(uint256(1));
        _assertRefused(f, "maturity", type(uint64).max, 0, (1 << 39) - 1);
        f.maturity = 0;
        _assertRefused(f, "arbitrator", 0, 1, type(uint160).max);
        f.arbitrator = address(1);
        _assertRefused(f, "backup", 0, 1, type(uint160).max);
        f.backup = address(2);
        _assertRefused(f, "minBond", 0, 1e9, 1 << 80);
        f.minBond = 1e9;
        _assertRefused(f, "arbitrationFee", 0, 1, 4e8);
        f.arbitrationFee = 1;
        f.bondPpm = type(uint32).max;
        _assertRefused(f, "bondPpm", type(uint32).max, 0, 100_000);
        f.bondPpm = 0;
        _assertRefused(f, "firstWindow", 0, 10 minutes, 30 days);
        f.firstWindow = 10 minutes;
        _assertRefused(f, "window", 0, 10 minutes, 30 days);
        f.window = 10 minutes;
        _assertRefused(f, "separationPpm", 0, 1, 0);
        f.bandPpm = type(uint32).max;
        f.separationPpm = 1;
        _assertRefused(f, "bandPpm", type(uint32).max, 1, 200_000);
        f.bandPpm = 1;
        _assertRefused(f, "proposalGrace", 0, 10 minutes, 30 days);
        f.proposalGrace = 10 minutes;
        _assertRefused(f, "arbitrationLimit", 0, 1 days, 60 days);
        f.arbitrationLimit = 1 days;
        _assertAccepted(f);
    }

    function _assertAccepted(Fixing memory f) private {
        assertEq(FixingId.unwrap(oracle.create(f)), FixingId.unwrap(_idOf(f)));
    }

    /// Every entry point that validates refuses `f`, before it looks at amounts, values or the phase.
    function _assertRefused(Fixing memory f, bytes32 field, uint256 got, uint256 min, uint256 max) private {
        bytes memory refusal =
            abi.encodeWithSelector(IMaturityOracle.ParameterOutOfBounds.selector, field, got, min, max);
        vm.expectRevert(refusal);
        oracle.create(f);
        vm.expectRevert(refusal);
        oracle.fund(f, 0);
        vm.expectRevert(refusal);
        oracle.propose(f, 0, 0);
        vm.expectRevert(refusal);
        oracle.request(f);
        vm.expectRevert(refusal);
        oracle.bond(f);
    }
}
