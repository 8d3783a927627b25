import { OWNER_MOODS } from '../accounts.ts'
import { REGISTRY_CALLS } from './action.ts'

const SUCCESSES = REGISTRY_CALLS.map((name) => `${name} succeeds`)

const QUORUM = [
  'AttestedEarly',
  'ReportedZero',
  'RosterMissing',
  'SignerBeyondRoster',
  'QuorumMissed',
  'SignatureInvalid',
]

const ERRORS = Object.entries({
  register: ['ReporterAddressZero', 'PeerIdLengthOutOfBounds', 'StakeBelowMin', 'ConsentMissing', 'SignerIsOwner'],
  'register, again': ['ConsentExpired'],
  'register, too': ['SignerTaken', 'PossessionUnproven', 'PairingFailed', 'StakeMismatch', 'ERC20InsufficientBalance'],
  topUp: ['NotReporterOwner', 'AlreadyLeaving', 'EmptyAmount', 'StakeMismatch'],
  rotate: ['NotReporterOwner', 'AlreadyLeaving', 'RotationTooSoon', 'ReporterAddressZero', 'SignerIsOwner'],
  'rotate, too': ['SignerTaken', 'ConsentMissing', 'PossessionUnproven'],
  startLeaving: ['NotReporterOwner', 'AlreadyLeaving'],
  withdraw: ['NoReporter', 'NotLeaving', 'UnbondingRunning'],
  publishRoster: ['RosterNotFinal', 'RosterTooOld', 'RosterAlreadyPublished', 'NoReporters', 'BeforeFirstEpoch'],
  attest: [...QUORUM, 'PairingFailed', 'BeforeFirstEpoch', 'AlreadySettled', 'AttestedByMore'],
  proposeAttested: [...QUORUM, 'WrongPhase', 'BondAboveMax', 'TransferMismatch', 'ERC20InsufficientBalance'],
  fundReporters: ['AlreadySettled', 'EmptyAmount', 'StakeMismatch', 'SafeCastOverflowedUintDowncast', 'Panic'],
  'fundReporters, too': ['ERC20InsufficientBalance'],
  claimReward: ['NotSettled', 'AttestationUnknown', 'RewardNotEarned', 'NotAttester', 'RewardAlreadyPaid'],
  'claimReward, too': ['ReporterGone'],
  claimRewards: ['NotSettled', 'AttestationUnknown', 'RewardNotEarned', 'NotAttester'],
  refundReward: ['NotSettled', 'AttestationUnknown', 'RewardEarned', 'NothingFunded'],
  slashEquivocation: ['NotEquivocation', 'SignerUnknown', 'NotItsTerm', 'ProverIsOffender', 'NothingToSlash'],
  'slashEquivocation, too': ['ECDSAInvalidSignatureLength'],
  slashAttestation: ['NotWrong', 'NotAttester', 'ReporterGone', 'ProverIsOffender', 'NothingToSlash', 'RosterMissing'],
  'slashAttestation, too': ['ReportedZero', 'SignerBeyondRoster', 'QuorumMissed', 'SignatureInvalid'],
}).flatMap(([name, errors]) => errors.map((error) => `${name.replace(/, .*/, '')}: ${error}`))

const OFFSETS = ['-1', '0', '+1']

const BOUNDARIES = [
  ...['register', 'topUp', 'startLeaving', 'publishRoster', 'slashEquivocation'].map((name) => [name, 'epoch start']),
  ['register', 'consent end'],
  ['rotate', 'rotation'],
  ['withdraw', 'unbonding end'],
  ['attest', 'maturity'],
  ['proposeAttested', 'maturity'],
  ['fundReporters', 'deadline'],
  ['attest', 'deadline'],
  ['claimReward', 'deadline'],
  ['refundReward', 'deadline'],
].flatMap(([name, moment]) => OFFSETS.map((offset) => `${name} at ${moment} ${offset}`))

const MEMBERS = [
  'register at once in epoch 0',
  'register from the next epoch on',
  'register uses a vacated index again',
  'register for an owner that consents',
  'register for a contract that consents',
  'register a key for the second time',
  'rotate a later member',
  'rotate with the signer that stays',
  'rotate to a former signer of its own: SignerTaken',
  ...['its owner', 'a stranger'].flatMap((who) =>
    ['a stake', 'nothing'].map((what) => `withdraw by ${who} of ${what}`),
  ),
  ...OWNER_MOODS.slice(1).map((mood) => `the contract that owns ${mood}`),
]

const TERMS = [
  ...['a signer', 'a retired signer', "a leaver's signer"].flatMap((who) => [
    `${who} a second before its term: NotItsTerm`,
    `${who} as its term began: slashed`,
  ]),
  ...['a retired signer', "a leaver's signer"].flatMap((who) => [
    `${who} as its term ended: slashed`,
    `${who} just after its term: NotItsTerm`,
    `${who} in the last second in which it answers: slashed`,
    `${who} when it answers no more: NotItsTerm`,
  ]),
]

const ROSTERS = [
  'publishRoster of this epoch',
  'publishRoster of the previous epoch',
  'publishRoster older than one that is published',
  'publishRoster after a rotation',
  'publishRoster with keys that are rotated away',
  'publishRoster with one that leaves',
  'publishRoster with one that was slashed',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => `publishRoster of ${count}`),
]

const QUORUMS = [
  'a quorum of all',
  'a quorum without some',
  'the least quorum',
  'a quorum with the same key twice',
  'a quorum of a roster that is not the latest',
  'attest replaces fewer',
  'proposeAttested changes nothing',
  'a report of INVALID',
  'a report after the expiry',
  'a report beside other fixings',
]

const VERDICTS = [
  'claimReward after Timeout',
  'claimReward after Ruling',
  'claimRewards after Timeout',
  'claimRewards after Ruling',
  "claimRewards at the band's edge",
  ...['0', '1', 'several'].map((count) => `claimRewards pays ${count}`),
  'claimRewards leaves out who was paid',
  'claimRewards leaves out who is gone',
  'claimRewards pays some, others are gone',
  "claimReward at the band's edge",
  'refundReward just outside the band',
  ...['Timeout', 'Ruling', 'a ruling of INVALID', 'Expiry'].map((how) => `refundReward after ${how}`),
  ...['Timeout', 'Ruling', 'a ruling of INVALID', 'Expiry'].map(
    (how) => `refundReward after ${how} without attestation`,
  ),
  'slashAttestation after Ruling',
  'slashAttestation just outside the band',
  'slashAttestation of what nobody attested',
  'slashed after a request',
  'slashed after an appeal',
  'slashed at the least band',
  ...['own backup and own', 'own and other', 'other and own backup', 'other and other', 'a narrow band'].map(
    (why) => `not wrong: ${why} ruled`,
  ),
  ...['None', 'Timeout', 'Expiry', 'INVALID', 'Ruling'].map((how) => `not wrong: ${how}`),
]

/** Everything that a run of any worth must have reached. */
export const REGISTRY_REQUIRED: readonly string[] = [
  ...SUCCESSES,
  ...ERRORS,
  ...BOUNDARIES,
  ...MEMBERS,
  ...TERMS,
  ...ROSTERS,
  ...QUORUMS,
  ...VERDICTS,
]
