// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Outcome, Phase} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// R-110, R-205: the games of test/vectors/phase.json, played by the actions that lead to their facts and then read at every
/// instant of the file; contracts/protocol/phase.ts is tested on the same rows.
contract PhaseVectorsTest is OracleTest {
    uint128 private constant OTHER = 1234e18;
    uint128 private constant APPEALED = 7777e18;

    /// A row of `.fixing`.
    struct Terms {
        uint256 arbitrationFee;
        uint256 arbitrationLimit;
        address arbitrator;
        address backup;
        uint256 bandPpm;
        uint256 bondPpm;
        uint256 firstWindow;
        bytes32 indexId;
        uint256 maturity;
        uint256 minBond;
        string name;
        address openInterest;
        uint256 proposalGrace;
        uint256 separationPpm;
        uint256 window;
    }

    /// A row of `.instants`.
    struct Instant {
        uint256 arbitratedAt;
        address arbitrator;
        uint256 deadline;
        uint256 leader;
        string name;
        uint256 now;
        uint256 outcome;
        uint256 phase;
        uint256 round;
        uint256 ruling;
        uint256 settlement;
    }

    function test_phase_agreesWithTheSharedInstants() public {
        string memory json = vm.readFile("test/vectors/phase.json");
        _useTerms(abi.decode(vm.parseJson(json, ".fixing"), (Terms[]))[0]);
        Instant[] memory rows = abi.decode(vm.parseJson(json, ".instants"), (Instant[]));
        assertGt(rows.length, 100);
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < rows.length; ++i) {
            vm.revertToState(start);
            _play(rows[i]);
            _assertInstant(rows[i]);
        }
    }

    function _useTerms(Terms memory terms) private {
        Fixing memory f = _defaults();
        (f.indexId, f.maturity) = (terms.indexId, uint64(terms.maturity));
        (f.arbitrator, f.backup) = (terms.arbitrator, terms.backup);
        (f.firstWindow, f.window) = (uint32(terms.firstWindow), uint32(terms.window));
        (f.proposalGrace, f.arbitrationLimit) = (uint32(terms.proposalGrace), uint32(terms.arbitrationLimit));
        _use(f);
    }

    /// The proposal and every later leader as early as it may be that the last has its deadline, two values in turn.
    function _play(Instant memory row) private {
        uint256 lastInstall = row.deadline - (row.round == 0 ? 0 : row.round == 1 ? fixing.firstWindow : fixing.window);
        for (uint256 n = 1; n <= row.round; ++n) {
            uint128 value = (row.round - n) % 2 == 0 ? uint128(row.leader) : OTHER;
            if (n == 1) {
                vm.warp(row.round == 1 ? lastInstall : fixing.maturity);
                _propose(attacker, value);
                continue;
            }
            (,,, uint64 deadline,) = oracle.state(fixing);
            vm.warp(deadline - 1 < lastInstall ? deadline - 1 : lastInstall);
            _contribute(alice, uint8(n - 1), value, type(uint256).max);
        }
        if (row.arbitratedAt == 0) return;
        vm.warp(row.arbitratedAt);
        if (row.round == 0) _request(carol);
        else _appeal(carol, uint8(row.round), APPEALED, type(uint256).max);
        if (row.ruling != 0) _rule(fixing.arbitrator, uint128(row.ruling));
    }

    function _assertInstant(Instant memory row) private {
        (uint8 round,,, uint64 deadline, uint64 arbitratedAt) = oracle.state(fixing);
        assertEq(round, row.round, row.name);
        assertEq(deadline, row.deadline, row.name);
        assertEq(arbitratedAt, row.arbitratedAt, row.name);
        vm.warp(row.now);
        assertEq(uint8(oracle.phase(fixing)), row.phase, row.name);
        (Outcome how,) = oracle.outcome(fixing);
        assertEq(uint8(how), row.outcome, row.name);
        if (row.phase == uint8(Phase.Settled)) assertEq(oracle.settlement(fixing), row.settlement, row.name);
        else _assertUnsettled();
        if (row.arbitrator == address(0)) return;
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, stranger, row.arbitrator)
        );
        _rule(stranger, 1);
    }
}
