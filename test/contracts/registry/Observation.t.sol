// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {Test} from "forge-std/Test.sol";

import {ObservationLib} from "src/libraries/ObservationLib.sol";
import {FixingId} from "src/types/Fixing.sol";
import {Observation} from "src/types/Observation.sol";

import {IRegistry} from "../mocks/IRegistry.sol";

/// R-401: what an observation's signature covers.
contract ObservationTest is Test {
    /// Nothing that a digest depends on, but the bond token must be a contract.
    bytes private arguments;

    IRegistry private registry;
    Observation private observation;

    function setUp() public {
        address weth = deployCode("node_modules/canonical-weth/build/contracts/WETH9.json");
        arguments = abi.encode(
            address(1), weth, address(2), address(3), address(4), uint128(1), 1 days, 337 days, uint32(10_000)
        );
        registry = _deploy();
        observation = Observation({
            fixingId: FixingId.wrap(keccak256("a fixing")),
            value: 2500_100000000000000000,
            observedAt: 1_800_000_000,
            sourcesRoot: keccak256("sources")
        });
    }

    /// A row of `test/vectors/observation.json`, members in the order of its keys.
    struct Row {
        uint256 chainId;
        bytes32 digest;
        bytes32 domainSeparator;
        bytes32 fixingId;
        string name;
        uint256 observedAt;
        bytes32 r;
        address registry;
        bytes32 s;
        address signer;
        bytes32 sourcesRoot;
        bytes32 structHash;
        uint256 v;
        uint256 value;
    }

    function test_observation_agreesWithTheSharedVectors() public {
        string memory json = vm.readFile("test/vectors/observation.json");
        Row[] memory rows = abi.decode(vm.parseJson(json, ".observations"), (Row[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; i++) {
            Row memory row = rows[i];
            observation =
                Observation(FixingId.wrap(row.fixingId), uint128(row.value), uint64(row.observedAt), row.sourcesRoot);
            assertEq(this.structHash(observation), row.structHash, row.name);

            vm.chainId(row.chainId);
            deployCodeTo("ReporterRegistry.sol:ReporterRegistry", arguments, row.registry);
            registry = IRegistry(row.registry);
            assertEq(registry.observationDigest(observation), row.digest, row.name);
            bytes memory signature = abi.encodePacked(row.r, row.s, uint8(row.v));
            assertEq(registry.recoverObservation(observation, signature), row.signer, row.name);
        }
    }

    /// The library takes calldata.
    function structHash(Observation calldata observation_) external pure returns (bytes32) {
        return ObservationLib.structHash(observation_);
    }

    function test_eip712Domain_isTheRegistrysOwn() public view {
        (, string memory name, string memory version, uint256 chainId, address contract_, bytes32 salt,) =
            registry.eip712Domain();
        assertEq(name, "Assize");
        assertEq(version, "1");
        assertEq(chainId, block.chainid);
        assertEq(contract_, address(registry));
        assertEq(salt, 0);
    }

    /// EIP-712 spelled out, with nothing from the library.
    function test_observationDigest_isEip712() public view {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Assize"),
                keccak256("1"),
                block.chainid,
                address(registry)
            )
        );
        bytes32 hash = keccak256(
            bytes.concat(
                keccak256("Observation(bytes32 fixingId,uint128 value,uint64 observedAt,bytes32 sourcesRoot)"),
                FixingId.unwrap(observation.fixingId),
                bytes32(uint256(observation.value)),
                bytes32(uint256(observation.observedAt)),
                observation.sourcesRoot
            )
        );
        assertEq(registry.observationDigest(observation), keccak256(bytes.concat("\x19\x01", domain, hash)));
    }

    function test_observationDigest_differsByEveryFieldChainAndRegistry() public {
        bytes32 digest = registry.observationDigest(observation);
        Observation memory changed = observation;
        changed.fixingId = FixingId.wrap(0);
        assertNotEq(registry.observationDigest(changed), digest);
        changed = observation;
        changed.value++;
        assertNotEq(registry.observationDigest(changed), digest);
        changed = observation;
        changed.observedAt++;
        assertNotEq(registry.observationDigest(changed), digest);
        changed = observation;
        changed.sourcesRoot = 0;
        assertNotEq(registry.observationDigest(changed), digest);

        IRegistry other = _deploy();
        assertNotEq(other.observationDigest(observation), digest);
        vm.chainId(block.chainid + 1);
        assertNotEq(registry.observationDigest(observation), digest);
    }

    function testFuzz_recoverObservation_namesTheSigner(uint256 key) public view {
        key = bound(key, 1, 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, registry.observationDigest(observation));
        assertEq(registry.recoverObservation(observation, abi.encodePacked(r, s, v)), vm.addr(key));
    }

    /// One signature per signer and observation: the other s is refused, and so is any length but 65.
    function test_recoverObservation_refusesMalleableAndMalformedSignatures() public {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(1, registry.observationDigest(observation));
        bytes32 highS = bytes32(0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141 - uint256(s));
        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureS.selector, highS));
        registry.recoverObservation(observation, abi.encodePacked(r, highS, v == 27 ? 28 : 27));

        vm.expectRevert(abi.encodeWithSelector(ECDSA.ECDSAInvalidSignatureLength.selector, 64));
        registry.recoverObservation(observation, abi.encodePacked(r, s));
        vm.expectRevert(ECDSA.ECDSAInvalidSignature.selector);
        registry.recoverObservation(observation, abi.encodePacked(r, s, v - 27));
    }

    function _deploy() private returns (IRegistry) {
        return IRegistry(deployCode("ReporterRegistry.sol:ReporterRegistry", arguments));
    }
}
