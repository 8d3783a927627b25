import type { Hex } from 'viem'
import { type CreatedFixing, type OracleEvent, potsOf } from '#client/fixing-log.ts'
import { type BlockHead, latestBlock } from '#client/chain.ts'
import { whileItStays } from '#client/one-block.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { readGasFee } from '#client/rehearsal.ts'
import { readSecurity, type Security } from '#client/security.ts'
import { type Chance, chancesOf, GAS_OF_STAKING } from './chances.ts'
import type { Connection } from '../chain/connection.ts'
import { InputError } from '../errors.ts'
import { type FixingView, viewOf } from './fixing-view.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { inParts } from '../in-parts.ts'
import { type LoggedFixing, loggedIn } from './logged.ts'
import type { OwnReading } from '../index/own-values.ts'
import type { Trust } from '../chain/trust.ts'
import { type OwnValue, type Verdict, verdictOf } from './verdict.ts'

/** One fixing as it is watched. */
export type Watched = {
  readonly view: FixingView
  readonly security: Security
  /** What the reader's own machine reads of the index; undefined without a document, or a value. */
  readonly own: OwnValue | undefined
  /** Why there is no own value although its document says how to read one. */
  readonly unreadable: string | undefined
  readonly verdict: Verdict | undefined
  readonly trust: Trust
  /** None of a fixing that is not trusted. */
  readonly chances: readonly Chance[]
}

/** Everything at the block of one number, but what gas costs. */
export type Look = {
  readonly block: bigint
  /** Unix seconds. */
  readonly time: bigint
  /** What joining a pot costs in gas, wei. */
  readonly gasCost: bigint
  readonly fixings: readonly Watched[]
}

export type WatchTerms = {
  readonly settled: 'shown' | 'hidden'
  /** Fixings that are not trusted; of hidden ones nothing is read. */
  readonly strangers: 'shown' | 'hidden'
  /** The fixings that are looked at, which must be there; undefined: all. Of these one without a document is unreadable. */
  readonly only?: readonly Hex[] | undefined
  /** The reader's own value of a fixing that has matured. */
  readonly ownValue: (fixing: CreatedFixing) => Promise<OwnReading>
  /** Whether who rules on it is trusted: anyone can create a fixing that names their own. */
  readonly trust: (fixing: Fixing) => Trust
}

/** So many blocks can be undone and are read again. */
const REORG_BLOCKS = 64n

/** Looks at all fixings, each time at what came since. */
export function startWatching(
  connection: Connection,
  { settled, strangers, only, ownValue, trust }: WatchTerms,
): { readonly look: () => Promise<Look> } {
  const { chain, oracle, token, readLog, onPart } = connection
  /** One value, so that a look that was given up and ends late leaves what belongs together. */
  let log: { readonly events: readonly OracleEvent[]; readonly next: bigint } = { events: [], next: 0n }
  /** Fixings that settled deep enough are not asked about again. */
  const done = new Map<Hex, Watched>()

  const watchOne = async (logged: LoggedFixing, block: bigint, gasCost: bigint): Promise<Watched> => {
    const { id, fixing, events } = logged
    const known = done.get(id)
    if (known !== undefined) return known
    const snapshot = await readFixing(chain, oracle, fixing, block)
    const view = viewOf(snapshot, potsOf(events, id, snapshot.facts.round))
    const isTrusted = trust(fixing)
    const isJudged =
      isTrusted !== 'no' && snapshot.phase !== 'pending' && (snapshot.phase !== 'settled' || settled === 'shown')
    const reading: OwnReading = isJudged ? await ownValue(logged) : {}
    const { own } = reading
    const isLost = isJudged && own === undefined && only !== undefined
    const unreadable = reading.unreadable ?? (isLost ? 'the document of its index is not there' : undefined)
    const verdict = own === undefined ? undefined : verdictOf(own, view)
    const security = await readSecurity(chain, oracle, fixing, block)
    // Who has not said whom they trust is told nothing that they might stake on.
    const chances = isTrusted === 'yes' ? chancesOf(view, own, gasCost) : []
    const watched = { view, security, own, unreadable, verdict, trust: isTrusted, chances }
    if (snapshot.phase === 'settled' && isDeep(logged, block)) done.set(id, watched)
    return watched
  }

  const lookAt = async (head: BlockHead): Promise<Look> => {
    const before = log
    const fresh = await readLog(undefined, before.next)
    log = {
      events: [
        ...before.events.filter(({ blockNumber }) => blockNumber < before.next),
        // What came after the head is read by the next look.
        ...fresh.filter(({ blockNumber }) => blockNumber <= head.number),
      ],
      next: head.number > REORG_BLOCKS ? head.number - REORG_BLOCKS : 0n,
    }
    const fee = await readGasFee(chain)
    const gasCost = GAS_OF_STAKING * fee.likely
    const created = loggedIn(log.events).filter(
      ({ id, fixing }) => (only?.includes(id) ?? true) && (strangers === 'shown' || trust(fixing) !== 'no'),
    )
    for (const id of only ?? []) requireAmong(created, id)
    const fixings = await inParts(
      created,
      (one) => watchOne(one, head.number, token.isWeth ? gasCost : 0n),
      onPart('fixings'),
    )
    const shown = fixings.filter(({ view }) => settled === 'shown' || view.snapshot.phase !== 'settled')
    return { block: head.number, time: head.time, gasCost, fixings: shown }
  }

  return { look: () => whileItStays(chain, () => latestBlock(chain), lookAt) }
}

/** Whether nothing that was logged of the fixing can still be undone at the block `head`. */
function isDeep({ events }: LoggedFixing, head: bigint): boolean {
  return events.every(({ blockNumber }) => blockNumber + REORG_BLOCKS < head)
}

/** Throws InputError for a fixing that would be waited for in vain. */
function requireAmong(created: readonly CreatedFixing[], wanted: Hex): void {
  if (created.some(({ id }) => id === wanted)) return
  throw new InputError(
    `Expected fixing ${wanted} in the oracle's log, ruled on by those you trust, got none.`,
    'Correct --fixings; look further back with --from-block; an alarm looks at nothing that strangers rule on (--arbitrators).',
  )
}
