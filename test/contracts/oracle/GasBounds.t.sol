// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, Kind} from "src/types/Fixing.sol";

import {FixedOpenInterest} from "../support/OpenInterestSources.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// What receipts of transactions say (base and calldata included, refunds taken off), with WETH9 and infinite allowances;
/// the same as an anvil's receipts to the unit. Isolated, each call is a transaction of its own, in which everything is
/// cold. The figures are in test/contracts/snapshots/MaturityOracle.json. Where there is a goal, set by comparison with
/// other oracles, and it is met, the goal is the bound; where it is missed the test says so (`-vv`) and the bound keeps it
/// from getting worse.
contract GasBoundsTest is OracleTest {
    string private constant GROUP = "MaturityOracle";
    uint256 private constant NO_GOAL = type(uint256).max;

    /// The oracle holds some of the token already, as it does from its second use on.
    function setUp() public override {
        super.setUp();
        fixing.indexId = "in use";
        _fund(carol, 1 ether);
        _use(_defaults());
    }

    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_undisputedLife() public {
        oracle.create(fixing);
        uint256 life = _measure("create", 35_000, 35_000);
        _toMaturity();
        vm.prank(proposer);
        oracle.propose(fixing, TRUTH, BOND);
        life += _measure("propose", 95_000, 98_000);
        vm.warp(MATURITY + FIRST_WINDOW);
        // Settling is implicit and costs nothing.
        _readAsTransaction();
        _measure("settlementOf, undisputed", 25_000, 25_000);
        vm.prank(proposer);
        oracle.claim(fixing, Kind.Stake, 0, TRUTH);
        life += _measure("claim, undisputed", 55_000, 58_000);
        _record("undisputed life: create, propose, claim", life, 180_000, 188_000);
    }

    /// With a source that reads one slot of its own.
    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_proposeReadingOpenInterest() public {
        FixedOpenInterest source = new FixedOpenInterest();
        source.set(1000 ether);
        Fixing memory f = _defaults();
        f.openInterest = address(source);
        _use(f);
        _toMaturity();
        _propose(proposer, TRUTH);
        _measure("propose, reading an open interest", NO_GOAL, 106_000);
    }

    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_contribute() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, BOND / 2);
        _measure("contribute, first of a pot", NO_GOAL, 102_000);
        _contribute(bob, 1, TRUTH, BOND / 2);
        _measure("contribute, second of a pot", NO_GOAL, 85_000);
        _contribute(carol, 1, TRUTH, BOND / 2);
        _measure("contribute, third of a pot", 80_000, 85_000);
        _contribute(carol, 1, TRUTH, BOND / 4);
        _measure("contribute, again to a pot", NO_GOAL, 68_000);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _measure("contribute, completes a crowd's pot", NO_GOAL, 92_000);
    }

    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_disputeFilledByOne() public {
        _lieProposed();
        _contribute(alice, 1, TRUTH, 2 * BOND);
        _measure("contribute, fills a pot alone, round 1", 110_000, 110_000);
        _contribute(bob, 2, LIE, 3 * BOND);
        _measure("contribute, fills a pot alone, round 2, old value", 110_000, 110_000);
        _contribute(carol, 3, LIE_C, 12 * BOND);
        _measure("contribute, fills a pot alone, round 3, new value", 110_000, 114_000);
        _appeal(alice, 4, 7000e18, type(uint256).max);
        _measure("appeal, fills a pot alone, round 4, new value", NO_GOAL, 120_000);
        _rule(arbitrator, 7000e18);
        _measure("rule, four candidates", NO_GOAL, 102_000);
        _readAsTransaction();
        _measure("settlementOf, ruled", 25_000, 27_000);
    }

    /// Flat: after one round and after all of them.
    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_claim() public {
        _lieDisputed();
        vm.warp(MATURITY + WINDOW);
        _readAsTransaction();
        _measure("settlementOf, disputed", 25_000, 27_500);
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        _measure("claim, winner after a dispute", 55_000, 57_500);
        vm.prank(attacker);
        oracle.claim(fixing, Kind.Stake, 0, LIE);
        _measure("claim, loser", NO_GOAL, 40_000);
        oracle.collect(fixing);
        _measure("collect", NO_GOAL, 88_000);

        fixing.indexId = "four rounds and an appeal";
        _use(fixing);
        _atLeaderLimit();
        _appeal(attacker, 4, LIE, type(uint256).max);
        _rule(arbitrator, LIE);
        vm.prank(attacker);
        oracle.claim(fixing, Kind.Stake, 2, LIE);
        _measure("claim, winner after four rounds and a ruling", 55_000, 61_000);
        vm.prank(attacker);
        oracle.claim(fixing, Kind.Appeal, 4, LIE);
        _measure("claim, sponsor of the winner", 55_000, 63_000);
    }

    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_requestAndFund() public {
        _fund(bob, 1 ether);
        _measure("fund", NO_GOAL, 119_000);
        vm.warp(MATURITY + GRACE);
        _request(carol);
        _measure("request", NO_GOAL, 121_000);
        _rule(arbitrator, RULING);
        _measure("rule, requested", NO_GOAL, 90_000);
        vm.prank(carol);
        oracle.claim(fixing, Kind.Request, 0, 0);
        _measure("claim, request", 55_000, 58_000);
        vm.prank(bob);
        oracle.claim(fixing, Kind.Fund, 0, 0);
        _measure("claim, fund", 55_000, 58_000);
    }

    /// R-208: no action's gas depends on how many people staked: 3 or 60 in the pots, to the unit.
    /// forge-config: default.isolate = true
    /// forge-config: ci.isolate = true
    function test_gas_doesNotDependOnTheCrowd() public {
        uint256[4] memory few = _crowdedGame("few", 3);
        uint256[4] memory many = _crowdedGame("many", 60);
        for (uint256 i = 0; i < few.length; ++i) {
            assertApproxEqAbs(many[i], few[i], 100);
        }
    }

    /// Joins, completes, appeals and claims beside `crowd` others; calldata differs by a few bytes.
    function _crowdedGame(bytes32 name, uint256 crowd) private returns (uint256[4] memory gas) {
        fixing.indexId = keccak256(abi.encode(name));
        _use(fixing);
        _lieProposed();
        for (uint256 i = 0; i < crowd; ++i) {
            address who = makeAddr(string.concat("crowd ", vm.toString(i)));
            if (weth.balanceOf(who) == 0) _endow(who);
            _contribute(who, 1, TRUTH, BOND / 100);
        }
        _contribute(alice, 1, TRUTH, BOND / 100);
        gas[0] = _used();
        _contribute(bob, 1, TRUTH, type(uint256).max);
        gas[1] = _used();
        _appeal(carol, 2, LIE, type(uint256).max);
        gas[2] = _used();
        _rule(arbitrator, RULING);
        vm.prank(alice);
        oracle.claim(fixing, Kind.Stake, 1, TRUTH);
        gas[3] = _used();
    }

    /// A view is a transaction only if called as one.
    function _readAsTransaction() private {
        (bool isRead,) = address(oracle).call(abi.encodeCall(oracle.settlementOf, (id)));
        assertTrue(isRead);
    }

    function _measure(string memory name, uint256 goal, uint256 most) private returns (uint256 gas) {
        gas = _used();
        _record(name, gas, goal, most);
    }

    function _record(string memory name, uint256 gas, uint256 goal, uint256 most) private {
        vm.snapshotValue(GROUP, name, gas);
        if (gas > goal) emit log_named_uint(string.concat("goal missed, ", name), gas - goal);
        assertLe(gas, most, name);
    }

    /// All that the last call's transaction paid for.
    function _used() private view returns (uint256) {
        return vm.lastCallGas().gasTotalUsed;
    }
}
