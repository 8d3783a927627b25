import type { Address, Hex } from 'viem'
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
export type Pair = { readonly isSameSigner: boolean; readonly isOfFixing: boolean; readonly isSame: boolean }

/** When a signer was its reporter's: [from, end), seconds. */
export type Term = { readonly fromTime: bigint; readonly endTime: bigint }

/** What a share depends on when many are claimed at once. */
export type Claimed = { readonly isPaid: boolean; readonly isThere: boolean }

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
  /** whether consents until `deadline` hold. */
  isConsentValid(now: bigint, deadline: bigint): boolean {
    return now <= deadline
  },
  /** whether a reporter that had `signers`, in order, may sign with `signer`, which is one of them. */
  maySignAgain(signer: Address, signers: readonly Address[]): boolean {
    return signer === signers.at(-1)
  },
  /** whom a stake goes back to. */
  payee(owner: Address, _sender: Address): Address {
    return owner
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
  /** whether a share is paid to one of many, the others going on without it. */
  isDue({ isPaid, isThere }: Claimed): boolean {
    return !isPaid && isThere
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
  /** whether a signer of that term answers for a maturity. */
  isItsTerm(maturity: bigint, { fromTime, endTime }: Term): boolean {
    return fromTime <= maturity && maturity < endTime
  },
  /** whether a signer whose term ended still answers. */
  isAnswering(now: bigint, { endTime }: Term, unbondingDelay: bigint): boolean {
    return now < endTime + unbondingDelay
  },
  /** whether two signed observations are an offence. */
  isOffence({ isSameSigner, isOfFixing, isSame }: Pair): boolean {
    return isSameSigner && isOfFixing && !isSame
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
