// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {StdAssertions} from "forge-std/StdAssertions.sol";
import {Vm} from "forge-std/Vm.sol";

import {Fixing, Phase} from "src/types/Fixing.sol";

import {GameDriver} from "../support/GameDriver.sol";
import {IOracle, IWeth} from "../support/OracleTest.sol";

/// @title Two fixings played at once by the same actors
/// @notice A fixing that is settled is now and then paid out and rolled: the next one takes its place, as users do every
/// month. Every move on one fixing is checked to leave the other alone. What the driver finds wrong reverts, and the
/// campaign fails on reverts.
contract OracleHandler is StdAssertions {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    IOracle private immutable ORACLE;
    IWeth private immutable WETH;

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

    constructor(IOracle oracle, IWeth weth, Fixing memory template, address[] memory actors) {
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

    // ---------------------------------------------------------------------------------------------- moves

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
        else if (phase == Phase.Open) isDone = g.propose(who, what, when, amount);
        else if (phase == Phase.Arbitration) isDone = g.rule(who, what);
        else if (phase == Phase.Settled) isDone = g.claim(who, what);
        else if (when % 5 < 2) isDone = g.appeal(who, when, what, amount);
        else isDone = g.contribute(who, when, what, amount);
        _end(which, "sensible", isDone);
    }

    /// Time passes for both.
    function wait(uint256 which, uint256 choice) external {
        VM.warp(_games[which % 2].nextTime(choice));
        ++moves;
        ++made["wait"];
        ++done["wait"];
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
        dust += g.held();
        ++rolled;
        _roll(which % 2);
    }

    // ------------------------------------------------------------------------------------------- internal

    function _begin(uint256 which) private returns (GameDriver) {
        _untouched = _games[1 - which % 2].digest();
        return _games[which % 2];
    }

    /// Property 7: nothing that happens to one fixing shows in the other.
    function _end(uint256 which, string memory move, bool isDone) private {
        ++moves;
        ++made[move];
        if (isDone) ++done[move];
        assertEq(_games[1 - which % 2].digest(), _untouched, "isolation");
        _games[0].checkDispute();
        _games[1].checkDispute();
        assertEq(WETH.balanceOf(address(ORACLE)), _games[0].held() + _games[1].held() + dust, "held");
    }

    function _roll(uint256 slot) private {
        Fixing memory f = _template;
        f.indexId = keccak256(abi.encode(slot, rolled));
        f.maturity = uint64(block.timestamp + (slot == 0 ? 0 : 1 hours));
        _games[slot] = new GameDriver(ORACLE, WETH, f, _actors, uint128(2500e18 + 700e18 * slot));
    }
}
