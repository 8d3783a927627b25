// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";
import {FixingId} from "src/types/Fixing.sol";

import {CouncilFixture, ICouncil} from "../mocks/CouncilFixture.sol";

/// Construction, digest and views.
contract CouncilTest is CouncilFixture {
    function test_constructor_keepsTheListAndWhatItWasTold() public view {
        assertEq(council.ORACLE(), address(oracle));
        assertEq(council.BOND_TOKEN(), address(weth));
        assertEq(council.THRESHOLD(), THRESHOLD);
        assertEq(council.costOfCorruption(fixing), COST);
        assertEq(abi.encode(council.signers()), abi.encode(_members()));
    }

    function test_constructor_needsThreeToThirtyTwoSigners() public {
        _expectSizeError(2);
        _create(2, 1);
        assertEq(_create(3, 2).signers().length, 3);
        assertEq(_create(32, 17).signers().length, 32);
        _expectSizeError(33);
        _create(33, 17);
    }

    /// R-510
    function test_constructor_needsAMajorityThatIsNotEverybody() public {
        uint256[4] memory counts = [uint256(3), 4, 5, 32];
        uint256[4] memory least = [uint256(2), 3, 3, 17];
        for (uint256 i = 0; i < counts.length; i++) {
            uint256 count = counts[i];
            _expectThresholdError(least[i] - 1, least[i], count - 1);
            _create(count, least[i] - 1);
            assertEq(_create(count, least[i]).THRESHOLD(), least[i]);
            assertEq(_create(count, count - 1).THRESHOLD(), count - 1);
            _expectThresholdError(count, least[i], count - 1);
            _create(count, count);
        }
    }

    function test_constructor_refusesASignerWithoutAccount() public {
        ICouncilArbitrator.Signer[] memory members = _members();
        members[2].account = address(0);
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.SignerZero.selector, 2));
        _deployCouncil(members, THRESHOLD);
    }

    function test_constructor_refusesASignerWithoutName() public {
        ICouncilArbitrator.Signer[] memory members = _members();
        members[4].name = 0;
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.SignerUnnamed.selector, 4));
        _deployCouncil(members, THRESHOLD);
    }

    function test_constructor_refusesASignerTwice() public {
        ICouncilArbitrator.Signer[] memory members = _members();
        members[3].account = members[1].account;
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.SignerRepeated.selector, 1, 3));
        _deployCouncil(members, THRESHOLD);
    }

    function test_eip712Domain_isTheCouncilsOwn() public view {
        (, string memory name, string memory version, uint256 chainId, address contract_, bytes32 salt,) =
            council.eip712Domain();
        assertEq(name, "Assize Council");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(contract_, address(council));
        assertEq(salt, 0);
    }

    /// R-510: EIP-712 spelled out, with nothing from the contract.
    function test_rulingDigest_isEip712() public view {
        FixingId id = _idOf(fixing);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Assize Council"),
                keccak256("1"),
                block.chainid,
                address(council)
            )
        );
        bytes32 ruling = keccak256(
            abi.encode(keccak256("Ruling(bytes32 fixingId,uint128 value)"), FixingId.unwrap(id), uint256(2500e18))
        );
        assertEq(council.rulingDigest(id, 2500e18), keccak256(abi.encodePacked("\x19\x01", domain, ruling)));
    }

    function test_rulingDigest_differsByValueFixingChainAndCouncil() public {
        FixingId id = _idOf(fixing);
        bytes32 digest = council.rulingDigest(id, 2500e18);
        assertNotEq(council.rulingDigest(id, 2500e18 + 1), digest);
        assertNotEq(council.rulingDigest(FixingId.wrap(bytes32(uint256(1))), 2500e18), digest);
        assertNotEq(_create(COUNT, THRESHOLD).rulingDigest(id, 2500e18), digest);
        vm.chainId(block.chainid + 1);
        assertNotEq(council.rulingDigest(id, 2500e18), digest);
    }

    function test_isSignedBy_refusesAnUnknownIndex() public {
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.UnknownSigner.selector, COUNT, COUNT));
        council.isSignedBy(COUNT, bytes32(0), "");
    }

    function test_supportsInterface() public view {
        assertTrue(council.supportsInterface(type(IERC165).interfaceId));
        assertTrue(council.supportsInterface(type(IArbitrator).interfaceId));
        assertTrue(council.supportsInterface(type(ICouncilArbitrator).interfaceId));
        assertFalse(council.supportsInterface(0xffffffff));
    }

    function _create(uint256 count, uint256 k) private returns (ICouncil) {
        ICouncilArbitrator.Signer[] memory members = new ICouncilArbitrator.Signer[](count);
        for (uint256 i = 0; i < count; i++) {
            members[i] = ICouncilArbitrator.Signer(address(uint160(i + 1)), bytes32(i + 1));
        }
        return _deployCouncil(members, k);
    }

    function _expectSizeError(uint256 count) private {
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.CouncilSizeOutOfBounds.selector, count, 3, 32));
    }

    function _expectThresholdError(uint256 got, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.ThresholdOutOfBounds.selector, got, min, max));
    }
}
