import { type Address, type Hex, keccak256 } from 'viem'

/** The value that says: the index has no value. 2^128 - 1. */
export const INVALID = (1n << 128n) - 1n
/** K: how many leaders a fixing can have. */
export const MAX_LEADERS = 4
/** What a proposal's bond may never exceed, bond-token wei. */
export const MAX_BOND = 1n << 80n

/** The struct of protocol section 9; amounts in bond-token wei, times in seconds. */
export type Fixing = {
  readonly indexId: Hex
  readonly maturity: bigint
  readonly arbitrator: Address
  readonly backup: Address
  readonly openInterest: Address
  readonly minBond: bigint
  readonly arbitrationFee: bigint
  readonly bondPpm: bigint
  readonly firstWindow: bigint
  readonly window: bigint
  readonly separationPpm: bigint
  readonly bandPpm: bigint
  readonly proposalGrace: bigint
  readonly arbitrationLimit: bigint
}

export const PHASES = ['Pending', 'Open', 'Active', 'Arbitration', 'Settled'] as const
export type Phase = (typeof PHASES)[number]
export const KINDS = ['Stake', 'Appeal', 'Request', 'Fund'] as const
export type Kind = (typeof KINDS)[number]
export const OUTCOMES = ['None', 'Timeout', 'Ruling', 'Expiry'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** One receipt, or the pot behind it; `value` is scaled by 1e18. */
export type Key = { readonly kind: Kind; readonly round: number; readonly value: bigint }

/** The only receipt of its kind. */
export const REQUEST: Key = { kind: 'Request', round: 0, value: 0n }
/** The only receipt of its kind. */
export const FUND: Key = { kind: 'Fund', round: 0, value: 0n }

/** A kind as the ABI has it. */
export function kindCode(kind: Kind): bigint {
  return BigInt(KINDS.indexOf(kind))
}

/** The key's name in maps. */
export function keyText(key: Key): string {
  return `${key.kind}/${key.round}/${key.value}`
}

/** One ABI word, without 0x. */
export function word(value: bigint): string {
  return value.toString(16).padStart(64, '0')
}

/** The fourteen words of `abi.encode(fixing)`, without 0x. */
export function fixingWords(fixing: Fixing): string {
  const { indexId, maturity, arbitrator, backup, openInterest, minBond, arbitrationFee, bondPpm } = fixing
  const { firstWindow, window, separationPpm, bandPpm, proposalGrace, arbitrationLimit } = fixing
  const addresses = [arbitrator, backup, openInterest].map(BigInt)
  const durations = [firstWindow, window, separationPpm, bandPpm, proposalGrace, arbitrationLimit]
  return [BigInt(indexId), maturity, ...addresses, minBond, arbitrationFee, bondPpm, ...durations].map(word).join('')
}

/** `keccak256(abi.encode(chainId, oracle, fixing))`. */
export function fixingIdOf(chainId: bigint, oracle: Address, fixing: Fixing): Hex {
  return keccak256(`0x${word(chainId)}${word(BigInt(oracle))}${fixingWords(fixing)}`)
}

/** `uint256(keccak256(abi.encode(fixingId, kind, round, value)))`. */
export function receiptIdOf(id: Hex, { kind, round, value }: Key): bigint {
  return BigInt(keccak256(`${id}${word(kindCode(kind))}${word(BigInt(round))}${word(value)}`))
}
