// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Vm} from "forge-std/Vm.sol";
import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {IReporterRegistry} from "src/interfaces/IReporterRegistry.sol";
import {BlsLib} from "src/libraries/BlsLib.sol";
import {Fixing, Outcome, Phase} from "src/types/Fixing.sol";
import {Observation} from "src/types/Observation.sol";
import {Report} from "src/types/Report.sol";
import {Reporter} from "src/types/Reporter.sol";

import {BlsKeys} from "../support/BlsKeys.sol";
import {RegistryBooks} from "./RegistryBooks.sol";

/// @title Honest reporters, liars and whoever wants their stakes, with a registry and fixings of several courts
/// @notice Reporters of alice and bob are honest: they observe, sign and co-sign `TRUTH` and nothing else, as often as they
/// are asked. Those of carol and of the attacker sign anything. The registry's court rules the truth within its noise, or
/// INVALID; other courts rule what the attacker wants.
contract RegistryHandler is RegistryBooks {
    uint256 private constant MOST_FIXINGS = 120;

    /// Who a signer is, by the number that its keys come from; 0 for nobody.
    mapping(address signer => uint256) private _numbers;
    uint256 private _nextNumber;

    constructor() {
        setUp();
        _join(alice, MIN_STAKE);
        for (uint256 i = 0; i < 3; ++i) {
            _join(carol, MIN_STAKE);
        }
        _add(0, 0);
    }

    function join(uint256 who, uint256 amount) external {
        address owner = _ownerOf(who);
        if (registry.reportersAt(uint64(block.timestamp)).length >= MOST_MEMBERS) return;
        _count("join", _join(owner, uint128(MIN_STAKE + amount % 1 ether)));
    }

    function topUp(uint256 index, uint256 amount) external {
        Reporter memory r = _any(index);
        vm.prank(r.owner);
        try registry.topUp(r.index, uint128(amount % 1 ether)) {
            stakes += amount % 1 ether;
            if (_isHonest(r.owner)) honestStake[r.index] += amount % 1 ether;
            _count("topUp", true);
        } catch {
            _count("topUp", false);
        }
    }

    function rotate(uint256 index) external {
        Reporter memory r = _any(index);
        uint256 n = _nextNumber;
        BLS.G1Point memory key = BlsKeys.key(n + 1);
        bytes memory consent = _signed(SIGNER + n, registry.rotationDigest(r.index, r.owner, vm.addr(SIGNER + n), key));
        BLS.G2Point memory possession = _possession(r.owner, n);
        vm.prank(r.owner);
        try registry.rotate(r.index, vm.addr(SIGNER + n), key, possession, consent) {
            _numbers[vm.addr(SIGNER + n)] = n + 1;
            ++_nextNumber;
            _count("rotate", true);
        } catch {
            _count("rotate", false);
        }
    }

    function startLeaving(uint256 index) external {
        Reporter memory r = _any(index);
        vm.prank(r.owner);
        try registry.startLeaving(r.index) {
            _count("startLeaving", true);
        } catch {
            _count("startLeaving", false);
        }
        _noteLeaving();
    }

    function withdraw(uint256 index) external {
        Reporter memory r = _any(index);
        vm.prank(attacker);
        try registry.withdraw(r.index) returns (uint128 amount) {
            if (block.timestamp < uint256(r.inactiveTime) + UNBONDING) hasUnbondedEarly = true;
            stakes -= amount;
            honestStake[r.index] = 0;
            _inactiveTimes[r.index] = 0;
            _count("withdraw", true);
        } catch {
            _count("withdraw", false);
        }
    }

    function addFixing(uint256 court, uint256 when) external {
        if (_fixings.length < MOST_FIXINGS) _add(court, when);
    }

    function publish(uint256 which) external {
        _publish(_recent(which));
    }

    /// The honest co-sign the truth only; whether enough others do for a lie is up to them.
    function attest(uint256 which, uint256 mask, uint256 lie) external {
        bool isLie = lie % 3 == 0;
        which = _recent(which);
        if (lastCount[which] != 0 && mask % 2 == 0 && _fixings.length < MOST_FIXINGS) {
            _add(lie / 3, 0);
            which = _fixings.length - 1;
        }
        Fixing memory f = _fixings[which];
        if (block.timestamp <= f.maturity) vm.warp(f.maturity + 1);
        (, address published) = registry.rosterAt(f.maturity);
        if (published == address(0)) _publish(which);
        Reporter[] memory reporters = registry.reportersAt(f.maturity);
        uint256 signers;
        uint256 secrets;
        for (uint256 place = 0; place < reporters.length; ++place) {
            bool isIn = isLie ? !_isHonest(reporters[place].owner) : (mask >> place) % 8 != 0;
            if (!isIn) continue;
            signers |= 1 << place;
            secrets += _numbers[reporters[place].signer];
        }
        if (signers == 0) return;
        Report memory report = _report(isLie ? LIE : TRUTH);
        bytes32 digest = registry.reportDigest(f, report);
        BLS.G2Point memory signature = BlsKeys.sign(secrets, digest, BlsLib.SIGNATURE_TAG);
        try registry.attest(f, report, signature, signers) {
            (, address roster) = registry.rosterAt(f.maturity);
            _attested.push(Attested(which, report, signature, signers, roster));
            _count(isLie ? "attest a lie" : "attest", true);
        } catch {
            _count(isLie ? "attest a lie" : "attest", false);
        }
        _noteCounts();
    }

    /// Proposes, or waits for arbitration and requests it, or rules, whatever the fixing's phase allows; mostly for one
    /// that was attested.
    function play(uint256 which, uint256 what) external {
        bool isAttested = what % 4 != 0 && _attested.length > 0;
        fixing = isAttested ? _fixings[_recentlyAttested(which).which] : _pick(which);
        Fixing memory f = fixing;
        if (oracle.phase(f) == Phase.Open && what % 2 != 0) {
            vm.prank(bob);
            oracle.propose(f, what / 8 % 3 == 0 ? LIE : TRUTH, 1 ether);
            if (what % 3 != 0) vm.warp(block.timestamp + FIRST_WINDOW);
        } else if (oracle.phase(f) == Phase.Open) {
            if (block.timestamp < f.maturity + f.proposalGrace) vm.warp(f.maturity + f.proposalGrace);
            _request(bob);
        }
        if (oracle.phase(f) == Phase.Arbitration && which % 4 != 0) _ruleOn(f, what / 3);
        _count("play", oracle.phase(f) != Phase.Pending);
        _noteCounts();
    }

    function fundReward(uint256 which, uint256 who, uint256 amount) external {
        vm.prank(_ownerOf(who));
        try registry.fundReporters(_pick(which), 1 + amount % 1 ether) {
            _count("fund", true);
        } catch {
            _count("fund", false);
        }
    }

    /// A signer's share, mostly, and now and then once more.
    function claim(uint256 which, uint256 place, uint256 of_) external {
        which = of_ % 4 != 0 && _attested.length > 0 ? _settled(which).which : which % _fixings.length;
        (uint128 value, uint256 signers) = _standing(which, of_);
        place = of_ % 8 == 0 ? place % MOST_MEMBERS : _placeIn(signers, place);
        for (uint256 i = 0; i < 1 + of_ % 2; ++i) {
            vm.prank(attacker);
            try registry.claimReward(_fixings[which], value, signers, place) returns (uint256 amount) {
                paid[which] += amount;
                ++timesPaid[which][place];
                _count("claim", true);
            } catch {
                _count("claim", false);
            }
        }
    }

    /// Any of the signers together, mostly; who was paid is counted by the events.
    function claimTogether(uint256 which, uint256 places, uint256 of_) external {
        which = _attested.length > 0 ? _settled(which).which : which % _fixings.length;
        (uint128 value, uint256 signers) = _standing(which, of_);
        if (places % 8 != 0) places &= signers;
        vm.recordLogs();
        vm.prank(attacker);
        try registry.claimRewards(_fixings[which], value, signers, places) returns (uint256 amount) {
            paid[which] += amount;
            Vm.Log[] memory logs = vm.getRecordedLogs();
            for (uint256 i = 0; i < logs.length; ++i) {
                if (logs[i].topics[0] == IReporterRegistry.RewardPaid.selector) {
                    ++timesPaid[which][uint256(logs[i].topics[2])];
                }
            }
            _count("claimTogether", amount != 0);
        } catch {
            _count("claimTogether", false);
        }
    }

    function refund(uint256 which, uint256 who, uint256 of_) external {
        which %= _fixings.length;
        (uint128 value, uint256 signers) = _standing(which, of_);
        vm.prank(_ownerOf(who));
        try registry.refundReward(_fixings[which], value, signers) returns (uint256 amount) {
            refunded[which] += amount;
            _count("refund", true);
        } catch {
            _count("refund", false);
        }
    }

    /// Accuses everybody of anything that was attested, in its own or in another fixing.
    function accuse(uint256 of_, uint256 where) external {
        if (_attested.length == 0) return;
        Attested memory a = of_ % 3 == 0 ? _ruledLie(of_) : _settled(of_);
        Fixing memory f = _fixings[where % 4 == 0 ? where % _fixings.length : a.which];
        for (uint256 place = 0; place < MOST_MEMBERS; ++place) {
            vm.prank(bob);
            try registry.slashAttestation(f, a.report, a.signature, a.signers, place) returns (uint128 reward) {
                _slashed(reward);
                _count("accuse", true);
            } catch (bytes memory reason) {
                _count("accuse", false);
                // The same for every place.
                if (bytes4(reason) == IReporterRegistry.NotWrong.selector) break;
            }
        }
        _noteLeaving();
    }

    /// Two observations: of a liar, who signs anything; of the honest, one for each fixing and whatever else can be put
    /// together from what they sign.
    function equivocate(uint256 index, uint256 which, uint256 how) external {
        Reporter memory r = _any(index);
        // Liars are worth more alive.
        if (!_isHonest(r.owner) && how % 4 != 0) return;
        uint256 key = SIGNER + _numbers[r.signer] - 1;
        Fixing memory other = _fixings[(which + 1) % _fixings.length];
        Fixing memory f = _pick(which);
        Observation memory one = Observation(_idOf(f), TRUTH, MATURITY, keccak256("sources"));
        Observation memory two = Observation(one.fixingId, LIE, MATURITY, keccak256("sources"));
        bytes memory second = _signed(key, registry.observationDigest(two));
        if (_isHonest(r.owner)) {
            if (how % 3 == 0) (two.fixingId, two.value) = (_idOf(other), TRUTH);
            if (how % 3 == 0) second = _signed(key, registry.observationDigest(two));
            if (how % 3 == 1) second = _signed(SIGNER + _nextNumber, registry.observationDigest(two));
            // Only the observation of the truth for this fixing was ever signed.
            if (how % 3 == 2) second = _signed(key, registry.observationDigest(one));
        }
        bytes memory first = _signed(key, registry.observationDigest(one));
        vm.prank(proposer);
        try registry.slashEquivocation(f, one, first, two, second) returns (uint128 reward) {
            _slashed(reward);
            _count("equivocate", true);
        } catch {
            _count("equivocate", false);
        }
        _noteLeaving();
    }

    function wait(uint256 choice, uint256 by) external {
        uint64 nowTime = uint64(block.timestamp);
        uint64 next = START + (registry.epoch(nowTime) + 1) * EPOCH;
        if (choice % 8 < 4) vm.warp(nowTime + 1 + by % 1 hours);
        else if (choice % 8 < 6) vm.warp(next + by % 2);
        else if (choice % 8 == 6) vm.warp(nowTime + GRACE);
        else if (by % 4 == 0) vm.warp(nowTime + UNBONDING + EPOCH);
        _count("wait", true);
        // In its first second an epoch's reporters are those of the whole epoch; in epoch 0 they can still come.
        if (registry.epoch(uint64(block.timestamp)) == 0) return;
        _snapshots.push(Snapshot(uint64(block.timestamp), reportersHash(uint64(block.timestamp))));
    }

    function _publish(uint256 which) private {
        try registry.publishRoster(_fixings[which].maturity) returns (address roster) {
            _rosters.push(roster);
            _codeHashes[roster] = roster.codehash;
            _count("publish", true);
        } catch {
            _count("publish", false);
        }
    }

    /// One of the last three fixings, whose reporters are mostly still remembered.
    function _recent(uint256 which) private view returns (uint256) {
        uint256 count = _fixings.length;
        return count - 1 - which % (count < 3 ? count : 3);
    }

    /// One of the last three things that were attested.
    function _recentlyAttested(uint256 which) private view returns (Attested memory) {
        uint256 count = _attested.length;
        return _attested[count - 1 - which % (count < 3 ? count : 3)];
    }

    /// One of the last six that were attested, mostly of a fixing that is settled.
    function _settled(uint256 which) private view returns (Attested memory a) {
        uint256 count = _attested.length;
        for (uint256 i = 0; i < 6; ++i) {
            a = _attested[count - 1 - (which + i) % (count < 6 ? count : 6)];
            if (which % 8 == 0 || oracle.phase(_fixings[a.which]) == Phase.Settled) break;
        }
    }

    /// The latest lie that was ruled about, if any.
    function _ruledLie(uint256 which) private view returns (Attested memory a) {
        uint256 count = _attested.length;
        for (uint256 i = 0; i < count && i < 24; ++i) {
            a = _attested[count - 1 - i];
            (Outcome how,) = oracle.outcome(_fixings[a.which]);
            if (a.report.value == LIE && how == Outcome.Ruling) return a;
        }
        return _settled(which);
    }

    /// A place of `signers`, if there is any.
    function _placeIn(uint256 signers, uint256 choice) private pure returns (uint256 place) {
        place = choice % MOST_MEMBERS;
        for (uint256 i = 0; i < MOST_MEMBERS && signers >> place & 1 == 0; ++i) {
            place = (place + 1) % MOST_MEMBERS;
        }
    }

    function _join(address owner, uint128 stake) private returns (bool) {
        uint256 n = _nextNumber++;
        uint8 index = _register(owner, n, stake);
        _numbers[vm.addr(SIGNER + n)] = n + 1;
        stakes += stake;
        honestStake[index] = _isHonest(owner) ? stake : 0;
        _inactiveTimes[index] = 0;
        return true;
    }

    /// Of the registry's court with the least band, one ppm less, the attacker's courts, or both in each other's place.
    function _add(uint256 court, uint256 when) private {
        Fixing memory f = _defaults();
        f.indexId = keccak256(abi.encode(_fixings.length));
        f.maturity = uint64(block.timestamp + when % 6 hours);
        if (court % 8 == 4) f.bandPpm = MIN_BAND - 1;
        if (court % 8 == 5) f.arbitrator = attacker;
        if (court % 8 == 6) f.backup = attacker;
        if (court % 8 == 7) (f.arbitrator, f.backup) = (backup, arbitrator);
        _fixings.push(f);
    }

    function _ruleOn(Fixing memory f, uint256 what) private {
        (,,,, uint64 arbitratedAt) = oracle.state(f);
        address court = block.timestamp < arbitratedAt + f.arbitrationLimit ? f.arbitrator : f.backup;
        uint128[3] memory honest = [RULING, TRUTH, INVALID];
        uint128[3] memory hostile = [LIE, 1, INVALID];
        bool isOwn = court == arbitrator || court == backup;
        _rule(court, isOwn ? honest[what % 3] : hostile[what % 3]);
    }

    function _standing(uint256 which, uint256 of_) private view returns (uint128 value, uint256 signers) {
        for (uint256 i = _attested.length; i > 0; --i) {
            Attested memory a = _attested[i - 1];
            if (a.which != which) continue;
            (value, signers) = (a.report.value, a.signers);
            if (of_ % 4 != 0) break;
        }
    }

    function _pick(uint256 which) private view returns (Fixing memory) {
        return _fixings[which % _fixings.length];
    }

    function _any(uint256 index) private view returns (Reporter memory r) {
        r = _reporter(uint8(index % registry.reporterCount()));
        // A vacant index has no signer; the last reporter always has.
        for (uint8 i = 0; r.owner == address(0) && i < registry.reporterCount(); ++i) {
            r = _reporter(i);
        }
        if (r.owner == address(0)) revert("nobody");
    }

    function _ownerOf(uint256 who) private view returns (address) {
        // Enough liars that they are a quorum now and then.
        address[10] memory owners =
            [carol, attacker, carol, attacker, alice, carol, attacker, carol, attacker, bob];
        return owners[who % 10];
    }
}
