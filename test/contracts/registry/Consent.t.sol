// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {Registration} from "src/types/Reporter.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {BlsKeys} from "../support/BlsKeys.sol";

/// R-402, R-408: what owners, signers, keys and reporters sign, word by word as EIP-712 has it.
contract ConsentTest is RegistryFixture {
    function test_registrationDigest_isEip712() public view {
        Registration memory r = _registration(alice, 3, 5 ether);
        bytes32 typeHash = keccak256(
            "Registration(address owner,address signer,bytes32 peerIdHash,uint128 stake,bytes32 keyHash,uint64 deadline)"
        );
        bytes32 hash = keccak256(
            abi.encode(typeHash, alice, vm.addr(SIGNER + 3), keccak256(peerId), 5 ether, _keyHash(4), block.timestamp)
        );
        assertEq(registry.registrationDigest(r), _digest(hash));
    }

    function test_rotationDigest_isEip712() public view {
        bytes32 typeHash = keccak256("Rotation(uint8 index,address owner,address signer,bytes32 keyHash)");
        bytes32 hash = keccak256(abi.encode(typeHash, 7, alice, bob, _keyHash(4)));
        assertEq(registry.rotationDigest(7, alice, bob, BlsKeys.key(4)), _digest(hash));
    }

    function test_possessionDigest_isEip712() public view {
        bytes32 hash = keccak256(abi.encode(keccak256("Possession(address owner,bytes32 keyHash)"), alice, _keyHash(4)));
        assertEq(registry.possessionDigest(alice, BlsKeys.key(4)), _digest(hash));
    }

    function test_reportDigest_isEip712() public view {
        bytes32 typeHash = keccak256(
            "Report(uint64 epoch,bytes32 fixingId,uint128 value,bytes32 observationsRoot,address proposer)"
        );
        bytes32 hash = keccak256(
            abi.encode(typeHash, 1, _idOf(fixing), TRUTH, keccak256("observations"), proposer)
        );
        assertEq(registry.reportDigest(fixing, _report(TRUTH)), _digest(hash));
    }

    /// A key is hashed as EIP-2537 encodes it, 128 bytes.
    function _keyHash(uint256 secret) private view returns (bytes32) {
        BLS.G1Point memory key = BlsKeys.key(secret);
        return keccak256(bytes.concat(key.x_a, key.x_b, key.y_a, key.y_b));
    }

    function _digest(bytes32 hash) private view returns (bytes32) {
        bytes32 typeHash =
            keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
        bytes32 domain = keccak256(
            abi.encode(typeHash, keccak256("Assize"), keccak256("1"), block.chainid, address(registry))
        );
        return keccak256(bytes.concat("\x19\x01", domain, hash));
    }
}
