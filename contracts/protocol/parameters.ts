import { DEFAULT_PARAMETERS, type Fixing, MAX_BOND, MAX_LEADERS, PARAMETER_BOUNDS } from './fixing.ts'
import { isNoiseSmall } from './policy.ts'
import { ceilingOf, PPM, smaller } from './rational.ts'
import { REPORTER_GAS } from './reporter-gas.ts'

/** What a protocol knows of itself before it opens a fixing. Amounts are bond-token wei, times seconds. */
export type Needs = {
  /** What a lie in one fixing could gain. */
  readonly value: bigint
  /** What a proposal should bond, as a share of that. */
  readonly bondSharePpm: number
  /** Whether a source reports the open interest: then the bond follows it, else the least bond guards all of `value`. */
  readonly isReported: boolean
  /** F, what the arbitrators ask for a ruling. */
  readonly fee: bigint
  /** The price of gas, wei, up to which answering a lie must pay. */
  readonly gasPrice: bigint
  /** How many fixings mature together, under one arbitrator. */
  readonly fixings: bigint
  /** What honest people would stake in all of them; undefined if nobody knows: then it bounds nothing. */
  readonly capital: bigint | undefined
  /** What corrupting the cheaper of arbitrator and backup costs; undefined if nobody knows. */
  readonly corruption: bigint | undefined
  /** How long after a proposal an undisputed settlement may come. */
  readonly calmSeconds: number
  /** How long after maturity the settlement may come whatever happens. */
  readonly worstSeconds: number
  /** What an arbitrator takes for a ruling. */
  readonly courtSeconds: number
  /** How far two honest measurements of the index may differ. */
  readonly noisePpm: number
  /** What candidates must differ by; undefined = as the noise wants it. */
  readonly separationPpm: number | undefined
  readonly reporters: number
  /** What each reporter has staked. */
  readonly reporterStake: bigint
}

/** The parameters of a fixing that are not names, ids or times of day. */
export type Parameters = Pick<Fixing, keyof typeof DEFAULT_PARAMETERS>

/** What made the bond what it is: the share of the value, or a bound that left no choice. */
export type BondReason = 'share' | 'fee' | 'gas' | 'bound' | 'capital'

/** How far honest observations of an index of several venues may differ, ppm, unless its author knows better. */
export const USUAL_NOISE_PPM = 150

/** Of the interval from 5 to 6 that docs/parameters.md asks for, the wider: more than 4 is needed. */
const NOISE_TO_SEPARATION = 6
/** As the defaults have it. */
const SEPARATION_TO_BAND = DEFAULT_PARAMETERS.bandPpm / DEFAULT_PARAMETERS.separationPpm
/** With a narrower band P1 can lose outside the straddle trap (economics.md, section 3). */
const LEAST_BAND = 2

/** What answering a lie alone takes of gas, and being paid for it. */
const ANSWER_GAS = REPORTER_GAS.contribute + REPORTER_GAS.claimContribution

/** Parameters of a fixing, and what made the bond what it is. */
export type Choice = { readonly parameters: Parameters; readonly bondReason: BondReason }

/**
 * Parameters under which a lie about so much value meets a bond worth answering, within the times and at the precision asked
 * for. Throws {@link UnmetNeedError} where no parameters can.
 */
export function parametersFor(needs: Needs): Choice {
  requirePayable(needs)
  const { bond, reason } = bondOf(needs)
  const parameters: Parameters = {
    ...bondParameters(needs, bond),
    arbitrationFee: needs.fee,
    ...timesOf(needs),
    ...distancesOf(needs),
  }
  return { parameters, bondReason: reason }
}

/** The bounds of what has to do with money. */
function requirePayable({ value, bondSharePpm, fee, gasPrice }: Needs): void {
  requireWithin('bondSharePpm', BigInt(bondSharePpm), ...PARAMETER_BOUNDS.bondPpm)
  requireWithin('fee', fee, 1n, (2n * MAX_BOND) / 5n)
  requireWithin('gasPrice', gasPrice, 0n, ((MAX_BOND - 1n) * 4n) / (5n * ANSWER_GAS))
  const dearest = bondSharePpm === 0 ? value : (MAX_BOND * PPM) / BigInt(bondSharePpm)
  requireWithin('value', value, 1n, dearest < 1n ? 1n : dearest)
}

/** What `value` asks of the bond, wei, rounded up. */
export function bondShareOf({ value, bondSharePpm }: Pick<Needs, 'value' | 'bondSharePpm'>): bigint {
  return ceilingOf({ n: value * BigInt(bondSharePpm), d: PPM })
}

/** The bond at `value`: the share, but no less than is worth answering, nor more than the capital answers if that can be. */
function bondOf(needs: Needs): { readonly bond: bigint; readonly reason: BondReason } {
  const floor = floorOf(needs)
  const share = bondShareOf(needs)
  if (share <= floor.bond) return floor
  const answerable = needs.capital === undefined ? share : (needs.capital / needs.fixings - needs.fee) / 5n
  if (answerable >= share) return { bond: share, reason: 'share' }
  return answerable < floor.bond ? floor : { bond: answerable, reason: 'capital' }
}

type Floor = { readonly bond: bigint; readonly reason: BondReason }

/** What a bond must not be below, and why. */
function floorOf(needs: Needs): Floor {
  const gas = ANSWER_GAS * needs.gasPrice
  const floors: readonly Floor[] = [
    { bond: PARAMETER_BOUNDS.minBond[0], reason: 'bound' },
    { bond: ceilingOf({ n: 5n * needs.fee, d: 2n }), reason: 'fee' },
    // The answer earns 40 % on 2 d: 4/5 d. One more, for what rounding takes of it.
    { bond: ceilingOf({ n: 5n * gas, d: 4n }) + 1n, reason: 'gas' },
  ]
  return floors.reduce((most, one) => (one.bond > most.bond ? one : most))
}

/** Either the least bond is all of it, or it is what guards a fixing of little value and the share does the rest. */
function bondParameters(needs: Needs, bond: bigint): Pick<Parameters, 'minBond' | 'bondPpm'> {
  if (!needs.isReported) return { minBond: bond, bondPpm: 0 }
  const ppm = (bond * PPM) / needs.value
  const bondPpm = ppm < BigInt(needs.bondSharePpm) ? ppm : BigInt(needs.bondSharePpm)
  return { minBond: floorOf(needs).bond, bondPpm: Number(bondPpm) }
}

/**
 * The first window is the time of a calm settlement. Later windows and the grace are as many times as long as by default, or
 * shorter, and not shorter than the first, if the worst case wants it; the arbitrators share what is left, at most a default turn.
 */
function timesOf(needs: Needs): Pick<Parameters, 'firstWindow' | 'window' | 'proposalGrace' | 'arbitrationLimit'> {
  const [least, longest] = PARAMETER_BOUNDS.firstWindow
  const first = BigInt(needs.calmSeconds)
  requireWithin('calmSeconds', first, least, longest)
  const [shortTurn, longTurn] = PARAMETER_BOUNDS.arbitrationLimit
  const court = BigInt(needs.courtSeconds) > shortTurn ? BigInt(needs.courtSeconds) : shortTurn
  requireWithin('courtSeconds', court, shortTurn, longTurn)
  const later = BigInt(MAX_LEADERS - 1)
  const worst = BigInt(needs.worstSeconds)
  const tightest = (2n + later) * first + 3n * court
  requireWithin('worstSeconds', worst, tightest)
  const wish = (of: 'window' | 'proposalGrace'): bigint => {
    const long = (first * BigInt(DEFAULT_PARAMETERS[of])) / BigInt(DEFAULT_PARAMETERS.firstWindow)
    return smaller(long, PARAMETER_BOUNDS[of][1]) - first
  }
  const wanted = wish('proposalGrace') + later * wish('window')
  const given = smaller(wanted, worst - tightest)
  const stretch = (of: 'window' | 'proposalGrace'): bigint =>
    wanted === 0n ? first : first + (wish(of) * given) / wanted
  const [window, proposalGrace] = [stretch('window'), stretch('proposalGrace')]
  const left = (worst - first - later * window - proposalGrace) / 3n
  const usual = BigInt(DEFAULT_PARAMETERS.arbitrationLimit)
  const arbitrationLimit = smaller(left, court > usual ? court : usual)
  return {
    firstWindow: Number(first),
    window: Number(window),
    proposalGrace: Number(proposalGrace),
    arbitrationLimit: Number(arbitrationLimit),
  }
}

function distancesOf(needs: Needs): Pick<Parameters, 'separationPpm' | 'bandPpm'> {
  const [, widest] = PARAMETER_BOUNDS.bandPpm
  const most = Number(widest) / LEAST_BAND
  const noisiest = Math.floor(most / NOISE_TO_SEPARATION)
  requireWithin('noisePpm', BigInt(needs.noisePpm), 0n, BigInt(noisiest))
  const separationPpm = needs.separationPpm ?? Math.max(1, NOISE_TO_SEPARATION * needs.noisePpm)
  requireWithin('separationPpm', BigInt(separationPpm), BigInt(leastSeparation(needs.noisePpm)), BigInt(most))
  return { separationPpm, bandPpm: Math.min(Number(widest), SEPARATION_TO_BAND * separationPpm) }
}

/** The least separation at which nodes dispute with this noise. */
function leastSeparation(noisePpm: number): number {
  let [low, high] = [1, Math.max(1, NOISE_TO_SEPARATION * noisePpm)]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isNoiseSmall(middle, noisePpm)) high = middle
    else low = middle + 1
  }
  return low
}

function requireWithin(need: keyof Needs, got: bigint, min: bigint, max?: bigint): void {
  if (got < min || (max !== undefined && got > max)) throw new UnmetNeedError(need, got, min, max)
}

/** No parameters of a fixing meet a need; with `need` between `min` and `max` (undefined = any) some do. */
export class UnmetNeedError extends Error {
  override readonly name = 'Parameters.UnmetNeedError'
  readonly need: keyof Needs
  readonly got: bigint
  readonly min: bigint
  readonly max: bigint | undefined
  constructor(need: keyof Needs, got: bigint, min: bigint, max: bigint | undefined) {
    super(`Expected ${need} ${max === undefined ? `of at least ${min}` : `from ${min} to ${max}`}, got ${got}.`)
    this.need = need
    this.got = got
    this.min = min
    this.max = max
  }
}
