import type { PlantedContract } from '../planted-contracts.ts'

const REGISTRY = 'contracts/src/ReporterRegistry.sol'
const MEMBERSHIP = 'contracts/src/registry/Membership.sol'
const ATTESTATION = 'contracts/src/registry/Attestation.sol'
const CONSENT = 'contracts/src/libraries/ConsentLib.sol'
const ROSTER = 'contracts/src/libraries/RosterLib.sol'

/** One for each way in which the registry could be wrong by little. */
export const PLANTED_REGISTRIES: readonly PlantedContract[] = [
  {
    bug: 'a second roster does not end when the reporters change',
    file: MEMBERSHIP,
    find: '_latest.untilTime == 0) _latest.untilTime = uint48(time)',
    replace: '_latest.sinceTime == 0) _latest.untilTime = uint48(time)',
  },
  {
    bug: 'a roster of the second before the previous epoch can be published',
    file: MEMBERSHIP,
    find: 'if (time < minTime) revert RosterTooOld',
    replace: 'if (time + 1 < minTime) revert RosterTooOld',
  },
  {
    bug: 'a roster is published in the block of a change',
    file: MEMBERSHIP,
    find: 'if (time > nowTime || sinceTime == nowTime) revert',
    replace: 'if (time > nowTime) revert',
  },
  {
    bug: "a reporter's own former signer comes back",
    file: MEMBERSHIP,
    find: 'bool isCurrent = isTaken && place.index == index && place.untilTime == NEVER;',
    replace: 'bool isCurrent = isTaken && place.index == index;',
  },
  {
    bug: "a reporter's signer cannot stay",
    file: MEMBERSHIP,
    find: 'bool isCurrent = isTaken && place.index == index && place.untilTime == NEVER;',
    replace: 'bool isCurrent = isTaken && place.index == index && place.untilTime != NEVER;',
  },
  {
    bug: 'a signer that stays is taken for retired',
    file: MEMBERSHIP,
    find: 'if (signer != former) _places[former].untilTime = fromTime;',
    replace: '_places[former].untilTime = fromTime;',
  },
  {
    bug: "a signer that stays answers from the new key's time on only",
    file: MEMBERSHIP,
    find: 'if (!isCurrent) _places[signer] = Place',
    replace: '_places[signer] = Place',
  },
  {
    bug: 'a retired signer answers until its reporter leaves',
    file: MEMBERSHIP,
    find: 'Math.min(place.untilTime, _members[place.index].inactiveTime)',
    replace: 'Math.max(place.untilTime, _members[place.index].inactiveTime)',
  },
  {
    bug: 'a leaver answers for what matured since',
    file: MEMBERSHIP,
    find: 'Math.min(place.untilTime, _members[place.index].inactiveTime)',
    replace: 'place.untilTime',
  },
  {
    bug: 'a signer answers for what matured a second before its term',
    file: MEMBERSHIP,
    find: 'place.fromTime <= maturity && maturity < endTime',
    replace: 'place.fromTime <= maturity + 1 && maturity < endTime',
  },
  {
    bug: 'a signer answers for what matured as its term ended',
    file: MEMBERSHIP,
    find: 'place.fromTime <= maturity && maturity < endTime',
    replace: 'place.fromTime <= maturity && maturity <= endTime',
  },
  {
    bug: 'a signer answers a second too long',
    file: MEMBERSHIP,
    find: '!isItsTerm || block.timestamp >= endTime + UNBONDING_DELAY',
    replace: '!isItsTerm || block.timestamp > endTime + UNBONDING_DELAY',
  },
  {
    bug: 'the fixing that is brought may be another',
    file: REGISTRY,
    find: 'FixingId.unwrap(first.fixingId) == rawId && FixingId.unwrap(second.fixingId) == rawId',
    replace: 'FixingId.unwrap(first.fixingId) == FixingId.unwrap(second.fixingId)',
  },
  {
    bug: 'consents end a second late',
    file: MEMBERSHIP,
    find: 'if (block.timestamp > registration.deadline) {',
    replace: 'if (block.timestamp > uint256(registration.deadline) + 1) {',
  },
  {
    bug: 'who signed to register did not sign until when',
    file: CONSENT,
    find: 'registration.deadline',
    replace: 'uint64(0)',
  },
  {
    bug: 'a stake goes to whoever withdraws it',
    file: MEMBERSHIP,
    find: 'if (amount != 0) BOND_TOKEN.safeTransfer(owner, amount);',
    replace: 'if (amount != 0) BOND_TOKEN.safeTransfer(msg.sender, amount);',
  },
  {
    bug: 'a vacant index can be withdrawn again',
    file: MEMBERSHIP,
    find: 'if (owner == address(0)) revert NoReporter(index);',
    replace: 'if (owner == address(0) && index == 255) revert NoReporter(index);',
  },
  {
    bug: 'shares that were paid are paid again with others',
    file: ATTESTATION,
    find: 'uint256 rest = places & ~_paid[id];',
    replace: 'uint256 rest = places;',
  },
  {
    bug: 'one who is gone ends what is paid together',
    file: ATTESTATION,
    find: 'if (!_isSameMember(index, maturity)) continue;',
    replace: 'if (!_isSameMember(index, maturity)) break;',
  },
  {
    bug: 'any place can be paid with others',
    file: ATTESTATION,
    find: 'uint256 strangers = places & ~signers;',
    replace: 'uint256 strangers = places & ~signers & 1;',
  },
  {
    bug: 'a stake goes back a second late',
    file: MEMBERSHIP,
    find: 'if (block.timestamp < endTime) revert UnbondingRunning',
    replace: 'if (block.timestamp <= endTime) revert UnbondingRunning',
  },
  {
    bug: 'who took a vacated index is taken for who had it',
    file: MEMBERSHIP,
    find: 'return member.owner != address(0) && member.activeTime <= maturity;',
    replace: 'return member.owner != address(0) && (member.activeTime <= maturity || index < 255);',
  },
  {
    bug: 'keys that were rotated away are looked up as the new ones',
    file: MEMBERSHIP,
    find: 'bool isPrevious = time < member.current.fromTime &&',
    replace: 'bool isPrevious = time + 1 < member.current.fromTime &&',
  },
  {
    bug: 'a proof of possession of one owner is good for another',
    file: MEMBERSHIP,
    find: 'bytes32 digest = possessionDigest(owner, key);',
    replace: 'bytes32 digest = possessionDigest(owner == msg.sender ? owner : msg.sender, key);',
  },
  {
    bug: 'minus the sum of an absent reporter is forgotten',
    file: ROSTER,
    find: 'for (uint256 absent = ~signers & ((1 << places) - 1); absent != 0; absent &= absent - 1)',
    replace: 'for (uint256 absent = ~signers & ((1 << places) - 2); absent != 0; absent &= absent - 1)',
  },
  {
    bug: 'as many signers replace those who stand',
    file: ATTESTATION,
    find: 'if (count <= have) revert AttestedByMore',
    replace: 'if (count < have) revert AttestedByMore',
  },
  {
    bug: 'proposing replaces an attestation of more',
    file: ATTESTATION,
    find: 'if (count > _reported[id].count) _record',
    replace: 'if (count != _reported[id].count) _record',
  },
  {
    bug: 'what is left of the bond stays',
    file: ATTESTATION,
    find: 'if (maxBond != bond) BOND_TOKEN.safeTransfer(msg.sender, maxBond - bond);',
    replace: 'if (maxBond < bond) BOND_TOKEN.safeTransfer(msg.sender, maxBond - bond);',
  },
  {
    bug: 'a report is good for the epoch of the call',
    file: ATTESTATION,
    find: 'bytes32 digest = _reportDigest(epoch(maturity), id, report);',
    replace: 'bytes32 digest = _reportDigest(epoch(nowTime), id, report);',
  },
  {
    bug: 'a refund can be taken twice',
    file: ATTESTATION,
    find: 'delete _funded[id][msg.sender];',
    replace: 'if (amount == 1) delete _funded[id][msg.sender];',
  },
  {
    bug: 'the arbitrator alone makes a court',
    file: REGISTRY,
    find: 'fixing.arbitrator == ARBITRATOR && fixing.backup == BACKUP',
    replace: 'fixing.arbitrator == ARBITRATOR',
  },
  {
    bug: 'a band narrower by one slashes',
    file: REGISTRY,
    find: 'fixing.bandPpm < MIN_BAND_PPM',
    replace: 'fixing.bandPpm + 1 < MIN_BAND_PPM',
  },
  {
    bug: 'a slashed reporter goes on reporting',
    file: REGISTRY,
    find: 'if (member.inactiveTime == NEVER) _end(index, member);',
    replace: 'if (member.inactiveTime == 0) _end(index, member);',
  },
  {
    bug: 'a former signer of the offender may prove the offence',
    file: REGISTRY,
    find: ' || prover == member.previous.signer',
    replace: '',
  },
]
