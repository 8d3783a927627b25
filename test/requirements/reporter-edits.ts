import type { DisablingEdit } from './disabling-edit.ts'

const REGISTRY = 'contracts/src/ReporterRegistry.sol'
const MEMBERSHIP = 'contracts/src/registry/Membership.sol'
const ATTESTATION = 'contracts/src/registry/Attestation.sol'
const ROSTER = 'contracts/src/libraries/RosterLib.sol'
const BLS_LIB = 'contracts/src/libraries/BlsLib.sol'
const BLS = 'contracts/protocol/bls.ts'

type Row = readonly [id: string, rule: string, file: string, find: string, replace: string]

const REPORTS: readonly Row[] = [
  [
    'R-401',
    'the offender proves nothing',
    REGISTRY,
    'if (isOffender) revert ProverIsOffender(prover);',
    'if (isOffender && stake == 0) revert ProverIsOffender(prover);',
  ],
  [
    'R-401',
    'who leaves stays slashable',
    REGISTRY,
    'if (stake == 0) revert NothingToSlash(index);',
    'if (stake == 0 || member.inactiveTime != NEVER) revert NothingToSlash(index);',
  ],
  [
    'R-401',
    'a retired signer answers for its own term only',
    MEMBERSHIP,
    'place.fromTime <= maturity && maturity < endTime',
    'place.fromTime <= maturity || maturity < endTime',
  ],
  [
    'R-401',
    'a retired signer answers as long as a stake unbonds',
    MEMBERSHIP,
    '!isItsTerm || block.timestamp >= endTime + UNBONDING_DELAY',
    '!isItsTerm || block.timestamp >= endTime + 2 * UNBONDING_DELAY',
  ],
  [
    'R-401',
    'a signer that stays has one term',
    MEMBERSHIP,
    'if (signer != former) _places[former].untilTime = fromTime;',
    '_places[former].untilTime = fromTime;',
  ],
  [
    'R-402',
    'keys add up',
    BLS,
    'keys.reduce((sum, key) => sum.add(decodeG1(key)), G1.Point.ZERO)',
    'keys.reduce((sum, key) => sum.add(decodeG1(key)), G1.Point.BASE)',
  ],
  [
    'R-402',
    'a key is hashed to by RFC 9380',
    BLS,
    'return encodeG2(longSignatures.hash(message, stringToBytes(tag)))',
    'return encodeG2(longSignatures.hash(message, stringToBytes(tag.toLowerCase())))',
  ],
  [
    'R-402',
    'the BLS key is derived from the signer’s for this use',
    'contracts/protocol/bls-key.ts',
    "stringToBytes('assize-bls-1')",
    "stringToBytes('assize-bls-2')",
  ],
  [
    'R-403',
    'an attestation comes after the maturity',
    ATTESTATION,
    'if (nowTime <= maturity) revert',
    'if (nowTime < maturity) revert',
  ],
  [
    'R-403',
    'an attestation comes before the settlement',
    ATTESTATION,
    '_requireUnsettled(id);\n        (uint256 count,)',
    '(uint256 count,)',
  ],
  ['R-403', 'more signers replace fewer', ATTESTATION, 'if (count <= have) revert', 'if (count < have) revert'],
  [
    'R-403',
    'the absent are subtracted',
    ROSTER,
    'uint256 absent = ~signers & ((1 << places) - 1)',
    'uint256 absent = 0 * (~signers & ((1 << places) - 1))',
  ],
  ['R-403', 'hashing is of the standard', BLS_LIB, 'mstore(end, shl(240, 256))', 'mstore(end, shl(240, 255))'],
  [
    'R-403',
    'points that are none are refused',
    BLS_LIB,
    'if iszero(and(isDone, eq(returndatasize(), 0x20))) {',
    'if iszero(or(isDone, 1)) {',
  ],
  [
    'R-403',
    'a roster is of a moment that is over',
    MEMBERSHIP,
    'if (time > nowTime || sinceTime == nowTime) revert',
    'if (time > nowTime) revert',
  ],
  [
    'R-403',
    'no rotation changes the roster of an earlier maturity',
    MEMBERSHIP,
    'RosterLib.Entry(index, _credentialsAt(member, time).key)',
    'RosterLib.Entry(index, member.current.key)',
  ],
  [
    'R-403',
    'the identity is no key',
    BLS_LIB,
    'if (isIdentity(minusKey)) return false;',
    'if (isIdentity(minusKey) && message == 0) return false;',
  ],
  [
    'R-403',
    'what was attested before can be proposed',
    ATTESTATION,
    'if (count > _reported[id].count) _record(id, report, signers, count);',
    'if (count <= _reported[id].count) revert AttestedByMore(count, 0);\n        _record(id, report, signers, count);',
  ],
  [
    'R-403',
    'a proposal that fails undoes the attestation',
    ATTESTATION,
    `returndatacopy(input, 0, returndatasize())
                revert(input, returndatasize())`,
    'returndatacopy(input, 0, returndatasize())',
  ],
  [
    'R-403',
    'the identity is no key here either',
    BLS,
    'if (keyPoint.is0()) return false',
    'if (keyPoint.is0()) return true',
  ],
  [
    'R-403',
    'a point outside the subgroup is refused',
    BLS,
    'if (!point.is0()) point.assertValidity()',
    'if (point.is0()) point.assertValidity()',
  ],
  [
    'R-403',
    'signing here is what the registry verifies',
    BLS,
    "signature: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'",
    "signature: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_'",
  ],
  [
    'R-404',
    'shares are equal',
    ATTESTATION,
    'return _reported[id].reward / count;',
    'return _reported[id].reward / (count + 1);',
  ],
  [
    'R-404',
    'what stands is paid',
    ATTESTATION,
    'if (count == 0 || reported.digest != _digestOf(value, signers)) revert',
    'if (count == 0 && reported.digest != _digestOf(value, signers)) revert',
  ],
  [
    'R-404',
    'funders are refunded when nobody attested',
    ATTESTATION,
    'if (isAttested && isEarned) revert',
    'if (!isAttested || isEarned) revert',
  ],
  [
    'R-404',
    'funders are refunded when attesters were wrong',
    ATTESTATION,
    'if (isAttested && isEarned) revert',
    'if (isAttested || isEarned) revert',
  ],
  [
    'R-404',
    'INVALID earns nothing',
    ATTESTATION,
    'return settlement != DistanceLib.INVALID &&',
    'return settlement != 0 &&',
  ],
  [
    'R-404',
    'funding ends with the settlement',
    ATTESTATION,
    '_requireUnsettled(id);\n        _reported[id].reward',
    '_reported[id].reward',
  ],
  [
    'R-404',
    'who withdrew is not paid',
    MEMBERSHIP,
    'return member.owner != address(0) && member.activeTime <= maturity;',
    'return member.owner != address(0) || member.activeTime <= maturity;',
  ],
  [
    'R-404',
    'only attesters are paid together',
    ATTESTATION,
    'if (strangers != 0) revert NotAttester',
    'if (strangers == 1) revert NotAttester',
  ],
  [
    'R-404',
    'who was paid is left out of those paid together',
    ATTESTATION,
    'rest = places & ~_paid[id]; rest != 0;',
    'rest = places; rest != 0;',
  ],
  [
    'R-405',
    'only a signer of the report is slashed',
    REGISTRY,
    'if (place >= MAX_REPORTERS || signers >> place & 1 == 0) revert',
    'if (place >= MAX_REPORTERS) revert',
  ],
  [
    'R-405',
    'only what is outside the band is wrong',
    REGISTRY,
    '&& !DistanceLib.isWithin(',
    '|| !DistanceLib.isWithin(',
  ],
]

const MEMBERS: readonly Row[] = [
  [
    'R-408',
    'who leaves reports until the epoch ends',
    MEMBERSHIP,
    'member.inactiveTime = inactiveTime;',
    'member.inactiveTime = uint64(block.timestamp);',
  ],
  [
    'R-408',
    'an owner consents',
    MEMBERSHIP,
    'if (msg.sender != owner) _requireConsent(',
    'if (msg.sender == owner) _requireConsent(',
  ],
  [
    'R-408',
    'consents hold until their deadline',
    MEMBERSHIP,
    'if (block.timestamp > registration.deadline) {',
    'if (registration.deadline == 0) {',
  ],
  [
    'R-408',
    'a former signer does not come back',
    MEMBERSHIP,
    'place.index == index && place.untilTime == NEVER;',
    'place.index == index;',
  ],
  [
    'R-408',
    'a stake goes back to its owner',
    MEMBERSHIP,
    'if (amount != 0) BOND_TOKEN.safeTransfer(owner, amount);',
    'if (amount != 0) BOND_TOKEN.safeTransfer(msg.sender, amount);',
  ],
  ['R-408', 'there are 180 at most', MEMBERSHIP, 'if (length == MAX_REPORTERS) revert', 'if (length == 255) revert'],
  ['R-408', 'a vacant index is used again', MEMBERSHIP, 'if (vacant > 0) {', 'if (vacant > 255) {'],
  [
    'R-408',
    'rotations are two epochs apart',
    MEMBERSHIP,
    'if (block.timestamp < endTime) revert RotationTooSoon',
    'if (endTime == 0) revert RotationTooSoon',
  ],
  [
    'R-408',
    'a rotation takes effect with the next epoch',
    MEMBERSHIP,
    'bool isPrevious = time < member.current.fromTime',
    'bool isPrevious = time > member.current.fromTime',
  ],
  [
    'R-408',
    'a reporter is its owner’s',
    MEMBERSHIP,
    'if (member.owner != msg.sender) revert',
    'if (member.owner == address(0)) revert',
  ],
  ['R-408', 'an epoch has a day', MEMBERSHIP, 'epochDuration, 1 days, 30 days', 'epochDuration, 1 hours, 30 days'],
]

/** Reports and the registry, beside registry-edits.ts: each rule turned off, one at a time. */
export const REPORTER_EDITS: readonly DisablingEdit[] = [...REPORTS, ...MEMBERS].map(
  ([id, rule, file, find, replace]) => ({ id, rule, file, find, replace }),
)
