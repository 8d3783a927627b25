// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// Section 5's properties 2, 5 and 8, each on the path where it is tightest. Properties 1, 4 and 7 are in Game.t.sol,
/// Phase.t.sol and the invariants; 3 and 6 are properties of a node's policy.
contract PropertiesTest is OracleTest {
    /// Property 2, R-301: by timeout exactly 40 %, at every n and whichever way the leaders went.
    function test_property2_timeoutEarnsExactlyFortyPercent() public {
        uint8[2][5] memory orders = [[0, 1], [0, 2], [2, 0], [2, 1], [2, 3]];
        for (uint8 rounds = 2; rounds <= 4; ++rounds) {
            for (uint256 i = 0; i < orders.length; ++i) {
                _playTo(rounds, orders[i]);
                uint128 winner = _leader();
                (uint256 stake, uint256 total) = _stakeOn(winner);
                vm.warp(MATURITY + WINDOW);
                assertEq(total, 3 * stake / 2);
                assertEq(_claimAll(winner), 14 * stake / 10);
            }
        }
    }

    /// Property 2, R-301: by ruling at least 40 %, for a leader confirmed (the tightest: exactly, as a = A / 9 is sized
    /// for it), an old candidate and a new one, at every n. d = 0.9 ether makes every ninth whole.
    function test_property2_rulingEarnsAtLeastFortyPercent() public {
        uint8[2][5] memory orders = [[0, 1], [0, 2], [2, 0], [2, 1], [2, 3]];
        uint128[5] memory values = [LIE, TRUTH, LIE_B, LIE_C, 7000e18];
        for (uint8 rounds = 2; rounds <= 4; ++rounds) {
            for (uint256 i = 0; i < orders.length; ++i) {
                for (uint256 appealed = 0; appealed < 5; ++appealed) {
                    for (uint256 ruled = 0; ruled < 5; ++ruled) {
                        _assertRulingPays(rounds, orders[i], values[appealed], values[ruled]);
                    }
                }
            }
        }
    }

    function _assertRulingPays(uint8 rounds, uint8[2] memory order, uint128 appealed, uint128 ruled) private {
        _playTo(rounds, order);
        uint128 leader = _leader();
        if (appealed == leader) return;
        _appeal(bob, rounds, appealed, type(uint256).max);
        (uint256 stake,) = _stakeOn(ruled);
        if (stake == 0) return;
        _rule(arbitrator, ruled);
        // The appeal's receipts carry a, which is in `stake`, and F, which they have back and half again.
        uint256 paid = _claimAll(ruled) + (appealed == ruled ? _claim(bob, Kind.Appeal, rounds, ruled) : 0);
        uint256 staked = stake + (appealed == ruled ? fixing.arbitrationFee : 0);
        assertGe(paid + 2, 14 * staked / 10, "40 %");
        if (ruled == leader) assertEq(paid, 14 * stake / 10, "the leader: exactly");
    }

    /// Property 5: one party on both sides pays 0.2 d 2^(n-2) to get to round n and let it time out.
    function test_property5_selfDisputeByTimeout() public {
        for (uint8 rounds = 2; rounds <= 4; ++rounds) {
            // Two values that take turns are the cheapest way there.
            _playTo(rounds, [0, 1]);
            uint256 spent = _held();
            vm.warp(MATURITY + WINDOW);
            uint256 back = _claimAll(LIE) + _claimAll(TRUTH);
            assertEq(spent - back, fixing.minBond * 2 ** (rounds - 2) / 5);
        }
    }

    /// Property 5: through arbitration at n = 2, 3, 4 it pays at least 0.53 d 2^(n-2) + F, whoever wins.
    function test_property5_selfDisputeThroughArbitration() public {
        uint128[3] memory rulings = [LIE, TRUTH, 7000e18];
        for (uint8 rounds = 2; rounds <= 4; ++rounds) {
            for (uint256 i = 0; i < rulings.length; ++i) {
                for (uint256 appealed = 0; appealed < rulings.length; ++appealed) {
                    _assertArbitrationCosts(rounds, rulings[appealed], rulings[i]);
                }
            }
        }
    }

    function _assertArbitrationCosts(uint8 rounds, uint128 appealed, uint128 ruled) private {
        _playTo(rounds, [0, 1]);
        if (appealed == _leader()) return;
        _appeal(bob, rounds, appealed, type(uint256).max);
        uint256 spent = _held();
        _rule(arbitrator, ruled);
        uint256 back = _claimAll(LIE) + _claimAll(TRUTH) + _claim(bob, Kind.Appeal, rounds, appealed);
        assertGe(spent - back, 53 * uint256(fixing.minBond) * 2 ** (rounds - 2) / 100 + fixing.arbitrationFee);
    }

    /// Property 8: a node that answers a lie at n = 1 and then only appeals needs at most 5 d + F, whatever the attacker
    /// leads with meanwhile; d of it within the bond's own terms, 2 d within the first window.
    function test_property8_honestCapital() public {
        uint256 most;
        uint8[2][5] memory orders = [[0, 1], [0, 2], [2, 0], [2, 1], [2, 3]];
        for (uint8 rounds = 2; rounds <= 4; ++rounds) {
            for (uint256 i = 0; i < orders.length; ++i) {
                _playTo(rounds, orders[i]);
                uint128 honest = TRUTH;
                if (_leader() == honest) continue;
                // Round 1 is the honest answer; the attacker paid for everything after it.
                uint256 answer = 2 * uint256(fixing.minBond);
                uint256 sponsored = _appeal(bob, rounds, honest, type(uint256).max);
                if (answer + sponsored > most) most = answer + sponsored;
            }
        }
        assertEq(most, 5 * uint256(fixing.minBond) + fixing.arbitrationFee);
    }

    uint256 private _games;
    uint256 private _heldBefore;

    /// A new fixing at `rounds` leaders: 0, 1, then `order`. Index i is the i-th of LIE, TRUTH, LIE_B, LIE_C; alice holds
    /// all stake. d = 0.9 ether makes every ninth and every fifth whole.
    function _playTo(uint8 rounds, uint8[2] memory order) private {
        Fixing memory f = _defaults();
        f.indexId = keccak256(abi.encode("game", ++_games));
        (f.minBond, f.arbitrationFee) = (0.9 ether, 0.36 ether);
        _use(f);
        _heldBefore = weth.balanceOf(address(oracle));
        uint128[4] memory values = [LIE, TRUTH, LIE_B, LIE_C];
        vm.warp(MATURITY);
        _propose(alice, LIE);
        _contribute(alice, 1, TRUTH, type(uint256).max);
        for (uint8 round = 2; round < rounds; ++round) {
            _contribute(alice, round, values[order[round - 2]], type(uint256).max);
        }
    }

    /// What this game took in so far.
    function _held() private view returns (uint256) {
        return weth.balanceOf(address(oracle)) - _heldBefore;
    }

    function _leader() private view returns (uint128 leader) {
        (, leader,,,) = oracle.state(fixing);
    }

    function _stakeOn(uint128 value) private view returns (uint256 stake, uint256 total) {
        (uint128[] memory values, uint256[] memory stakes) = oracle.candidates(fixing);
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] == value) stake = stakes[i];
            total += stakes[i];
        }
    }

    /// What alice is paid for all her stake on `value`.
    function _claimAll(uint128 value) private returns (uint256 paid) {
        for (uint8 round = 0; round < 4; ++round) {
            if (oracle.balanceOf(alice, _receipt(Kind.Stake, round, value)) != 0) {
                paid += _claim(alice, Kind.Stake, round, value);
            }
        }
    }
}
