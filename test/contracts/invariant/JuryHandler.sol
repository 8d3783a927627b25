// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing, FixingId, Outcome} from "src/types/Fixing.sol";
import {JuryCase, JurySeat, JuryStage, JuryTerms} from "src/types/Jury.sol";

import {JuryFixture} from "../mocks/JuryFixture.sol";

/// @title What jurors, openers and drawers can do with a jury of five seats over eight fixings
/// @notice Every move may come at any time and may fail. Jurors tell the truth, or INVALID, or a lie, or nothing, and what a
/// round comes to is worked out from the votes alone.
contract JuryHandler is JuryFixture {
    uint256 public constant FIXINGS = 8;
    uint128 private constant LIE = 3000e18;
    address private constant SINK = 0x000000000000000000000000000000000000dEaD;

    Fixing[] private _fixings;
    /// What each seat of a round has committed to; 0 = nothing.
    mapping(FixingId => mapping(uint256 round => mapping(uint256 seat => uint128))) private _committed;

    /// Bond token that jurors put in less what they took out, wei.
    int256 public putIn;
    /// What the oracle has paid to jury and sink, wei: read off the oracle, so that nothing can get lost on the way unseen.
    uint256 public feesReceived;
    /// Rounds that were decided, that hung, cases that failed.
    uint256 public decided;
    uint256 public hung;
    uint256 public withoutVerdict;
    uint256 public reseeded;
    /// Stakes that came back into the pool after a draw had been due.
    uint256 public readmitted;
    /// A juror who was right and lost, or was wrong or silent and did not; a verdict that the votes do not come to. Empty = none.
    string public fault;

    constructor() {
        setUp();
        for (uint256 i = 0; i < FIXINGS; i++) {
            fixing.indexId = bytes32(i + 1);
            // The second has the jury as its backup; the third and fourth are short of time.
            (fixing.arbitrator, fixing.backup) = i == 1 ? (backup, address(jury)) : (address(jury), backup);
            fixing.arbitrationLimit = i == 1 || i == 2 ? 6 days : i == 3 ? 12 days : 60 days;
            _fixings.push(fixing);
            _arbitrate(fixing);
        }
        putIn = 80 ether;
    }

    function _terms() internal pure override returns (JuryTerms memory terms) {
        terms = super._terms();
        (terms.seats, terms.quorum, terms.leastPool, terms.seatFee) = (5, 3, 8, 0.003 ether);
        (terms.commitTime, terms.revealTime) = (1 days, 1 days);
    }

    function stake(uint256 who, uint256 count) external {
        address juror = jurors[who % JURORS];
        count = 1 + count % 4;
        uint256 before = weth.balanceOf(juror);
        vm.prank(juror);
        try jury.stake(count) {
            putIn += int256(before - weth.balanceOf(juror));
        } catch {}
    }

    function admit(uint256 who) external {
        try jury.admit(jurors[who % JURORS]) {
            _requireClosedPool();
        } catch {}
    }

    function readmit(uint256 count) external {
        uint256 before = jury.returnedSize();
        try jury.readmit(1 + count % 256) {
            _requireClosedPool();
            readmitted += before - jury.returnedSize();
        } catch {}
    }

    function stayOut(uint256 who) external {
        vm.prank(jurors[who % JURORS]);
        try jury.stayOut() {} catch {}
    }

    function unstake(uint256 place) external {
        uint256 size = jury.poolSize();
        if (size == 0) return;
        uint256[] memory places = new uint256[](1);
        places[0] = place % size;
        address juror = jury.pool(places[0], 1)[0];
        vm.prank(juror);
        try jury.unstake(places) {
            _requireClosedPool();
        } catch {}
    }

    function withdraw(uint256 who) external {
        vm.prank(jurors[who % JURORS]);
        try jury.withdraw() returns (uint256 amount) {
            putIn -= int256(amount);
        } catch {}
    }

    function open(uint256 which) external {
        try jury.open(_choose(which)) {
            if (jury.returnedSize() > 0) fault = "opened while stakes wait to come back";
        } catch {}
    }

    /// Whatever brings the case on: games of random moves alone rarely come to a verdict.
    function play(uint256 which, uint256 votes, uint256 who) external {
        _choose(which);
        JuryStage stage = jury.caseOf(id).stage;
        if (stage == JuryStage.None || stage == JuryStage.Hung) {
            this.readmit(255);
            this.open(which);
        }
        this.draw(who | 1, bytes32(votes));
        if (jury.caseOf(id).stage != JuryStage.Voting) return;
        which = uint256(fixing.indexId) - 1;
        this.commitAll(which, votes);
        this.revealAll(which, who | who >> 5);
        if (who % 3 != 0) this.resolve(which);
    }

    /// The next case mostly, since no other can be drawn.
    function draw(uint256 which, bytes32 randao) external {
        _choose(which);
        FixingId[] memory waiting = jury.waiting();
        for (uint256 i = 0; waiting.length > 0 && which % 4 > 0 && i < FIXINGS; i++) {
            if (FixingId.unwrap(_idOf(_fixings[i])) == FixingId.unwrap(waiting[0])) _choose(i);
        }
        JuryCase memory trial = jury.caseOf(id);
        if (trial.stage != JuryStage.Waiting || block.number > trial.seedBlock + 256) return;
        bytes memory header = _header(trial.seedBlock, randao);
        if (block.number <= trial.seedBlock) header = _reach(trial.seedBlock, randao);
        uint256 size = jury.poolSize();
        uint256 all = size + jury.returnedSize() + _seatedStakes();
        vm.prank(drawer);
        try jury.draw(fixing, header) {
            if (2 * size < all) fault = "drawn from less than half of all stakes";
        } catch {}
    }

    function reseed(uint256 which) external {
        _choose(which);
        if (which % 8 == 0) vm.roll(block.number + 8400);
        try jury.reseed(fixing) {
            reseeded++;
        } catch {}
    }

    function close(uint256 which) external {
        try jury.close(_choose(which)) {
            withoutVerdict++;
        } catch {}
    }

    /// Every seat votes as `votes` says, two bits each: the truth twice as likely as a lie and INVALID.
    function commitAll(uint256 which, uint256 votes) external {
        _choose(which);
        uint8 round = jury.caseOf(id).round;
        for (uint8 seat = 0; seat < 5; seat++) {
            uint256 kind = (votes >> (2 * seat)) & 3;
            uint128 value = kind == 0 ? LIE : kind == 1 ? INVALID : VALUE + uint128(kind);
            bytes32 commitment = jury.commitmentOf(id, seat, value, SALT);
            vm.prank(_juror(seat));
            try jury.commit(id, seat, commitment) {
                _committed[id][round][seat] = value;
            } catch {}
        }
    }

    /// The seats in `who` reveal, once it is time.
    function revealAll(uint256 which, uint256 who) external {
        _choose(which);
        JuryCase memory trial = jury.caseOf(id);
        if (trial.stage != JuryStage.Voting) return;
        if (block.timestamp < trial.commitEnd) vm.warp(trial.commitEnd);
        for (uint8 seat = 0; seat < 5; seat++) {
            if ((who >> seat) & 1 == 1) try jury.reveal(id, seat, _committed[id][trial.round][seat], SALT) {} catch {}
        }
    }

    function resolve(uint256 which) external {
        _choose(which);
        JuryCase memory trial = jury.caseOf(id);
        if (trial.stage != JuryStage.Voting) return;
        if (block.timestamp < trial.revealEnd) vm.warp(trial.revealEnd);
        uint256 paidBefore = weth.balanceOf(address(oracle));
        uint256[] memory before = _wealth();
        JurySeat[] memory seats = _seats();
        uint256 size = jury.poolSize();
        jury.resolve(fixing);
        if (jury.poolSize() != size) _requireClosedPool();
        feesReceived += paidBefore - weth.balanceOf(address(oracle));
        _judge(trial, seats, before);
    }

    function wait(uint256 seconds_) external {
        vm.warp(block.timestamp + seconds_ % 1 days);
        vm.roll(block.number + 1 + seconds_ % 64);
    }

    /// @dev Compares the round with what its votes come to.
    function _judge(JuryCase memory trial, JurySeat[] memory seats, uint256[] memory before) private {
        JuryStage stage = jury.caseOf(id).stage;
        uint256[3] memory counts;
        for (uint256 i = 0; i < 5; i++) {
            if (!seats[i].isRevealed) continue;
            counts[_kindOf(uint128(seats[i].vote))]++;
        }
        uint256 revealed = counts[0] + counts[1] + counts[2];
        if (revealed < 3) {
            if (stage != (trial.round == 0 ? JuryStage.Hung : JuryStage.Failed)) fault = "a hung jury";
            if (stage == JuryStage.Failed) withoutVerdict++;
            hung++;
            // Whatever it was that they revealed.
            return _requireLosses(seats, [true, true, true], before);
        }
        decided++;
        if (stage != JuryStage.Decided) fault = "a verdict";
        uint256 winner = counts[1] * 2 > revealed ? 1 : counts[0] >= counts[2] && counts[0] > 0 ? 0 : 2;
        // The lower median: of as many truths (the smaller) as lies it is a truth.
        (Outcome how,) = oracle.outcome(fixing);
        if (how == Outcome.Ruling && _kindOf(oracle.settlement(fixing)) != winner) fault = "not the votes' verdict";
        _requireLosses(seats, [winner == 0, winner == 1, winner == 2], before);
    }

    /// @dev Each juror loses the stakes of the seats that are silent or not of a kind that is right: no more, and, unless a seat that is
    /// right earns some of it back, no less.
    function _requireLosses(JurySeat[] memory seats, bool[3] memory isRightKind, uint256[] memory before) private {
        uint256[] memory afterwards = _wealth();
        for (uint256 who = 0; who < JURORS; who++) {
            uint256 least = before[who];
            bool hasRight = false;
            for (uint256 i = 0; i < 5; i++) {
                if (seats[i].juror != jurors[who]) continue;
                if (seats[i].isRevealed && isRightKind[_kindOf(uint128(seats[i].vote))]) hasRight = true;
                else least -= STAKE;
            }
            if (afterwards[who] < least) fault = "lost more than the stakes of wrong and silent seats";
            if (!hasRight && afterwards[who] > least) fault = "wrong or silent, and did not lose";
        }
    }

    /// @dev 0 the truth, 1 INVALID, 2 the lie.
    function _kindOf(uint128 value) private pure returns (uint256) {
        return value == INVALID ? 1 : value == LIE ? 2 : 0;
    }

    /// @dev What each juror has in the jury: idle, in the pool, returned, in seats of rounds that are not over.
    function _wealth() private view returns (uint256[] memory wealth) {
        wealth = new uint256[](JURORS);
        address[] memory pool = jury.pool(0, type(uint256).max);
        for (uint256 i = 0; i < pool.length; i++) {
            wealth[_indexOf(pool[i])] += STAKE;
        }
        address[] memory back = jury.returned(0, type(uint256).max);
        for (uint256 i = 0; i < back.length; i++) {
            wealth[_indexOf(back[i])] += STAKE;
        }
        for (uint256 i = 0; i < JURORS; i++) {
            wealth[i] += jury.idle(jurors[i]) + jury.newcomer(jurors[i]).count * STAKE;
        }
        for (uint256 f = 0; f < FIXINGS; f++) {
            FixingId other = _idOf(_fixings[f]);
            JuryCase memory trial = jury.caseOf(other);
            if (trial.stage != JuryStage.Voting) continue;
            JurySeat[] memory seats = jury.seatsOf(other, trial.round);
            for (uint256 i = 0; i < 5; i++) {
                wealth[_indexOf(seats[i].juror)] += STAKE;
            }
        }
    }

    /// All that the jury owes: what jurors and drawer have, and what is forfeited, wei.
    function owed() external view returns (uint256 sum) {
        uint256[] memory wealth = _wealth();
        for (uint256 i = 0; i < JURORS; i++) {
            sum += wealth[i];
        }
        sum += jury.idle(drawer) + jury.idle(address(this));
        for (uint256 f = 0; f < FIXINGS; f++) {
            sum += jury.caseOf(_idOf(_fixings[f])).forfeited;
        }
    }

    function held() external view returns (uint256) {
        return weth.balanceOf(address(jury));
    }

    function burned() external view returns (uint256) {
        return weth.balanceOf(SINK);
    }

    function _seatedStakes() private view returns (uint256 count) {
        for (uint256 f = 0; f < FIXINGS; f++) {
            if (jury.caseOf(_idOf(_fixings[f])).stage == JuryStage.Voting) count += 5;
        }
    }

    function _requireClosedPool() private {
        if (jury.waiting().length > 0) fault = "the pool changed while a draw was due";
    }

    function _indexOf(address juror) private view returns (uint256 i) {
        while (jurors[i] != juror) i++;
    }

    function _choose(uint256 which) private returns (Fixing memory) {
        fixing = _fixings[which % FIXINGS];
        id = _idOf(fixing);
        return fixing;
    }
}
