import type { Hex } from 'viem'
import { RULES } from '../rules.ts'
import { INVALID, type Outcome } from '../terms.ts'

/**
 * What the specification says in figures of the registry (section 8 of docs/spec.md and IReporterRegistry's comments). A
 * value, so that a planted bug is the same value with one rule replaced. Times are seconds, amounts wei.
 */
export type RegistryRules = typeof REGISTRY_RULES

/** What a report is judged by. */
export type Verdict = {
  readonly isOwnCourt: boolean
  readonly how: Outcome
  readonly settlement: bigint | undefined
  readonly value: bigint
  readonly bandPpm: bigint
  readonly minBandPpm: bigint
}

/** What two signed observations have in common. */
export type Pair = { readonly isSameSigner: boolean; readonly isSameFixing: boolean; readonly isSame: boolean }

export const REGISTRY_RULES = {
  /** when what is changed now takes effect, `nextEpochTime` being the start of the next epoch. */
  changeTime(now: bigint, epoch: bigint, nextEpochTime: bigint): bigint {
    return epoch === 0n ? now : nextEpochTime
  },
  /** a reporter reports in [active, inactive). */
  isReporting(time: bigint, activeTime: bigint, inactiveTime: bigint): boolean {
    return activeTime <= time && time < inactiveTime
  },
  /** the epoch from whose start on keys of epoch `since` can be rotated. */
  rotationEpoch(since: bigint): bigint {
    return since + 1n
  },
  /** When a stake that left at `inactiveTime` goes back. */
  withdrawableTime(inactiveTime: bigint, unbondingDelay: bigint): bigint {
    return inactiveTime + unbondingDelay
  },
  /** more than two thirds; the least such number of `places`. */
  quorum(places: bigint): bigint {
    return (2n * places) / 3n + 1n
  },
  /** whether an attestation of `count` replaces one of `standing`. */
  replaces(count: bigint, standing: bigint): boolean {
    return count > standing
  },
  /** attesting begins in the second after the maturity. */
  isAttestable(now: bigint, maturity: bigint): boolean {
    return now > maturity
  },
  /** an equal share, rounded down. */
  share(reward: bigint, count: bigint): bigint {
    return reward / count
  },
  /** whether the settlement pays whoever attested `value`. */
  isEarned(value: bigint, settlement: bigint, bandPpm: bigint): boolean {
    return settlement !== INVALID && RULES.isWithinBand(value, settlement, bandPpm)
  },
  /** whether co-signing `value` costs the stake. */
  isWrong({ isOwnCourt, how, settlement, value, bandPpm, minBandPpm }: Verdict): boolean {
    if (!isOwnCourt || bandPpm < minBandPpm || how !== 'Ruling') return false
    return settlement !== undefined && settlement !== INVALID && !RULES.isWithinBand(value, settlement, bandPpm)
  },
  /** Whether a signature over `signed` is one over `wanted`: every digest has its type, chain and registry in it. */
  isSameDigest(signed: Hex, wanted: Hex): boolean {
    return signed === wanted
  },
  /** whether the reporter at `place` is one of the signers. */
  isAttester(signers: bigint, place: bigint): boolean {
    return place < 256n && ((signers >> place) & 1n) === 1n
  },
  /** whether two signed observations are an offence. */
  isOffence({ isSameSigner, isSameFixing, isSame }: Pair): boolean {
    return isSameSigner && isSameFixing && !isSame
  },
  /** the prover's fifth, rounded down. */
  proverShare(stake: bigint): bigint {
    return stake / 5n
  },
  /** whether a reporter that joined at `activeTime` can be the one that was on the roster of `maturity`. */
  wasThere(activeTime: bigint, maturity: bigint): boolean {
    return activeTime <= maturity
  },
}
