// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, Kind, Phase} from "src/types/Fixing.sol";

import {
    FixedOpenInterest,
    GasDependentOpenInterest,
    GasEatingOpenInterest,
    ReenteringOpenInterest,
    RevertingOpenInterest,
    RevertingWithANumber,
    SizedOpenInterest,
    WritingOpenInterest
} from "../support/OpenInterestSources.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// R-201: the open interest is read before any write, by a gas-capped static call that copies at most 32 bytes; whatever
/// else happens than a clean answer reverts.
contract OpenInterestTest is OracleTest {
    /// What is left of the 200 000 when a source first looks.
    uint256 private constant PROMISED = 199_900;

    function setUp() public override {
        super.setUp();
        _toMaturity();
    }

    /// R-201: d = max(minBond, floor(bondPpm OI / 1e6)).
    function test_openInterest_setsTheBond() public {
        FixedOpenInterest source = new FixedOpenInterest();
        _useSource(address(source));
        source.set(1000 ether);
        vm.expectCall(address(source), abi.encodeCall(source.openInterest, (id)), 1);
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Proposed(id, alice, TRUTH, 2.5 ether, MATURITY + FIRST_WINDOW);
        assertEq(_propose(alice, TRUTH), 2.5 ether);
        _assertState(1, TRUTH, 2.5 ether, MATURITY + FIRST_WINDOW, 0);
        _assertHeld(2.5 ether);
    }

    /// R-201: it is asked about this fixing.
    function test_openInterest_isAskedForThisFixing() public {
        FixedOpenInterest source = new FixedOpenInterest();
        _useSource(address(source));
        source.set(1000 ether);
        source.setOnlyFor(id);
        assertEq(oracle.bond(fixing), 2.5 ether);
        fixing.indexId = "another";
        _use(fixing);
        assertEq(oracle.bond(fixing), BOND);
    }

    /// R-201: all of its 32 bytes count: without the last one the bond would be 25 wei less.
    function test_openInterest_isReadToTheLastByte() public {
        FixedOpenInterest source = new FixedOpenInterest();
        Fixing memory f = _defaults();
        (f.openInterest, f.bondPpm) = (address(source), 100_000);
        _use(f);
        source.set(10 ether * 256 + 0xff);
        assertEq(oracle.bond(fixing), 256 ether + 25);
    }

    /// R-201: with 0 ppm it is read all the same, and counts for nothing.
    function test_openInterest_countsForNothingAtZeroPpm() public {
        FixedOpenInterest source = new FixedOpenInterest();
        source.set(type(uint256).max);
        Fixing memory f = _defaults();
        (f.openInterest, f.bondPpm) = (address(source), 0);
        _use(f);
        assertEq(_propose(alice, TRUTH), BOND);
    }

    /// R-201
    function test_openInterest_revertingIsUnreadable() public {
        _assertUnreadable(address(new RevertingOpenInterest()));
        _assertUnreadable(address(new RevertingWithANumber()));
    }

    /// R-201: no code, and a precompile that answers 32 bytes of its own.
    function test_openInterest_withoutCodeIsUnreadable() public {
        _assertUnreadable(makeAddr("nobody"));
        // The identity precompile returns the selector and the id: 36 bytes, which is an answer and a huge one.
        _useSource(address(4));
        uint256 word = uint256(bytes32(abi.encodeWithSignature("openInterest(bytes32)", id)));
        uint256 d = (word / 1e6) * 2500 + ((word % 1e6) * 2500) / 1e6;
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, d, 1 << 80));
        _propose(alice, TRUTH);
    }

    /// R-201: 31 bytes are too few, 32 are enough, more are ignored.
    function test_openInterest_length() public {
        _assertUnreadable(address(new SizedOpenInterest(0, 1000 ether)));
        _assertUnreadable(address(new SizedOpenInterest(1, 1000 ether)));
        _assertUnreadable(address(new SizedOpenInterest(31, 1000 ether)));
        _useSource(address(new SizedOpenInterest(32, 1000 ether)));
        assertEq(oracle.bond(fixing), 2.5 ether);
        _useSource(address(new SizedOpenInterest(33, 1000 ether)));
        assertEq(oracle.bond(fixing), 2.5 ether);
        _useSource(address(new SizedOpenInterest(4096, 1000 ether)));
        assertEq(_propose(alice, TRUTH), 2.5 ether);
    }

    /// R-201: the most that the cap lets a source return (a quarter of a megabyte) costs the proposer nothing but the
    /// source's own gas: it is not copied. Megabytes cost the source more than its cap.
    function test_openInterest_longAnswersAreNotCopied() public {
        _useSource(address(new SizedOpenInterest(32, 1000 ether)));
        uint256 short = _gasOfBond();
        _useSource(address(new SizedOpenInterest(256 * 1024, 1000 ether)));
        uint256 long = _gasOfBond();
        // 8 192 words cost the source 155 648 gas of memory; a copy would cost the oracle as much again.
        assertLt(long - short, 156_500);
        assertEq(oracle.bond(fixing), 2.5 ether);
        _assertUnreadable(address(new SizedOpenInterest(1 << 20, 1000 ether)));
        _assertUnreadable(address(new SizedOpenInterest(8 << 20, 1000 ether)));
    }

    /// R-201: a source that burns all its gas costs the proposer the cap and no more.
    function test_openInterest_eatenGasIsCapped() public {
        GasEatingOpenInterest source = new GasEatingOpenInterest();
        _useSource(address(source));
        bytes memory input = abi.encodeCall(oracle.propose, (fixing, TRUTH, type(uint256).max));
        vm.prank(alice);
        uint256 before = gasleft();
        (bool isDone, bytes memory reason) = address(oracle).call(input);
        uint256 spent = before - gasleft();
        assertFalse(isDone);
        assertEq(reason, abi.encodeWithSelector(IMaturityOracle.OpenInterestUnreadable.selector, address(source)));
        assertLt(spent, 230_000);
    }

    /// R-201: a source gets 200 000 gas, neither more nor less.
    function test_openInterest_getsItsGas() public {
        address source = makeAddr("gas");
        // gas, times 10^18, to memory, returned: `gas` reads what is left after its own 2.
        vm.etch(source, hex"5a670de0b6b3a7640000025f5260205ff3");
        _useSource(source);
        assertEq(oracle.bond(fixing), 499.995 ether);
    }

    /// R-201: a static call: the source can write nothing.
    function test_openInterest_writingIsUnreadable() public {
        _assertUnreadable(address(new WritingOpenInterest()));
    }

    /// R-201: 2^256 - 1 overflows nothing; the bond is above the maximum.
    function test_openInterest_hugeIsAboveTheMaximum() public {
        FixedOpenInterest source = new FixedOpenInterest();
        _useSource(address(source));
        source.set(type(uint256).max);
        // floor(2500 (2^256 - 1) / 1e6) = floor((2^256 - 1) / 400)
        uint256 d = type(uint256).max / 400;
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, d, 1 << 80));
        _propose(alice, TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, d, 1 << 80));
        oracle.bond(fixing);
    }

    /// R-201: an unreadable source holds up the proposal only: arbitration needs no reading.
    function test_openInterest_unreadableLeavesTheRequest() public {
        _useSource(address(new RevertingOpenInterest()));
        vm.warp(MATURITY + GRACE);
        _request(carol);
        _rule(arbitrator, RULING);
        _assertSettlement(RULING);
    }

    /// R-201, R-206, R-303: behind a source that reverts, lies, returns megabytes or eats gas nobody can propose, and nobody's
    /// money is stuck: the funders get theirs back at the expiry, or what a request's ruling leaves of it.
    function test_openInterest_hostileSourcesLeaveEverybodysMoneyFree() public {
        FixedOpenInterest liar = new FixedOpenInterest();
        liar.set(type(uint256).max);
        address[6] memory sources = [
            address(new RevertingOpenInterest()),
            address(liar),
            address(new SizedOpenInterest(8 << 20, 1000 ether)),
            address(new GasEatingOpenInterest()),
            address(new WritingOpenInterest()),
            makeAddr("nobody")
        ];
        for (uint256 i = 0; i < sources.length; ++i) {
            uint256 snapshot = vm.snapshotState();
            _useSource(sources[i]);
            _fund(alice, 0.1 ether);
            _toMaturity();
            vm.expectRevert();
            _propose(bob, TRUTH);

            uint256 open = vm.snapshotState();
            vm.warp(MATURITY + GRACE + LIMIT);
            _assertPhase(Phase.Settled);
            assertEq(_claim(alice, Kind.Fund, 0, 0), 0.1 ether);
            vm.revertToState(open);

            vm.warp(MATURITY + GRACE);
            _request(carol);
            _rule(arbitrator, RULING);
            assertEq(_claim(carol, Kind.Request, 0, 0), 0.06 ether);
            assertEq(_claim(alice, Kind.Fund, 0, 0), 0.04 ether);
            _assertHeld(0);
            vm.revertToState(snapshot);
        }
    }

    /// R-201: a source that reports too little leaves the least bond, `minBond`, in front of any value; one that reports
    /// more than the proposer's `maxBond` costs nothing: the proposal fails.
    function test_openInterest_liesWithinBounds() public {
        FixedOpenInterest liar = new FixedOpenInterest();
        _useSource(address(liar));
        _toMaturity();
        liar.set(1000 ether);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.BondAboveMax.selector, 2.5 ether, BOND));
        vm.prank(bob);
        oracle.propose(fixing, TRUTH, BOND);
        liar.set(0);
        assertEq(_propose(bob, TRUTH), BOND);
    }

    /// R-201: nor does a source that breaks later touch a fixing that has its proposal.
    function test_openInterest_isReadOnce() public {
        FixedOpenInterest source = new FixedOpenInterest();
        _useSource(address(source));
        _lieProposed();
        vm.etch(address(source), hex"");
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _appeal(attacker, 2, LIE, type(uint256).max);
        _rule(arbitrator, RULING);
        _collect();
        _assertSettlement(RULING);
    }

    /// R-100, R-201: re-entering entry points from the source fails: static, and guarded. Views answer.
    function test_openInterest_cannotReenter() public {
        ReenteringOpenInterest source = new ReenteringOpenInterest();
        Fixing memory f = _defaults();
        (f.openInterest, f.bondPpm) = (address(source), 100_000);
        _use(f);
        bytes[9] memory entries = [
            abi.encodeCall(oracle.create, (fixing)),
            abi.encodeCall(oracle.fund, (fixing, 1)),
            abi.encodeCall(oracle.propose, (fixing, TRUTH, type(uint256).max)),
            abi.encodeCall(oracle.contribute, (_other(), 1, TRUTH, 1)),
            abi.encodeCall(oracle.appeal, (_other(), 2, TRUTH, 1)),
            abi.encodeCall(oracle.request, (_other())),
            abi.encodeCall(oracle.rule, (_other(), TRUTH)),
            abi.encodeCall(oracle.collect, (_other())),
            abi.encodeWithSignature("transfer(address,uint256,uint256)", alice, 1, 0)
        ];
        for (uint256 i = 0; i < entries.length; ++i) {
            source.aim(address(oracle), entries[i]);
            // 2e18 says that the call failed: a tenth of it is the bond.
            assertEq(oracle.bond(fixing), 0.2 ether);
            uint256 snapshot = vm.snapshotState();
            assertEq(_propose(alice, TRUTH), 0.2 ether);
            vm.revertToState(snapshot);
        }
        // It is read before any write: the source still sees an Open fixing.
        vm.expectCall(address(oracle), abi.encodeCall(oracle.phase, (fixing)));
        source.aim(address(oracle), abi.encodeCall(oracle.phase, (fixing)));
        assertEq(_propose(alice, TRUTH), 0.1 ether);
        _assertPhase(Phase.Active);
    }

    /// R-201: no caller can starve the source below what it is promised: with any gas, the proposal fails or has the bond
    /// that the source reports with all its gas.
    /// forge-config: default.isolate = true
    function test_openInterest_cannotBeStarved() public {
        address source = address(new GasDependentOpenInterest(PROMISED, 1000 ether));
        _useSource(source);
        assertEq(oracle.bond(fixing), 2.5 ether);
        _assertCannotBeStarved();
    }

    /// R-201: also of a source that is an account with delegated code, which takes two cold accesses to reach.
    /// forge-config: default.isolate = true
    function test_openInterest_ofADelegatedAccountCannotBeStarved() public {
        address implementation = address(new GasDependentOpenInterest(PROMISED, 1000 ether));
        address source = makeAddr("delegated");
        vm.etch(source, abi.encodePacked(hex"ef0100", implementation));
        _useSource(source);
        assertEq(oracle.bond(fixing), 2.5 ether);
        _assertCannotBeStarved();
    }

    function _useSource(address source) private {
        Fixing memory f = _defaults();
        f.openInterest = source;
        _use(f);
    }

    function _other() private view returns (Fixing memory f) {
        f = _defaults();
        f.indexId = "another";
    }

    function _assertUnreadable(address source) private {
        _useSource(source);
        bytes memory refusal = abi.encodeWithSelector(IMaturityOracle.OpenInterestUnreadable.selector, source);
        vm.expectRevert(refusal);
        _propose(alice, TRUTH);
        vm.expectRevert(refusal);
        oracle.bond(fixing);
        _assertPhase(Phase.Open);
        _assertHeld(0);
    }

    function _gasOfBond() private view returns (uint256) {
        uint256 before = gasleft();
        oracle.bond(fixing);
        return before - gasleft();
    }

    /// Isolated, every call is a transaction of its own, in which source and oracle are cold.
    function _assertCannotBeStarved() private {
        bytes memory input = abi.encodeCall(oracle.bond, (fixing));
        bool hasFailed;
        bool hasSucceeded;
        for (uint256 supplied = 190_000; supplied < 260_000; supplied += 13) {
            // The view spends nothing after the reading, so that only the guard can refuse.
            (bool isDone, bytes memory output) = address(oracle).call{gas: supplied}(input);
            if (isDone) assertEq(abi.decode(output, (uint256)), 2.5 ether, "starved");
            hasFailed = hasFailed || !isDone;
            hasSucceeded = hasSucceeded || isDone;
        }
        assertTrue(hasFailed && hasSucceeded, "the range covers both");
    }
}
