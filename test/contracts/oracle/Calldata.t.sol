// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingId, Kind} from "src/types/Fixing.sol";

import {OracleTest} from "../support/OracleTest.sol";

/// Calldata with dirty high bits, a fifth kind or missing bytes. The oracle hashes the struct as it comes, so a dirty one
/// names a fixing of its own: nothing may ever be staked, paid or arbitrated under such an id.
contract CalldataTest is OracleTest {
    /// Words 1 to 13 of the struct are narrower than 32 bytes: their widths in bits.
    uint256[13] private _widths = [uint256(64), 160, 160, 160, 128, 128, 32, 32, 32, 32, 32, 32, 32];

    /// R-101: what validates refuses the lowest and the highest dirty bit of every field, by the decoder.
    function test_calldata_dirtyStructsAreNotValid() public {
        vm.warp(MATURITY + GRACE);
        bytes[5] memory calls = [
            abi.encodeCall(oracle.create, (fixing)),
            abi.encodeCall(oracle.fund, (fixing, 1)),
            abi.encodeCall(oracle.propose, (fixing, TRUTH, type(uint256).max)),
            abi.encodeCall(oracle.request, (fixing)),
            abi.encodeCall(oracle.bond, (fixing))
        ];
        for (uint256 c = 0; c < calls.length; ++c) {
            for (uint256 field = 0; field < _widths.length; ++field) {
                _assertRefused(_dirty(calls[c], field + 1, _widths[field]));
                _assertRefused(_dirty(calls[c], field + 1, 255));
            }
            uint256 snapshot = vm.snapshotState();
            vm.prank(alice);
            (bool isDone,) = address(oracle).call(calls[c]);
            assertTrue(isDone, "works with a clean struct");
            vm.revertToState(snapshot);
        }
    }

    /// What does not validate finds nothing under the dirty struct's id, where the clean struct would work.
    function test_calldata_dirtyStructsReachNothing() public {
        _lieProposed();
        _assertNoneWorksDirty(alice, abi.encodeCall(oracle.contribute, (fixing, 1, TRUTH, 1)));
        _contribute(alice, 1, TRUTH, type(uint256).max);
        _assertNoneWorksDirty(attacker, abi.encodeCall(oracle.appeal, (fixing, 2, LIE, type(uint256).max)));
        _appeal(attacker, 2, LIE, type(uint256).max);
        _assertNoneWorksDirty(arbitrator, abi.encodeCall(oracle.rule, (fixing, RULING)));
        _rule(arbitrator, RULING);
        _assertNoneWorksDirty(alice, abi.encodeCall(oracle.claim, (fixing, Kind.Stake, 1, TRUTH)));
    }

    /// `collect` under a dirty struct moves nothing and takes nothing from the clean one.
    function test_calldata_dirtyStructsCollectNothing() public {
        _lieDisputed();
        vm.warp(MATURITY + GRACE + LIMIT);
        bytes memory input = abi.encodeCall(oracle.collect, (fixing));
        for (uint256 field = 0; field < _widths.length; ++field) {
            (bool isDone, bytes memory output) = address(oracle).call(_dirty(input, field + 1, _widths[field]));
            if (isDone) assertEq(abi.decode(output, (uint256)), 0);
        }
        _assertHeld(3 * BOND);
        assertEq(_collect(), 0.02 ether);
    }

    /// No dirty struct has the id of a clean one, and its views show a fixing that nobody touched.
    function test_calldata_dirtyStructsHaveIdsOfTheirOwn() public {
        _lieDisputed();
        for (uint256 field = 0; field < _widths.length; ++field) {
            bytes memory input = _dirty(abi.encodeCall(oracle.fixingId, (fixing)), field + 1, _widths[field]);
            (bool isDone, bytes memory output) = address(oracle).call(input);
            if (isDone) assertNotEq(abi.decode(output, (bytes32)), FixingId.unwrap(id));
            input = _dirty(abi.encodeCall(oracle.state, (fixing)), field + 1, _widths[field]);
            (isDone, output) = address(oracle).call(input);
            if (isDone) assertEq(keccak256(output), keccak256(abi.encode(0, 0, 0, 0, 0)));
        }
    }

    /// The arguments after the struct (14 words): rounds, values and kinds.
    function test_calldata_refusesDirtyArguments() public {
        _lieProposed();
        _assertRefused(_dirty(abi.encodeCall(oracle.propose, (fixing, TRUTH, 0)), 14, 128));
        bytes memory contribution = abi.encodeCall(oracle.contribute, (fixing, 1, TRUTH, 1));
        _assertRefused(_dirty(contribution, 14, 8));
        _assertRefused(_dirty(contribution, 15, 128));
        bytes memory appealing = abi.encodeCall(oracle.appeal, (fixing, 1, TRUTH, 1));
        _assertRefused(_dirty(appealing, 14, 8));
        _assertRefused(_dirty(appealing, 15, 128));
        _assertRefused(_dirty(abi.encodeCall(oracle.rule, (fixing, TRUTH)), 14, 128));
        bytes memory claiming = abi.encodeCall(oracle.claim, (fixing, Kind.Stake, 0, LIE));
        bytes memory reading = abi.encodeCall(oracle.pot, (fixing, Kind.Stake, 0, LIE));
        // There is no fifth kind, and a kind is one byte.
        _assertRefused(_dirty(claiming, 14, 2));
        _assertRefused(_dirty(claiming, 14, 8));
        _assertRefused(_dirty(claiming, 15, 8));
        _assertRefused(_dirty(claiming, 16, 128));
        _assertRefused(_dirty(reading, 14, 2));
        _assertRefused(_dirty(reading, 14, 8));
        _assertRefused(_dirty(reading, 15, 8));
        _assertRefused(_dirty(reading, 16, 128));
        // Clean, the same calls work.
        vm.startPrank(alice);
        (bool isDone,) = address(oracle).call(contribution);
        assertTrue(isDone);
        (isDone,) = address(oracle).call(reading);
        assertTrue(isDone);
    }

    /// Every call with its last byte missing.
    function test_calldata_refusesShortCalldata() public {
        _toMaturity();
        bytes[] memory calls = _calls();
        for (uint256 c = 0; c < calls.length; ++c) {
            bytes memory cut = calls[c];
            assembly {
                mstore(cut, sub(mload(cut), 1))
            }
            _assertRefused(cut);
        }
        _assertRefused(hex"");
        _assertRefused(hex"12345678");
        (bool isDone,) = address(oracle).call{value: 1}("");
        assertFalse(isDone, "no ether");
    }

    /// No entry point takes ether.
    function test_calldata_refusesEther() public {
        _toMaturity();
        bytes[] memory calls = _calls();
        vm.deal(alice, calls.length);
        for (uint256 c = 0; c < calls.length; ++c) {
            vm.prank(alice);
            (bool isDone,) = address(oracle).call{value: 1}(calls[c]);
            assertFalse(isDone);
        }
    }

    /// Every function that takes the struct, with arguments that keep it from failing early where possible.
    function _calls() private view returns (bytes[] memory calls) {
        calls = new bytes[](18);
        calls[0] = abi.encodeCall(oracle.create, (fixing));
        calls[1] = abi.encodeCall(oracle.fund, (fixing, 1));
        calls[2] = abi.encodeCall(oracle.propose, (fixing, TRUTH, type(uint256).max));
        calls[3] = abi.encodeCall(oracle.contribute, (fixing, 1, TRUTH, 1));
        calls[4] = abi.encodeCall(oracle.appeal, (fixing, 1, TRUTH, 1));
        calls[5] = abi.encodeCall(oracle.request, (fixing));
        calls[6] = abi.encodeCall(oracle.rule, (fixing, TRUTH));
        calls[7] = abi.encodeCall(oracle.claim, (fixing, Kind.Stake, 0, TRUTH));
        calls[8] = abi.encodeCall(oracle.collect, (fixing));
        calls[9] = abi.encodeCall(oracle.fixingId, (fixing));
        calls[10] = abi.encodeCall(oracle.phase, (fixing));
        calls[11] = abi.encodeCall(oracle.settlement, (fixing));
        calls[12] = abi.encodeCall(oracle.outcome, (fixing));
        calls[13] = abi.encodeCall(oracle.state, (fixing));
        calls[14] = abi.encodeCall(oracle.candidates, (fixing));
        calls[15] = abi.encodeCall(oracle.pot, (fixing, Kind.Stake, 0, TRUTH));
        calls[16] = abi.encodeCall(oracle.bond, (fixing));
        calls[17] = abi.encodeCall(oracle.fixingId, (fixing));
    }

    /// `input` works for `who`, and in none of its dirty forms.
    function _assertNoneWorksDirty(address who, bytes memory input) private {
        for (uint256 field = 0; field < _widths.length; ++field) {
            vm.prank(who);
            (bool isDone,) = address(oracle).call(_dirty(input, field + 1, _widths[field]));
            assertFalse(isDone);
        }
        uint256 snapshot = vm.snapshotState();
        vm.prank(who);
        (bool isCleanDone,) = address(oracle).call(input);
        assertTrue(isCleanDone, "works with a clean struct");
        vm.revertToState(snapshot);
    }

    /// `input` with bit `bit` of argument word `word` set.
    function _dirty(bytes memory input, uint256 word, uint256 bit) private pure returns (bytes memory dirty) {
        dirty = bytes.concat(input);
        uint256 offset = 4 + word * 32 + 31 - bit / 8;
        dirty[offset] = dirty[offset] | bytes1(uint8(1 << (bit % 8)));
    }

    /// Refused by the decoder: without a reason, unlike everything the oracle refuses itself.
    function _assertRefused(bytes memory input) private {
        vm.prank(alice);
        (bool isDone, bytes memory reason) = address(oracle).call(input);
        assertFalse(isDone);
        assertEq(reason.length, 0, vm.toString(reason));
    }
}
