// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ICouncilArbitrator} from "src/interfaces/ICouncilArbitrator.sol";
import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {Phase} from "src/types/Fixing.sol";

import {CouncilFixture, ICouncil} from "../mocks/CouncilFixture.sol";

contract SubmitTest is CouncilFixture {
    function test_submit_settlesTheFixingAndSharesTheFee() public {
        _arbitrate(fixing);
        vm.expectEmit(address(council));
        emit ICouncilArbitrator.CouncilRuled(_idOf(fixing), VALUE, 0x15, FEE); // signers 0, 2 and 4
        _submit(_sign(_three(0, 2, 4), VALUE), VALUE);

        assertEq(oracle.settlement(fixing), VALUE);
        // 0.04 ether = 3 * 13333333333333333 + 1: the first signer gets the remainder.
        assertEq(council.owed(accounts[0]), 13333333333333334);
        assertEq(council.owed(accounts[1]), 0);
        assertEq(council.owed(accounts[2]), 13333333333333333);
        assertEq(council.owed(accounts[3]), 0);
        assertEq(council.owed(accounts[4]), 13333333333333333);
        assertEq(weth.balanceOf(address(council)), FEE);
    }

    function test_submit_sharesAmongAllWhoSigned() public {
        _arbitrate(fixing);
        uint8[] memory all = new uint8[](COUNT);
        for (uint8 i = 0; i < COUNT; i++) {
            all[i] = i;
        }
        _submit(_sign(all, VALUE), VALUE);
        for (uint256 i = 0; i < COUNT; i++) {
            assertEq(council.owed(accounts[i]), FEE / COUNT);
        }
    }

    function test_submit_rulesInvalid() public {
        _arbitrate(fixing);
        _submit(_sign(_three(0, 1, 2), INVALID), INVALID);
        assertEq(oracle.settlement(fixing), INVALID);
    }

    function test_submit_refusesValueZero() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), 0);
        vm.expectRevert(ICouncilArbitrator.RulingZero.selector);
        _submit(signatures, 0);
    }

    function test_submit_refusesFewerThanThreshold() public {
        _arbitrate(fixing);
        uint8[] memory two = new uint8[](2);
        (two[0], two[1]) = (1, 3);
        ICouncilArbitrator.Signature[] memory signatures = _sign(two, VALUE);
        _expectTooFew(2);
        _submit(signatures, VALUE);
        _expectTooFew(0);
        _submit(new ICouncilArbitrator.Signature[](0), VALUE);
    }

    function test_submit_refusesTheSameSignerTwice() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 1), VALUE);
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.SignersNotAscending.selector, 1, 1));
        _submit(signatures, VALUE);
    }

    function test_submit_refusesSignersOutOfOrder() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 3, 2), VALUE);
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.SignersNotAscending.selector, 3, 2));
        _submit(signatures, VALUE);
    }

    function test_submit_refusesAnUnknownSigner() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        signatures[2].index = uint8(COUNT);
        vm.expectRevert(abi.encodeWithSelector(ICouncilArbitrator.UnknownSigner.selector, COUNT, COUNT));
        _submit(signatures, VALUE);
    }

    /// Malformed, somebody else's, on another value, with a high s or with v 0: each is passed over.
    function test_submit_passesOverASignatureThatDoesNotVerify() public {
        _arbitrate(fixing);
        bytes32 digest = council.rulingDigest(_idOf(fixing), VALUE);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[2], digest);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes[6] memory bad = [
            bytes(""),
            hex"00",
            _signed(3, digest),
            _signed(2, council.rulingDigest(_idOf(fixing), VALUE + 1)),
            abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? 28 : 27),
            abi.encodePacked(r, s, v - 27)
        ];
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        for (uint256 i = 0; i < bad.length; i++) {
            signatures[2].signature = bad[i];
            _expectTooFew(2);
            _submit(signatures, VALUE);
        }
    }

    function test_submit_countsWhatIsLeftWhenOneSignatureFails() public {
        _arbitrate(fixing);
        uint8[] memory four = new uint8[](4);
        (four[0], four[1], four[2], four[3]) = (0, 1, 2, 3);
        ICouncilArbitrator.Signature[] memory signatures = _sign(four, VALUE);
        signatures[0].signature = hex"00";
        _submit(signatures, VALUE);
        assertEq(council.owed(accounts[0]), 0);
        assertEq(council.owed(accounts[1]), 13333333333333334);
        assertEq(council.owed(accounts[2]), 13333333333333333);
        assertEq(council.owed(accounts[3]), 13333333333333333);
    }

    function test_submit_cannotBeReplayedOnAnotherFixing() public {
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        fixing.indexId = keccak256("another index");
        _arbitrate(fixing);
        _expectTooFew(0);
        _submit(signatures, VALUE);
    }

    function test_submit_cannotBeReplayedOnAnotherChain() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        vm.chainId(block.chainid + 1);
        _expectTooFew(0);
        _submit(signatures, VALUE);
    }

    /// The backup's signers are the same people, who have ruled as the arbitrator only.
    function test_submit_cannotBeReplayedOnAnotherCouncil() public {
        ICouncil backup = _deployCouncil(_members(), THRESHOLD);
        fixing.backup = address(backup);
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        _expectTooFew(0);
        backup.submit(fixing, VALUE, signatures);
    }

    function test_submit_isGoodForOneRulingOnly() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        _submit(signatures, VALUE);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Settled, Phase.Arbitration));
        _submit(signatures, VALUE);
    }

    function test_submit_isTheOraclesToRefuseBeforeArbitration() public {
        vm.warp(MATURITY);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        vm.expectRevert(abi.encodeWithSelector(IMaturityOracle.WrongPhase.selector, Phase.Open, Phase.Arbitration));
        _submit(signatures, VALUE);
    }

    /// R-205: as the backup, the council's turn begins when the arbitrator's limit has passed.
    function test_submit_rulesAsTheBackupInItsTurn() public {
        fixing.arbitrator = makeAddr("silent arbitrator");
        fixing.backup = address(council);
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, address(council), fixing.arbitrator)
        );
        _submit(signatures, VALUE);

        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT);
        _submit(signatures, VALUE);
        assertEq(oracle.settlement(fixing), VALUE);
        assertEq(weth.balanceOf(address(council)), FEE);
    }

    /// R-205: the council's turn is half-open and ends when the backup's begins.
    function test_submit_isInTimeUntilTheLimit() public {
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(_three(0, 1, 2), VALUE);
        uint256 start = vm.snapshotState();
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT - 1);
        _submit(signatures, VALUE);
        assertEq(oracle.settlement(fixing), VALUE);

        vm.revertToState(start);
        for (uint256 late = 0; late < 2; late++) {
            vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT + late);
            vm.expectRevert(
                abi.encodeWithSelector(IMaturityOracle.NotArbitrator.selector, address(council), fixing.backup)
            );
            _submit(signatures, VALUE);
        }
    }

    /// R-510: any k signers rule, any fewer do not, and the fee is all credited.
    function testFuzz_submit_needsExactlyThreshold(uint8 mask, uint128 value, uint128 fee) public {
        value = uint128(bound(value, 1, type(uint128).max));
        fixing.arbitrationFee = uint128(bound(fee, 1, MIN_BOND * 2 / 5));
        mask &= 0x1f;
        uint256 count;
        for (uint8 i = 0; i < COUNT; i++) {
            if (mask & (1 << i) != 0) count++;
        }
        uint8[] memory indices = new uint8[](count);
        uint256 next;
        for (uint8 i = 0; i < COUNT; i++) {
            if (mask & (1 << i) != 0) indices[next++] = i;
        }
        _arbitrate(fixing);
        ICouncilArbitrator.Signature[] memory signatures = _sign(indices, value);
        if (count < THRESHOLD) _expectTooFew(count);
        _submit(signatures, value);
        if (count < THRESHOLD) return;

        assertEq(oracle.settlement(fixing), value);
        uint256 owed;
        for (uint256 i = 0; i < COUNT; i++) {
            owed += council.owed(accounts[i]);
        }
        assertEq(owed, fixing.arbitrationFee);
    }
}
