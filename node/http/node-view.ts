import type { Address, Hex } from 'viem'
import type { Phase } from '#protocol/phase.ts'
import type { Identity } from '../metrics.ts'
import type { DroppedSource } from '#protocol/aggregate.ts'
import type { Report } from '#protocol/report.ts'
import type { SampleDifference } from '#protocol/samples.ts'
import type { Intent } from '../store/intent-table.ts'
import type { JournalEntry } from '../store/journal-table.ts'
import type { Evidence } from '../gossip/evidence.ts'
import type { VerifiedObservation } from '../gossip/validate.ts'

/** One fixing as the node sees it; times in Unix seconds, values 1e18-scaled. */
export type FixingStatus = {
  readonly id: Hex
  readonly indexId: Hex
  readonly maturity: bigint
  /** As of the latest block; unknown before the first look at a matured fixing. */
  readonly phase: Phase | 'unknown'
  readonly observation?: { readonly value: bigint; readonly observedAt: bigint; readonly sourcesRoot: Hex }
  readonly abstained?: { readonly reason: string; readonly dropped: readonly DroppedSource[] }
  /** The own observation, which is to be signed, is not, though it is a minute old; absent otherwise. */
  readonly unsigned?: true
  /** Reporters whose observations are held. */
  readonly observations: number
  /** Registry indices of proven equivocators. */
  readonly equivocators: readonly number[]
  readonly report?: { readonly value: bigint; readonly observationsRoot: Hex; readonly signers: readonly number[] }
  /** How many reporters co-signed the report that this node asked them to; absent if it asked for none. */
  readonly cosigned?: number
  readonly lastDecision?: LastDecision
  readonly actions: readonly Omit<Intent, 'slot'>[]
  /** Who is there for it, in the last minutes before its maturity: registry indices. */
  readonly presence?: PresenceView
}

/** Who said to be there. `ready`: enough sources answer them. Short: too few of those for a quorum of `need`. */
export type PresenceView = {
  /** 0: the first call, ten minutes before the maturity; 1: the last, a minute before it. */
  readonly call: 0 | 1
  readonly present: readonly number[]
  readonly absent: readonly number[]
  readonly ready: readonly number[]
  readonly need: number
  readonly isShort: boolean
}

/** What was decided last about a fixing, and why. */
export type LastDecision = { readonly stage: string; readonly action: string; readonly reason: string }

/** `GET /status`. */
export type NodeStatus = {
  readonly time: bigint
  /** Why the operator has stopped all new stake; absent if it has not. */
  readonly halted?: string
  /** Whether the key reports now, by the registry; absent if it is not to, or while that was not read. */
  readonly registered?: boolean
  readonly block: bigint
  readonly peers: number
  /** Which code verifies the signatures of peers. */
  readonly verification: Identity['verification']
  readonly fixings: readonly FixingStatus[]
}

/** A report, or how many observations it lacks. */
export type ReportView =
  | { readonly kind: 'report'; readonly report: Report; readonly signers: readonly number[] }
  | { readonly kind: 'short'; readonly have: number; readonly need: number }

/** Whether the node can do its work, part by part. */
export type Readiness = {
  readonly ready: boolean
  /** Whether the last look at the chain succeeded, and the block it saw. */
  readonly chain: boolean
  readonly block: bigint
  readonly store: boolean
  readonly peers: number
  /** Why it is not ready, in words; if it is, what it cannot follow for now. */
  readonly problems: readonly string[]
}

/** Why an observation differs from the own: the closes that do, if its samples could be had of a peer, and verified. */
export type DifferencesView = {
  readonly signer: Address
  readonly sourcesRoot: Hex
  readonly value: bigint
  /** Of this node's own observation, if it has one. */
  readonly ownValue?: bigint
} & (
  | { readonly kind: 'unknown' }
  | {
      readonly kind: 'compared'
      /** What the document makes of the other's samples; absent if it makes nothing of them. */
      readonly recomputed?: bigint
      readonly differences: readonly SampleDifference[]
    }
)

/** What the local interface shows of the node; every fixing method gives undefined for one that is not followed. */
export interface NodeView {
  status(): Promise<NodeStatus>
  readiness(): Promise<Readiness>
  observations(id: Hex): readonly VerifiedObservation[] | undefined
  /** Pairs of observations that one reporter signed of the fixing. */
  evidence(id: Hex): readonly Evidence[] | undefined
  /** Undefined too before the observations were looked at, which is from the maturity on. */
  report(id: Hex): ReportView | undefined
  /** Undefined too while nothing was read. */
  samples(id: Hex): Promise<unknown>
  /** Undefined too for a signer of whom no observation is held. */
  differences(id: Hex, signer: string): Promise<DifferencesView | undefined>
  /** The newest lines: all, or those about fixings whose id begins with `fixing`. */
  journal(limit: number, fixing?: string): Promise<readonly JournalEntry[]>
  /** In Prometheus' text format. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  /** Keeps the address connected. Throws a MultiaddrError. */
  addPeer(multiaddr: string): void
}
