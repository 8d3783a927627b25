// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {Fixing, Phase} from "../types/Fixing.sol";

/// @title Whose turn it is to rule (R-205)
library TurnLib {
    /// @notice First second at which `arbitrator` cannot rule on `fixing` any more; 0 if it cannot now.
    function turnEnd(IMaturityOracle oracle, Fixing calldata fixing, address arbitrator)
        internal
        view
        returns (uint256)
    {
        if (oracle.phase(fixing) != Phase.Arbitration) return 0;
        (,,,, uint256 arbitratedAt) = oracle.state(fixing);
        uint256 firstEnd = arbitratedAt + fixing.arbitrationLimit;
        bool isFirst = block.timestamp < firstEnd;
        address current = isFirst ? fixing.arbitrator : fixing.backup;
        if (current != arbitrator) return 0;
        return isFirst ? firstEnd : firstEnd + fixing.arbitrationLimit;
    }
}
