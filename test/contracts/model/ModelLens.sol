// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ERC6909} from "@openzeppelin/contracts/token/ERC6909/ERC6909.sol";
import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, FixingId, Kind, Outcome} from "src/types/Fixing.sol";

/// @title Every view of the oracle in one call, as a flat list of words
/// @notice Test only. test/model/look.ts builds the list that it compares this one with, in the same order.
contract ModelLens {
    uint256 private constant FIXING_WORDS = 32;
    uint256 private constant POT_WORDS = 8;

    IMaturityOracle private immutable ORACLE;
    IERC20 private immutable TOKEN;

    constructor(IMaturityOracle oracle, IERC20 token) {
        ORACLE = oracle;
        TOKEN = token;
    }

    /// @param fixings Whatever is looked at belongs to one of these.
    /// @param pots Where a pot of any kind could be: index of the fixing << 136 | round << 128 | value.
    /// @param ids Receipts whose balances are read, for every one of `holders`.
    /// @param accounts Whose token balances are read.
    function look(
        Fixing[] calldata fixings,
        uint256[] calldata pots,
        uint256[] calldata ids,
        address[] calldata holders,
        address[] calldata accounts
    ) external view returns (uint256[] memory words) {
        words = new uint256[](
            FIXING_WORDS * fixings.length + POT_WORDS * pots.length + ids.length * holders.length + accounts.length
        );
        uint256 cursor = 0;
        for (uint256 i = 0; i < fixings.length; ++i) {
            _lookAtFixing(fixings[i], words, cursor);
            cursor += FIXING_WORDS;
        }
        for (uint256 i = 0; i < pots.length; ++i) {
            _lookAtPots(fixings[pots[i] >> 136], uint8(pots[i] >> 128), uint128(pots[i]), words, cursor);
            cursor += POT_WORDS;
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            for (uint256 j = 0; j < holders.length; ++j) {
                words[cursor++] = ERC6909(address(ORACLE)).balanceOf(holders[j], ids[i]);
            }
        }
        for (uint256 i = 0; i < accounts.length; ++i) {
            words[cursor++] = TOKEN.balanceOf(accounts[i]);
        }
    }

    function _lookAtPots(Fixing calldata fixing, uint8 round, uint128 value, uint256[] memory words, uint256 cursor)
        private
        view
    {
        for (uint256 kind = 0; kind <= uint256(type(Kind).max); ++kind) {
            (words[cursor], words[cursor + 1]) = ORACLE.pot(fixing, Kind(kind), round, value);
            cursor += 2;
        }
    }

    function _lookAtFixing(Fixing calldata fixing, uint256[] memory words, uint256 cursor) private view {
        FixingId id = ORACLE.fixingId(fixing);
        words[cursor] = uint256(FixingId.unwrap(id));
        words[cursor + 1] = uint256(ORACLE.phase(fixing));
        words[cursor + 2] = ORACLE.worstCase(fixing);
        (bool settled, uint128 value) = ORACLE.settlementOf(id);
        (words[cursor + 3], words[cursor + 4]) = (settled ? 1 : 0, value);
        (Outcome how, uint128 winner) = ORACLE.outcome(fixing);
        (words[cursor + 5], words[cursor + 6]) = (uint256(how), winner);
        _lookAtState(fixing, words, cursor + 7);
        _lookAtCandidates(fixing, words, cursor + 12);
        _lookAtReverting(abi.encodeCall(ORACLE.settlement, (fixing)), words, cursor + 23, 2);
        _lookAtReverting(abi.encodeCall(ORACLE.bond, (fixing)), words, cursor + 26, 5);
    }

    function _lookAtState(Fixing calldata fixing, uint256[] memory words, uint256 cursor) private view {
        (uint8 round, uint128 leader, uint256 staked, uint64 deadline, uint64 arbitratedAt) = ORACLE.state(fixing);
        (words[cursor], words[cursor + 1], words[cursor + 2]) = (round, leader, staked);
        (words[cursor + 3], words[cursor + 4]) = (deadline, arbitratedAt);
    }

    function _lookAtCandidates(Fixing calldata fixing, uint256[] memory words, uint256 cursor) private view {
        (uint128[] memory values, uint256[] memory stakes) = ORACLE.candidates(fixing);
        words[cursor] = values.length;
        for (uint256 i = 0; i < values.length; ++i) {
            (words[cursor + 1 + 2 * i], words[cursor + 2 + 2 * i]) = (values[i], stakes[i]);
        }
    }

    /// @dev A call that may revert: 1 and the value returned, or 0, the error's selector and its `size - 1` arguments.
    function _lookAtReverting(bytes memory call, uint256[] memory words, uint256 cursor, uint256 size) private view {
        (bool success, bytes memory result) = address(ORACLE).staticcall(call);
        words[cursor] = success ? 1 : 0;
        if (success) {
            words[cursor + 1] = abi.decode(result, (uint256));
            return;
        }
        words[cursor + 1] = uint32(bytes4(result));
        for (uint256 i = 0; i + 1 < size && 4 + 32 * (i + 1) <= result.length; ++i) {
            uint256 argument;
            assembly {
                argument := mload(add(add(result, 36), mul(32, i)))
            }
            words[cursor + 2 + i] = argument;
        }
    }
}
