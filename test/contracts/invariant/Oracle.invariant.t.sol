// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OracleCampaign} from "./OracleCampaign.sol";

/// The oracle against the model, move by move.
/// forge-config: default.invariant.fail-on-revert = true
contract OracleInvariantTest is OracleCampaign {
    function _isJudged() internal pure override returns (bool) {
        return true;
    }

    /// Property 1: the oracle holds, to the wei, what came in for both fixings less what left, and the dust of those that
    /// are over. Receipts' supply is the recorded stake and every view agrees with the model.
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

    /// One long walk of the same moves reaches every transition that the rules allow; `forge test --match-test
    /// EveryTransition -vv` prints how often.
    function test_handler_reachesEveryTransition() public {
        vm.pauseGasMetering(); // the walk is longer than a transaction
        bytes4[] memory moves = _moves();
        for (uint256 i = 0; i < 3000; ++i) {
            uint256[5] memory choices;
            for (uint256 k = 0; k < 5; ++k) {
                choices[k] = uint256(keccak256(abi.encode(i, k)));
            }
            bytes4 move = moves[uint256(keccak256(abi.encode(i))) % moves.length];
            (bool isDone, bytes memory reason) = address(handler).call(abi.encodePacked(move, abi.encode(choices)));
            if (isDone) continue;
            assembly {
                revert(add(reason, 32), mload(reason))
            }
        }
        _printCoverage();
        string[22] memory transitions = _transitions();
        for (uint256 i = 0; i < transitions.length; ++i) {
            assertGt(handler.seen(transitions[i]), 0, transitions[i]);
        }
    }
}
