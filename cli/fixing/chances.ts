import { TYPICAL_GAS } from '#client/rehearsal.ts'
import { prospectsOf } from '#client/quote.ts'
import { worthIn } from '#client/worth.ts'
import { PPM } from '#protocol/rational.ts'
import { type FixingView, returnPpm } from './fixing-view.ts'
import { openPots } from './open-pots.ts'
import { decisionOn, type OwnValue } from './verdict.ts'

/** A pot that can be joined now, with what filling it pays. Amounts in base units of the bond token. */
export type Joinable = {
  readonly kind: 'contribute' | 'appeal'
  readonly value: bigint
  /** What fills the pot: all of it is staked. */
  readonly missing: bigint
  /** The least that comes back if the value wins, the stake included. */
  readonly ifRight: bigint
  /** What any part of `missing` earns at least if the pot fills and the value wins, ppm, rounded down. */
  readonly returnPpm: bigint
}

/** A pot with what filling it may bring. */
export type Chance = Joinable & {
  /** How likely the value wins: by the own value it is taken for certain or impossible, without one as the stakes imply. */
  readonly probabilityPpm: bigint
  /** What comes back on average, less the stake and the gas; rounded down. */
  readonly expectedGain: bigint
}

/** Gas of somebody who starts with ether: to wrap, allow, stake, and claim later. */
export const GAS_OF_STAKING = TYPICAL_GAS.deposit + TYPICAL_GAS.approve + TYPICAL_GAS.contribute + TYPICAL_GAS.claim

/** Every pot that can be joined for a value that is known, or for `newValue`. */
export function joinablesOf(view: FixingView, newValue?: bigint): readonly Joinable[] {
  const { snapshot } = view
  return openPots(view).flatMap(({ kind: pot, value = newValue, filled, need }) => {
    if (value === undefined || need <= filled) return []
    const kind = pot === 'stake' ? ('contribute' as const) : ('appeal' as const)
    const missing = need - filled
    const { ifRight } = worthIn(prospectsOf({ kind, value, amount: missing }, { filled, need }, snapshot))
    return [{ kind, value, missing, ifRight, returnPpm: returnPpm(ifRight, missing) }]
  })
}

/**
 * Every pot of the fixing that can be joined, best first by what it brings after gas. With an own value, the one pot that an
 * honest node would join (policy P1) wins, and every other loses; without, the stakes' own odds count. `gasCost` in base units;
 * 0 where the bond token is not ether.
 */
export function chancesOf(view: FixingView, own: OwnValue | undefined, gasCost: bigint): readonly Chance[] {
  const { snapshot, odds } = view
  const decision = own === undefined ? undefined : decisionOn(own, view)
  const wanted = decision === undefined || decision.action === 'none' ? undefined : decision
  const known = [...snapshot.candidates, ...view.pots].map(({ value }) => value)
  const newValue = wanted === undefined || known.includes(wanted.value) ? undefined : wanted.value
  return joinablesOf(view, newValue)
    .map((joinable) => {
      const { kind, value, missing, ifRight } = joinable
      const implied = odds.find((one) => one.value === value)?.probabilityPpm ?? 0n
      const isWanted = kind === wanted?.action && value === wanted.value
      const probabilityPpm = own === undefined ? implied : isWanted ? PPM : 0n
      const expectedGain = (ifRight * probabilityPpm) / PPM - missing - gasCost
      return { ...joinable, probabilityPpm, expectedGain }
    })
    .toSorted((a, b) => (a.expectedGain === b.expectedGain ? 0 : a.expectedGain > b.expectedGain ? -1 : 1))
}
