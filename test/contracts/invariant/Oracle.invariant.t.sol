// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {console} from "forge-std/console.sol";

import {GameDriver} from "../support/GameDriver.sol";
import {OracleTest} from "../support/OracleTest.sol";
import {OracleHandler} from "./OracleHandler.sol";

/// Two concurrent fixings with common actors and one pot of money.
/// forge-config: default.invariant.fail-on-revert = true
/// forge-config: ci.invariant.fail-on-revert = true
contract OracleInvariantTest is OracleTest {
    OracleHandler private handler;

    function setUp() public override {
        super.setUp();
        address[] memory players = new address[](4);
        (players[0], players[1], players[2], players[3]) = (proposer, attacker, alice, bob);
        handler = new OracleHandler(oracle, weth, _defaults(), players);

        // Moves that games need often are listed more than once.
        bytes4[] memory moves = new bytes4[](20);
        moves[0] = handler.fund.selector;
        moves[1] = handler.propose.selector;
        moves[2] = handler.contribute.selector;
        moves[3] = handler.appeal.selector;
        moves[4] = handler.request.selector;
        moves[5] = handler.rule.selector;
        moves[6] = handler.claim.selector;
        moves[7] = handler.collect.selector;
        moves[8] = handler.transfer.selector;
        moves[9] = handler.wait.selector;
        moves[10] = handler.wait.selector;
        moves[11] = handler.roll.selector;
        for (uint256 i = 12; i < moves.length; ++i) {
            moves[i] = handler.sensible.selector;
        }
        targetSelector(FuzzSelector(address(handler), moves));
        targetContract(address(handler));
    }

    /// Property 1: the oracle holds, to the wei, what came in for both fixings less what left, and the dust of those that
    /// are over. Receipts' supply is the recorded stake and every view agrees with the model. What a settlement was once,
    /// and what another fixing is, the handler checks at every move (property 7).
    function invariant_solventAndAsTheModelSays() public {
        _assertHeld(handler.game(0).held() + handler.game(1).held() + handler.dust());
        // All pots of both is much to read: at every eighth move, and at the end.
        if (handler.moves() % 8 != 0) return;
        handler.game(0).check();
        handler.game(1).check();
    }

    /// Properties 1, 2 and 4: at the end of a run both fixings are settled by their worst case and pay everyone.
    function afterInvariant() public {
        for (uint256 i = 0; i < 2; ++i) {
            handler.game(i).finish(i);
        }
        _assertHeld(handler.game(0).held() + handler.game(1).held() + handler.dust());
        _printCoverage();
    }

    function _printCoverage() private view {
        string[12] memory moves = [
            "fund",
            "propose",
            "contribute",
            "appeal",
            "request",
            "rule",
            "claim",
            "collect",
            "transfer",
            "sensible",
            "wait",
            "roll"
        ];
        console.log("move: done of made");
        for (uint256 i = 0; i < moves.length; ++i) {
            console.log(moves[i], handler.done(moves[i]), handler.made(moves[i]));
        }
    }
}
