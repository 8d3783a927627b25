// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {IOpenInterest} from "src/interfaces/IOpenInterest.sol";
import {FixingId} from "src/types/Fixing.sol";

/// @title An open interest in a chosen mood
/// @notice Test only. The order of the moods is that of `INTEREST_MOODS` in test/model/action.ts.
contract ModelInterest is IOpenInterest {
    enum Mood {
        Steady,
        Long,
        Busy,
        Curious,
        Silent,
        Short,
        Reverting,
        Burning
    }

    error InterestRefused();

    IMaturityOracle public immutable ORACLE;
    Mood public mood;
    uint256 public reading;

    constructor(IMaturityOracle oracle) {
        ORACLE = oracle;
    }

    function set(Mood newMood, uint256 newReading) external {
        mood = newMood;
        reading = newReading;
    }

    function openInterest(FixingId id) external view returns (uint256) {
        Mood current = mood;
        uint256 value = reading;
        if (current == Mood.Reverting) revert InterestRefused();
        if (current == Mood.Silent) _return(0, 0);
        if (current == Mood.Short) _return(value, 31);
        if (current == Mood.Long) _return(value, 1 << 17);
        if (current == Mood.Burning) for (uint256 i = 0;; ++i) {}
        if (current == Mood.Busy) while (gasleft() > 10_000) {}
        if (current == Mood.Curious) ORACLE.settlementOf(id);
        return value;
    }

    function _return(uint256 value, uint256 length) private pure {
        assembly {
            mstore(0, value)
            return(0, length)
        }
    }
}
