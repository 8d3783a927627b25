// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingLib} from "src/libraries/FixingLib.sol";
import {Fixing} from "src/types/Fixing.sol";

/// @title How long a fixing lives, for the solver: `npm run prove`
/// @notice See `BondLibProofs`. Ids are hashed in assembly; no property calls it.
/// @custom:unread src/libraries/FixingLib.sol solady/utils/EfficientHashLib.sol
contract FixingLibProofs {
    using FixingLib for Fixing;

    /// @notice A fixing that is proposed as late as possible, disputed thrice in the last second and appealed in the last
    /// second, or requested as late as possible, is settled before `worstCase`; and no sum overflows.
    /// @custom:proves FixingLib.worstCase, FixingLib.graceEnd
    /// @custom:range maturity < 2^39, every duration any uint32, every instant that R-110 allows
    function prove_worstCase_isNeverReached(
        Fixing calldata fixing,
        uint64 proposedAt,
        uint64[3] calldata disputedAt,
        uint64 arbitratedAt,
        uint64 requestedAt
    ) external pure {
        require(fixing.maturity < 2 ** 39);
        uint256 openEnd = fixing.graceEnd() + fixing.arbitrationLimit;
        uint256 worstCase = fixing.worstCase();

        require(requestedAt < openEnd);
        assert(requestedAt + 2 * uint256(fixing.arbitrationLimit) < worstCase);

        require(proposedAt < openEnd);
        uint256 deadline = uint256(proposedAt) + fixing.firstWindow;
        require(disputedAt[0] < deadline);
        deadline = uint256(disputedAt[0]) + fixing.window;
        require(disputedAt[1] < deadline);
        deadline = uint256(disputedAt[1]) + fixing.window;
        require(disputedAt[2] < deadline);
        deadline = uint256(disputedAt[2]) + fixing.window;
        assert(deadline < worstCase);
        require(arbitratedAt < deadline);
        assert(arbitratedAt + 2 * uint256(fixing.arbitrationLimit) < worstCase);
    }

    /// @notice The end of an open fixing is its grace's end and the limit; the unchecked sum never wraps.
    /// @custom:proves FixingLib.openEnd, FixingLib.graceEnd
    /// @custom:range every maturity and duration
    function prove_openEnd_neverWraps(Fixing calldata fixing) external pure {
        assert(fixing.openEnd() == fixing.graceEnd() + fixing.arbitrationLimit);
    }
}
