// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {JuryStage} from "src/types/Jury.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// @dev A bond token that, when it moves to or from a jury, has that jury pay out what is idle.
contract ReenteringBondToken {
    function balanceOf(address) external pure returns (uint256) {
        return 0;
    }

    function transfer(address to, uint256) external returns (bool) {
        return _reenter(to.code.length > 0 ? to : msg.sender);
    }

    function transferFrom(address, address to, uint256) external returns (bool) {
        return _reenter(to);
    }

    function _reenter(address jury) private returns (bool) {
        IJuryArbitrator(jury).withdraw();
        return true;
    }
}

/// WETH does not call back. What moves money is guarded all the same, for a jury of another oracle's bond token.
contract ReentryTest is JuryFixture {
    bytes private constant REFUSED =
        abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    function test_stake_cannotBeReentered() public {
        _turn();
        vm.expectRevert(REFUSED);
        vm.prank(jurors[0]);
        jury.stake(1);
    }

    function test_withdraw_cannotBeReentered() public {
        uint256[] memory places = new uint256[](1);
        vm.prank(jurors[0]);
        jury.unstake(places);
        _turn();
        vm.expectRevert(REFUSED);
        vm.prank(jurors[0]);
        jury.withdraw();
    }

    function test_resolve_cannotBeReentered() public {
        _trial();
        _vote(new uint128[](0), VALUE);
        _turn();
        vm.expectRevert(REFUSED);
        jury.resolve(fixing);
    }

    function test_close_cannotBeReentered() public {
        _trial();
        _vote(new uint128[](31), 0);
        _resolve();
        assertEq(uint8(jury.caseOf(id).stage), uint8(JuryStage.Hung));
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        _turn();
        vm.expectRevert(REFUSED);
        jury.close(fixing);
    }

    /// The bond token begins to call back.
    function _turn() private {
        vm.etch(address(weth), type(ReenteringBondToken).runtimeCode);
    }
}
