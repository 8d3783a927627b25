// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";

import {CouncilFixture} from "../mocks/CouncilFixture.sol";
import {
    ApprovingAccount,
    BurningAccount,
    FloodingAccount,
    RevertingAccount,
    ShortAccount
} from "../mocks/CouncilSigners.sol";

contract ContractSignersTest is CouncilFixture {
    function test_submit_countsAnErc1271Account() public {
        ApprovingAccount account = new ApprovingAccount();
        _seat(4, address(account));
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 4), VALUE);
        _expectTooFew(2);
        _submit(signatures, VALUE);

        account.approve(council.rulingDigest(_idOf(fixing), VALUE));
        signatures[2].signature = "";
        _submit(signatures, VALUE);
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(council.owed(address(account)), 13333333333333333);

        account.withdrawFrom(address(council));
        assertEq(weth.balanceOf(address(account)), 13333333333333333);
    }

    /// An account that delegates (EIP-7702) to code that knows no ERC-1271 keeps the vote of its key.
    function test_submit_countsTheKeyOfAnAccountWithCode() public {
        _arbitrate(fixing);
        vm.etch(accounts[1], address(new RevertingAccount()).code);
        _submit(_sign(_three(0, 1, 4), VALUE), VALUE);
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(council.owed(accounts[1]), 13333333333333333);
    }

    /// R-510: none of them spoils the ruling of the others, nor makes it cost more than its own 500 000 gas.
    function test_submit_survivesHostileErc1271Accounts() public {
        address[4] memory hostile = [
            address(new RevertingAccount()),
            address(new BurningAccount()),
            address(new FloodingAccount()),
            address(new ShortAccount())
        ];
        uint256 start = vm.snapshotState();
        for (uint256 i = 0; i < hostile.length; i++) {
            _seat(0, hostile[i]);
            _arbitrate(fixing);
            uint8[] memory four = new uint8[](4);
            (four[0], four[1], four[2], four[3]) = (0, 1, 2, 3);
            ICouncilArbitrator.Signature[] memory signatures = _sign(four, VALUE);

            uint256 gasBefore = gasleft();
            vm.prank(anyone);
            council.submit{gas: 1_000_000}(fixing, VALUE, signatures);
            assertLt(gasBefore - gasleft(), 900_000);
            assertEq(oracle.settlement(fixing), VALUE);
            assertEq(council.owed(hostile[i]), 0);
            vm.revertToState(start);
        }
    }

    /// Puts `account` in place of signer `index`, in a new council.
    function _seat(uint256 index, address account) private {
        ICouncilArbitrator.Signer[] memory members = _members();
        members[index].account = account;
        council = _deployCouncil(members, THRESHOLD);
        fixing.arbitrator = address(council);
    }
}
