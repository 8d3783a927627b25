// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";
import {console} from "forge-std/console.sol";

import {RegistryHandler} from "./RegistryHandler.sol";

/// The invariants of the registry (docs/invariants.md), judged from what it shows and what tokens moved, while honest
/// reporters, liars and accusers do what they can (R-401 to R-408).
/// forge-config: default.invariant.runs = 6
/// forge-config: default.invariant.depth = 150
contract RegistryInvariantTest is Test {
    RegistryHandler private handler;

    function setUp() public {
        handler = new RegistryHandler();
        targetContract(address(handler));
        targetSelector(FuzzSelector(address(handler), _moves()));
    }

    /// R-1: the registry holds all stakes and what is left of all rewards, to the wei.
    function invariant_registry_isSolvent() public view {
        assertEq(handler.registryHolds(), handler.stakesShown() + handler.unpaidRewards(), "held");
    }

    /// Stakes are what was put in less what was withdrawn and slashed, the prover's fifth included.
    function invariant_registry_keepsStakes() public view {
        assertEq(handler.stakesShown(), handler.stakes(), "stakes");
    }

    /// R-2: a roster that was written, or that something was attested by, stays.
    function invariant_registry_neverChangesARoster() public view {
        assertTrue(handler.areRostersUnchanged(), "rosters");
    }

    /// R-2: who reported in an epoch that has begun does not change.
    function invariant_registry_neverChangesThePast() public view {
        assertEq(handler.changedTime(), 0, "time whose reporters changed");
    }

    /// R-5: a share is paid once, and shares are never more than the reward; so are refunds, and never both.
    function invariant_registry_paysAShareOnce() public view {
        for (uint256 which = 0; which < handler.fixingCount(); ++which) {
            (uint256 paid, uint256 refunded) = (handler.paid(which), handler.refunded(which));
            assertLe(paid + refunded, handler.rewardOf(which), "reward");
            assertTrue(paid == 0 || refunded == 0, "paid and refunded");
            for (uint256 place = 0; place < handler.mostMembers(); ++place) {
                assertLe(handler.timesPaid(which, place), 1, "times");
            }
        }
    }

    /// R-4, R-405: whatever fixings, courts, timing and liars do, an honest reporter has its stake.
    function invariant_registry_neverTakesAnHonestStake() public view {
        assertEq(handler.honestLoser(), 256, "honest reporter that lost");
    }

    /// R-408: nobody has a stake back before its unbonding ended, and when it ends is fixed by leaving, once.
    function invariant_registry_unbondsInFull() public view {
        assertFalse(handler.hasUnbondedEarly(), "early");
        assertFalse(handler.hasLeavingMoved(), "moved");
    }

    /// R-403: an attestation is only ever replaced by one of more signers.
    function invariant_registry_attestationsOnlyGrow() public view {
        assertFalse(handler.hasCountFallen(), "fell");
    }

    /// One long walk does everything that the invariants are about; `forge test --match-test registryHandler -vv` prints
    /// how often.
    function test_registryHandler_reachesEverything() public {
        vm.pauseGasMetering(); // the walk is longer than a transaction
        bytes4[] memory moves = _moves();
        for (uint256 i = 0; i < 1500; ++i) {
            bytes4 move = moves[uint256(keccak256(abi.encode(i))) % moves.length];
            uint256[3] memory choices;
            for (uint256 k = 0; k < 3; ++k) {
                choices[k] = uint256(keccak256(abi.encode(i, k)));
            }
            (bool isDone,) = address(handler).call(abi.encodePacked(move, abi.encode(choices)));
            isDone;
        }
        string[16] memory names = _names();
        for (uint256 i = 0; i < names.length; ++i) {
            console.log(names[i], handler.made(names[i]), handler.done(names[i]));
            assertGt(handler.done(names[i]), 0, names[i]);
        }
    }

    function _names() private pure returns (string[16] memory) {
        return [
            "join",
            "topUp",
            "rotate",
            "startLeaving",
            "withdraw",
            "publish",
            "attest",
            "attest a lie",
            "play",
            "fund",
            "claim",
            "claimTogether",
            "refund",
            "accuse",
            "equivocate",
            "wait"
        ];
    }

    /// Moves that histories need often are listed more than once.
    function _moves() private view returns (bytes4[] memory moves) {
        moves = new bytes4[](23);
        moves[0] = handler.join.selector;
        moves[1] = handler.join.selector;
        moves[2] = handler.topUp.selector;
        moves[3] = handler.rotate.selector;
        moves[4] = handler.startLeaving.selector;
        moves[5] = handler.withdraw.selector;
        moves[6] = handler.addFixing.selector;
        moves[7] = handler.addFixing.selector;
        moves[8] = handler.publish.selector;
        moves[9] = handler.publish.selector;
        moves[10] = handler.attest.selector;
        moves[11] = handler.attest.selector;
        moves[12] = handler.attest.selector;
        moves[13] = handler.play.selector;
        moves[14] = handler.play.selector;
        moves[15] = handler.play.selector;
        moves[16] = handler.fundReward.selector;
        moves[17] = handler.claim.selector;
        moves[18] = handler.refund.selector;
        moves[19] = handler.accuse.selector;
        moves[20] = handler.equivocate.selector;
        moves[21] = handler.wait.selector;
        moves[22] = handler.claimTogether.selector;
    }
}
