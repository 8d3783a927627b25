// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {HeadLib} from "src/libraries/HeadLib.sol";
import {Head} from "src/types/Dispute.sol";

/// The packed slot of a fixing: what is put in comes out, and who led implies the stakes (R-202).
contract HeadLibTest is Test {
    using HeadLib for Head;

    /// A row of `.histories` in test/vectors/bond.json: `leaders[i]` led round i + 1.
    struct History {
        uint256 bond;
        uint256[] leaders;
        string name;
        uint256[] stakes;
        uint256 total;
    }

    /// R-202
    function test_headLib_agreesWithTheSharedVectors() public view {
        string memory json = vm.readFile("test/vectors/bond.json");
        History[] memory rows = abi.decode(vm.parseJson(json, ".histories"), (History[]));
        assertGt(rows.length, 0);
        for (uint256 i = 0; i < rows.length; ++i) {
            History memory row = rows[i];
            Head head = Head.wrap(0).propose(1e18, row.bond, 1_800_000_000);
            for (uint256 r = 1; r < row.leaders.length; ++r) {
                head = head.install(row.leaders[r], 1_800_000_000 + r);
            }
            assertEq(head.bond(), row.bond, row.name);
            assertEq(head.round(), row.leaders.length, row.name);
            assertEq(head.count(), row.stakes.length, row.name);
            assertEq(head.leader(), row.leaders[row.leaders.length - 1], row.name);
            for (uint256 c = 0; c < 5; ++c) {
                (uint256 total, uint256 stake) = head.units(row.leaders.length, c);
                assertEq(total * row.bond, row.total, row.name);
                assertEq(stake * row.bond, c < row.stakes.length ? row.stakes[c] : 0, row.name);
            }
        }
    }

    /// Nothing written is nothing: no proposal, no round, no arbitration.
    function test_headLib_ofAnEmptySlot() public pure {
        Head head = Head.wrap(0);
        assertEq(head.proposal(), 0);
        assertEq(head.round(), 0);
        assertEq(head.deadline(), 0);
        assertEq(head.count(), 0);
        assertFalse(head.isArbitrated());
        (uint256 total, uint256 stake) = head.units(0, 0);
        assertEq(total, 0);
        assertEq(stake, 0);
    }

    /// A requested arbitration sets one bit of an empty slot.
    function test_headLib_ofARequest() public pure {
        Head head = Head.wrap(0).arbitrate();
        assertTrue(head.isArbitrated());
        assertEq(head.round(), 0);
        assertEq(head.proposal(), 0);
        assertEq(head.count(), 0);
        assertEq(head.deadline(), 0);
    }

    /// Money in the reward pot sets one bit of an empty slot, and a proposal keeps it.
    function test_headLib_ofAFundedFixing() public pure {
        Head head = Head.wrap(0);
        assertFalse(head.isFunded());
        head = head.fund();
        assertTrue(head.isFunded());
        assertEq(head.round(), 0);
        assertEq(head.proposal(), 0);
        assertEq(head.deadline(), 0);
        assertFalse(head.isArbitrated());
        assertTrue(head.arbitrate().isFunded());
        assertTrue(head.propose(7, 1, 1).isFunded());
        assertFalse(Head.wrap(0).propose(7, 1, 1).isFunded());
    }

    /// No field touches another, at any extreme, through every history of leaders and into arbitration.
    function testFuzz_headLib_keepsItsFieldsApart(
        uint128 value,
        uint256 d,
        uint40 deadline,
        uint256 choices,
        uint256 fundedAt
    ) public pure {
        value = uint128(bound(value, 1, type(uint128).max));
        d = bound(d, 1, 1 << 80);
        fundedAt = bound(fundedAt, 0, 5);
        Head head = Head.wrap(0);
        if (fundedAt == 0) head = head.fund();
        head = head.propose(value, d, deadline);
        uint256[5] memory leaders;
        uint256 count = 1;
        _assertFields(head, value, d, deadline, 1);
        for (uint256 round = 2; round <= 4; ++round) {
            if (fundedAt == round) head = head.fund();
            // Anyone but the leader, or the next new one.
            uint256 index = (leaders[round - 1] + 1 + (choices >> (8 * round)) % count) % (count + 1);
            if (index == count) ++count;
            leaders[round] = index;
            unchecked {
                deadline += uint40(choices);
            }
            head = head.install(index, deadline);
            _assertFields(head, value, d, deadline, round);
            assertEq(head.count(), count, "count");
            for (uint256 r = 1; r <= round; ++r) {
                assertEq(head.leaderAt(r), leaders[r], "leaderAt");
            }
            (uint256 total, uint256 stake) = head.units(round, index);
            assertEq(stake, 2 * (total - stake), "two thirds lead");
        }
        Head arbitrated = head.arbitrate();
        assertTrue(arbitrated.isArbitrated());
        assertEq(arbitrated.isFunded(), fundedAt == 0 || (fundedAt >= 2 && fundedAt <= 4));
        _assertFields(arbitrated, value, d, deadline, 4);
        assertEq(arbitrated.leader(), leaders[4]);
        assertEq(arbitrated.count(), count);
    }

    /// All stake adds up to the candidates' stakes in every prefix of every history.
    function testFuzz_headLib_stakesAddUp(uint256 choices) public pure {
        Head head = Head.wrap(0).propose(1, 1, 1);
        for (uint256 round = 2; round <= 4; ++round) {
            head = head.install((head.leader() + 1 + (choices >> (8 * round)) % head.count()) % (head.count() + 1), 1);
        }
        for (uint256 rounds = 0; rounds <= 4; ++rounds) {
            uint256 sum;
            uint256 total;
            for (uint256 c = 0; c < 5; ++c) {
                uint256 stake;
                (total, stake) = head.units(rounds, c);
                sum += stake;
            }
            assertEq(sum, total);
            assertLe(total, 27);
        }
    }

    function _assertFields(Head head, uint128 value, uint256 d, uint40 deadline, uint256 round) private pure {
        assertEq(head.proposal(), value, "proposal");
        assertEq(head.bond(), d, "bond");
        assertEq(head.deadline(), deadline, "deadline");
        assertEq(head.round(), round, "round");
    }
}
