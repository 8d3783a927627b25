// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {stdError} from "forge-std/StdError.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";

/// R-404: attesters are paid if the settlement is within the band of what they signed, else funders have it back.
contract RewardTest is RegistryFixture {
    uint256 private constant REWARD = 1 ether + 5;

    function test_claimReward_paysEachSignerAnEqualShare() public {
        _funded(7);
        _attest(TRUTH, 0x6f);
        _settle(TRUTH);
        uint256 share = REWARD / 6;
        uint256 before = weth.balanceOf(alice);
        for (uint256 place = 0; place < 7; ++place) {
            if (place == 4) {
                vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, place));
                registry.claimReward(fixing, TRUTH, 0x6f, place);
                continue;
            }
            vm.expectEmit(address(registry));
            emit IReporterRegistry.RewardPaid(id, place, alice, share);
            vm.prank(stranger);
            assertEq(registry.claimReward(fixing, TRUTH, 0x6f, place), share);
            vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardAlreadyPaid.selector, id, place));
            registry.claimReward(fixing, TRUTH, 0x6f, place);
        }
        assertEq(weth.balanceOf(alice), before + 6 * share);
        // The rest of the division, at most a wei for each signer, stays.
        assertEq(weth.balanceOf(address(registry)), 7 * MIN_STAKE + REWARD - 6 * share);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, 256));
        registry.claimReward(fixing, TRUTH, 0x6f, 256);
    }

    /// All at once, by anyone: as one by one, without those who were paid or are gone.
    function test_claimRewards_paysEachOnce() public {
        _funded(7);
        _attest(TRUTH, 0x6f);
        _startLeaving(alice, 5);
        uint64 gone = _reporter(5).inactiveTime + UNBONDING;
        _settle(TRUTH);
        uint256 share = REWARD / 6;
        uint256 before = weth.balanceOf(alice);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, 4));
        registry.claimRewards(fixing, TRUTH, 0x6f, 0x7f);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NotAttester.selector, 255));
        registry.claimRewards(fixing, TRUTH, 0x6f, 1 << 255);
        registry.claimReward(fixing, TRUTH, 0x6f, 1);
        vm.warp(gone);
        _withdraw(alice, 5);
        before += MIN_STAKE;
        vm.expectEmit(address(registry));
        emit IReporterRegistry.RewardPaid(id, 0, alice, share);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.RewardPaid(id, 3, alice, share);
        vm.prank(stranger);
        assertEq(registry.claimRewards(fixing, TRUTH, 0x6f, 0x2b), 2 * share);
        assertEq(weth.balanceOf(alice), before + 3 * share);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardAlreadyPaid.selector, id, 3));
        registry.claimReward(fixing, TRUTH, 0x6f, 3);
        assertEq(registry.claimRewards(fixing, TRUTH, 0x6f, 0x6f), 2 * share);
        assertEq(registry.claimRewards(fixing, TRUTH, 0x6f, 0x6f), 0);
        assertEq(registry.claimRewards(fixing, TRUTH, 0x6f, 0), 0);
        // The share of who left without claiming stays.
        assertEq(weth.balanceOf(address(registry)), 6 * MIN_STAKE + REWARD - 5 * share);
    }

    function test_claimRewards_onlyOfWhatWasEarned() public {
        _funded(3);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestationUnknown.selector, id));
        registry.claimRewards(fixing, TRUTH, 7, 7);
        _attest(LIE, 7);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        registry.claimRewards(fixing, LIE, 7, 7);
        _settle(TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardNotEarned.selector, id));
        registry.claimRewards(fixing, LIE, 7, 7);
    }

    /// For as long as its stake is locked, which is longer than any fixing takes; then its index may be somebody else's.
    function test_claimReward_notAfterTheReporterWithdrew() public {
        _funded(3);
        _attest(TRUTH, 7);
        _startLeaving(alice, 0);
        _startLeaving(alice, 1);
        uint64 gone = _reporter(0).inactiveTime + UNBONDING;
        _settle(TRUTH);
        vm.warp(gone);
        registry.claimReward(fixing, TRUTH, 7, 0);
        _withdraw(alice, 0);
        _withdraw(alice, 1);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ReporterGone.selector, 1));
        registry.claimReward(fixing, TRUTH, 7, 1);
        _register(bob, 8, MIN_STAKE);
        assertEq(_reporter(1).owner, bob);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.ReporterGone.selector, 1));
        registry.claimReward(fixing, TRUTH, 7, 1);
        assertEq(registry.claimRewards(fixing, TRUTH, 7, 7), REWARD / 3);
    }

    /// A reward shares its slot with what was attested.
    function test_fundReporters_boundsTheReward() public {
        uint256 most = type(uint96).max;
        vm.expectRevert(abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, most + 1));
        registry.fundReporters(fixing, most + 1);
        vm.deal(bob, most);
        vm.startPrank(bob);
        weth.deposit{value: most}();
        registry.fundReporters(fixing, most);
        vm.expectRevert(stdError.arithmeticError);
        registry.fundReporters(fixing, 1);
        vm.stopPrank();
        assertEq(registry.rewardOf(id), most);
        _ready(3);
        _attest(TRUTH, 7);
        assertEq(registry.rewardOf(id), most);
        (uint256 count,) = registry.attestationOf(id);
        assertEq(count, 3);
    }

    /// Whoever proposed: another value within the band settled.
    function test_claimReward_withinTheBandOfTheSettlement() public {
        _funded(3);
        _attest(RULING, 7);
        _settle(TRUTH);
        assertEq(registry.claimReward(fixing, RULING, 7, 0), REWARD / 3);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardEarned.selector, id));
        vm.prank(bob);
        registry.refundReward(fixing, RULING, 7);
    }

    function test_claimReward_isOfWhatStands() public {
        _funded(3);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestationUnknown.selector, id));
        registry.claimReward(fixing, TRUTH, 7, 0);
        _attest(TRUTH, 7);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        registry.claimReward(fixing, TRUTH, 7, 0);
        _settle(TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestationUnknown.selector, id));
        registry.claimReward(fixing, TRUTH, 15, 0);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestationUnknown.selector, id));
        registry.claimReward(fixing, RULING, 7, 0);
    }

    /// Settled on something else: nobody is paid, and each funder has back what it put in.
    function test_refundReward_whenTheAttestersWereWrong() public {
        _funded(3);
        vm.prank(carol);
        registry.fundReporters(fixing, 7);
        _attest(LIE, 7);
        vm.expectRevert(abi.encodeWithSelector(ISettlementSource.NotSettled.selector, id));
        vm.prank(bob);
        registry.refundReward(fixing, LIE, 7);
        _settle(TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardNotEarned.selector, id));
        registry.claimReward(fixing, LIE, 7, 0);
        // Not by naming another value.
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AttestationUnknown.selector, id));
        vm.prank(bob);
        registry.refundReward(fixing, TRUTH, 7);

        uint256 before = weth.balanceOf(bob);
        vm.expectEmit(address(registry));
        emit IReporterRegistry.RewardRefunded(id, bob, REWARD);
        vm.prank(bob);
        assertEq(registry.refundReward(fixing, LIE, 7), REWARD);
        assertEq(weth.balanceOf(bob), before + REWARD);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.NothingFunded.selector, id, bob));
        vm.prank(bob);
        registry.refundReward(fixing, LIE, 7);
        vm.prank(carol);
        assertEq(registry.refundReward(fixing, LIE, 7), 7);
        assertEq(weth.balanceOf(address(registry)), 3 * MIN_STAKE);
    }

    /// INVALID is within the band of no number, also for who attested it: there was nothing to report.
    function test_refundReward_whenInvalidSettles() public {
        _funded(3);
        _attest(INVALID, 7);
        _settle(INVALID);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.RewardNotEarned.selector, id));
        registry.claimReward(fixing, INVALID, 7, 0);
        vm.prank(bob);
        assertEq(registry.refundReward(fixing, INVALID, 7), REWARD);
    }

    function test_refundReward_whenNobodyAttested() public {
        _funded(3);
        _settle(TRUTH);
        vm.prank(bob);
        assertEq(registry.refundReward(fixing, 0, 0), REWARD);
    }

    function test_fundReporters_untilTheSettlement() public {
        vm.expectEmit(address(registry));
        emit IReporterRegistry.ReportersFunded(id, bob, 5);
        vm.prank(bob);
        registry.fundReporters(fixing, 5);
        assertEq(registry.rewardOf(id), 5);
        vm.expectRevert(IReporterRegistry.EmptyAmount.selector);
        registry.fundReporters(fixing, 0);
        _toMaturity();
        _settle(TRUTH);
        vm.expectRevert(abi.encodeWithSelector(IReporterRegistry.AlreadySettled.selector, id));
        registry.fundReporters(fixing, 5);
    }

    function _funded(uint256 count) private {
        _ready(count);
        vm.prank(bob);
        registry.fundReporters(fixing, REWARD);
        assertEq(registry.rewardOf(id), REWARD);
    }

    function _settle(uint128 value) private {
        _propose(proposer, value);
        vm.warp(block.timestamp + FIRST_WINDOW);
    }
}
