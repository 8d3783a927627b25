import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem'
import { requireOneOf, requireWhole } from './argument.ts'

/** The settlement (and ruling, and candidate) that says: this index has no value at this maturity. */
export const INVALID = 2n ** 128n - 1n

/** Values are index units per unit of collateral, scaled by this: 1 unit = 1e18. */
export const VALUE_SCALE = 10n ** 18n

/** K: how many leaders a fixing can have. Bounds time, capital and every loop (protocol section 3). */
export const MAX_LEADERS = 4

/** The largest bond of a proposal, bond-token wei: value, bond, deadline and flags share one slot. */
export const MAX_BOND = 2n ** 80n

/** The most that the contract's type of a round holds. */
const MAX_UINT8 = 255

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/**
 * One index at one maturity under one set of parameters: what the oracle settles. Twin of `types/Fixing.sol`;
 * amounts are bond-token wei, times seconds, `…Ppm` parts per million.
 */
export type Fixing = {
  /** keccak256 of the index document's RFC 8785 canonical JSON. Non-zero. */
  readonly indexId: Hex
  /** The instant whose index value is wanted, Unix seconds. < 2^39. */
  readonly maturity: bigint
  /** The costly fallback. Non-zero. */
  readonly arbitrator: Address
  /** The fallback's fallback, whose turn comes after `arbitrationLimit`. Non-zero, not `arbitrator`. */
  readonly backup: Address
  /** Optional `IOpenInterest`, read when a value is proposed; the zero address = none. */
  readonly openInterest: Address
  /** The least bond of a proposal. 1e9 .. 2^80, and 2 minBond >= 5 arbitrationFee. */
  readonly minBond: bigint
  /** What the ruling arbitrator is paid (F). >= 1. */
  readonly arbitrationFee: bigint
  /** The bond as a share of the open interest. <= 100 000. */
  readonly bondPpm: number
  /** How long a proposal can be disputed. 10 min .. 30 d. */
  readonly firstWindow: number
  /** How long every later leader can be disputed. 10 min .. 30 d. */
  readonly window: number
  /** The least distance between two candidates, of the smaller. 1 .. bandPpm. */
  readonly separationPpm: number
  /** How far from the ruling a candidate may be and still win, of the smaller. <= 200 000. */
  readonly bandPpm: number
  /** After maturity + this, anyone may request arbitration of a fixing nobody proposed. 10 min .. 30 d. */
  readonly proposalGrace: number
  /** How long each arbitrator has. 1 d .. 60 d. */
  readonly arbitrationLimit: number
}

/** Which oracle on which chain: part of every fixing's id. */
export type Deployment = { readonly chainId: number; readonly oracle: Address }

/** The parameters of section 3 that have a default. The other fields name what is fixed and who rules. */
export const DEFAULT_PARAMETERS = {
  minBond: 10n ** 17n,
  arbitrationFee: 4n * 10n ** 16n,
  bondPpm: 2_500,
  firstWindow: 24 * HOUR,
  window: 48 * HOUR,
  separationPpm: 1_000,
  bandPpm: 10_000,
  proposalGrace: 72 * HOUR,
  arbitrationLimit: 30 * DAY,
} as const satisfies Partial<Fixing>

/** The least and the most of every parameter that {@link validateFixing} bounds by a number of its own (section 3). */
export const PARAMETER_BOUNDS = {
  minBond: [10n ** 9n, MAX_BOND],
  bondPpm: [0n, 100_000n],
  firstWindow: [BigInt(10 * MINUTE), BigInt(30 * DAY)],
  window: [BigInt(10 * MINUTE), BigInt(30 * DAY)],
  bandPpm: [1n, 200_000n],
  proposalGrace: [BigInt(10 * MINUTE), BigInt(30 * DAY)],
  arbitrationLimit: [BigInt(DAY), BigInt(60 * DAY)],
} as const satisfies Partial<Record<keyof Fixing, readonly [min: bigint, max: bigint]>>

/** What a receipt is for: stake in a pot or proposal, an appeal, a request, a reward fund. */
export type Kind = 'stake' | 'appeal' | 'request' | 'fund'

/** The contract's `enum Kind`. */
export const KIND_CODE: Readonly<Record<Kind, number>> = { stake: 0, appeal: 1, request: 2, fund: 3 }

/** The contract's number for a kind. Throws ArgumentError for what is none. */
export function kindCode(kind: Kind): number {
  requireOneOf('kind', kind, Object.keys(KIND_CODE))
  return KIND_CODE[kind]
}

const FIXING_COMPONENTS = [
  { name: 'indexId', type: 'bytes32' },
  { name: 'maturity', type: 'uint64' },
  { name: 'arbitrator', type: 'address' },
  { name: 'backup', type: 'address' },
  { name: 'openInterest', type: 'address' },
  { name: 'minBond', type: 'uint128' },
  { name: 'arbitrationFee', type: 'uint128' },
  { name: 'bondPpm', type: 'uint32' },
  { name: 'firstWindow', type: 'uint32' },
  { name: 'window', type: 'uint32' },
  { name: 'separationPpm', type: 'uint32' },
  { name: 'bandPpm', type: 'uint32' },
  { name: 'proposalGrace', type: 'uint32' },
  { name: 'arbitrationLimit', type: 'uint32' },
] as const

/** `abi.encode(fixing)`: fourteen words. Does not validate; throws viem's error for what no ABI type holds. */
export function encodeFixing(fixing: Fixing): Hex {
  return encodeAbiParameters([{ type: 'tuple', components: FIXING_COMPONENTS }], [fixing])
}

/** `keccak256(abi.encode(chainId, oracle, fixing))`, as `IMaturityOracle.fixingId`. Does not validate. */
export function fixingId(fixing: Fixing, deployment: Deployment): Hex {
  return keccak256(
    encodeAbiParameters(
      [{ type: 'uint256' }, { type: 'address' }, { type: 'tuple', components: FIXING_COMPONENTS }],
      [BigInt(deployment.chainId), deployment.oracle, fixing],
    ),
  )
}

/**
 * The ERC-6909 id of a receipt: `uint256(keccak256(abi.encode(fixingId, kind, round, value)))`, untruncated.
 * The proposal's receipts are round 0, contributions of round n carry n, requests and funds use round 0, value 0.
 * Throws ArgumentError for another kind, and for a round that is none of 0 .. 255.
 */
export function receiptId(id: Hex, kind: Kind, round: number, value: bigint): bigint {
  requireWhole('round', round, 0, MAX_UINT8)
  const encoded = encodeAbiParameters(
    [{ type: 'bytes32' }, { type: 'uint8' }, { type: 'uint8' }, { type: 'uint128' }],
    [id, kindCode(kind), round, value],
  )
  return BigInt(keccak256(encoded))
}

/**
 * Throws {@link ParameterOutOfBoundsError} for the first field, in struct order, outside the bounds of section 3
 * . Same order and numbers as `FixingLib.validate`. Before that, {@link MalformedFieldError} for the first that no struct holds.
 */
export function validateFixing(fixing: Fixing): void {
  for (const { name, type } of FIXING_COMPONENTS) {
    if (!FORMS[type](fixing[name])) throw new MalformedFieldError(name, type, fixing[name])
  }
  requireWithin('indexId', BigInt(fixing.indexId), 1n, 2n ** 256n - 1n)
  requireWithin('maturity', fixing.maturity, 0n, 2n ** 39n - 1n)
  requireWithin('arbitrator', BigInt(fixing.arbitrator), 1n, 2n ** 160n - 1n)
  requireWithin('backup', BigInt(fixing.backup), 1n, 2n ** 160n - 1n)
  // No interval describes "another address": the bounds exclude what was given, as in the contract.
  if (BigInt(fixing.backup) === BigInt(fixing.arbitrator)) requireWithin('backup', BigInt(fixing.backup), 1n, 0n)
  requireWithin('minBond', fixing.minBond, ...PARAMETER_BOUNDS.minBond)
  requireWithin('arbitrationFee', fixing.arbitrationFee, 1n, (2n * fixing.minBond) / 5n)
  requireWithin('bondPpm', BigInt(fixing.bondPpm), ...PARAMETER_BOUNDS.bondPpm)
  requireWithin('firstWindow', BigInt(fixing.firstWindow), ...PARAMETER_BOUNDS.firstWindow)
  requireWithin('window', BigInt(fixing.window), ...PARAMETER_BOUNDS.window)
  requireWithin('separationPpm', BigInt(fixing.separationPpm), 1n, BigInt(fixing.bandPpm))
  requireWithin('bandPpm', BigInt(fixing.bandPpm), ...PARAMETER_BOUNDS.bandPpm)
  requireWithin('proposalGrace', BigInt(fixing.proposalGrace), ...PARAMETER_BOUNDS.proposalGrace)
  requireWithin('arbitrationLimit', BigInt(fixing.arbitrationLimit), ...PARAMETER_BOUNDS.arbitrationLimit)
}

/** The instant, Unix seconds, by which the fixing is settled whatever anyone does (section 5, property 4). */
export function worstCase(fixing: Fixing): bigint {
  return fixing.maturity + worstCaseSeconds(fixing)
}

/** From maturity to the settlement, seconds, whatever anyone does (section 5, property 4). */
export function worstCaseSeconds(
  fixing: Pick<Fixing, 'firstWindow' | 'window' | 'proposalGrace' | 'arbitrationLimit'>,
): bigint {
  return BigInt(fixing.proposalGrace) + BigInt(fixing.arbitrationLimit) + lockedSeconds(fixing)
}

/** From the proposal to the last settlement of a dispute, seconds: every window, and both arbitrators' time. */
export function lockedSeconds({
  firstWindow,
  window,
  arbitrationLimit,
}: Pick<Fixing, 'firstWindow' | 'window' | 'arbitrationLimit'>): bigint {
  return BigInt(firstWindow) + BigInt(MAX_LEADERS - 1) * BigInt(window) + 2n * BigInt(arbitrationLimit)
}

/** What a field of a type can be; how large it may be, the bounds say. */
const FORMS: Readonly<Record<(typeof FIXING_COMPONENTS)[number]['type'], (got: unknown) => boolean>> = {
  bytes32: (got) => typeof got === 'string' && /^0x[0-9a-f]{64}$/i.test(got),
  address: (got) => typeof got === 'string' && /^0x[0-9a-f]{40}$/i.test(got),
  uint64: (got) => typeof got === 'bigint',
  uint128: (got) => typeof got === 'bigint',
  uint32: (got) => Number.isSafeInteger(got),
}

function requireWithin(field: keyof Fixing, got: bigint, min: bigint, max: bigint): void {
  if (got < min || got > max) throw new ParameterOutOfBoundsError(field, got, min, max)
}

const BOUND_HINTS: Partial<Record<keyof Fixing, string>> = {
  indexId: 'Use the indexId of an index document.',
  arbitrator: 'Name the contract that rules when a dispute reaches arbitration.',
  backup: 'Name a contract other than the arbitrator.',
  arbitrationFee: 'Raise minBond to at least 2.5 times the fee, or lower the fee.',
  separationPpm: 'Keep it at least 1 and at most bandPpm.',
}

/** A field of a fixing is outside its bounds; the contract's `ParameterOutOfBounds` with the same arguments. */
export class ParameterOutOfBoundsError extends Error {
  override readonly name = 'Fixing.ParameterOutOfBoundsError'
  readonly field: keyof Fixing
  readonly got: bigint
  readonly min: bigint
  readonly max: bigint

  constructor(field: keyof Fixing, got: bigint, min: bigint, max: bigint) {
    const want = max < min ? `${field} to differ from the arbitrator` : `${field} from ${min} to ${max}`
    super(`Expected ${want}, got ${got}. ${BOUND_HINTS[field] ?? 'Section 3 of the specification lists the bounds.'}`)
    this.field = field
    this.got = got
    this.min = min
    this.max = max
  }
}

/** A field of a fixing is not of its type. */
export class MalformedFieldError extends Error {
  override readonly name = 'Fixing.MalformedFieldError'
  readonly field: keyof Fixing

  constructor(field: keyof Fixing, type: string, got: unknown) {
    super(`Expected ${field} to be of type ${type}, got ${String(got)}.`)
    this.field = field
  }
}
