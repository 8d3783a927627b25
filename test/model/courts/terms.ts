import type { Address, Hex } from 'viem'
import type { Account, OwnerMood } from '../accounts.ts'
import type { Action } from '../action.ts'
import type { World } from '../game.ts'
import type { Fixing } from '../terms.ts'

/** A council: k of these sign. Addresses in small letters. */
export type CouncilTerms = {
  readonly kind: 'council'
  readonly address: Address
  readonly members: readonly Address[]
  /** Which of them is a contract. */
  readonly contractMember: Address
  readonly threshold: bigint
  /** What corrupting it costs, as declared, wei. */
  readonly declaredCost: bigint
}

/** Which arbitrators there are. */
export type ArbitratorTerms = CouncilTerms

/** What an account signed, and in which form it is brought: r, s, v; without v; or with the other s of the same signature. */
export type Signed = {
  readonly by: Address
  readonly digest: Hex
  readonly form: 'plain' | 'short' | 'mirrored'
}

/** A signature, and the member's place that it is brought for. */
export type Brought = { readonly index: bigint; readonly signed: Signed }

/** A call of a council. */
export type CouncilAction =
  | {
      readonly at: 'arbitrator'
      readonly name: 'submit'
      readonly fixing: number
      readonly value: bigint
      readonly signatures: readonly Brought[]
    }
  | { readonly at: 'arbitrator'; readonly name: 'withdraw' }

/** A call of an arbitrator, or of the court that it asks. `fixing` is an index into the history's fixings. */
export type CourtAction = CouncilAction

/** One call, of an arbitrator, its court, or the oracle. */
export type CourtStep = {
  readonly time: bigint
  readonly sender: Address
  readonly action: CourtAction | Action
  /** What members that are contracts say during this step; they approve otherwise. */
  readonly mood?: OwnerMood
}

/** Everything that happens to one arbitrator and the fixings that name it, as plain values. */
export type History = {
  readonly seed: number
  /** Which of the world's arbitrators. */
  readonly arbitrator: number
  readonly fixings: readonly Fixing[]
  readonly steps: readonly CourtStep[]
}

/** The accounts and contracts that every history is made with. */
export type CourtWorld = World & {
  readonly arbitrators: readonly ArbitratorTerms[]
  /** Who can sign, by address. */
  readonly accounts: ReadonlyMap<Address, Account>
  /** The member of councils that is a contract. */
  readonly contractMember: Address
  readonly viewer: Address
  /** The first time that histories may use, seconds. */
  readonly startTime: bigint
}

/** Whether it is the arbitrator, or its court, that a step calls; else it is the oracle. */
export function isCourtAction(action: CourtAction | Action): action is CourtAction {
  return 'at' in action
}
