import type { Hex } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Report } from '#protocol/report.ts'
import type { Ledger } from '../chain/ledger.ts'
import type { Reporter } from '../chain/port.ts'
import type { Quorum } from '../quorum.ts'
import type { KnownDue } from '../store/due-table.ts'

/** What is known once a fixing's maturity is past. */
export type Ripe = {
  readonly reporters: readonly Reporter[]
  /** Registry index by lower-case signer. */
  readonly indexOf: ReadonlyMap<string, number>
  readonly epoch: bigint
  /** Whether that cannot be undone any more. */
  readonly isFinal: boolean
}

/** A fixing this node follows, and what it last saw of it. */
export type Tracked = {
  readonly id: Hex
  readonly fixing: Fixing
  readonly document: IndexDocument
  /** Undefined before maturity, and until the registry was read. */
  ripe: Ripe | undefined
  snapshot: FixingSnapshot | undefined
  ledger: Ledger | undefined
  quorum: Quorum | undefined
  /** What {@link Tracked.quorum} was made of: a fixing of which nothing new was heard has the same at every block. */
  quorumOf:
    | { readonly ripe: Ripe; readonly observations: readonly unknown[]; readonly evidence: readonly unknown[] }
    | undefined
  /** The report that this node asked to have co-signed, and when (milliseconds of the clock's monotonic time). */
  asked:
    | {
        readonly digest: Hex
        readonly report: Report
        /** Registry indices of those whose observations it is of. */
        readonly reporters: readonly number[]
        readonly attempt: number
        readonly atMs: number
      }
    | undefined
  /** Co-signing came to nothing: propose plainly. */
  isPlain: boolean
  /** When it was first seen proposed, Unix seconds. */
  proposedTime: bigint | undefined
  /** Before this nothing is to be attested of what was proposed, Unix seconds, unless something else was heard than {@link Tracked.lateHeard}. */
  lateTime: bigint
  /** Who has signed, and what kind of quorum there is, as of the last look at what attests it. */
  lateHeard: string | undefined
  /** Since when it cannot be read what attests it though that is wanted, Unix seconds; undefined: the last time it could. */
  unreadTime: bigint | undefined
  /** Reports, by digest, for whose observations peers were asked; undefined for none: thousands of fixings have none. */
  syncedFor: Set<Hex> | undefined
  /** Reports, by digest, that this node will not co-sign: what they are of cannot change; undefined for none. */
  refused: Set<Hex> | undefined
  /** What is left of a settled fixing: what co-signing it earned. Once it is closed, `parts.dues` has it. */
  dues: KnownDue | undefined
  /**
   * The block at which it was first seen settled with nothing of ours left in it, or last looked for what attests it; when that was
   * first seen, Unix seconds, and what its log said then; and since when it could not be read what attests it.
   */
  over:
    { readonly block: bigint; readonly time: bigint; readonly log: number; readonly unreadSince?: bigint } | undefined
  /** The version of its log as of the last pass that began; undefined: look again at the next block. */
  logSeen: number | undefined
  /** The block at which it is looked at again whatever is known of it. */
  nextBlock: bigint
  /** Something changed beside the chain: look again. */
  isDirty: boolean
  /** Nothing is left to be done. */
  isClosed: boolean
  /** Being attended to. */
  busy: Promise<void> | undefined
  /** After a failure, not before this (milliseconds of the clock's monotonic time). */
  nextMs: number
}

/** A fixing that was just found. */
export function track(known: Pick<Tracked, 'id' | 'fixing' | 'document'>): Tracked {
  return {
    ...known,
    ripe: undefined,
    snapshot: undefined,
    ledger: undefined,
    quorum: undefined,
    quorumOf: undefined,
    asked: undefined,
    isPlain: false,
    proposedTime: undefined,
    lateTime: 0n,
    lateHeard: undefined,
    unreadTime: undefined,
    syncedFor: undefined,
    refused: undefined,
    dues: undefined,
    over: undefined,
    logSeen: undefined,
    nextBlock: 0n,
    isDirty: true,
    isClosed: false,
    busy: undefined,
    nextMs: 0,
  }
}

/** Whether the fixing's phase at the last look was settled. */
export function isSettled({ isClosed, snapshot }: Tracked): boolean {
  return isClosed || snapshot?.phase === 'settled'
}
