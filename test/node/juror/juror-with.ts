import { DeadRpcError } from '#client/chain.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { createJuror, type Juror, type JurorComponents } from '../../../node/juror/juror.ts'
import type { JuryTable } from '../../../node/store/jury-table.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { intentMemory, journalMemory, transactionsOf } from '../memories.ts'
import { FIXING, FIXING_ID, keyOf } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { snapshotOf } from '../snapshots.ts'

/** The one that {@link jurorWith} serves. */
export const JURY = '0x00000000000000000000000000000000000000aa'
/** The newest block. */
export const HEAD = { number: 10n, time: 1_000n }

/** A table that keeps nothing. */
export const NO_CASES: JuryTable = {
  cases: async () => [],
  nextBlock: async () => 1n,
  extend: async () => undefined,
  close: async () => undefined,
  doubt: async () => undefined,
  startOver: async () => false,
  keep: async () => undefined,
  votes: async () => [],
}

/** A chain of whose court no more is asked than what is given. */
export function chainOf(
  court: Partial<CourtPort>,
  changes: Partial<JurorComponents['chain']> = {},
): JurorComponents['chain'] {
  return {
    account: keyOf('sender').address,
    chainId: 31_337,
    court: () => court as CourtPort,
    head: async () => HEAD,
    snapshot: async () => snapshotOf({}),
    ...changes,
  }
}

/** A juror of one jury with one case in which it has a seat; what `broken` names does not answer. */
export function jurorWith(broken: Set<string>, heard = { seen: 0 }, changes: Partial<JurorComponents> = {}): Juror {
  const unless = async <T>(what: string, value: T): Promise<T> => {
    if (broken.has(what)) throw new DeadRpcError('http://127.0.0.1:1', 'no answer')
    return value
  }
  const seat = { seat: 1, juror: keyOf('sender').address, committed: undefined, value: undefined }
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 90_000n, revealEnd: 130_000n } as const
  const court: Partial<CourtPort> = {
    terms: () => unless('terms', SMALL_JURY),
    opened: () => unless('opened', []),
    trial: () => unless('trial', { state, seats: [seat] }),
    voters: () => unless('voters', [undefined]),
  }
  const components: JurorComponents = {
    chain: chainOf(court),
    table: {
      ...NO_CASES,
      cases: async () => [{ jury: JURY, id: FIXING_ID, fixing: FIXING, block: 1n }],
    },
    votes: {
      prepare: async () => [],
      openings: async () => new Map(),
      kept: async () => new Map(),
      forget: () => undefined,
    },
    transactions: transactionsOf(intentMemory()),
    journal: journalMemory(),
    log: SILENT,
    signal: new AbortController().signal,
    juries: [JURY],
    principals: [],
    ownKeys: async () => [],
    isClerk: false,
    isKeeper: false,
    firstBlock: 1n,
    confirmations: 64,
    maxGasWei: 0n,
    staked: () => 0n,
    stageDelaySeconds: 1,
    reading: async () => undefined,
    isNoisy: () => false,
    onCase: () => undefined,
    onRunning: () => undefined,
    seen: async () => [],
    seenWithout: async () => undefined,
    waiting: () => [],
    onSeen: () => void (heard.seen += 1),
    rank: () => 0,
    now: () => HEAD.time,
    ...changes,
  }
  return createJuror(components)
}
