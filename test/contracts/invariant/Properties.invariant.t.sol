// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, Kind, Outcome, Phase} from "src/types/Fixing.sol";

import {GameDriver} from "../support/GameDriver.sol";
import {OracleCampaign} from "./OracleCampaign.sol";

/// The invariants of docs/evidence.md one by one, each judged from what the oracle itself shows and moves. The model only
/// finds sensible moves, and no difference from it ends the campaign.
contract PropertiesInvariantTest is OracleCampaign {
    function _isJudged() internal pure override returns (bool) {
        return false;
    }

    /// Property 1, per fixing: what left never exceeds what came in, and the rest is there.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_solventPerFixing() public view {
        assertTrue(handler.isSolvent(), "those before were solvent");
        uint256 owed;
        for (uint256 i = 0; i < 2; ++i) {
            GameDriver g = handler.game(i);
            assertLe(g.tokensOut(), g.tokensIn(), "solvent");
            owed += g.tokensIn() - g.tokensOut();
        }
        assertEq(weth.balanceOf(address(oracle)), owed + handler.dust(), "held");
    }

    /// R-202: whoever leads after an install has two thirds of all stake: S(leader) = 2 (A - S(leader)).
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_theLeaderHasTwoThirds() public view {
        for (uint256 i = 0; i < 2; ++i) {
            Fixing memory f = handler.game(i).fixingOf();
            (uint8 round, uint128 leader, uint256 staked,, uint64 arbitratedAt) = oracle.state(f);
            if (round < 2 || arbitratedAt != 0) continue;
            uint256 stake = _stakeOn(f, leader);
            assertEq(stake, 2 * (staked - stake), "two thirds");
        }
    }

    /// The receipts of a pot that are left and those that were burned are what it took in; those of the filled pots are
    /// the stake on their values.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_receiptsAreTheRecordedStake() public view {
        for (uint256 i = 0; i < 2; ++i) {
            _assertReceipts(handler.game(i));
        }
    }

    /// A settlement that was readable once reads the same now, a second later and a hundred years later.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_aSettlementNeverChanges() public {
        uint256 nowTime = block.timestamp;
        for (uint256 i = 0; i < 2; ++i) {
            uint128 first = handler.firstSettlement(i);
            if (first == 0) continue;
            Fixing memory f = handler.game(i).fixingOf();
            assertEq(oracle.settlement(f), first, "now");
            vm.warp(nowTime + 1);
            assertEq(oracle.settlement(f), first, "a second later");
            vm.warp(nowTime + 36_500 days);
            assertEq(oracle.settlement(f), first, "a hundred years later");
            vm.warp(nowTime);
        }
    }

    /// Property 4: whatever stands now, at `worstCase` everything is settled and readable without a transaction.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_settledByTheWorstCaseWithoutATransaction() public {
        uint256 nowTime = block.timestamp;
        for (uint256 i = 0; i < 2; ++i) {
            Fixing memory f = handler.game(i).fixingOf();
            uint256 worstCase = oracle.worstCase(f);
            if (worstCase > nowTime) vm.warp(worstCase);
            assertEq(uint8(oracle.phase(f)), uint8(Phase.Settled), "phase");
            assertGt(oracle.settlement(f), 0, "settlement");
            (Outcome how,) = oracle.outcome(f);
            assertTrue(how != Outcome.None, "outcome");
            vm.warp(nowTime);
        }
    }

    /// R-203: receipts of a pot that did not fill are paid 1:1 at any time but while their round lasts.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_refundsAreAlwaysAvailable() public {
        uint256 snapshot = vm.snapshotState();
        for (uint256 i = 0; i < 2; ++i) {
            _assertRefunds(handler.game(i));
        }
        vm.revertToState(snapshot);
    }

    /// Property 7: nothing that a move on one fixing did showed in the other.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 128
    function invariant_isolated() public view {
        assertTrue(handler.isIsolated(), "isolated");
    }

    function _assertReceipts(GameDriver g) private view {
        GameDriver.Pot[] memory pots = g.potsOf();
        Fixing memory f = g.fixingOf();
        (,, uint256 staked,,) = oracle.state(f);
        uint256 sum;
        for (uint256 i = 0; i < pots.length; ++i) {
            (uint256 filled,) = oracle.pot(f, pots[i].kind, pots[i].round, pots[i].value);
            assertEq(_supply(g, pots[i]) + g.burnedOf(_keyOf(g, pots[i])), filled, "receipts");
            if (!_isComplete(g, pots[i])) continue;
            sum += pots[i].kind == Kind.Appeal ? filled - f.arbitrationFee : filled;
        }
        assertEq(sum, staked, "stake");
    }

    function _assertRefunds(GameDriver g) private {
        GameDriver.Pot[] memory pots = g.potsOf();
        address[] memory actors = g.actorsOf();
        Fixing memory f = g.fixingOf();
        (uint8 round,,,,) = oracle.state(f);
        bool isActive = oracle.phase(f) == Phase.Active;
        for (uint256 i = 0; i < pots.length; ++i) {
            GameDriver.Pot memory p = pots[i];
            bool isStake = p.kind == Kind.Stake || p.kind == Kind.Appeal;
            if (!isStake || _isComplete(g, p) || (isActive && p.round == round)) continue;
            for (uint256 a = 0; a < actors.length; ++a) {
                uint256 balance = oracle.balanceOf(actors[a], uint256(_keyOf(g, p)));
                if (balance == 0) continue;
                uint256 before = weth.balanceOf(actors[a]);
                vm.prank(actors[a]);
                oracle.claim(f, p.kind, p.round, p.value);
                assertEq(weth.balanceOf(actors[a]), before + balance, "refund");
            }
        }
    }

    /// Whether a pot of stake or of an appeal filled: its value led the next round, or arbitration began for it.
    function _isComplete(GameDriver g, GameDriver.Pot memory p) private view returns (bool) {
        Fixing memory f = g.fixingOf();
        (uint8 round,,,, uint64 arbitratedAt) = oracle.state(f);
        if (p.kind == Kind.Stake) return p.round < round && g.ledAt(p.round + 1) == p.value;
        if (p.kind != Kind.Appeal || arbitratedAt == 0 || p.round != round) return false;
        // Only the pot that filled holds all that was needed then: a ninth of the stake before it, rounded up, and F.
        (uint256 filled,) = oracle.pot(f, p.kind, p.round, p.value);
        (,, uint256 staked,,) = oracle.state(f);
        uint256 a = filled > f.arbitrationFee ? filled - f.arbitrationFee : 0;
        return a != 0 && a == (staked - a + 8) / 9;
    }

    function _supply(GameDriver g, GameDriver.Pot memory p) private view returns (uint256 supply) {
        address[] memory actors = g.actorsOf();
        for (uint256 a = 0; a < actors.length; ++a) {
            supply += oracle.balanceOf(actors[a], uint256(_keyOf(g, p)));
        }
    }

    function _keyOf(GameDriver g, GameDriver.Pot memory p) private view returns (bytes32) {
        return keccak256(abi.encode(g.id(), p.kind, p.round, p.value));
    }

    function _stakeOn(Fixing memory f, uint128 value) private view returns (uint256 stake) {
        (uint128[] memory values, uint256[] memory stakes) = oracle.candidates(f);
        for (uint256 i = 0; i < values.length; ++i) {
            if (values[i] == value) stake = stakes[i];
        }
    }
}
