// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {Fixing, FixingId, Kind} from "../types/Fixing.sol";

/// @title A fixing's id, bounds and times
/// @notice Twin: `contracts/protocol/fixing.ts`, vectors `test/vectors/fixing.json`.
library FixingLib {
    /// The most leaders a fixing can have (K): bounds time, capital and every loop.
    uint8 internal constant MAX_LEADERS = 4;
    uint256 internal constant MAX_BOND = 1 << 80;

    uint256 private constant MAX_MATURITY = (1 << 39) - 1;
    uint256 private constant MIN_BOND = 1e9;
    uint256 private constant MAX_BOND_PPM = 100_000;
    uint256 private constant MAX_BAND_PPM = 200_000;
    uint256 private constant MIN_WINDOW = 10 minutes;
    uint256 private constant MAX_WINDOW = 30 days;
    /// Shorter, an appeal could expire before a court acts, and its sponsor would escape with everything.
    uint256 private constant MIN_ARBITRATION_LIMIT = 1 days;
    uint256 private constant MAX_ARBITRATION_LIMIT = 60 days;

    /// The static struct's ABI encoding: 14 words.
    uint256 private constant FIXING_BYTES = 14 * 32;

    /// @notice keccak256(abi.encode(chainId, oracle, fixing)).
    /// Copies the calldata as it is, which is its encoding and costs every call about 900 gas less than
    /// decoding and encoding 14 fields. Dirty high bits would hash to an id of their own, which nothing can
    /// be proposed, funded or requested under: `validate` refuses them.
    function id(Fixing calldata fixing, uint256 chainId, address oracle)
        internal
        pure
        returns (FixingId result)
    {
        uint256 length = FIXING_BYTES;
        assembly ("memory-safe") {
            let free := mload(0x40)
            mstore(free, chainId)
            mstore(add(free, 0x20), shr(96, shl(96, oracle)))
            calldatacopy(add(free, 0x40), fixing, length)
            result := keccak256(free, add(0x40, length))
        }
    }

    /// @notice The ERC-6909 id of a receipt, untruncated (section 5).
    function receiptId(FixingId fixingId, Kind kind, uint8 round, uint128 value)
        internal
        pure
        returns (uint256)
    {
        bytes32 fixing = FixingId.unwrap(fixingId);
        return uint256(EfficientHashLib.hash(uint256(fixing), uint256(kind), round, value));
    }

    /// @notice Reverts with `ParameterOutOfBounds` for the first field, in struct order, that is outside
    /// the bounds of section 3 (R-101).
    function validate(Fixing calldata fixing) internal pure {
        if (!_isValid(fixing)) _refuse(fixing);
    }

    /// @notice When an arbitration of a fixing that nobody proposed can be requested, seconds.
    function graceEnd(Fixing calldata fixing) internal pure returns (uint256) {
        return uint256(fixing.maturity) + fixing.proposalGrace;
    }

    /// @notice When a fixing that nobody proposed expires, seconds. Unchecked: three sums of 64 bits at most.
    function openEnd(Fixing calldata fixing) internal pure returns (uint256) {
        unchecked {
            return uint256(fixing.maturity) + fixing.proposalGrace + fixing.arbitrationLimit;
        }
    }

    /// @notice The instant by which the fixing is settled whatever anyone does, seconds (property 4).
    /// Panics for a maturity that `validate` refuses and whose sum leaves uint64.
    function worstCase(Fixing calldata fixing) internal pure returns (uint64) {
        return fixing.maturity + fixing.proposalGrace + 3 * uint64(fixing.arbitrationLimit)
            + fixing.firstWindow + (MAX_LEADERS - 1) * uint64(fixing.window);
    }

    /// @dev Names the first field that `_isValid` finds out of bounds.
    function _refuse(Fixing calldata fixing) private pure {
        _require("indexId", uint256(fixing.indexId), 1, type(uint256).max);
        _require("maturity", fixing.maturity, 0, MAX_MATURITY);
        _require("arbitrator", uint160(fixing.arbitrator), 1, type(uint160).max);
        _require("backup", uint160(fixing.backup), 1, type(uint160).max);
        if (fixing.backup == fixing.arbitrator) {
            // No interval describes "another address": the bounds exclude what was given.
            revert IMaturityOracle.ParameterOutOfBounds("backup", uint160(fixing.backup), 1, 0);
        }
        _require("openInterest", uint160(fixing.openInterest), 0, type(uint160).max);
        _require("minBond", fixing.minBond, MIN_BOND, MAX_BOND);
        _require("arbitrationFee", fixing.arbitrationFee, 1, (2 * uint256(fixing.minBond)) / 5);
        _require("bondPpm", fixing.bondPpm, 0, MAX_BOND_PPM);
        _require("firstWindow", fixing.firstWindow, MIN_WINDOW, MAX_WINDOW);
        _require("window", fixing.window, MIN_WINDOW, MAX_WINDOW);
        if (fixing.bandPpm == 0) {
            revert IMaturityOracle.ParameterOutOfBounds("separationPpm", fixing.separationPpm, 1, 0);
        }
        _require("separationPpm", fixing.separationPpm, 1, fixing.bandPpm);
        _require("bandPpm", fixing.bandPpm, 1, MAX_BAND_PPM);
        _require("proposalGrace", fixing.proposalGrace, MIN_WINDOW, MAX_WINDOW);
        _require("arbitrationLimit", fixing.arbitrationLimit, MIN_ARBITRATION_LIMIT, MAX_ARBITRATION_LIMIT);
    }

    /// @dev Every bound at once and without a branch, 530 gas less than one by one in every `create` and `propose`.
    /// Whichever way a word w leaves [min, max], max < 2^255, one of w - min and max - w modulo 2^256 has bit 255 set;
    /// dirty high bits are out of bounds too. What this refuses, `_refuse` decides.
    function _isValid(Fixing calldata fixing) private pure returns (bool) {
        uint256[14] calldata words;
        assembly ("memory-safe") {
            words := fixing
        }
        unchecked {
            uint256 minBond = words[5];
            uint256 bandPpm = words[11];
            uint256 outside = words[1] | (MAX_MATURITY - words[1]);
            outside |= (words[2] - 1) | (type(uint160).max - words[2]);
            outside |= (words[3] - 1) | (type(uint160).max - words[3]);
            outside |= words[4] | (type(uint160).max - words[4]);
            outside |= (minBond - MIN_BOND) | (MAX_BOND - minBond);
            outside |= (words[6] - 1) | (2 * minBond / 5 - words[6]);
            outside |= words[7] | (MAX_BOND_PPM - words[7]);
            outside |= (words[8] - MIN_WINDOW) | (MAX_WINDOW - words[8]);
            outside |= (words[9] - MIN_WINDOW) | (MAX_WINDOW - words[9]);
            outside |= (words[10] - 1) | (bandPpm - words[10]);
            outside |= bandPpm | (MAX_BAND_PPM - bandPpm);
            outside |= (words[12] - MIN_WINDOW) | (MAX_WINDOW - words[12]);
            outside |= (words[13] - MIN_ARBITRATION_LIMIT) | (MAX_ARBITRATION_LIMIT - words[13]);
            return outside >> 255 == 0 && words[0] != 0 && words[2] != words[3];
        }
    }

    /// @dev min <= max. One comparison instead of two: below min, the difference wraps above any bound.
    function _require(bytes32 field, uint256 got, uint256 min, uint256 max) private pure {
        unchecked {
            if (got - min > max - min) revert IMaturityOracle.ParameterOutOfBounds(field, got, min, max);
        }
    }
}
