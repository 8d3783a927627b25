// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {SecurityLens} from "src/consumers/SecurityLens.sol";
import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {FixingId} from "src/types/Fixing.sol";

import {Wager} from "../../../docs/examples/Wager.sol";
import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

/// The Solidity consumer of docs/examples, on a real oracle.
contract WagerTest is ConsumerFixture {
    uint128 private constant THRESHOLD = 2500e18;

    address private ann = makeAddr("ann");
    address private ben = makeAddr("ben");
    address private cleo = makeAddr("cleo");
    Wager private wager;

    function setUp() public override {
        super.setUp();
        wager = new Wager(
            ISettlementSource(address(oracle)),
            new SecurityLens(),
            THRESHOLD,
            fixing.indexId,
            MATURITY,
            fixing.arbitrator,
            fixing.backup
        );
        fixing = wager.fixing();
        id = _idOf(fixing);
        _secure(100 ether);
        _stake(ann, Wager.Side.Above, 30 ether);
        _stake(ben, Wager.Side.Below, 50 ether);
        _stake(cleo, Wager.Side.Above, 10 ether);
    }

    function test_claim_sharesAllAmongTheSideThatWon() public {
        _settle(fixing, THRESHOLD);
        assertEq(_claim(ann), 67.5 ether);
        assertEq(_claim(cleo), 22.5 ether);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(Wager.NothingToClaim.selector, ben));
        wager.claim();
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(Wager.NothingToClaim.selector, ann));
        wager.claim();
        assertEq(address(wager).balance, 0);
    }

    function test_claim_belowTheThresholdTheOtherSide() public {
        _settle(fixing, THRESHOLD - 1);
        assertEq(_claim(ben), 90 ether);
        assertEq(wager.owed(ann), 0);
    }

    function test_claim_invalidGivesEverythingBack() public {
        vm.warp(MATURITY + GRACE + 2 * ARBITRATION_LIMIT);
        assertEq(_claim(ann), 30 ether);
        assertEq(_claim(ben), 50 ether);
        assertEq(_claim(cleo), 10 ether);
    }

    /// An arbitrator that rules elsewhere never rules on the wager.
    function test_stake_refusesAnArbitratorOfAnotherOracle() public {
        vm.mockCall(fixing.backup, abi.encodeWithSignature("ORACLE()"), abi.encode(address(1)));
        vm.deal(ann, 1);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(Wager.AboveSecured.selector, 90 ether + 1, 0));
        wager.stake{value: 1}(Wager.Side.Above);
    }

    function test_claim_waitsForTheSettlement() public {
        vm.warp(MATURITY + 1);
        vm.prank(ann);
        vm.expectRevert(_notSettled());
        wager.claim();
    }

    function test_stake_closesAtMaturity() public {
        _stake(ann, Wager.Side.Above, 1 ether);
        vm.warp(MATURITY);
        vm.deal(ann, 1 ether);
        vm.prank(ann);
        vm.expectRevert(abi.encodeWithSelector(Wager.Closed.selector, MATURITY, MATURITY));
        wager.stake{value: 1 ether}(Wager.Side.Above);
    }

    function test_stake_takesNoMoreThanIsSecured() public {
        _stake(ben, Wager.Side.Below, 10 ether);
        vm.deal(ben, 1);
        vm.prank(ben);
        vm.expectRevert(abi.encodeWithSelector(Wager.AboveSecured.selector, 100 ether + 1, 100 ether));
        wager.stake{value: 1}(Wager.Side.Below);
    }

    function test_openInterest_makesTheBondFollow() public {
        _secure(10_000 ether);
        assertEq(oracle.bond(fixing), 0.225 ether); // 0.25 % of 90, above the least of 0.1
        _stake(ben, Wager.Side.Below, 910 ether);
        assertEq(oracle.bond(fixing), 2.5 ether);
        assertEq(wager.openInterest(FixingId.wrap(0)), 0);
    }

    function testFuzz_claim_paysOutNoMoreThanWentIn(uint80 above, uint80 below, uint128 value) public {
        _secure(type(uint128).max);
        _stake(ann, Wager.Side.Above, above);
        _stake(ben, Wager.Side.Below, below);
        _settle(fixing, uint128(bound(value, 1, INVALID - 1)));
        assertLe(wager.owed(ann) + wager.owed(ben) + wager.owed(cleo), address(wager).balance);
    }

    function _stake(address who, Wager.Side side, uint256 amount) private {
        vm.deal(who, amount);
        vm.prank(who);
        wager.stake{value: amount}(side);
    }

    function _claim(address who) private returns (uint256 paid) {
        uint256 before = who.balance;
        vm.prank(who);
        paid = wager.claim();
        assertEq(who.balance - before, paid);
    }

    /// Both arbitrators say that corrupting them costs so much.
    function _secure(uint256 cost) private {
        bytes memory call = abi.encodeCall(IArbitrator.costOfCorruption, (fixing));
        vm.mockCall(fixing.arbitrator, call, abi.encode(cost));
        vm.mockCall(fixing.backup, call, abi.encode(cost));
    }
}
