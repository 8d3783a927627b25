// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";

import {CouncilFixture} from "../mocks/CouncilFixture.sol";

contract WithdrawTest is CouncilFixture {
    function test_withdraw_paysOnceWhatIsOwed() public {
        _arbitrate(fixing);
        _submit(_sign(_three(0, 2, 4), VALUE), VALUE);

        vm.expectEmit(address(council));
        emit ICouncilArbitrator.FeeWithdrawn(accounts[0], 13333333333333334);
        vm.prank(accounts[0]);
        assertEq(council.withdraw(), 13333333333333334);
        assertEq(weth.balanceOf(accounts[0]), 13333333333333334);
        assertEq(council.owed(accounts[0]), 0);

        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.NothingToWithdraw.selector, accounts[0]));
        vm.prank(accounts[0]);
        council.withdraw();
    }

    function test_withdraw_isForSignersOfARulingOnly() public {
        _arbitrate(fixing);
        _submit(_sign(_three(0, 2, 4), VALUE), VALUE);
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.NothingToWithdraw.selector, accounts[1]));
        vm.prank(accounts[1]);
        council.withdraw();
    }

    function test_withdraw_addsUpOverFixings() public {
        _arbitrate(fixing);
        _submit(_sign(_three(0, 1, 2), VALUE), VALUE);
        fixing.indexId = keccak256("another index");
        _arbitrate(fixing);
        _submit(_sign(_three(0, 3, 4), VALUE), VALUE);

        for (uint256 i = 0; i < COUNT; i++) {
            vm.prank(accounts[i]);
            assertEq(council.withdraw(), i == 0 ? 26666666666666668 : 13333333333333333);
        }
        assertEq(weth.balanceOf(address(council)), 0);
    }
}
