// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {console} from "forge-std/console.sol";

import {OracleTest} from "../support/OracleTest.sol";
import {OracleHandler} from "./OracleHandler.sol";

/// @title Two concurrent fixings with common actors and one pot of money
abstract contract OracleCampaign is OracleTest {
    OracleHandler internal handler;

    function setUp() public override {
        super.setUp();
        address[] memory players = new address[](4);
        (players[0], players[1], players[2], players[3]) = (proposer, attacker, alice, bob);
        handler = new OracleHandler(oracle, weth, _defaults(), players, _isJudged());
        targetSelector(FuzzSelector(address(handler), _moves()));
        targetContract(address(handler));
    }

    /// Whether every move is compared with the model.
    function _isJudged() internal pure virtual returns (bool);

    /// Moves that games need often are listed more than once.
    function _moves() internal view returns (bytes4[] memory moves) {
        moves = new bytes4[](20);
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
    }

    /// Every change of where a fixing stands that the rules allow, in one step of time or one move.
    function _transitions() internal pure returns (string[22] memory) {
        return [
            "Pending > Open",
            "Open > Active 1",
            "Open > Arbitration 0",
            "Open > Expiry",
            "Active 1 > Active 2",
            "Active 2 > Active 3",
            "Active 3 > Active 4",
            "Active 1 > Timeout",
            "Active 2 > Timeout",
            "Active 3 > Timeout",
            "Active 4 > Timeout",
            "Active 2 > Arbitration 2",
            "Active 3 > Arbitration 3",
            "Active 4 > Arbitration 4",
            "Arbitration 0 > Ruling",
            "Arbitration 2 > Ruling",
            "Arbitration 3 > Ruling",
            "Arbitration 4 > Ruling",
            "Arbitration 0 > Expiry",
            "Arbitration 2 > Expiry",
            "Arbitration 3 > Expiry",
            "Arbitration 4 > Expiry"
        ];
    }

    function _printCoverage() internal view {
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
        console.log("transition: seen");
        string[22] memory transitions = _transitions();
        for (uint256 i = 0; i < transitions.length; ++i) {
            console.log(transitions[i], handler.seen(transitions[i]));
        }
        console.log("fixings played to the end", handler.rolled());
    }
}
