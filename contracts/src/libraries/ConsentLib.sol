// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {Registration} from "../types/Reporter.sol";

/// @title What owners, signers and keys consent to
/// @notice The EIP-712 struct hashes of `Registration`, `Rotation` and `Possession`; without the domain.
library ConsentLib {
    bytes32 private constant REGISTRATION_TYPEHASH = keccak256(
        "Registration(address owner,address signer,bytes32 peerIdHash,uint128 stake,bytes32 keyHash,uint64 deadline)"
    );
    bytes32 private constant ROTATION_TYPEHASH =
        keccak256("Rotation(uint8 index,address owner,address signer,bytes32 keyHash)");
    bytes32 private constant POSSESSION_TYPEHASH = keccak256("Possession(address owner,bytes32 keyHash)");

    /// @notice What owner and signer sign to register.
    function registrationHash(Registration calldata registration) internal pure returns (bytes32) {
        bytes32 peerIdHash = keccak256(registration.peerId);
        bytes32 keyHash = _keyHash(registration.key);
        return keccak256(
            abi.encode(
                REGISTRATION_TYPEHASH,
                registration.owner,
                registration.signer,
                peerIdHash,
                registration.stake,
                keyHash,
                registration.deadline
            )
        );
    }

    /// @notice What a new signer signs to be rotated in.
    function rotationHash(uint8 index, address owner, address signer, BLS.G1Point calldata key)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(ROTATION_TYPEHASH, index, owner, signer, _keyHash(key)));
    }

    /// @notice What a key signs to prove that its owner has it.
    function possessionHash(address owner, BLS.G1Point calldata key) internal pure returns (bytes32) {
        return keccak256(abi.encode(POSSESSION_TYPEHASH, owner, _keyHash(key)));
    }

    function _keyHash(BLS.G1Point calldata key) private pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }
}
