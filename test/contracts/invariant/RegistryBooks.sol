// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BLS} from "solady/utils/ext/ithaca/BLS.sol";

import {Fixing} from "src/types/Fixing.sol";
import {Report} from "src/types/Report.sol";
import {Reporter} from "src/types/Reporter.sol";

import {RegistryFixture} from "../mocks/RegistryFixture.sol";

/// @title What happened to a registry, and whether it shows the same
/// @notice Stakes, shares, rosters and reporters as they were when they came, to compare with what the registry says later.
abstract contract RegistryBooks is RegistryFixture {
    /// Who reported at a time, when that time was the present.
    struct Snapshot {
        uint64 time;
        bytes32 hash;
    }

    /// What was attested, to accuse its signers of.
    struct Attested {
        uint256 which;
        Report report;
        BLS.G2Point signature;
        uint256 signers;
        address roster;
    }

    uint256 internal constant MOST_MEMBERS = 10;

    Fixing[] internal _fixings;
    Attested[] internal _attested;
    Snapshot[] internal _snapshots;
    address[] internal _rosters;

    /// All stakes that came in less all that went out.
    uint256 public stakes;
    /// What an honest reporter has at stake, by index; only while it is one.
    mapping(uint256 index => uint256) public honestStake;
    mapping(uint256 which => uint256) public paid;
    mapping(uint256 which => uint256) public refunded;
    mapping(uint256 which => mapping(uint256 place => uint256)) public timesPaid;
    mapping(uint256 which => uint256) public lastCount;
    mapping(address roster => bytes32) internal _codeHashes;
    mapping(uint256 index => uint64) internal _inactiveTimes;
    /// What never happens.
    bool public hasCountFallen;
    bool public hasUnbondedEarly;
    bool public hasLeavingMoved;

    mapping(string move => uint256) public made;
    mapping(string move => uint256) public done;

    function registryHolds() external view returns (uint256) {
        return weth.balanceOf(address(registry));
    }

    function stakesShown() external view returns (uint256 sum) {
        for (uint8 index = 0; index < registry.reporterCount(); ++index) {
            sum += _reporter(index).stake;
        }
    }

    function unpaidRewards() external view returns (uint256 sum) {
        for (uint256 which = 0; which < _fixings.length; ++which) {
            sum += rewardOf(which) - paid[which] - refunded[which];
        }
    }

    function rewardOf(uint256 which) public view returns (uint256) {
        return registry.rewardOf(_idOf(_fixings[which]));
    }

    function fixingCount() external view returns (uint256) {
        return _fixings.length;
    }

    function mostMembers() external pure returns (uint256) {
        return MOST_MEMBERS;
    }

    /// The first honest reporter that has not the stake that it put in, or 256.
    function honestLoser() external view returns (uint256) {
        for (uint8 index = 0; index < registry.reporterCount(); ++index) {
            if (_isHonest(_reporter(index).owner) && _reporter(index).stake < honestStake[index]) return index;
        }
        return 256;
    }

    /// Whether the code of every roster is what was written, and what was attested by one still is.
    function areRostersUnchanged() external view returns (bool) {
        for (uint256 i = 0; i < _rosters.length; ++i) {
            if (_rosters[i].codehash != _codeHashes[_rosters[i]]) return false;
        }
        for (uint256 i = 0; i < _attested.length; ++i) {
            (, address roster) = registry.rosterAt(_fixings[_attested[i].which].maturity);
            if (roster != _attested[i].roster) return false;
        }
        return true;
    }

    /// A time whose reporters are not those that they were then; 0 if there is none. Keys are remembered for two epochs.
    function changedTime() external view returns (uint64) {
        uint64 nowEpoch = registry.epoch(uint64(block.timestamp));
        for (uint256 i = 0; i < _snapshots.length; ++i) {
            if (registry.epoch(_snapshots[i].time) + 1 < nowEpoch) continue;
            if (reportersHash(_snapshots[i].time) != _snapshots[i].hash) return _snapshots[i].time;
        }
        return 0;
    }

    /// Places, keys and signers; not stakes, which slashing takes.
    function reportersHash(uint64 time) public view returns (bytes32 hash) {
        Reporter[] memory reporters = registry.reportersAt(time);
        for (uint256 i = 0; i < reporters.length; ++i) {
            Reporter memory r = reporters[i];
            hash = keccak256(abi.encode(hash, r.index, r.owner, r.signer, r.activeTime, r.key));
        }
    }

    function _slashed(uint128 reward) internal {
        // A fifth, rounded down; what it is a fifth of is what the stakes have shrunk by.
        uint256 shown;
        for (uint8 index = 0; index < registry.reporterCount(); ++index) {
            shown += _reporter(index).stake;
        }
        assertEq(reward, (stakes - shown) / 5, "a fifth");
        stakes = shown;
    }

    function _noteCounts() internal {
        for (uint256 which = 0; which < _fixings.length; ++which) {
            (uint256 count,) = registry.attestationOf(_idOf(_fixings[which]));
            if (count < lastCount[which]) hasCountFallen = true;
            lastCount[which] = count;
        }
    }

    function _noteLeaving() internal {
        for (uint8 index = 0; index < registry.reporterCount(); ++index) {
            uint64 inactiveTime = _reporter(index).inactiveTime;
            if (inactiveTime == 0 || inactiveTime == NEVER) continue;
            if (_inactiveTimes[index] != 0 && inactiveTime != _inactiveTimes[index]) hasLeavingMoved = true;
            if (_inactiveTimes[index] == 0 && inactiveTime < block.timestamp) hasLeavingMoved = true;
            _inactiveTimes[index] = inactiveTime;
        }
    }

    function _count(string memory move, bool isDone) internal {
        ++made[move];
        if (isDone) ++done[move];
    }

    function _isHonest(address owner) internal view returns (bool) {
        return owner == alice || owner == bob;
    }
}
