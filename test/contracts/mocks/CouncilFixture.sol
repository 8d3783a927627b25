// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";

import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";
import {Fixing} from "src/types/Fixing.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of a council
interface ICouncil is ICouncilArbitrator, IERC165, IERC5267 {
    function ORACLE() external view returns (address);
    function BOND_TOKEN() external view returns (address);
}

/// @title A council of 3 of 5 accounts with keys, and a fixing it arbitrates
abstract contract CouncilFixture is MaturityFixture {
    uint256 internal constant COUNT = 5;
    uint256 internal constant THRESHOLD = 3;
    uint256 internal constant COST = 1000 ether;
    uint128 internal constant VALUE = 2500e18;

    address internal anyone = makeAddr("anyone");

    ICouncil internal council;
    Fixing internal fixing;
    address[COUNT] internal accounts;
    uint256[COUNT] internal keys;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i = 0; i < COUNT; i++) {
            (accounts[i], keys[i]) = makeAddrAndKey(string.concat("signer ", vm.toString(i)));
        }
        council = _deployCouncil(_members(), THRESHOLD);
        fixing = _fixing(address(council), makeAddr("backup"), address(0));
    }

    function _deployCouncil(ICouncilArbitrator.Signer[] memory members, uint256 k) internal returns (ICouncil) {
        bytes memory args = abi.encode(oracle, members, k, COST);
        return ICouncil(deployCode("CouncilArbitrator.sol:CouncilArbitrator", args));
    }

    function _members() internal view returns (ICouncilArbitrator.Signer[] memory members) {
        members = new ICouncilArbitrator.Signer[](COUNT);
        for (uint256 i = 0; i < COUNT; i++) {
            members[i] = ICouncilArbitrator.Signer(accounts[i], bytes32(abi.encodePacked("Signer ", vm.toString(i))));
        }
    }

    /// Signatures of `indices` on the ruling `value` of `fixing`.
    function _sign(uint8[] memory indices, uint128 value)
        internal
        view
        returns (ICouncilArbitrator.Signature[] memory signatures)
    {
        bytes32 digest = council.rulingDigest(_idOf(fixing), value);
        signatures = new ICouncilArbitrator.Signature[](indices.length);
        for (uint256 i = 0; i < indices.length; i++) {
            signatures[i] = ICouncilArbitrator.Signature(indices[i], _signed(indices[i], digest));
        }
    }

    function _submit(ICouncilArbitrator.Signature[] memory signatures, uint128 value) internal {
        vm.prank(anyone);
        council.submit(fixing, value, signatures);
    }

    function _expectTooFew(uint256 got) internal {
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.TooFewSignatures.selector, got, THRESHOLD));
    }

    function _signed(uint256 index, bytes32 digest) internal view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[index], digest);
        return abi.encodePacked(r, s, v);
    }

    function _three(uint8 a, uint8 b, uint8 c) internal pure returns (uint8[] memory indices) {
        indices = new uint8[](3);
        (indices[0], indices[1], indices[2]) = (a, b, c);
    }
}
