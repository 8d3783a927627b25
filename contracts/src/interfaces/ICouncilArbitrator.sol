// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {Fixing, FixingId} from "../types/Fixing.sol";
import {IArbitrator} from "./IArbitrator.sol";

/// @title An arbitrator of named people: k of n sign a ruling, anyone brings it
/// @notice A ruling is EIP-712 typed data `Ruling(bytes32 fixingId,uint128 value)` in the domain "Assize Council",
/// "1", chain, council (EIP-5267). It has no deadline: it is good while the oracle waits for this council, and for
/// this fixing on this chain and this oracle only. The list and k never change; another council is another contract.
/// A majority is needed, so that no two disjoint groups can both rule, and never everybody, so that no single signer
/// can block a ruling.
/// Warning: k signers together can rule anything. What they are trusted with is `costOfCorruption`'s business.
interface ICouncilArbitrator is IArbitrator {
    /// @notice A member. Its key signs; an account with code is asked by ERC-1271 when the key did not.
    struct Signer {
        /// The account whose signature counts. Non-zero, once per council.
        address account;
        /// Who that is, for people: up to 32 bytes of UTF-8, zero-padded. Non-zero.
        bytes32 name;
    }

    /// @notice One member's signature on a ruling.
    struct Signature {
        /// The member's place in `signers()`.
        uint8 index;
        /// 65 bytes r, s, v for an account without code, whatever the account takes otherwise.
        bytes signature;
    }

    /// @notice The council ruled `value`; bit i of `signed` is set if signer i's signature counted. They share `fee`.
    event CouncilRuled(FixingId indexed id, uint128 value, uint256 signed, uint256 fee);
    /// @notice `signer` withdrew its shares.
    event FeeWithdrawn(address indexed signer, uint256 amount);

    /// @notice A council of `got` signers is too small or too large.
    error CouncilSizeOutOfBounds(uint256 got, uint256 min, uint256 max);
    /// @notice k must be a majority and less than everybody.
    error ThresholdOutOfBounds(uint256 got, uint256 min, uint256 max);
    /// @notice Signer `index` has no account.
    error SignerZero(uint256 index);
    /// @notice Signer `index` has no name.
    error SignerUnnamed(uint256 index);
    /// @notice Signers `first` and `second` are the same account.
    error SignerRepeated(uint256 first, uint256 second);
    /// @notice A ruling of zero means nothing; INVALID is `type(uint128).max`.
    error RulingZero();
    /// @notice There is no signer `index` in a council of `count`.
    error UnknownSigner(uint256 index, uint256 count);
    /// @notice Signatures must come in strictly ascending order of `index`.
    error SignersNotAscending(uint256 previous, uint256 index);
    /// @notice Only `got` of the signatures are valid, `want` are needed.
    error TooFewSignatures(uint256 got, uint256 want);
    /// @notice `signer` is owed nothing.
    error NothingToWithdraw(address signer);

    /// @notice Brings the council's ruling on `fixing` to the oracle and credits the fee received in equal shares to
    /// the signers whose signatures counted; the remainder, less than their number in wei, goes to the first of them.
    /// Signatures that do not verify are passed over, so that no signer can spoil the others' ruling: an ERC-1271
    /// account that reverts, lies about lengths or burns its 500 000 gas only fails its own. At most 32 signatures.
    /// Reverts with `RulingZero`, `UnknownSigner`, `SignersNotAscending`, `TooFewSignatures`, or as the oracle does.
    /// Warning: who brings the ruling chooses among the valid signatures beyond k, and so who shares the fee; a gas
    /// limit that starves an ERC-1271 account leaves it out too.
    function submit(Fixing calldata fixing, uint128 value, Signature[] calldata signatures) external;

    /// @notice Pays the caller the shares it is owed, bond-token wei. Reverts with `NothingToWithdraw`.
    function withdraw() external returns (uint256 amount);

    /// @notice k: how many signatures make a ruling.
    function THRESHOLD() external view returns (uint256);

    /// @notice The members, in index order.
    function signers() external view returns (Signer[] memory);

    /// @notice What `signer` can withdraw, bond-token wei.
    function owed(address signer) external view returns (uint256);

    /// @notice The EIP-712 digest that a signer signs to rule `value` on fixing `id`.
    function rulingDigest(FixingId id, uint128 value) external view returns (bytes32);

    /// @notice Whether `signature` is signer `index`'s on `digest`, now: an ERC-1271 account may change its mind.
    /// Reverts with `UnknownSigner`, or if the account burns all gas. `submit` calls this with a gas limit.
    function isSignedBy(uint256 index, bytes32 digest, bytes calldata signature) external view returns (bool);
}
