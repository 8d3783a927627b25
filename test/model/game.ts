import type { Address } from 'viem'
import type { Action, Interest } from './action.ts'
import { firstOutOfBounds } from './bounds.ts'
import type { Rules } from './rules.ts'
import { Model } from './model.ts'
import { play } from './play.ts'
import type { Result } from './result.ts'
import type { Fixing, Key } from './terms.ts'

/**
 * What a contract that takes part does while its tokens move: it calls the oracle again, or refuses. Receipts are moved
 * from within a payment only, where the order of effects is plain.
 */
export type Ambush = { readonly actor: Address; readonly refuses: boolean; readonly strikes: readonly Action[] }

/** One call of the oracle at one time, in the surroundings of the moment; without an action just a look. */
export type Step = {
  readonly time: bigint
  readonly sender: Address
  readonly action?: Action
  /** From this step on, `source` behaves like this. */
  readonly interest?: { readonly source: Address; readonly becomes: Interest }
  /** During this step, pulled tokens arrive with so much more or less. */
  readonly skew?: bigint
  readonly ambush?: Ambush
  /** Gas that the call gets, too little to read an open interest with. */
  readonly gas?: bigint
}

/** Everything that happens, as plain values: it can be replayed, cut down and printed. */
export type Game = { readonly seed: number; readonly fixings: readonly Fixing[]; readonly steps: readonly Step[] }

/** The accounts and contracts that every game is played with. */
export type World = {
  readonly chainId: bigint
  readonly oracle: Address
  readonly sink: Address
  readonly token: Address
  readonly lens: Address
  /** Open-interest contracts, and last an address without code. */
  readonly interests: readonly Address[]
  /** Parties that are contracts. */
  readonly actors: readonly Address[]
  readonly parties: readonly Address[]
  /** What every party holds at first, wei. */
  readonly funds: ReadonlyMap<Address, bigint>
}

/** What a step does: the call's result, and those of the calls made from within it, if any tokens moved. */
export type Played = { readonly result: Result | undefined; readonly struck: readonly Result[] }

/** The model in its surroundings, changed step by step. */
export class Stage {
  readonly model: Model
  /** Every receipt that any action so far named, by its id. */
  readonly keys = new Map<bigint, { readonly fixing: number; readonly key: Key }>()
  private readonly moods = new Map<Address, Interest>()
  private step: Step | undefined

  constructor(world: World, fixings: readonly Fixing[], rules: Rules) {
    const surroundings = {
      readInterest: (source: Address): bigint | undefined => this.readInterest(source),
      skew: (): bigint => this.step?.skew ?? 0n,
      refuses: (party: Address): boolean => this.step?.ambush?.refuses === true && this.step.ambush.actor === party,
    }
    for (const source of world.interests.slice(0, -1)) this.moods.set(source, { mood: 'steady', reading: 0n })
    this.model = new Model(world, fixings, world.funds, surroundings, rules)
  }

  play(step: Step): Played {
    const { action, sender, interest } = step
    this.model.now = step.time
    if (interest !== undefined) this.moods.set(interest.source, interest.becomes)
    if (action === undefined) return { result: undefined, struck: [] }
    this.note(action)
    this.step = step
    const result = play(this.model, sender, action)
    this.step = undefined
    return { result, struck: this.strike(step, action, result) }
  }

  /** How an open-interest contract behaves now; undefined if it has no code. */
  moodOf(source: Address): string | undefined {
    return this.moods.get(source)?.mood
  }

  /** Calls from a hook run after the effects of what pays the caller, and the guarded ones never. */
  private strike({ sender, ambush }: Step, action: Action, result: Result): Result[] {
    if (!result.ok || ambush === undefined || ambush.actor !== sender) return []
    const isPull = PULLING.has(action.name)
    const isPush = action.name === 'rule' || (action.name === 'claim' && result.returns[0] !== 0n)
    if (!isPull && !isPush) return []
    return ambush.strikes.map((strike) =>
      isGuarded(strike)
        ? { ok: false, error: 'ReentrancyGuardReentrantCall', args: [] }
        : play(this.model, sender, strike),
    )
  }

  private note(action: Action): void {
    const key = keyOf(action)
    if (key === undefined || !('fixing' in action)) return
    this.keys.set(this.model.receiptId(action.fixing, key), { fixing: action.fixing, key })
  }

  private readInterest(source: Address): bigint | undefined {
    if (this.step?.gas !== undefined) return undefined
    const interest = this.moods.get(source)
    return interest !== undefined && READABLE.has(interest.mood) ? interest.reading : undefined
  }
}

const READABLE: ReadonlySet<string> = new Set(['steady', 'long', 'busy', 'curious'])
const PULLING: ReadonlySet<string> = new Set(['fund', 'propose', 'contribute', 'appeal', 'request'])

/** Whether an action is one that never runs inside another: everything but the moves of receipts. */
export function isGuarded(action: Action): boolean {
  return 'fixing' in action
}

/** The receipt that an action is about. */
function keyOf(action: Action): Key | undefined {
  switch (action.name) {
    case 'fund':
      return { kind: 'Fund', round: 0, value: 0n }
    case 'request':
      return { kind: 'Request', round: 0, value: 0n }
    case 'propose':
      return { kind: 'Stake', round: 0, value: action.value }
    case 'contribute':
      return { kind: 'Stake', round: action.round, value: action.value }
    case 'appeal':
      return { kind: 'Appeal', round: action.round, value: action.value }
    case 'claim':
      return { kind: action.kind, round: action.round, value: action.value }
    default:
      return undefined
  }
}

/** The indices of the fixings within bounds, the only ones that can hold anything. */
export function validFixings(fixings: readonly Fixing[]): number[] {
  return [...fixings.keys()].filter((index) => {
    const fixing = fixings[index]
    return fixing !== undefined && firstOutOfBounds(fixing) === undefined
  })
}
