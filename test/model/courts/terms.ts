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

/** An adapter to a court of ERC-792: Kleros's published example, or one that rules whatever it is told. */
export type Erc792Terms = {
  readonly kind: 'erc792'
  readonly address: Address
  readonly peer: 'kleros' | 'loose'
  readonly court: Address
  /** Who gives the example's rulings. */
  readonly courtOwner: Address
  readonly declaredCost: bigint
  readonly leastTurn: bigint
  readonly leastFee: bigint
  /** What everybody has of the chain's own currency, wei. */
  readonly ether: ReadonlyMap<Address, bigint>
  /** Contracts that take no ether; what they send, the sponsor gives them. */
  readonly refusers: readonly Address[]
  readonly sponsor: Address
}

/** An adapter to UMA, whose optimistic oracle is the court; amounts in bond-token wei, times in seconds. */
export type UmaTerms = {
  readonly kind: 'uma'
  readonly address: Address
  readonly court: Address
  /** Where UMA has what it charges for votes. */
  readonly store: Address
  /** UMA's own stand-in for its token holders. */
  readonly voters: Address
  readonly token: Address
  readonly declaredCost: bigint
  readonly leastTurn: bigint
  readonly leastFee: bigint
  readonly liveness: bigint
  /** The adapter's least bond, and UMA's. */
  readonly leastBond: bigint
  readonly courtBond: bigint
}

/** Which arbitrators there are. */
export type ArbitratorTerms = CouncilTerms | Erc792Terms | UmaTerms

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

/** A call of an adapter to a court of ERC-792, or of that court. */
export type Erc792Action =
  | { readonly at: 'arbitrator'; readonly name: 'open' | 'appeal' | 'bring'; readonly fixing: number }
  | { readonly at: 'arbitrator'; readonly name: 'submitEvidence'; readonly fixing: number; readonly evidence: string }
  | { readonly at: 'arbitrator'; readonly name: 'rule'; readonly disputeId: bigint; readonly ruling: bigint }
  | { readonly at: 'court'; readonly name: 'createDispute' }
  | { readonly at: 'court'; readonly name: 'setArbitrationCost'; readonly cost: bigint }
  | { readonly at: 'court'; readonly name: 'setNext' | 'executeRuling'; readonly disputeId: bigint }
  | {
      readonly at: 'court'
      readonly name: 'tell' | 'giveRuling'
      readonly disputeId: bigint
      readonly ruling: bigint
    }

/** A call of an adapter to UMA, of UMA, or of its voters. */
export type UmaAction =
  | {
      readonly at: 'arbitrator'
      readonly name: 'assertValue'
      readonly fixing: number
      readonly value: bigint
    }
  | { readonly at: 'arbitrator'; readonly name: 'bring'; readonly fixing: number }
  | {
      readonly at: 'arbitrator'
      readonly name: 'assertionResolvedCallback' | 'assertionDisputedCallback'
      readonly assertion: Hex
    }
  | { readonly at: 'court'; readonly name: 'assertTruth'; readonly fixing: number; readonly value: bigint }
  | { readonly at: 'court'; readonly name: 'disputeAssertion' | 'settleAssertion'; readonly assertion: Hex }
  | {
      readonly at: 'voters'
      readonly name: 'pushPrice'
      readonly assertion: Hex
      readonly asserter: Address
      readonly assertedAt: bigint
      readonly verdict: 'true' | 'false'
    }

/** A call of an arbitrator, or of the court that it asks. `fixing` is an index into the history's fixings. */
export type CourtAction = CouncilAction | Erc792Action | UmaAction

/** One call, of an arbitrator, its court, or the oracle. */
export type CourtStep = {
  readonly time: bigint
  readonly sender: Address
  readonly action: CourtAction | Action
  /** What members that are contracts say during this step; they approve otherwise. */
  readonly mood?: OwnerMood
  /** What is sent along of the chain's own currency, wei. */
  readonly wei?: bigint
}

/** Everything that happens to one arbitrator and the fixings that name it, as plain values. */
export type History = {
  readonly seed: number
  /** Which of the world's arbitrators. */
  readonly arbitrator: number
  readonly fixings: readonly Fixing[]
  /** What an adapter to UMA asks about a fixing and a value, UTF-8, as it says itself. */
  readonly claims: ReadonlyMap<string, Hex>
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
