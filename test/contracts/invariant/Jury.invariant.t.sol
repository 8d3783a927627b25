// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {console} from "forge-std/console.sol";

import {JuryHandler} from "./JuryHandler.sol";

/// The invariants of a jury (R-500 to R-504), while jurors come and go, vote, lie and keep silent over eight fixings.
/// forge-config: default.invariant.runs = 12
/// forge-config: default.invariant.depth = 150
contract JuryInvariantTest is Test {
    JuryHandler private handler;

    function setUp() public {
        handler = new JuryHandler();
        bytes4[] memory moves = new bytes4[](22);
        moves[0] = handler.stake.selector;
        moves[1] = handler.unstake.selector;
        moves[2] = handler.withdraw.selector;
        moves[3] = handler.open.selector;
        moves[4] = handler.open.selector;
        moves[5] = handler.draw.selector;
        moves[6] = handler.draw.selector;
        moves[7] = handler.reseed.selector;
        moves[8] = handler.close.selector;
        moves[9] = handler.commitAll.selector;
        moves[10] = handler.commitAll.selector;
        moves[11] = handler.revealAll.selector;
        moves[12] = handler.resolve.selector;
        moves[13] = handler.wait.selector;
        moves[14] = handler.admit.selector;
        moves[15] = handler.stayOut.selector;
        moves[16] = handler.readmit.selector;
        for (uint256 i = 17; i < moves.length; ++i) {
            moves[i] = handler.play.selector;
        }
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), moves));
    }

    /// The jury holds what it owes, to the wei.
    function invariant_jury_isSolvent() public view {
        assertEq(handler.held(), handler.owed(), "held");
    }

    /// Nothing comes from nowhere: what it holds and what burned is what was put in, and fees.
    function invariant_jury_conserves() public view {
        assertEq(int256(handler.held() + handler.burned()), handler.putIn() + int256(handler.feesReceived()), "sum");
    }

    /// Verdicts are what the votes come to, who is right does not lose, the pool is closed while a draw is due, and what is drawn from is
    /// half of all stakes at least.
    function invariant_jury_judgesByTheVotes() public view {
        assertEq(handler.fault(), "", "fault");
    }

    /// The moves that the invariants are held to come to every end that a case can have: else nothing would be held to anything.
    function test_jury_movesReachEveryEnd() public {
        // All five reveal, or one of them, or nobody.
        uint256 all = 31;
        uint256 one = 1;
        uint256 nobody = 1024;
        // Two bits each: the truth, INVALID.
        uint256 truth = 0x2aa;
        uint256 invalid = 0x155;
        handler.open(2);
        for (uint256 i = 0; i < 7; ++i) {
            handler.wait(1 days - 1);
        }
        handler.close(2);
        assertEq(handler.withoutVerdict(), 1, "closed");
        handler.open(0);
        handler.reseed(0);
        assertEq(handler.reseeded(), 1, "reseeded");
        handler.play(0, truth, all);
        assertEq(handler.decided(), 1, "the truth");
        // All reveal, and nobody resolves until another case waits.
        handler.play(4, invalid, 63);
        handler.open(5);
        handler.resolve(4);
        assertEq(handler.decided(), 2, "INVALID");
        handler.play(5, 0, all);
        assertEq(handler.decided(), 3, "a lie");
        assertEq(handler.readmitted(), 0, "not yet readmitted");
        handler.play(6, truth, one);
        // Those of the fourth and, as they waited, of the fifth.
        assertEq(handler.readmitted(), 10, "readmitted");
        assertEq(handler.hung(), 1, "hung");
        assertEq(handler.withoutVerdict(), 1, "not yet failed");
        handler.play(6, truth, nobody);
        assertEq(handler.hung(), 2, "hung again");
        assertEq(handler.withoutVerdict(), 2, "failed");
        // One truth among lies loses its stake.
        handler.play(7, 2, all);
        assertEq(handler.decided(), 4, "slashed");
        assertGt(handler.burned(), 0, "burned");
        assertGt(handler.feesReceived(), 0, "fees");
        invariant_jury_isSolvent();
        invariant_jury_conserves();
        invariant_jury_judgesByTheVotes();
    }

    function afterInvariant() public view {
        console.log("decided %d, hung %d, over without a verdict %d", handler.decided(), handler.hung(), handler.withoutVerdict());
    }
}
