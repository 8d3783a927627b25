// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {IArbitrator} from "src/interfaces/IArbitrator.sol";
import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";
import {JurySeat, JuryTerms} from "src/types/Jury.sol";

import {IJury, JuryFixture} from "../mocks/JuryFixture.sol";

contract PoolTest is JuryFixture {
    function test_stake_takesOneStakeEach() public {
        uint256 before = weth.balanceOf(jurors[0]);
        _join(jurors[0], 3);
        assertEq(weth.balanceOf(jurors[0]), before - 3 ether);
        assertEq(jury.poolSize(), 83);
        address[] memory last = jury.pool(79, 100);
        assertEq(last.length, 4);
        assertEq(last[0], jurors[9]);
        assertEq(last[1], jurors[0]);
        assertEq(last[3], jurors[0]);
        assertEq(jury.pool(83, 1).length, 0);
        assertEq(jury.pool(84, 1).length, 0);
        assertEq(jury.pool(0, 2).length, 2);
    }

    /// Whoever opens a case would come last of all, with as many stakes as it takes.
    function test_stake_warmsUpInSightOfTheOthers() public {
        vm.prank(jurors[0]);
        jury.stake(2);
        uint256 admitTime = block.timestamp + WARM_UP;
        vm.warp(block.timestamp + 1 days);
        vm.prank(jurors[0]);
        jury.stake(1);
        admitTime += 1 days;
        assertEq(jury.newcomer(jurors[0]).count, 3);
        vm.warp(admitTime - 1);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYet.selector, 3, admitTime));
        jury.admit(jurors[0]);
        vm.warp(admitTime);
        jury.admit(jurors[0]);
        assertEq(jury.poolSize(), 83);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYet.selector, 0, 0));
        jury.admit(jurors[0]);
    }

    function test_stayOut_givesBackWhatWasToCome() public {
        vm.startPrank(jurors[0]);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYet.selector, 0, 0));
        jury.stayOut();
        jury.stake(3);
        jury.stayOut();
        assertEq(jury.idle(jurors[0]), 3 ether);
        jury.stake(1);
        jury.stayOut();
        assertEq(jury.idle(jurors[0]), 3 ether);
        vm.warp(block.timestamp + WARM_UP);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYet.selector, 0, 0));
        jury.admit(jurors[0]);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    function test_stake_isBoundedToWhatFitsABlock() public {
        vm.startPrank(jurors[0]);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 257, 256));
        jury.stake(257);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 0, 256));
        jury.stake(0);
        jury.stake(200);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 257, 256));
        jury.stake(57);
        jury.stake(56);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 257, 256));
        jury.unstake(new uint256[](257));
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 0, 256));
        jury.unstake(new uint256[](0));
        vm.warp(block.timestamp + WARM_UP);
        jury.admit(jurors[0]);
        // As many as fit, from the last place on: the newcomer's are the last of the pool.
        uint256[] memory places = new uint256[](256);
        for (uint256 i = 0; i < 256; i++) {
            places[i] = 335 - i;
        }
        jury.unstake(places);
        assertEq(jury.idle(jurors[0]), 256 ether);
    }

    function test_stake_usesWhatIsIdleFirst() public {
        _unstake(0, 2);
        assertEq(jury.idle(jurors[0]), 2 ether);
        // What was idle before stays.
        uint256[] memory next = new uint256[](1);
        next[0] = 2;
        vm.prank(jurors[0]);
        jury.unstake(next);
        assertEq(jury.idle(jurors[0]), 3 ether);
        uint256 before = weth.balanceOf(jurors[0]);
        vm.startPrank(jurors[0]);
        jury.stake(2);
        assertEq(jury.idle(jurors[0]), 1 ether);
        assertEq(weth.balanceOf(jurors[0]), before);
        jury.stake(3);
        assertEq(jury.idle(jurors[0]), 0);
        assertEq(weth.balanceOf(jurors[0]), before - 2 ether);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    function test_unstake_givesBackTheCallersOwnOnly() public {
        // Juror 0 holds the places 0 .. 7.
        uint256[] memory places = new uint256[](1);
        places[0] = 8;
        vm.startPrank(jurors[0]);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYourStake.selector, 8));
        jury.unstake(places);
        places[0] = 80;
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYourStake.selector, 80));
        jury.unstake(places);
        places = new uint256[](2);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PlacesNotDescending.selector, 0, 0));
        jury.unstake(places);
        (places[0], places[1]) = (3, 5);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.PlacesNotDescending.selector, 3, 5));
        jury.unstake(places);
        places[0] = 7;
        places[1] = 0;
        jury.unstake(places);
        vm.stopPrank();

        assertEq(jury.idle(jurors[0]), 2 ether);
        address[] memory pool = jury.pool(0, 100);
        assertEq(pool.length, 78);
        uint256[] memory counts = new uint256[](JURORS);
        for (uint256 i = 0; i < pool.length; i++) {
            for (uint256 j = 0; j < JURORS; j++) {
                if (pool[i] == jurors[j]) counts[j]++;
            }
        }
        for (uint256 j = 0; j < JURORS; j++) {
            assertEq(counts[j], j == 0 ? 6 : 8);
        }
    }

    function test_withdraw_paysWhatIsIdleOnce() public {
        _unstake(0, 2);
        uint256 before = weth.balanceOf(jurors[0]);
        vm.startPrank(jurors[0]);
        assertEq(jury.withdraw(), 2 ether);
        assertEq(weth.balanceOf(jurors[0]), before + 2 ether);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NothingToWithdraw.selector, jurors[0]));
        jury.withdraw();
    }

    /// Nothing that could steer a draw is possible between the moment the case is opened and its draw.
    function test_pool_isClosedWhileADrawIsDue() public {
        _arbitrate(fixing);
        _open();
        bytes memory closed = abi.encodeWithSelector(IJuryArbitrator.DrawsWaiting.selector, 1);
        vm.prank(jurors[0]);
        jury.stake(1);
        vm.warp(block.timestamp + WARM_UP);
        vm.expectRevert(closed);
        jury.admit(jurors[0]);
        vm.expectRevert(closed);
        vm.prank(jurors[0]);
        jury.unstake(new uint256[](1));
        _draw("randao");
        jury.admit(jurors[0]);
    }

    function test_pool_refusesATokenThatMovesLess() public {
        vm.mockCall(address(weth), abi.encodeWithSelector(weth.transferFrom.selector), abi.encode(true));
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TransferMismatch.selector, 0, 1 ether));
        vm.prank(jurors[0]);
        jury.stake(1);
    }

    function test_constructor_boundsItsTerms() public {
        _expectBound("seats", 1, 3, 63);
        _terms1.seats = 1;
        _deployBad();
        _expectBound("seats", 65, 3, 63);
        _terms1.seats = 65;
        _deployBad();
        _expectBound("seats", 30, 29, 29);
        _terms1.seats = 30;
        _deployBad();
        _expectBound("seats", 32, 31, 31);
        _terms1.seats = 32;
        _deployBad();
        _expectBound("quorum", 15, 16, 31);
        _terms1.quorum = 15;
        _deployBad();
        _expectBound("quorum", 32, 16, 31);
        _terms1.quorum = 32;
        _deployBad();
        _expectBound("leastPool", 30, 31, type(uint32).max);
        _terms1.leastPool = 30;
        _deployBad();
        _expectBound("leastSeparationPpm", 200_001, 1, 200_000);
        _terms1.leastSeparationPpm = 200_001;
        _deployBad();
        _expectBound("warmUp", 1 days - 1, 1 days, 30 days);
        _terms1.warmUp = 1 days - 1;
        _deployBad();
        _expectBound("seatFee", 0, 1, type(uint88).max);
        _terms1.seatFee = 0;
        _deployBad();
        _expectBound("seatStake", 0, 1, type(uint88).max);
        _terms1.seatStake = 0;
        _deployBad();
        _expectBound("commitTime", 3599, 3600, 10 days);
        _terms1.commitTime = 3599;
        _deployBad();
        _expectBound("revealTime", 10 days + 1, 3600, 10 days);
        _terms1.revealTime = 10 days + 1;
        _deployBad();
    }

    function test_constructor_takesTheBoundsThemselves() public {
        (_terms1.seats, _terms1.quorum, _terms1.leastPool) = (3, 2, 3);
        _terms1.leastSeparationPpm = 1;
        (_terms1.warmUp, _terms1.commitTime, _terms1.revealTime) = (1 days, 1 hours, 1 hours);
        (_terms1.seatStake, _terms1.seatFee) = (1, 1);
        assertEq(abi.encode(_deployJury(_terms1).terms()), abi.encode(_terms1));
        (_terms1.seats, _terms1.quorum, _terms1.leastPool) = (63, 63, type(uint32).max);
        _terms1.leastSeparationPpm = 200_000;
        (_terms1.warmUp, _terms1.commitTime, _terms1.revealTime) = (30 days, 10 days, 10 days);
        (_terms1.seatStake, _terms1.seatFee) = (type(uint88).max, type(uint88).max);
        assertEq(abi.encode(_deployJury(_terms1).terms()), abi.encode(_terms1));
        // An odd number that three divides.
        (_terms1.seats, _terms1.quorum, _terms1.leastPool) = (33, 17, 33);
        assertEq(_deployJury(_terms1).terms().seats, 33);
    }

    function test_terms_areThoseOfTheDeployment() public view {
        assertEq(abi.encode(jury.terms()), abi.encode(_terms()));
        assertEq(jury.price(), 0.039 ether);
        assertTrue(jury.supportsInterface(type(IJuryArbitrator).interfaceId));
        assertTrue(jury.supportsInterface(type(IArbitrator).interfaceId));
        assertTrue(jury.supportsInterface(type(IERC165).interfaceId));
        assertFalse(jury.supportsInterface(0xffffffff));
        assertFalse(jury.supportsInterface(type(IERC20).interfaceId));
    }

    JuryTerms private _terms1 = _terms();

    function _expectBound(bytes32 term, uint256 got, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TermOutOfBounds.selector, term, got, min, max));
    }

    function _deployBad() private {
        deployCode("JuryArbitrator.sol:JuryArbitrator", abi.encode(oracle, _terms1));
        _terms1 = _terms();
    }

    /// One wei is idle, and is used as well as any amount.
    function test_stake_usesALastWei() public {
        _terms1.seatStake = 1;
        jury = _deployJury(_terms1);
        vm.startPrank(jurors[0]);
        weth.approve(address(jury), type(uint256).max);
        jury.stake(1);
        jury.stayOut();
        assertEq(jury.idle(jurors[0]), 1);
        jury.stake(1);
        assertEq(jury.idle(jurors[0]), 0);
        assertEq(weth.balanceOf(address(jury)), 1);
    }

    /// Two cases hold seats at once, and each gives back its own.
    function test_seats_ofSeveralCasesAreCountedTogether() public {
        _join(jurors[0], 100);
        Fixing memory first = fixing;
        _trial();
        fixing.indexId = "another";
        id = _idOf(fixing);
        _trial();
        // A third waits: nothing may enter the pool.
        Fixing memory third = fixing;
        third.indexId = "a third";
        _arbitrate(third);
        jury.open(third);
        uint256 idleBefore = _idleOfAll();
        vm.warp(jury.caseOf(_idOf(first)).revealEnd);
        // Nobody reveals: the stakes of both are forfeited, and no longer counted as seated.
        jury.resolve(first);
        vm.warp(jury.caseOf(id).revealEnd);
        jury.resolve(fixing);
        assertEq(_idleOfAll(), idleBefore);
        assertEq(jury.returnedSize(), 0);
        assertEq(jury.waiting().length, 1);
        assertEq(FixingId.unwrap(jury.waiting()[0]), FixingId.unwrap(_idOf(third)));
        jury.open(first);
        // Two wait, of those that were opened as the third and the fourth.
        assertEq(FixingId.unwrap(jury.waiting()[0]), FixingId.unwrap(_idOf(third)));
        assertEq(FixingId.unwrap(jury.waiting()[1]), FixingId.unwrap(_idOf(first)));
        assertEq(jury.poolSize(), 180 - 62);
    }

    /// Stakes that a round gives back while a draw is due can be drawn as soon as it is done, without another warm-up.
    function test_readmit_putsReturnedStakesBackWithoutAWarmUp() public {
        Fixing memory other = _returnWhileAnotherWaits();
        JurySeat[] memory seats = _seats();
        assertEq(jury.poolSize(), 149);
        address[] memory back = jury.returned(0, 100);
        assertEq(jury.returnedSize(), 31);
        assertEq(back.length, 31);
        for (uint256 i = 0; i < 31; i++) {
            assertEq(back[i], seats[i].juror);
        }
        assertEq(abi.encode(jury.returned(29, 1)), abi.encode(_one(back[29])));
        assertEq(jury.returned(31, 1).length, 0);
        assertEq(jury.returned(30, 5).length, 1);
        // What is idle are the shares of the fee alone: the stakes count once.
        for (uint256 i = 0; i < JURORS; i++) {
            assertApproxEqAbs(jury.idle(jurors[i]), _seatsOf(jurors[i]) * (SEATS_PAY / 31), 30);
        }
        assertEq(weth.balanceOf(address(jury)), _owed());

        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.DrawsWaiting.selector, 1));
        jury.readmit(1);
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        vm.prank(anyone);
        jury.readmit(1);
        assertEq(jury.poolSize(), 149 - 31 + 1);
        // With each seat of the other case the last of them became the first: 31 times, so that they are in their order again.
        assertEq(jury.pool(118, 1)[0], back[0]);
        assertEq(jury.returnedSize(), 30);
        vm.expectEmit(address(jury));
        emit IJuryArbitrator.Readmitted(30);
        jury.readmit(256);
        address[] memory last = jury.pool(118, 100);
        assertEq(last.length, 31);
        for (uint256 i = 0; i < 31; i++) {
            assertEq(last[i], back[i]);
        }
        assertEq(jury.returnedSize(), 0);
        vm.expectRevert(IJuryArbitrator.NothingToReadmit.selector);
        jury.readmit(1);
    }

    /// Those that wait stay behind the pool, whatever enters and leaves it.
    function test_readmit_waitsBehindAPoolThatChanges() public {
        Fixing memory other = _returnWhileAnotherWaits();
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        address[] memory back = jury.returned(0, 100);
        _vote(new uint128[](0), VALUE);
        _resolve();
        // What another round returns waits with them.
        assertEq(jury.poolSize(), 149 - 31);
        assertEq(jury.returnedSize(), 62);
        JurySeat[] memory seats = _seats();
        address[] memory last = jury.returned(31, 100);
        for (uint256 i = 0; i < 31; i++) {
            assertEq(last[i], seats[i].juror);
        }
        // The newcomer is the last of the pool, and can leave it.
        address late = makeAddr("late");
        jurors.push(late);
        _endow(late, address(jury));
        _join(late, 1);
        assertEq(jury.poolSize(), 119);
        assertEq(abi.encode(jury.pool(118, 100)), abi.encode(_one(late)));
        assertEq(jury.returned(61, 1)[0], back[0]);
        assertEq(jury.returned(0, 1)[0], back[1]);
        uint256[] memory places = new uint256[](1);
        places[0] = 119;
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.NotYourStake.selector, 119));
        vm.prank(back[1]);
        jury.unstake(places);
        places[0] = 118;
        vm.prank(late);
        jury.unstake(places);
        assertEq(abi.encode(jury.returned(0, 31)), abi.encode(back));
        assertEq(jury.poolSize() + jury.returnedSize(), 180);
        assertEq(weth.balanceOf(address(jury)), _owed());
    }

    /// So does a single one.
    function test_readmit_waitsBehindThePoolAlone() public {
        Fixing memory other = _returnWhileAnotherWaits();
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        jury.readmit(30);
        _vote(new uint128[](0), VALUE);
        _resolve();
        assertEq(jury.returnedSize(), 32);
        jury.readmit(31);
        address alone = _juror(30);
        assertEq(abi.encode(jury.returned(0, 100)), abi.encode(_one(alone)));
        assertEq(jury.poolSize(), 179);
        address late = makeAddr("late");
        _endow(late, address(jury));
        _join(late, 1);
        assertEq(abi.encode(jury.pool(179, 100)), abi.encode(_one(late)));
        assertEq(abi.encode(jury.returned(0, 100)), abi.encode(_one(alone)));
        uint256[] memory places = new uint256[](1);
        places[0] = 179;
        vm.prank(late);
        jury.unstake(places);
        assertEq(abi.encode(jury.returned(0, 100)), abi.encode(_one(alone)));
    }

    function test_readmit_isBoundedToWhatFitsABlock() public {
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 0, 256));
        jury.readmit(0);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.TooManyStakes.selector, 257, 256));
        jury.readmit(257);
        vm.expectRevert(IJuryArbitrator.NothingToReadmit.selector);
        jury.readmit(256);
    }

    /// Else whoever keeps one case waiting would open the next without the stakes that came back.
    function test_open_waitsForStakesThatWereReturned() public {
        Fixing memory other = _returnWhileAnotherWaits();
        Fixing memory third = fixing;
        third.indexId = "a third";
        _arbitrate(third);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 31));
        jury.open(third);
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        jury.readmit(30);
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 1));
        jury.open(third);
        jury.readmit(30);
        assertEq(jury.returnedSize(), 0);
        jury.open(third);
    }

    /// A round that hangs returns the stakes of who revealed; the second round waits for them too.
    function test_release_ofAHungRoundWhileACaseWaits() public {
        _join(jurors[0], 100);
        _trial();
        Fixing memory other = fixing;
        other.indexId = "another";
        _arbitrate(other);
        uint128[] memory values = new uint128[](31);
        (values[7], values[8]) = (VALUE, VALUE);
        _vote(values, 0);
        jury.open(other);
        JurySeat[] memory seats = _seats();
        _resolve();
        address[] memory back = jury.returned(0, 100);
        assertEq(back.length, 2);
        assertEq(back[0], seats[7].juror);
        assertEq(back[1], seats[8].juror);
        assertEq(_idleOfAll(), 29 ether);
        assertEq(weth.balanceOf(address(jury)), _owed());
        vm.expectRevert(abi.encodeWithSelector(IJuryArbitrator.StakesReturned.selector, 2));
        _open();
        Fixing memory hung = fixing;
        (fixing, id) = (other, _idOf(other));
        _draw("other");
        jury.readmit(2);
        jury.open(hung);
    }

    /// A case before the jury ends with all its 31 seats right while another, which is returned, waits: of 180 stakes.
    function _returnWhileAnotherWaits() private returns (Fixing memory other) {
        _join(jurors[0], 100);
        _trial();
        other = fixing;
        other.indexId = "another";
        _arbitrate(other);
        _vote(new uint128[](0), VALUE);
        jury.open(other);
        _resolve();
    }

    function _one(address juror) private pure returns (address[] memory list) {
        list = new address[](1);
        list[0] = juror;
    }

    function _idleOfAll() private view returns (uint256 sum) {
        for (uint256 i = 0; i < JURORS; i++) {
            sum += jury.idle(jurors[i]);
        }
    }

    /// Juror `i`, whose stakes are the places 8 i .. 8 i + 7, takes `count` of them out.
    function _unstake(uint256 i, uint256 count) private {
        uint256[] memory places = new uint256[](count);
        for (uint256 k = 0; k < count; k++) {
            places[k] = 8 * i + count - 1 - k;
        }
        vm.prank(jurors[i]);
        jury.unstake(places);
    }
}
