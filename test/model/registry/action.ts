import type { Address, Hex } from 'viem'
import type { OwnerMood } from '../accounts.ts'
import type { Action } from '../action.ts'
import type { Fixing } from '../terms.ts'

/** Who signed what with a BLS key: the sum of `secrets` is the secret that made it. 'no point' is not on the curve. */
export type BlsSigned =
  { readonly secrets: readonly bigint[]; readonly digest: Hex; readonly use: 'signature' | 'possession' } | 'no point'

/** What an account signed with its own key; 'malformed' has a byte too few. */
export type Signed = { readonly by: Address; readonly digest: Hex } | 'malformed'

/** A key by its secret; 0 is the identity, the key of nobody. */
export type Secret = bigint

export type Report = { readonly value: bigint; readonly observationsRoot: Hex; readonly proposer: Address }

export type Observation = {
  readonly fixingId: Hex
  readonly value: bigint
  readonly observedAt: bigint
  readonly sourcesRoot: Hex
}

/** A report with a signature and the places that are said to have made it. */
export type Quorum = {
  readonly fixing: number
  readonly report: Report
  readonly signature: BlsSigned
  readonly signers: bigint
}

/** A call of the registry. `fixing` is an index into the history's fixings; amounts are wei, times seconds. */
export type RegistryAction =
  | {
      readonly name: 'register'
      readonly owner: Address
      readonly signer: Address
      readonly secret: Secret
      readonly peerId: Hex
      readonly stake: bigint
      /** Last second at which the consents hold. */
      readonly deadline: bigint
      readonly possession: BlsSigned
      readonly signerConsent: Signed
      readonly ownerConsent: Signed
    }
  | { readonly name: 'topUp'; readonly index: number; readonly amount: bigint }
  | {
      readonly name: 'rotate'
      readonly index: number
      readonly signer: Address
      readonly secret: Secret
      readonly possession: BlsSigned
      readonly signerConsent: Signed
    }
  | { readonly name: 'startLeaving'; readonly index: number }
  | { readonly name: 'withdraw'; readonly index: number }
  | { readonly name: 'publishRoster'; readonly time: bigint }
  | ({ readonly name: 'attest' } & Quorum)
  | ({ readonly name: 'proposeAttested'; readonly maxBond: bigint } & Quorum)
  | { readonly name: 'fundReporters'; readonly fixing: number; readonly amount: bigint }
  | {
      readonly name: 'claimReward'
      readonly fixing: number
      readonly value: bigint
      readonly signers: bigint
      readonly place: bigint
    }
  | {
      readonly name: 'claimRewards'
      readonly fixing: number
      readonly value: bigint
      readonly signers: bigint
      readonly places: bigint
    }
  | { readonly name: 'refundReward'; readonly fixing: number; readonly value: bigint; readonly signers: bigint }
  | {
      readonly name: 'slashEquivocation'
      /** The fixing that the prover brings: one of the history's, or one that nobody has ever seen. */
      readonly brought: Fixing
      readonly first: Observation
      readonly firstSigned: Signed
      readonly second: Observation
      readonly secondSigned: Signed
    }
  | ({ readonly name: 'slashAttestation'; readonly place: bigint } & Quorum)

/** The names of the registry's calls; every other action is the oracle's. */
export const REGISTRY_CALLS = [
  'register',
  'topUp',
  'rotate',
  'startLeaving',
  'withdraw',
  'publishRoster',
  'attest',
  'proposeAttested',
  'fundReporters',
  'claimReward',
  'claimRewards',
  'refundReward',
  'slashEquivocation',
  'slashAttestation',
] as const

export function isRegistryAction(action: RegistryAction | Action): action is RegistryAction {
  return (REGISTRY_CALLS as readonly string[]).includes(action.name)
}

/** One call of the registry or of its oracle. */
export type RegistryStep = {
  readonly time: bigint
  readonly sender: Address
  readonly action?: RegistryAction | Action
  /** During this step, pulled tokens arrive with so much more or less. */
  readonly skew?: bigint
  /** What the owner that is a contract says during this step; it approves otherwise. */
  readonly mood?: OwnerMood
}
