// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKnownFixings} from "../../interfaces/consumers/IKnownFixings.sol";
import {ISettlementSource} from "../../interfaces/ISettlementSource.sol";
import {Fixing, FixingId, Phase} from "../../types/Fixing.sol";

/// @title Reading settlements by id alone
/// @notice For interfaces that know a question by 32 bytes. The oracle cannot say from an id alone that a fixing which nobody ever
/// proposed or requested has expired; anyone may bring such a fixing, once, to `learn`.
abstract contract KnownFixings is IKnownFixings {
    /// @inheritdoc IKnownFixings
    ISettlementSource public immutable ORACLE;

    /// What is known of a fixing beside the oracle's own memory.
    struct Known {
        uint64 maturity;
        bool isSettled;
        uint128 settlement;
    }

    mapping(FixingId id => Known) private _known;

    /// @notice `learn` was called for a fixing; `isSettled` if it is settled already.
    event Learned(FixingId indexed id, uint64 maturity, bool isSettled);

    constructor(ISettlementSource oracle) {
        ORACLE = oracle;
    }

    /// @inheritdoc IKnownFixings
    function learn(Fixing calldata fixing) external returns (FixingId id) {
        id = ORACLE.fixingId(fixing);
        Known storage known = _known[id];
        known.maturity = fixing.maturity;
        if (ORACLE.phase(fixing) == Phase.Settled) {
            known.isSettled = true;
            known.settlement = ORACLE.settlement(fixing);
        }
        emit Learned(id, fixing.maturity, known.isSettled);
    }

    /// @dev INVALID possible.
    function _read(FixingId id) internal view returns (bool isSettled, uint128 settlement) {
        (isSettled, settlement) = ORACLE.settlementOf(id);
        if (!isSettled) (isSettled, settlement) = (_known[id].isSettled, _known[id].settlement);
    }

    /// @dev Unix seconds; 0 for a fixing that was never learned.
    function _maturityOf(FixingId id) internal view returns (uint64) {
        return _known[id].maturity;
    }
}
