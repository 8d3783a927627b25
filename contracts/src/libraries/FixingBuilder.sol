// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing} from "../types/Fixing.sol";

/// @title Fixings with the protocol's default parameters
/// @notice Change single fields of what `build` returns before it is used: `fixing.bondPpm = …`. docs/parameters.md says what each does.
library FixingBuilder {
    /// @notice A fixing of the index whose document hashes to `indexId`, at `maturity`, Unix seconds, with the default parameters of
    /// docs/parameters.md; without a source of open interest, so that its bond is the least. Validates nothing: the oracle's `create` does.
    function build(bytes32 indexId, uint64 maturity, address arbitrator, address backup)
        internal
        pure
        returns (Fixing memory)
    {
        return Fixing({
            indexId: indexId,
            maturity: maturity,
            arbitrator: arbitrator,
            backup: backup,
            openInterest: address(0),
            minBond: 0.1 ether,
            arbitrationFee: 0.04 ether,
            bondPpm: 2500,
            firstWindow: 1 days,
            window: 2 days,
            separationPpm: 1000,
            bandPpm: 10_000,
            proposalGrace: 3 days,
            arbitrationLimit: 30 days
        });
    }
}
