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

/** What came of an offer: it counts from now on, unless it is given back, since it was not signed; or why it is not made. */
export type Taken =
  { readonly kind: 'taken'; readonly giveBack: () => void } | { readonly kind: 'refused'; readonly reason: string }

/** Counts what is signed to be sent. */
export interface FeeBudget {
  /** Counts at once: of several that are signed at the same time all do. */
  take(offer: Offer): Taken
}

const DAY_MS = 86_400_000
/** Nonces that are remembered of one day: a node uses some dozens. */
const MAX_NONCES = 1_000

/** Counts in memory: whoever can start a signer again needs no token. */
export function createFeeBudget(rules: FeeRules, clock: Pick<Clock, 'monotonicMs'>): FeeBudget {
  const made = new Map<number, { readonly cost: bigint; readonly atMs: number }>()
  return {
    take(offer) {
      const dear = dearness(rules, offer)
      if (dear !== undefined) return refused(dear)
      const { nonce, gas, maxFeePerGas } = offer
      const atMs = clock.monotonicMs()
      for (const [known, { atMs: since }] of made) if (atMs - since >= DAY_MS) made.delete(known)
      const before = made.get(nonce)
      const own = before?.cost ?? 0n
      const cost = gas * maxFeePerGas > own ? gas * maxFeePerGas : own
      const others = [...made.values()].reduce((sum, one) => sum + one.cost, 0n) - own
      if (others + cost > rules.maxPerDay)
        return refused(`Expected at most ${rules.maxPerDay} wei of fees in a day, got ${others + cost}.`)
      if (before === undefined && made.size >= MAX_NONCES)
        return refused(`Expected at most ${MAX_NONCES} transactions in a day, got another.`)
      const entry = { cost, atMs }
      made.set(nonce, entry)
      const giveBack = (): void => {
        // Another of this nonce may have been counted since, and counts for both.
        if (made.get(nonce) !== entry) return
        if (before === undefined) made.delete(nonce)
        else made.set(nonce, before)
      }
      return { kind: 'taken', giveBack }
    },
  }
}

/** Why the offer alone is too much. */
function dearness(rules: FeeRules, { gas, maxFeePerGas, maxPriorityFeePerGas }: Offer): string | undefined {
  if (gas > rules.maxGas) return `Expected at most ${rules.maxGas} gas, got ${gas}.`
  if (maxFeePerGas > rules.maxFeePerGas)
    return `Expected at most ${rules.maxFeePerGas} wei per gas, got ${maxFeePerGas}.`
  if (maxPriorityFeePerGas > rules.maxPriorityFeePerGas)
    return `Expected a tip of at most ${rules.maxPriorityFeePerGas} wei per gas, got ${maxPriorityFeePerGas}.`
  return undefined
}

function refused(reason: string): Taken {
  return { kind: 'refused', reason }
}
