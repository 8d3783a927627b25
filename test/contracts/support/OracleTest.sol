// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC6909} from "@openzeppelin/contracts/interfaces/IERC6909.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {Fixing, FixingId, Kind, Outcome, Phase} from "src/types/Fixing.sol";

interface IWeth is IERC20 {
    function deposit() external payable;
}

/// All that callers see of the oracle. Tests hold it by this and deploy it by name, so that they compile apart from it.
interface IOracle is IMaturityOracle, IERC6909 {
    function BOND_TOKEN() external view returns (address);
    function SINK() external view returns (address);
    function CHAIN_ID() external view returns (uint256);
}

/// @title What every test of the oracle starts from
/// @notice A real WETH9 and a real oracle, one fixing with the protocol's defaults a day before its maturity, and
/// actors who have plenty of WETH. The bond d of the fixing is `BOND`.
abstract contract OracleTest is Test {
    uint128 internal constant INVALID = type(uint128).max;
    address internal constant SINK = 0x000000000000000000000000000000000000dEaD;
    uint64 internal constant MATURITY = 1_800_000_000;
    uint32 internal constant FIRST_WINDOW = 1 days;
    uint32 internal constant WINDOW = 2 days;
    uint32 internal constant GRACE = 3 days;
    uint32 internal constant LIMIT = 30 days;
    uint128 internal constant BOND = 0.1 ether;
    uint128 internal constant FEE = 0.04 ether;

    // Candidates, every pair of them separated. `RULING` is within the band of TRUTH and of nothing else.
    uint128 internal constant TRUTH = 2500.4e18;
    uint128 internal constant RULING = 2500.1e18;
    uint128 internal constant LIE = 3000e18;
    uint128 internal constant LIE_B = 2000e18;
    uint128 internal constant LIE_C = 4000e18;

    IWeth internal weth;
    IOracle internal oracle;
    Fixing internal fixing;
    FixingId internal id;

    address internal proposer = makeAddr("proposer");
    address internal attacker = makeAddr("attacker");
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal carol = makeAddr("carol");
    address internal stranger = makeAddr("stranger");
    address internal arbitrator = makeAddr("arbitrator");
    address internal backup = makeAddr("backup");

    function setUp() public virtual {
        vm.warp(MATURITY - 1 days);
        weth = IWeth(deployCode("node_modules/canonical-weth/build/contracts/WETH9.json"));
        oracle = IOracle(deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(_bondToken(), SINK)));
        _use(_defaults());
        address[5] memory players = [proposer, attacker, alice, bob, carol];
        for (uint256 i = 0; i < players.length; ++i) {
            _endow(players[i]);
        }
    }

    /// The token that bonds are paid in; tests of hostile tokens override it.
    function _bondToken() internal virtual returns (IERC20) {
        return weth;
    }

    /// The default parameters of section 3.
    function _defaults() internal view returns (Fixing memory) {
        return Fixing({
            indexId: keccak256("an index document"),
            maturity: MATURITY,
            arbitrator: arbitrator,
            backup: backup,
            openInterest: address(0),
            minBond: BOND,
            arbitrationFee: FEE,
            bondPpm: 2500,
            firstWindow: FIRST_WINDOW,
            window: WINDOW,
            separationPpm: 1000,
            bandPpm: 10_000,
            proposalGrace: GRACE,
            arbitrationLimit: LIMIT
        });
    }

    /// Makes `f` the fixing under test.
    function _use(Fixing memory f) internal {
        fixing = f;
        id = _idOf(f);
    }

    /// The id by the formula of section 3, not by the oracle.
    function _idOf(Fixing memory f) internal view returns (FixingId) {
        return FixingId.wrap(keccak256(abi.encode(block.chainid, address(oracle), f)));
    }

    /// The receipt id by the formula of section 5.
    function _receipt(Kind kind, uint8 round, uint128 value) internal view returns (uint256) {
        return uint256(keccak256(abi.encode(id, kind, round, value)));
    }

    /// Gives `who` enough for any game, and lets the oracle take it.
    function _endow(address who) internal virtual {
        uint256 amount = 1 << 86;
        vm.deal(who, amount);
        vm.startPrank(who);
        weth.deposit{value: amount}();
        weth.approve(address(oracle), type(uint256).max);
        vm.stopPrank();
    }

    function _propose(address who, uint128 value) internal returns (uint256 d) {
        vm.prank(who);
        d = oracle.propose(fixing, value, type(uint256).max);
    }

    function _contribute(address who, uint8 round, uint128 value, uint256 amount) internal returns (uint256 taken) {
        vm.prank(who);
        taken = oracle.contribute(fixing, round, value, amount);
    }

    function _appeal(address who, uint8 round, uint128 value, uint256 amount) internal returns (uint256 taken) {
        vm.prank(who);
        taken = oracle.appeal(fixing, round, value, amount);
    }

    function _fund(address who, uint256 amount) internal {
        vm.prank(who);
        oracle.fund(fixing, amount);
    }

    function _request(address who) internal {
        vm.prank(who);
        oracle.request(fixing);
    }

    function _rule(address who, uint128 value) internal {
        vm.prank(who);
        oracle.rule(fixing, value);
    }

    function _claim(address who, Kind kind, uint8 round, uint128 value) internal returns (uint256 paid) {
        uint256 before = weth.balanceOf(who);
        vm.prank(who);
        paid = oracle.claim(fixing, kind, round, value);
        assertEq(weth.balanceOf(who), before + paid, "claim pays what it returns");
    }

    function _collect() internal returns (uint256 toSink) {
        uint256 before = weth.balanceOf(SINK);
        toSink = oracle.collect(fixing);
        assertEq(weth.balanceOf(SINK), before + toSink, "collect pays what it returns");
    }

    function _toMaturity() internal {
        vm.warp(MATURITY);
    }

    /// Round 1: the attacker leads with LIE at maturity. A = d.
    function _lieProposed() internal {
        _toMaturity();
        _propose(attacker, LIE);
    }

    /// Round 2: TRUTH leads. Stakes: LIE d, TRUTH 2d; A = 3d.
    function _lieDisputed() internal {
        _lieProposed();
        _contribute(alice, 1, TRUTH, 2 * BOND);
    }

    /// Round 3: LIE leads again. Stakes: LIE 4d, TRUTH 2d; A = 6d.
    function _lieInsisted() internal {
        _lieDisputed();
        _contribute(attacker, 2, LIE, 3 * BOND);
    }

    /// Round 4: TRUTH leads again. Stakes: LIE 4d, TRUTH 8d; A = 12d.
    function _atLeaderLimit() internal {
        _lieInsisted();
        _contribute(alice, 3, TRUTH, 6 * BOND);
    }

    /// Round 2 appealed for LIE by the attacker: a = A / 9 rounded up.
    function _appealed() internal {
        _lieDisputed();
        _appeal(attacker, 2, LIE, type(uint256).max);
    }

    /// Arbitration without a proposal, paid by carol.
    function _requested() internal {
        vm.warp(MATURITY + GRACE);
        _request(carol);
    }

    function _assertPhase(Phase want) internal view {
        assertEq(uint8(oracle.phase(fixing)), uint8(want), "phase");
    }

    function _assertState(uint8 round, uint128 leader, uint256 staked, uint256 deadline, uint256 arbitratedAt)
        internal
        view
    {
        (uint8 gotRound, uint128 gotLeader, uint256 gotStaked, uint64 gotDeadline, uint64 gotArbitratedAt) =
            oracle.state(fixing);
        assertEq(gotRound, round, "state.round");
        assertEq(gotLeader, leader, "state.leader");
        assertEq(gotStaked, staked, "state.staked");
        assertEq(gotDeadline, deadline, "state.deadline");
        assertEq(gotArbitratedAt, arbitratedAt, "state.arbitratedAt");
    }

    function _assertCandidates(uint128[] memory values, uint256[] memory stakes) internal view {
        (uint128[] memory gotValues, uint256[] memory gotStakes) = oracle.candidates(fixing);
        assertEq(abi.encode(gotValues), abi.encode(values), "candidates.values");
        assertEq(gotStakes, stakes, "candidates.stakes");
    }

    function _assertPot(Kind kind, uint8 round, uint128 value, uint256 filled, uint256 need) internal view {
        (uint256 gotFilled, uint256 gotNeed) = oracle.pot(fixing, kind, round, value);
        assertEq(gotFilled, filled, "pot.filled");
        assertEq(gotNeed, need, "pot.need");
    }

    function _assertOutcome(Outcome how, uint128 winner) internal view {
        (Outcome gotHow, uint128 gotWinner) = oracle.outcome(fixing);
        assertEq(uint8(gotHow), uint8(how), "outcome.how");
        assertEq(gotWinner, winner, "outcome.winner");
    }

    /// Both readings give `value`.
    function _assertSettlement(uint128 value) internal view {
        _assertPhase(Phase.Settled);
        assertEq(oracle.settlement(fixing), value, "settlement");
        (bool settled, uint128 got) = oracle.settlementOf(id);
        assertTrue(settled, "settlementOf.settled");
        assertEq(got, value, "settlementOf.value");
    }

    function _assertUnsettled() internal {
        _assertOutcome(Outcome.None, 0);
        (bool settled, uint128 got) = oracle.settlementOf(id);
        assertFalse(settled, "settlementOf.settled");
        assertEq(got, 0, "settlementOf.value");
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        oracle.settlement(fixing);
    }

    function _assertHeld(uint256 amount) internal view {
        assertEq(weth.balanceOf(address(oracle)), amount, "held by the oracle");
    }

    function _values(uint128 a) internal pure returns (uint128[] memory list) {
        list = new uint128[](1);
        list[0] = a;
    }

    function _values(uint128 a, uint128 b) internal pure returns (uint128[] memory list) {
        list = new uint128[](2);
        (list[0], list[1]) = (a, b);
    }

    function _values(uint128 a, uint128 b, uint128 c) internal pure returns (uint128[] memory list) {
        list = new uint128[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _amounts(uint256 a) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = a;
    }

    function _amounts(uint256 a, uint256 b) internal pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (a, b);
    }

    function _amounts(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory list) {
        list = new uint256[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
