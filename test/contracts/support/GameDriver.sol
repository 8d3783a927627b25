// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StdAssertions} from "forge-std/StdAssertions.sol";
import {Vm} from "forge-std/Vm.sol";

import {Fixing, FixingId, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {GameModel} from "./GameModel.sol";
import {FixedOpenInterest} from "./OpenInterestSources.sol";
import {IOracle, IWeth} from "./OracleTest.sol";

/// @title One fixing played on the oracle and on the model at once
/// @notice Every action turns random numbers into a move that is often sensible, makes it on both, and reverts where they
/// differ: in success, in the error with its arguments, in the result, in what the caller paid, or in any view.
contract GameDriver is StdAssertions {
    struct Pot {
        Kind kind;
        uint8 round;
        uint128 value;
    }

    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint128 private constant INVALID = type(uint128).max;
    address private constant SINK = 0x000000000000000000000000000000000000dEaD;

    IOracle private immutable ORACLE;
    IWeth private immutable WETH;
    FixedOpenInterest private immutable INTEREST;
    GameModel public immutable MODEL;

    Fixing private fixing;
    FixingId public id;
    address[] private actors;
    /// Values worth playing: around one truth, separated and not, and the extremes.
    uint128[] private pool;
    /// Pots that hold or held anything, each once.
    Pot[] private pots;
    mapping(bytes32 key => bool) private isKnown;

    uint256 private openInterest;
    uint128 private settledAt;
    /// Whether a difference reverts; else the game goes on whatever the oracle does, for others to judge.
    bool private isJudge = true;

    /// What was seen of the oracle itself, whatever the model says: tokens that it took in and gave out for this fixing,
    /// receipts that claims burned, and who led each round.
    uint256 public tokensIn;
    uint256 public tokensOut;
    mapping(bytes32 key => uint256) public burnedOf;
    mapping(uint8 round => uint128) public ledAt;

    constructor(IOracle oracle, IWeth weth, Fixing memory fixing_, address[] memory actors_, uint128 truth) {
        ORACLE = oracle;
        WETH = weth;
        INTEREST = new FixedOpenInterest();
        fixing_.openInterest = address(INTEREST);
        fixing = fixing_;
        actors = actors_;
        id = oracle.fixingId(fixing_);
        MODEL = new GameModel(fixing_, id);

        uint256 step = 1e6 + uint256(fixing_.separationPpm);
        uint256 above = (uint256(truth) * step + 1e6 - 1) / 1e6;
        pool = [truth, uint128(above), uint128(above - 1), truth * 2, truth / 3 + 1, INVALID, INVALID - 1, 1];
        // Within the band of the first and the second alike, and a last one halfway between.
        pool.push(uint128((uint256(truth) + above) / 2));
        pool.push(uint128(above * step / 1e6 + 1));
    }

    function stopJudging() external {
        isJudge = false;
    }

    function fund(uint256 who, uint256 amount) external returns (bool isDone) {
        amount = amount % 16 == 0 ? 0 : amount % (10 * uint256(fixing.minBond));
        address actor = _actor(who);
        bytes memory failure = MODEL.fund(actor, amount);
        isDone = _act(actor, abi.encodeCall(ORACLE.fund, (fixing, amount)), failure, amount);
        if (isDone) _know(Kind.Fund, 0, 0);
    }

    function propose(uint256 who, uint256 what, uint256 cap, uint256 interest) external returns (bool isDone) {
        uint128 value = _value(what);
        openInterest = interest >> (56 + interest % 200);
        INTEREST.set(openInterest);
        uint256 maxBond = cap % 8 == 0 ? cap % (1 << 80) : type(uint256).max;
        address actor = _actor(who);
        (bytes memory failure, uint256 d) = MODEL.propose(actor, value, maxBond, openInterest);
        isDone = _act(actor, abi.encodeCall(ORACLE.propose, (fixing, value, maxBond)), failure, d);
        if (isDone) _know(Kind.Stake, 0, value);
    }

    function contribute(uint256 who, uint256 when, uint256 what, uint256 amount) external returns (bool isDone) {
        uint128 value = _value(what);
        uint8 round = _round(when);
        amount = _amount(Kind.Stake, round, value, amount);
        address actor = _actor(who);
        (bytes memory failure, uint256 taken) = MODEL.contribute(actor, round, value, amount);
        isDone = _act(actor, abi.encodeCall(ORACLE.contribute, (fixing, round, value, amount)), failure, taken);
        if (isDone) _know(Kind.Stake, round, value);
    }

    function appeal(uint256 who, uint256 when, uint256 what, uint256 amount) external returns (bool isDone) {
        uint128 value = _value(what);
        uint8 round = _round(when);
        amount = _amount(Kind.Appeal, round, value, amount);
        address actor = _actor(who);
        (bytes memory failure, uint256 taken) = MODEL.appeal(actor, round, value, amount);
        isDone = _act(actor, abi.encodeCall(ORACLE.appeal, (fixing, round, value, amount)), failure, taken);
        if (isDone) _know(Kind.Appeal, round, value);
    }

    function request(uint256 who) external returns (bool isDone) {
        address actor = _actor(who);
        bytes memory failure = MODEL.request(actor);
        isDone = _act(actor, abi.encodeCall(ORACLE.request, (fixing)), failure, fixing.arbitrationFee);
        if (isDone) _know(Kind.Request, 0, 0);
    }

    function rule(uint256 who, uint256 what) external returns (bool isDone) {
        // Mostly whoever's turn it is, else the other, now and then anyone.
        bool isFirstTurn = block.timestamp < MODEL.arbitratedAt() + fixing.arbitrationLimit;
        address actor = isFirstTurn == (who % 8 < 6) ? fixing.arbitrator : fixing.backup;
        if (who % 8 == 7) actor = _actor(who);
        uint128 value = _value(what);
        uint256 before = WETH.balanceOf(actor);
        bytes memory failure = MODEL.rule(actor, value);
        isDone = _call(actor, abi.encodeCall(ORACLE.rule, (fixing, value)), failure, "");
        _judge(WETH.balanceOf(actor), before + (isDone ? fixing.arbitrationFee : 0), "fee");
    }

    function claim(uint256 who, uint256 which) external returns (bool isDone) {
        Pot memory p = _pot(which);
        (isDone,) = _claim(_actor(who), p);
    }

    function collect() external returns (bool isDone) {
        uint256 before = WETH.balanceOf(SINK);
        (bytes memory failure, uint256 toSink) = MODEL.collect();
        isDone = _call(address(this), abi.encodeCall(ORACLE.collect, (fixing)), failure, abi.encode(toSink));
        _judge(WETH.balanceOf(SINK), before + toSink, "sink");
    }

    /// Moves some of somebody's receipts to somebody.
    function transfer(uint256 from, uint256 to, uint256 which, uint256 amount) external returns (bool isDone) {
        Pot memory p = _pot(which);
        bytes32 key = _key(p);
        uint256 balance = MODEL.balanceOf(_actor(from), key);
        if (balance == 0) return false;
        amount = amount % 4 == 0 ? balance : amount % balance;
        if (amount > ORACLE.balanceOf(_actor(from), uint256(key)) && !isJudge) return false;
        MODEL.transfer(_actor(from), _actor(to), key, amount);
        VM.prank(_actor(from));
        ORACLE.transfer(_actor(to), uint256(key), amount);
        return true;
    }

    /// The next instant that matters, a second before or after it, or just a little later.
    function nextTime(uint256 choice) external view returns (uint256) {
        uint256[6] memory instants = [
            uint256(fixing.maturity),
            uint256(fixing.maturity) + fixing.proposalGrace,
            uint256(fixing.maturity) + fixing.proposalGrace + fixing.arbitrationLimit,
            MODEL.deadline(),
            MODEL.arbitratedAt() + fixing.arbitrationLimit,
            MODEL.arbitratedAt() + 2 * uint256(fixing.arbitrationLimit)
        ];
        uint256 next = type(uint256).max;
        for (uint256 i = 0; i < instants.length; ++i) {
            if (instants[i] > block.timestamp && instants[i] < next) next = instants[i];
        }
        uint256 kind = choice % 8;
        if (next == type(uint256).max || kind < 3) return block.timestamp + choice % 3 hours;
        if (kind < 5) return block.timestamp + (choice >> 8) % (next - block.timestamp);
        return kind == 5 ? next - 1 : kind == 6 ? next : next + 1;
    }

    /// The dispute and the settlement agree with the model.
    function checkDispute() public {
        if (!isJudge) return;
        _checkDispute();
        _checkSettlement();
    }

    /// Every view agrees with the model, for this fixing and all its pots.
    function check() public {
        if (!isJudge) return;
        checkDispute();
        for (uint256 i = 0; i < pots.length; ++i) {
            _checkPot(pots[i]);
            // The pots of the other kind and of the round after, whose needs differ.
            _checkPot(Pot(pots[i].kind == Kind.Stake ? Kind.Appeal : Kind.Stake, pots[i].round, pots[i].value));
            _checkPot(Pot(pots[i].kind, pots[i].round + 1, pots[i].value));
        }
        uint8 n = MODEL.round();
        for (uint256 i = 0; i < pool.length; ++i) {
            _checkPot(Pot(Kind.Stake, n, pool[i]));
            _checkPot(Pot(Kind.Appeal, n, pool[i]));
        }
    }

    /// What the oracle must hold for this fixing.
    function held() public view returns (uint256) {
        return MODEL.deposits() - MODEL.payouts();
    }

    function phase() external view returns (Phase) {
        return ORACLE.phase(fixing);
    }

    function roundNow() public view returns (uint8 round) {
        (round,,,,) = ORACLE.state(fixing);
    }

    function fixingOf() external view returns (Fixing memory) {
        return fixing;
    }

    function potsOf() external view returns (Pot[] memory) {
        return pots;
    }

    function actorsOf() external view returns (address[] memory) {
        return actors;
    }

    /// All that a fixing's views say, to compare before and after what must not touch it.
    function digest() external view returns (bytes32) {
        (uint128[] memory values, uint256[] memory stakes) = ORACLE.candidates(fixing);
        (uint8 round, uint128 leader, uint256 staked, uint64 deadline, uint64 arbitratedAt) = ORACLE.state(fixing);
        bytes32 whole = keccak256(abi.encode(values, stakes, round, leader, staked, deadline, arbitratedAt));
        (Outcome how, uint128 winner) = ORACLE.outcome(fixing);
        whole = keccak256(abi.encode(whole, ORACLE.phase(fixing), how, winner));
        for (uint256 i = 0; i < pots.length; ++i) {
            (uint256 filled, uint256 need) = ORACLE.pot(fixing, pots[i].kind, pots[i].round, pots[i].value);
            whole = keccak256(abi.encode(whole, filled, need));
            for (uint256 a = 0; a < actors.length; ++a) {
                whole = keccak256(abi.encode(whole, ORACLE.balanceOf(actors[a], uint256(_key(pots[i])))));
            }
        }
        return whole;
    }

    /// Properties 1, 2 and 4: at `worstCase` the fixing is settled, everyone can be paid, and what is paid is what came
    /// in but for the dust of rounding down. `order` shuffles who comes first.
    function finish(uint256 order) external {
        if (MODEL.phase() != Phase.Settled) VM.warp(ORACLE.worstCase(fixing));
        if (isJudge) assertEq(uint8(ORACLE.phase(fixing)), uint8(Phase.Settled), "settled by the worst case");
        check();
        uint256 count = pots.length * actors.length;
        for (uint256 i = 0; i < count; ++i) {
            uint256 turn = (i + order % count) % count;
            if (i == order % (count + 1)) this.collect();
            _claimAndCheck(actors[turn % actors.length], pots[turn / actors.length]);
        }
        this.collect();
        if (!isJudge) return;
        for (uint256 i = 0; i < pots.length; ++i) {
            assertEq(MODEL.supplyOf(_key(pots[i])), 0, "all receipts are gone");
        }
        assertGe(MODEL.deposits(), MODEL.payouts(), "solvent");
        assertLe(held(), 2 * MODEL.claims() + 1, "dust");
        check();
    }

    function _claimAndCheck(address who, Pot memory p) private {
        uint256 m = MODEL.balanceOf(who, _key(p));
        (bool isDone, uint256 paid) = _claim(who, p);
        if (!isJudge) return;
        assertEq(isDone, m != 0, "everyone can claim");
        (Outcome how,) = MODEL.outcome();
        if (how == Outcome.Expiry) assertEq(paid, m, "expiry refunds 1:1");
        // Property 2. An appeal's receipts are rounded twice.
        if (MODEL.isDisputeWinner(p.kind, p.round, p.value)) assertGt((paid + 2) * 10, 14 * m, "40 %");
    }

    function _claim(address who, Pot memory p) private returns (bool isDone, uint256 paid) {
        uint256 before = WETH.balanceOf(who);
        uint256 receipts = ORACLE.balanceOf(who, uint256(_key(p)));
        bytes memory failure;
        (failure, paid) = MODEL.claim(who, p.kind, p.round, p.value);
        isDone = _call(who, abi.encodeCall(ORACLE.claim, (fixing, p.kind, p.round, p.value)), failure, abi.encode(paid));
        _judge(WETH.balanceOf(who), before + paid, "payout");
        burnedOf[_key(p)] += receipts - ORACLE.balanceOf(who, uint256(_key(p)));
    }

    /// A call that takes `cost` from its caller.
    function _act(address who, bytes memory input, bytes memory failure, uint256 cost) private returns (bool isDone) {
        uint256 before = WETH.balanceOf(who);
        bytes4 selector = bytes4(input);
        bool isSilent = selector == ORACLE.fund.selector || selector == ORACLE.request.selector;
        isDone = _call(who, input, failure, isSilent ? bytes("") : abi.encode(cost));
        _judge(WETH.balanceOf(who), before - (isDone ? cost : 0), "cost");
    }

    function _call(address who, bytes memory input, bytes memory failure, bytes memory result)
        private
        returns (bool isDone)
    {
        uint256 before = WETH.balanceOf(address(ORACLE));
        bytes memory output;
        VM.prank(who);
        (isDone, output) = address(ORACLE).call(input);
        if (isJudge) {
            assertEq(output, failure.length != 0 ? failure : result, "output");
            assertEq(isDone, failure.length == 0, "success");
        }
        uint256 afterwards = WETH.balanceOf(address(ORACLE));
        if (afterwards > before) tokensIn += afterwards - before;
        else tokensOut += before - afterwards;
        (uint8 round, uint128 leader,,,) = ORACLE.state(fixing);
        if (ledAt[round] == 0) ledAt[round] = leader;
    }

    function _judge(uint256 got, uint256 want, string memory what) private view {
        if (isJudge) assertEq(got, want, what);
    }

    function _checkDispute() private view {
        (uint8 round, uint128 leader, uint256 staked, uint64 deadline, uint64 arbitratedAt) = ORACLE.state(fixing);
        assertEq(round, MODEL.round(), "round");
        assertEq(leader, MODEL.leader(), "leader");
        assertEq(staked, MODEL.total(), "staked");
        assertEq(deadline, MODEL.deadline(), "deadline");
        assertEq(arbitratedAt, MODEL.arbitratedAt(), "arbitratedAt");
        (uint128[] memory values, uint256[] memory stakes) = ORACLE.candidates(fixing);
        (uint128[] memory wantValues, uint256[] memory wantStakes) = MODEL.candidates();
        assertEq(abi.encode(values, stakes), abi.encode(wantValues, wantStakes), "candidates");
        if (round < 2 || arbitratedAt != 0) return;
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] == leader) assertEq(stakes[i], 2 * (staked - stakes[i]), "two thirds lead");
        }
    }

    function _checkSettlement() private {
        assertEq(uint8(ORACLE.phase(fixing)), uint8(MODEL.phase()), "phase");
        (Outcome how, uint128 winner) = ORACLE.outcome(fixing);
        (Outcome wantHow, uint128 wantWinner) = MODEL.outcome();
        assertEq(uint8(how), uint8(wantHow), "how");
        assertEq(winner, wantWinner, "winner");
        (bool isRecorded, uint128 recorded) = ORACLE.settlementOf(id);
        (bool wantRecorded, uint128 wantValue) = MODEL.settlementOf();
        assertEq(isRecorded, wantRecorded, "settlementOf.settled");
        assertEq(recorded, wantValue, "settlementOf.value");
        uint128 settled = MODEL.settlement();
        if (settled == 0) {
            try ORACLE.settlement(fixing) returns (uint128) {
                assertTrue(false, "readable too early");
            } catch {}
        } else {
            assertEq(ORACLE.settlement(fixing), settled, "settlement");
        }
        // Once readable it never changes.
        if (settledAt != 0) assertEq(settled, settledAt, "settlement changed");
        settledAt = settled;
    }

    function _checkPot(Pot memory p) private view {
        (uint256 filled, uint256 need) = ORACLE.pot(fixing, p.kind, p.round, p.value);
        (uint256 wantFilled, uint256 wantNeed) = MODEL.pot(p.kind, p.round, p.value);
        assertEq(filled, wantFilled, "pot.filled");
        assertEq(need, wantNeed, "pot.need");
        bytes32 key = _key(p);
        uint256 supply;
        for (uint256 a = 0; a < actors.length; ++a) {
            uint256 balance = ORACLE.balanceOf(actors[a], uint256(key));
            assertEq(balance, MODEL.balanceOf(actors[a], key), "receipts");
            supply += balance;
        }
        assertEq(supply, MODEL.supplyOf(key), "supply");
    }

    function _know(Kind kind, uint8 round, uint128 value) private {
        Pot memory p = Pot(kind, round, value);
        if (isKnown[_key(p)]) return;
        isKnown[_key(p)] = true;
        pots.push(p);
    }

    function _key(Pot memory p) private view returns (bytes32) {
        return keccak256(abi.encode(id, p.kind, p.round, p.value));
    }

    function _actor(uint256 choice) private view returns (address) {
        return actors[choice % actors.length];
    }

    /// Mostly from the pool, now and then any value at all.
    function _value(uint256 choice) private view returns (uint128) {
        if (choice % 32 == 0) return 0;
        if (choice % 32 == 1) return uint128(choice >> 64);
        // The first two, which a dispute is about, come twice as often.
        uint256 index = (choice >> 8) % (pool.length + 2);
        return pool[index < pool.length ? index : index - pool.length];
    }

    function _round(uint256 choice) private view returns (uint8) {
        return choice % 16 == 0 ? uint8(choice >> 8) : roundNow();
    }

    /// All that is missing, a part of it, or more.
    function _amount(Kind kind, uint8 round, uint128 value, uint256 choice) private view returns (uint256) {
        (uint256 filled, uint256 need) = ORACLE.pot(fixing, kind, round, value);
        if (need <= filled) return choice % 4;
        uint256 missing = need - filled;
        uint256 sort = choice % 8;
        if (sort == 0) return choice % 2 ** 16 == 0 ? 0 : 1 + (choice >> 8) % missing;
        if (sort < 4) return 1 + (choice >> 8) % missing;
        if (sort == 4) return missing > 1 ? missing - 1 : 1;
        return sort == 5 ? missing + choice % 3 : sort == 6 ? missing : type(uint256).max;
    }

    /// One of the pots that hold something, now and then one that may not exist.
    function _pot(uint256 choice) private view returns (Pot memory) {
        if (pots.length == 0 || choice % 16 == 0) {
            return Pot(Kind((choice >> 8) % 4), uint8((choice >> 16) % 5), pool[(choice >> 24) % pool.length]);
        }
        return pots[(choice >> 8) % pots.length];
    }
}
