// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StdAssertions} from "forge-std/StdAssertions.sol";
import {Vm} from "forge-std/Vm.sol";

import {Fixing, Outcome, Phase} from "src/types/Fixing.sol";

import {GameDriver} from "../support/GameDriver.sol";
import {IOracle, IWeth} from "../support/OracleTest.sol";

/// @title Two fixings played at once by the same actors
/// @notice A fixing that is settled is now and then paid out and rolled: the next one takes its place, as users do every
/// month. A campaign that compares with the model fails on reverts, since what the driver finds wrong reverts.
contract OracleHandler is StdAssertions {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    IOracle private immutable ORACLE;
    IWeth private immutable WETH;

    bool private immutable _isJudge;
    Fixing private _template;
    address[] private _actors;
    GameDriver[2] private _games;
    /// What finished games left behind: the dust of rounding down.
    uint256 public dust;
    uint256 public rolled;
    uint256 public moves;
    /// What the fixing that a move must not touch looked like before it.
    bytes32 private _untouched;

    /// How often each move was made, and how often it was not refused.
    mapping(string move => uint256) public made;
    mapping(string move => uint256) public done;

    /// Whether the arbitrators of the fixing mostly let their turns pass.
    bool[2] private _isSilent;
    /// Where each fixing stood when it was last looked at, and how often it went from where to where since.
    string[2] private _stood;
    mapping(string transition => uint256) public seen;
    /// The first settlement that was readable of each fixing; 0 = none yet.
    uint128[2] public firstSettlement;
    /// Whether no fixing that was paid out gave more than it took in (property 1).
    bool public isSolvent = true;
    /// Whether no move on one fixing ever showed in the other (property 7).
    bool public isIsolated = true;

    /// `isJudge`: every move is compared with the model, and a difference fails it; else the campaign only plays.
    constructor(IOracle oracle, IWeth weth, Fixing memory template, address[] memory actors, bool isJudge) {
        _isJudge = isJudge;
        ORACLE = oracle;
        WETH = weth;
        _template = template;
        _actors = actors;
        _roll(0);
        _roll(1);
    }

    function game(uint256 index) external view returns (GameDriver) {
        return _games[index];
    }

    function fund(uint256 which, uint256 who, uint256 amount) external {
        GameDriver g = _begin(which);
        _end(which, "fund", g.fund(who, amount));
    }

    function propose(uint256 which, uint256 who, uint256 what, uint256 cap, uint256 interest) external {
        GameDriver g = _begin(which);
        _end(which, "propose", g.propose(who, what, cap, interest));
    }

    function contribute(uint256 which, uint256 who, uint256 when, uint256 what, uint256 amount) external {
        GameDriver g = _begin(which);
        _end(which, "contribute", g.contribute(who, when, what, amount));
    }

    function appeal(uint256 which, uint256 who, uint256 when, uint256 what, uint256 amount) external {
        GameDriver g = _begin(which);
        _end(which, "appeal", g.appeal(who, when, what, amount));
    }

    function request(uint256 which, uint256 who) external {
        GameDriver g = _begin(which);
        _end(which, "request", g.request(who));
    }

    function rule(uint256 which, uint256 who, uint256 what) external {
        GameDriver g = _begin(which);
        _end(which, "rule", g.rule(who, what));
    }

    function claim(uint256 which, uint256 who, uint256 pot) external {
        GameDriver g = _begin(which);
        _end(which, "claim", g.claim(who, pot));
    }

    function collect(uint256 which) external {
        GameDriver g = _begin(which);
        _end(which, "collect", g.collect());
    }

    function transfer(uint256 which, uint256 from, uint256 to, uint256 pot, uint256 amount) external {
        GameDriver g = _begin(which);
        _end(which, "transfer", g.transfer(from, to, pot, amount));
    }

    /// Whatever the phase of the fixing asks for, so that games get somewhere.
    function sensible(uint256 which, uint256 who, uint256 when, uint256 what, uint256 amount) external {
        GameDriver g = _begin(which);
        Phase phase = g.phase();
        bool isDone;
        if (phase == Phase.Pending) isDone = g.fund(who, amount);
        else if (phase == Phase.Open && who % 5 == 0) isDone = g.request(who) || _sleep(g, when);
        else if (phase == Phase.Open) isDone = g.propose(who, what, when, amount);
        else if (phase == Phase.Arbitration) isDone = _isSilent[which % 2] ? _sleep(g, when) : g.rule(who, what);
        else if (phase == Phase.Settled) isDone = g.claim(who, what);
        else if (when % 8 < g.roundNow()) isDone = g.appeal(who, when, what, amount);
        else isDone = g.contribute(who, when, what, amount);
        _end(which, "sensible", isDone);
    }

    /// Time passes for both.
    function wait(uint256 which, uint256 choice) external {
        VM.warp(_games[which % 2].nextTime(choice));
        ++moves;
        ++made["wait"];
        ++done["wait"];
        _look();
        _games[0].checkDispute();
        _games[1].checkDispute();
    }

    /// Pays out a settled fixing to the last receipt and starts the next one.
    function roll(uint256 which, uint256 order) external {
        GameDriver g = _begin(which);
        bool isDone = g.phase() == Phase.Settled;
        if (isDone) g.finish(order);
        _end(which, "roll", isDone);
        if (!isDone) return;
        if (g.tokensOut() > g.tokensIn()) isSolvent = false;
        else dust += g.tokensIn() - g.tokensOut();
        ++rolled;
        _roll(which % 2);
    }

    function _begin(uint256 which) private returns (GameDriver) {
        _untouched = _games[1 - which % 2].digest();
        return _games[which % 2];
    }

    /// Property 7: nothing that happens to one fixing shows in the other.
    function _end(uint256 which, string memory move, bool isDone) private {
        ++moves;
        ++made[move];
        if (isDone) ++done[move];
        isIsolated = isIsolated && _games[1 - which % 2].digest() == _untouched;
        _look();
        _games[0].checkDispute();
        _games[1].checkDispute();
        if (!_isJudge) return;
        assertEq(WETH.balanceOf(address(ORACLE)), _games[0].held() + _games[1].held() + dust, "held");
    }

    /// To the next instant that matters, or one second beside it.
    function _sleep(GameDriver g, uint256 choice) private returns (bool) {
        VM.warp(g.nextTime(5 + choice % 3));
        _untouched = _other(g).digest(); // which time alone has changed
        return true;
    }

    function _other(GameDriver g) private view returns (GameDriver) {
        return address(g) == address(_games[0]) ? _games[1] : _games[0];
    }

    /// Takes note of what changed since the last look, by a move or by time alone.
    function _look() private {
        for (uint256 slot = 0; slot < 2; ++slot) {
            string memory stands = _standing(_games[slot].fixingOf());
            if (keccak256(bytes(stands)) != keccak256(bytes(_stood[slot]))) {
                ++seen[string.concat(_stood[slot], " > ", stands)];
                _stood[slot] = stands;
            }
            if (firstSettlement[slot] == 0 && _games[slot].phase() == Phase.Settled) {
                firstSettlement[slot] = ORACLE.settlement(_games[slot].fixingOf());
            }
        }
    }

    /// A phase, with its round where it has one, and how it was settled.
    function _standing(Fixing memory f) private view returns (string memory) {
        Phase phase = ORACLE.phase(f);
        (uint8 round,,,,) = ORACLE.state(f);
        string memory n = VM.toString(round);
        if (phase == Phase.Pending) return "Pending";
        if (phase == Phase.Open) return "Open";
        if (phase == Phase.Active) return string.concat("Active ", n);
        if (phase == Phase.Arbitration) return string.concat("Arbitration ", n);
        (Outcome how,) = ORACLE.outcome(f);
        if (how == Outcome.Timeout) return "Timeout";
        return how == Outcome.Ruling ? "Ruling" : "Expiry";
    }

    function _roll(uint256 slot) private {
        Fixing memory f = _template;
        f.indexId = keccak256(abi.encode(slot, rolled));
        f.maturity = uint64(block.timestamp + (slot == 0 ? 0 : 1 hours));
        _games[slot] = new GameDriver(ORACLE, WETH, f, _actors, uint128(2500e18 + 700e18 * slot));
        if (!_isJudge) _games[slot].stopJudging();
        _stood[slot] = _standing(f);
        firstSettlement[slot] = 0;
        _isSilent[slot] = uint256(f.indexId) % 2 == 0;
    }
}
