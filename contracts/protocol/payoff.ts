import { INVALID } from './fixing.ts'
import { PPM } from './rational.ts'

/** What the vault counts amounts in. */
const MAX_AMOUNT = 2n ** 256n - 1n

/** The terms of one series. Strike and settlement are index units per unit of collateral, scaled by 1e18, > 0. */
export type SeriesTerms = {
  /** S: above it P is covered in full by less than one unit of collateral. */
  readonly strike: bigint
  /** x: the fixing's settlement; INVALID pays `invalidSharePpm`. */
  readonly settlement: bigint
  /** P's share of the collateral if the settlement is INVALID, ppm, 0..1 000 000. */
  readonly invalidSharePpm: number
}

/** What `collateral` wei of matched P and N pay: `p + n = collateral`, P rounded down, N gets the rest. */
export type Payoff = { readonly p: bigint; readonly n: bigint }

/** P pays `floor(c * min(1, S / x))`, N the rest; INVALID pays P `floor(c * invalidSharePpm / 1e6)`. Exact. Throws {@link SeriesTermError}. */
export function payoff(terms: SeriesTerms & { readonly collateral: bigint }): Payoff {
  requireTerms(terms)
  requireWithin('collateral', terms.collateral, 0n, MAX_AMOUNT)
  const p = pShare(terms.collateral, terms)
  return { p, n: terms.collateral - p }
}

/**
 * What redeeming `pAmount` P and `nAmount` N pays, collateral wei, as `SplitVault.redeem`: the matched part one to one,
 * the excess leg alone rounded down, against its holder. Throws {@link SeriesTermError}.
 */
export function redeemed(terms: SeriesTerms & { readonly pAmount: bigint; readonly nAmount: bigint }): bigint {
  const { pAmount, nAmount } = terms
  requireTerms(terms)
  requireWithin('pAmount', pAmount, 0n, MAX_AMOUNT)
  requireWithin('nAmount', nAmount, 0n, MAX_AMOUNT)
  const matched = pAmount < nAmount ? pAmount : nAmount
  return matched + pShare(pAmount - matched, terms) + nShare(nAmount - matched, terms)
}

function pShare(amount: bigint, { strike, settlement, invalidSharePpm }: SeriesTerms): bigint {
  if (settlement === INVALID) return (amount * BigInt(invalidSharePpm)) / PPM
  return settlement <= strike ? amount : (amount * strike) / settlement
}

function nShare(amount: bigint, { strike, settlement, invalidSharePpm }: SeriesTerms): bigint {
  if (settlement === INVALID) return (amount * (PPM - BigInt(invalidSharePpm))) / PPM
  return settlement <= strike ? 0n : (amount * (settlement - strike)) / settlement
}

function requireTerms({ strike, settlement, invalidSharePpm }: SeriesTerms): void {
  requireWithin('strike', strike, 1n, INVALID)
  requireWithin('settlement', settlement, 1n, INVALID)
  if (!Number.isSafeInteger(invalidSharePpm)) throw new SeriesTermError('invalidSharePpm', invalidSharePpm, 0n, PPM)
  requireWithin('invalidSharePpm', BigInt(invalidSharePpm), 0n, PPM)
}

function requireWithin(term: string, got: bigint, min: bigint, max: bigint): void {
  if (typeof got !== 'bigint' || got < min || got > max) throw new SeriesTermError(term, got, min, max)
}

/** A term of a series, or an amount of it, that no vault takes. */
export class SeriesTermError extends Error {
  override readonly name = 'Payoff.SeriesTermError'
  readonly term: string
  constructor(term: string, got: unknown, min: bigint, max: bigint) {
    super(`Expected ${term} from ${min} to ${max}, got ${String(got)}.`)
    this.term = term
  }
}
