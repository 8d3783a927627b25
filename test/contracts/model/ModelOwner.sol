// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {ModelActor} from "./ModelActor.sol";

/// @title An owner that is a contract and says what it is told to when it is asked whether it signed
/// @notice Test only. The order of the moods is that of `OWNER_MOODS` in test/model/accounts.ts.
contract ModelOwner is ModelActor, IERC1271 {
    enum Mood {
        Approves,
        Refuses,
        Reverts,
        SaysNothing
    }

    error ConsentRefused();

    Mood public mood;

    function setMood(Mood newMood) external {
        mood = newMood;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        Mood current = mood;
        if (current == Mood.Reverts) revert ConsentRefused();
        if (current == Mood.SaysNothing) {
            assembly {
                return(0, 0)
            }
        }
        return current == Mood.Approves ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
