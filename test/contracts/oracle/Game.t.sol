// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, Phase} from "src/types/Fixing.sol";

import {GameDriver} from "../support/GameDriver.sol";
import {OracleTest} from "../support/OracleTest.sol";

/// Whole random games: random parameters, then random moves by random actors at random times, each compared with the
/// model, and at last everyone is paid. Properties 1, 2 and 4 and every rule of R-110 and R-201 to R-303.
contract GameTest is OracleTest {
    uint256 private constant MOVES = 30;

    uint256 private _entropy;

    /// Properties 1, 2, 4
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_game_agreesWithTheModelAndIsSolvent(uint256 seed) public {
        _entropy = seed;
        GameDriver driver = new GameDriver(oracle, weth, _randomFixing(), _players(), _randomTruth());
        for (uint256 i = 0; i < MOVES; ++i) {
            _move(driver);
            driver.checkDispute();
            _assertHeld(driver.held());
            if (i % 10 == 0) driver.check();
        }
        driver.finish(_random());
        _assertHeld(driver.held());
    }

    /// The same with the defaults of section 3 and a dispute already under way, so that rulings are common.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_game_fromADispute(uint256 seed) public {
        _entropy = seed;
        GameDriver driver = new GameDriver(oracle, weth, _defaults(), _players(), TRUTH);
        vm.warp(MATURITY + _random() % 8 hours);
        driver.propose(0, 2, 1, 0);
        driver.contribute(1, 1, 3 | (1 + _random() % 9) << 8, 7);
        for (uint256 i = 0; i < MOVES / 2; ++i) {
            _move(driver);
            driver.checkDispute();
            _assertHeld(driver.held());
            if (i % 10 == 0) driver.check();
        }
        driver.finish(_random());
        _assertHeld(driver.held());
    }

    /// Three times out of four what the phase asks for, else anything.
    function _move(GameDriver driver) private {
        uint256 roll = _random() % 40;
        Phase phase = driver.phase();
        if (roll >= 30 || phase == Phase.Settled) return _moveAnyhow(driver);
        if (phase == Phase.Active) {
            if (roll < 16) driver.contribute(_random(), _random(), _random(), _random());
            else if (roll < 26) driver.appeal(_random(), _random(), _random(), _random());
            else driver.transfer(_random(), _random(), _random(), _random());
        } else if (phase == Phase.Arbitration) {
            if (roll < 18) driver.rule(_random(), _random());
            else if (roll < 24) driver.claim(_random(), _random());
            else vm.warp(driver.nextTime(_random()));
        } else {
            if (roll < 16) driver.propose(_random(), _random(), _random(), _random());
            else if (roll < 22) driver.request(_random());
            else vm.warp(driver.nextTime(_random()));
        }
    }

    function _moveAnyhow(GameDriver driver) private {
        uint256 roll = _random() % 11;
        if (roll < 2) vm.warp(driver.nextTime(_random()));
        else if (roll < 3) driver.fund(_random(), _random());
        else if (roll < 4) driver.propose(_random(), _random(), _random(), _random());
        else if (roll < 5) driver.contribute(_random(), _random(), _random(), _random());
        else if (roll < 6) driver.appeal(_random(), _random(), _random(), _random());
        else if (roll < 7) driver.request(_random());
        else if (roll < 8) driver.rule(_random(), _random());
        else if (roll < 9) driver.claim(_random(), _random());
        else if (roll < 10) driver.collect();
        else driver.transfer(_random(), _random(), _random(), _random());
    }

    function _randomFixing() private returns (Fixing memory f) {
        f = _defaults();
        f.indexId = bytes32(_random() | 1);
        f.maturity = uint64(MATURITY - 2 days + _random() % 3 days);
        uint256 size = _random() % 4;
        uint256 minBond = size == 0 ? 1e9 : size == 1 ? 1 << 80 : 1e9 + _random() % 100 ether;
        f.minBond = uint128(minBond);
        f.arbitrationFee = uint128(_random() % 4 == 0 ? 2 * minBond / 5 : 1 + _random() % (2 * minBond / 5));
        f.bondPpm = uint32(_random() % 100_001);
        f.firstWindow = uint32(10 minutes + _random() % (3 days));
        f.window = uint32(10 minutes + _random() % (3 days));
        f.bandPpm = uint32(1 + _random() % 200_000);
        f.separationPpm = uint32(1 + _random() % f.bandPpm);
        f.proposalGrace = uint32(10 minutes + _random() % (3 days));
        f.arbitrationLimit = uint32(1 days + _random() % (3 days));
    }

    /// From a few wei to more than 2^120.
    function _randomTruth() private returns (uint128) {
        return uint128(10 + (_random() >> (136 + _random() % 119)));
    }

    function _players() private view returns (address[] memory players) {
        players = new address[](5);
        (players[0], players[1], players[2]) = (proposer, attacker, alice);
        (players[3], players[4]) = (bob, carol);
    }

    function _random() private returns (uint256) {
        _entropy = uint256(keccak256(abi.encode(_entropy)));
        return _entropy;
    }
}
