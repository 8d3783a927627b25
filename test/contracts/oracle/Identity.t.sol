// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Fixing, FixingId, Kind} from "src/types/Fixing.sol";

import {IOracle, OracleTest} from "../support/OracleTest.sol";

/// R-101: the id is bound to the chain and the oracle, the chain id being that of the deployment.
contract IdentityTest is OracleTest {
    /// R-101: a fork that takes another chain id must not orphan funds.
    function test_identity_survivesAForkOfTheChain() public {
        _fund(bob, 7);
        _lieDisputed();
        FixingId before = oracle.fixingId(fixing);
        uint256 chainId = block.chainid;
        vm.chainId(chainId + 1);

        assertEq(oracle.CHAIN_ID(), chainId);
        assertEq(FixingId.unwrap(oracle.fixingId(fixing)), FixingId.unwrap(before));
        _contribute(attacker, 2, LIE, type(uint256).max);
        _assertState(3, LIE, 6 * BOND, MATURITY + WINDOW, 0);
        vm.warp(MATURITY + WINDOW);
        assertEq(_claim(attacker, Kind.Stake, 0, LIE), 0.14 ether);
        assertEq(_claim(attacker, Kind.Stake, 2, LIE), 0.42 ether);
        assertEq(_claim(bob, Kind.Fund, 0, 0), 7);
        assertEq(_collect(), 0.04 ether);
        _assertHeld(0);
    }

    /// R-100: some tokens refuse the zero address, and `collect` would revert for ever.
    function test_constructor_refusesTheZeroSink() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("sink"), 0, 1, type(uint160).max
            )
        );
        deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(weth, address(0)));
    }

    /// R-101: two chains, two ids.
    function test_identity_differsByChain() public {
        vm.chainId(block.chainid + 1);
        IOracle other = IOracle(deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(weth, SINK)));
        assertEq(other.CHAIN_ID(), block.chainid);
        assertNotEq(FixingId.unwrap(other.fixingId(fixing)), FixingId.unwrap(oracle.fixingId(fixing)));
        assertEq(FixingId.unwrap(other.fixingId(fixing)), keccak256(abi.encode(block.chainid, address(other), fixing)));
    }

    /// R-101: every field is part of the id.
    function test_identity_dependsOnEveryField() public view {
        bytes memory base = abi.encode(_defaults());
        FixingId[15] memory ids;
        ids[14] = oracle.fixingId(_defaults());
        for (uint256 field = 0; field < 14; ++field) {
            bytes memory changed = bytes.concat(base);
            changed[field * 32 + 31] = bytes1(uint8(changed[field * 32 + 31]) ^ 1);
            ids[field] = oracle.fixingId(abi.decode(changed, (Fixing)));
        }
        for (uint256 i = 0; i < ids.length; ++i) {
            for (uint256 j = 0; j < i; ++j) {
                assertNotEq(FixingId.unwrap(ids[i]), FixingId.unwrap(ids[j]));
            }
        }
    }
}
