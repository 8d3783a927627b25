// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {Observation} from "src/types/Observation.sol";
import {Registration} from "src/types/Reporter.sol";

import {ReenteringToken} from "../mocks/ReenteringToken.sol";
import {RegistryFixture} from "../mocks/RegistryFixture.sol";
import {BlsKeys} from "../support/BlsKeys.sol";

/// R-408: nobody acts in the middle of a transfer of the bond token.
contract ReentrancyTest is RegistryFixture {
    function test_everyEntryPoint_refusesToBeReentered() public {
        ReenteringToken token = new ReenteringToken();
        registry = _deployRegistry(address(oracle), address(token));
        token.mint(alice, 20 ether);
        vm.prank(alice);
        token.approve(address(registry), 20 ether);
        _register(alice, 0, MIN_STAKE);

        bytes[] memory calls = _calls();
        for (uint256 i = 0; i < calls.length; ++i) {
            token.arm(address(registry), calls[i]);
            vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
            vm.prank(alice);
            registry.topUp(0, 1 ether);
        }
        token.arm(address(0), "");
        vm.prank(alice);
        registry.topUp(0, 1 ether);
    }

    /// Every function that changes something, with arguments that it would refuse later.
    function _calls() private view returns (bytes[] memory calls) {
        Registration memory registration = _registration(bob, 1, MIN_STAKE);
        BLS.G1Point memory key = BlsKeys.key(2);
        BLS.G2Point memory point;
        Observation memory observation;
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(registry.register, (registration, point, "", ""));
        calls[1] = abi.encodeCall(registry.topUp, (0, 1));
        calls[2] = abi.encodeCall(registry.rotate, (0, bob, key, point, ""));
        calls[3] = abi.encodeCall(registry.startLeaving, (0));
        calls[4] = abi.encodeCall(registry.withdraw, (0));
        calls[5] = abi.encodeCall(registry.publishRoster, (START));
        calls[6] = abi.encodeCall(registry.attest, (fixing, _report(TRUTH), point, 1));
        calls[7] = abi.encodeCall(registry.proposeAttested, (fixing, _report(TRUTH), point, 1, BOND));
        calls[8] = abi.encodeCall(registry.fundReporters, (fixing, 1));
        calls[9] = abi.encodeCall(registry.claimReward, (fixing, TRUTH, 1, 0));
        calls[10] = abi.encodeCall(registry.claimRewards, (fixing, TRUTH, 1, 1));
        calls[11] = abi.encodeCall(registry.refundReward, (fixing, TRUTH, 1));
        calls[12] = abi.encodeCall(registry.slashEquivocation, (fixing, observation, "", observation, ""));
        calls[13] = abi.encodeCall(registry.slashAttestation, (fixing, _report(TRUTH), point, 1, 0));
    }
}
