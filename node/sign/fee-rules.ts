import type { Clock } from '../clock.ts'

/** What a signer lets its account pay for gas. Wei, but for `maxGas`. */
export type FeeRules = {
  /** Per gas, base fee and tip together. */
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
  /** The gas limit of one transaction. */
  readonly maxGas: bigint
  /** What transactions of a day offer at most, all together; of those with one nonce the dearest counts. */
  readonly maxPerDay: bigint
}

/** What of a transaction costs its account something, whatever it does. */
export type Offer = {
  readonly nonce: number
  readonly gas: bigint
  readonly maxFeePerGas: bigint
  readonly maxPriorityFeePerGas: bigint
}

/**
 * Room for a roster of 180 reporters, the largest that a node sends, and for two of them a day at 100 gwei: more than a node uses, less
 * than whoever has the token could burn otherwise.
 */
export const DEFAULT_FEE_RULES: FeeRules = {
  maxFeePerGas: 500n * 10n ** 9n,
  maxPriorityFeePerGas: 10n * 10n ** 9n,
  maxGas: 12_000_000n,
  maxPerDay: 2n * 10n ** 18n,
}

/** Counts what was offered. */
export interface FeeBudget {
  /** Why the offer is not made; undefined if it may be, and is counted as made. */
  take(offer: Offer): string | undefined
}

const DAY_MS = 86_400_000
/** Nonces that are remembered of one day: a node uses some dozens. */
const MAX_NONCES = 1_000

/** Counts in memory: whoever can start a signer again needs no token. */
export function createFeeBudget(rules: FeeRules, clock: Pick<Clock, 'monotonicMs'>): FeeBudget {
  const made = new Map<number, { readonly cost: bigint; readonly atMs: number }>()
  return {
    take(offer) {
      const { nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = offer
      if (gas > rules.maxGas) return `Expected at most ${rules.maxGas} gas, got ${gas}.`
      if (maxFeePerGas > rules.maxFeePerGas)
        return `Expected at most ${rules.maxFeePerGas} wei per gas, got ${maxFeePerGas}.`
      if (maxPriorityFeePerGas > rules.maxPriorityFeePerGas)
        return `Expected a tip of at most ${rules.maxPriorityFeePerGas} wei per gas, got ${maxPriorityFeePerGas}.`
      const atMs = clock.monotonicMs()
      for (const [known, { atMs: since }] of made) if (atMs - since >= DAY_MS) made.delete(known)
      const before = made.get(nonce)?.cost ?? 0n
      const cost = gas * maxFeePerGas > before ? gas * maxFeePerGas : before
      const others = [...made.values()].reduce((sum, one) => sum + one.cost, 0n) - before
      if (others + cost > rules.maxPerDay)
        return `Expected at most ${rules.maxPerDay} wei of fees in a day, got ${others + cost}.`
      if (!made.has(nonce) && made.size >= MAX_NONCES)
        return `Expected at most ${MAX_NONCES} transactions in a day, got another.`
      made.set(nonce, { cost, atMs })
      return undefined
    },
  }
}
