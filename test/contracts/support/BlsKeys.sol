// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {BlsLib} from "src/libraries/BlsLib.sol";

/// Keys and signatures made by the precompiles' multiplication.
library BlsKeys {
    bytes32 private constant G1_X_HIGH = 0x0000000000000000000000000000000017f1d3a73197d7942695638c4fa9ac0f;
    bytes32 private constant G1_X_LOW = 0xc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb;
    bytes32 private constant G1_Y_HIGH = 0x0000000000000000000000000000000008b3f481e3aaa0f1a09e30ed741d8ae4;
    bytes32 private constant G1_Y_LOW = 0xfcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1;

    function key(uint256 secret) internal view returns (BLS.G1Point memory) {
        BLS.G1Point[] memory points = new BLS.G1Point[](1);
        points[0] = BLS.G1Point(G1_X_HIGH, G1_X_LOW, G1_Y_HIGH, G1_Y_LOW);
        bytes32[] memory scalars = new bytes32[](1);
        scalars[0] = bytes32(secret);
        return BLS.msm(points, scalars);
    }

    function sign(uint256 secret, bytes32 digest, bytes memory tag) internal view returns (BLS.G2Point memory) {
        BLS.G2Point[] memory points = new BLS.G2Point[](1);
        points[0] = BlsLib.hashToG2(abi.encode(digest), tag);
        bytes32[] memory scalars = new bytes32[](1);
        scalars[0] = bytes32(secret);
        return BLS.msm(points, scalars);
    }
}
