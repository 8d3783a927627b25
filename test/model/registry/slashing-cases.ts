import type { Address, Hex } from 'viem'
import { type Fixing, INVALID, word } from '../terms.ts'
import type { RegistryWorld } from './history.ts'
import type { Deployed } from './membership.ts'

const DAY = 86_400n
const MILLION = 1_000_000n
const PRECISION = 10n ** 12n
const ZERO: Address = '0x0000000000000000000000000000000000000000'
const MOST_BAND = 200_000n

/** The value that everybody honest tries to measure. */
export const TRUTH = 2_500n * 10n ** 18n
/** What the attacker would like to be believed. */
export const LIE = 3_000n * 10n ** 18n

/** How a fixing is settled; rulings are made in the turn of the arbitrator or of its backup. */
export type Way =
  | { readonly how: 'timeout of the lie' | 'timeout of the truth' | 'disputed timeout' | 'expiry' }
  | {
      readonly how: 'request' | 'appeal'
      readonly turn: 'arbitrator' | 'backup'
      readonly ruling: bigint
    }

/** A fixing that the attacker made, and what happens to it. */
export type SlashingCase = { readonly fixing: Fixing; readonly value: bigint; readonly way: Way }

/** Whose courts they are: the registry's two, and two of the attacker's. */
export type Courts = { readonly own: readonly [Address, Address]; readonly hostile: readonly [Address, Address] }

export function courtsOf(world: RegistryWorld, { arbitrator, backup }: Deployed): Courts {
  const [first = ZERO, second = ZERO] = world.parties
  return { own: [arbitrator, backup], hostile: [first, second] }
}

/** Every pair of arbitrator and backup, with equals, which no oracle accepts. */
export function pairsOf({ own, hostile }: Courts): [Address, Address][] {
  const all = [...own, ...hostile]
  return all.flatMap((arbitrator) => all.map((backup): [Address, Address] => [arbitrator, backup]))
}

/** Bands around the registry's least one, the narrowest, and the widest. */
export function bandsOf({ minBandPpm }: Deployed): bigint[] {
  return [1n, minBandPpm - 1n, minBandPpm, minBandPpm + 1n, MOST_BAND]
}

/**
 * The noise that is safe: reporters and court may each be off by a ratio of 1 + noise, scaled by 1e12, if its square is
 * at most 1 + the least band. Rounded down.
 */
export function noiseOf({ minBandPpm }: Deployed): bigint {
  const square = (PRECISION * PRECISION * (MILLION + minBandPpm)) / MILLION
  return squareRoot(square) - PRECISION
}

/** The truth, and as far from it as the noise allows, towards it by rounding. */
export function noisy(noise: bigint): bigint[] {
  const factor = PRECISION + noise
  const below = (TRUTH * PRECISION + factor - 1n) / factor
  return [TRUTH, (TRUTH * factor) / PRECISION, below]
}

/** Every way to settle a fixing of this court: honest courts rule within their noise, others anything. */
export function waysOf(courts: Courts, [arbitrator, backup]: readonly [Address, Address], noise: bigint): Way[] {
  const plain = ['timeout of the lie', 'timeout of the truth', 'disputed timeout', 'expiry'] as const
  const rulings = (court: Address): bigint[] => {
    const isHonest = courts.own.includes(court)
    return isHonest ? [...noisy(noise), INVALID] : [1n, LIE, TRUTH, INVALID - 1n, INVALID]
  }
  const ruled = (['request', 'appeal'] as const).flatMap((how): Way[] => [
    ...rulings(arbitrator).map((ruling): Way => ({ how, turn: 'arbitrator', ruling })),
    ...rulings(backup).map((ruling): Way => ({ how, turn: 'backup', ruling })),
  ])
  return [...plain.map((how): Way => ({ how })), ...ruled]
}

export function fixingOf(
  number: number,
  maturity: bigint,
  [arbitrator, backup]: readonly [Address, Address],
  bandPpm: bigint,
): Fixing {
  const indexId: Hex = `0x${word(BigInt(number + 1))}`
  return {
    indexId,
    maturity,
    arbitrator,
    backup,
    openInterest: ZERO,
    minBond: 10n ** 9n,
    arbitrationFee: 1n,
    bondPpm: 0n,
    firstWindow: 3_600n,
    window: 3_600n,
    separationPpm: 1n,
    bandPpm,
    proposalGrace: 7_200n,
    arbitrationLimit: DAY,
  }
}

function squareRoot(square: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(square.toString(2).length / 2))
  for (;;) {
    const next = (root + square / root) / 2n
    if (next >= root) return root
    root = next
  }
}
