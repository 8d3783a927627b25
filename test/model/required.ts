import { INTEREST_MOODS } from './action.ts'

/** Parameters, each with the bounds that games must be played on (protocol section 3). */
export const BOUNDED = [
  ['minBond', 10n ** 9n, 1n << 80n],
  ['arbitrationFee', 1n],
  ['bondPpm', 0n, 100_000n],
  ['firstWindow', 600n, 2_592_000n],
  ['window', 600n, 2_592_000n],
  ['separationPpm', 1n],
  ['bandPpm', 1n, 200_000n],
  ['proposalGrace', 600n, 2_592_000n],
  ['arbitrationLimit', 86_400n, 5_184_000n],
] as const

const EXTREMES = [
  ...BOUNDED.flatMap(([field, ...bounds]) => bounds.map((bound) => `${field} ${bound}`)),
  'the largest arbitrationFee',
  'separationPpm = bandPpm',
].map((name) => `played with ${name}`)

const OFFSETS = ['-1', '0', '+1']
const ALL_ROUNDS = [1, 2, 3, 4]
const DISPUTED = [2, 3, 4]

const TRANSITIONS = [
  'Pending → Open',
  'Pending → Settled by Expiry',
  'Open → Active',
  'Open → Arbitration',
  'Open → Settled by Expiry',
  ...[1, 2, 3].map((round) => `round ${round} → round ${round + 1}`),
  ...ALL_ROUNDS.map((round) => `Active ${round} → Settled by Timeout`),
  ...DISPUTED.map((round) => `Active ${round} → Arbitration`),
  ...DISPUTED.flatMap((round) => ['Ruling', 'Expiry'].map((how) => `Arbitration ${round} → Settled by ${how}`)),
  'Arbitration → Settled by Ruling',
  'Arbitration → Settled by Expiry',
]

const ACTIONS = ['create', 'fund', 'propose', 'contribute', 'appeal', 'request', 'rule', 'claim', 'collect']
const MOVES = ACTIONS.concat('transfer', 'transferFrom', 'approve', 'setOperator').map((name) => `${name} succeeds`)

const ERRORS = Object.entries({
  create: ['ParameterOutOfBounds'],
  fund: ['ParameterOutOfBounds', 'ZeroAmount', 'WrongPhase', 'TransferMismatch', 'PaymentRefused'],
  propose: ['ParameterOutOfBounds', 'ZeroValue', 'WrongPhase', 'OpenInterestUnreadable', 'BondAboveMax'],
  'propose, too': ['TransferMismatch', 'BondAboveMax of the protocol'],
  contribute: ['ZeroValue', 'ZeroAmount', 'WrongPhase', 'StaleRound', 'LeaderLimit', 'ValueLeads', 'NotSeparated'],
  appeal: ['ZeroValue', 'ZeroAmount', 'WrongPhase', 'StaleRound', 'NotDisputed', 'ValueLeads', 'NotSeparated'],
  'contribute, too': ['TransferMismatch', 'ERC20InsufficientBalance'],
  'appeal, too': ['TransferMismatch'],
  request: ['ParameterOutOfBounds', 'WrongPhase', 'GraceRunning', 'TransferMismatch'],
  rule: ['ZeroValue', 'WrongPhase', 'NotArbitrator', 'PaymentRefused'],
  claim: ['NothingToClaim', 'PotLive', 'NotSettled', 'PaymentRefused'],
  collect: ['NotSettled', 'AlreadyCollected'],
  transfer: ['ERC6909InsufficientBalance', 'ERC6909InvalidReceiver'],
  transferFrom: ['ERC6909InsufficientAllowance'],
}).flatMap(([name, errors]) => errors.map((error) => `${name.replace(', too', '')}: ${error}`))

const BOUNDARIES = [
  ['propose', 'maturity'],
  ['request', 'grace end'],
  ['propose', 'open end'],
  ['request', 'open end'],
  ...ALL_ROUNDS.map((round) => ['contribute', `deadline ${round}`]),
  ...DISPUTED.map((round) => ['appeal', `deadline ${round}`]),
  ...ALL_ROUNDS.map((round) => ['claim', `deadline ${round}`]),
  ...['fund', 'collect'].flatMap((name) => ['deadline', 'open end', 'arbitration end'].map((end) => [name, end])),
  ['rule', 'backup turn'],
  ['rule', 'arbitration end'],
  ['claim', 'arbitration end'],
].flatMap(([name, moment]) => OFFSETS.map((offset) => `${name} at ${moment} ${offset}`))

const STAKES = [
  'INVALID proposed',
  'bond without open interest',
  'least bond despite open interest',
  'bond from open interest',
  'bond of 2^80',
  ...['contribute', 'appeal'].flatMap((name) => [
    `${name} offers more than is needed`,
    `${name} fills a part`,
    `${name} completes a pot`,
    `${name} on INVALID`,
    `${name} makes a new candidate win the round`,
    `${name} makes an old candidate win the round`,
  ]),
]

/** The five orders in which values can lead four rounds, and the places that an appealed value can have. */
const ORDERS = [
  ...[12, 18, 21, 24, 27].map((bonds) => `stakes ${bonds} d`),
  ...[0, 1, 2, 3, 4].map((candidate) => `appeal of candidate ${candidate}`),
]

const RULINGS = [
  'arbitrator rules',
  'backup rules',
  'ruling on a request',
  'ruling of INVALID',
  'INVALID wins by ruling',
  'ruling: nobody wins',
  'ruling: the leader wins',
  'ruling: the appeal wins',
  'ruling: another wins',
  'ruling: a tie for the leader',
  'ruling: a tie for the earlier',
  ...[0, 1, 2, 3, 4].map((candidate) => `ruling: candidate ${candidate} wins`),
]

const CLAIMS = [
  'claim by someone who was given receipts',
  'reward of a proposal',
  ...['Timeout', 'Ruling', 'Expiry'].map((how) => `claim of a Fund after ${how}`),
  ...['Ruling', 'Expiry'].map((how) => `claim of a Request after ${how}`),
  ...['Active', 'Arbitration', 'Settled'].map((phase) => `refund of a Stake while ${phase}`),
  ...['Active', 'Arbitration', 'Settled'].map((phase) => `refund of a Appeal while ${phase}`),
  ...['winning', 'losing'].flatMap((fate) => [
    `claim of a ${fate} Stake after Timeout`,
    `claim of a ${fate} Stake after Ruling`,
    `claim of a ${fate} Appeal after Ruling`,
  ]),
  ...['Stake', 'Appeal'].flatMap((kind) => [`claim of a ${kind} when nobody won`, `claim of a ${kind} after Expiry`]),
]

const HOSTILITIES = [
  ...[...INTEREST_MOODS, 'codeless', 'starved of gas'].map((mood) => `open interest is ${mood}`),
  ...['fund', 'propose', 'contribute', 'appeal', 'request', 'claim', 'rule'].map(
    (name) => `from a hook of ${name}: ReentrancyGuardReentrantCall`,
  ),
  ...['claim', 'rule'].map((name) => `from a hook of ${name}: a transfer`),
]

/** Everything that a run of any worth must have reached: transitions, errors of each action, boundaries, hostilities. */
export const REQUIRED: readonly string[] = [
  ...TRANSITIONS,
  ...MOVES,
  ...ERRORS,
  ...BOUNDARIES,
  ...STAKES,
  ...ORDERS,
  ...EXTREMES,
  ...RULINGS,
  ...CLAIMS,
  ...HOSTILITIES,
]
