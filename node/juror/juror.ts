import type { Address, Hex } from 'viem'
import { DeadRpcError } from '#client/chain.ts'
import type { JuryTerms } from '#client/jury.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { whyNotTaken } from '#protocol/jury.ts'
import { haveRevealed, moveOf } from '#protocol/jury-case.ts'
import type { ChainPort, Head } from '../chain/port.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { Transactions } from '../chain/transactions.ts'
import type { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { JuryTable, KnownCase } from '../store/jury-table.ts'
import { act, type Scene } from './act.ts'
import { readCases } from './cases.ts'
import { type CaseView, decideCase } from './decide.ts'
import { createDocket, type Docket } from './docket.ts'
import { sayOutcomes } from './outcome.ts'
import { sceneOf } from './scene.ts'
import { createStanding, type JurorView, type Standing } from './standing.ts'
import { type ClerkTurns, createClerkTurns } from './turns.ts'
import { createServices, type Services } from './unserved.ts'
import type { Votes } from './votes.ts'
import { takeOut } from './withdraw.ts'

/** What a juror works with. */
export type JurorComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'chainId' | 'court' | 'head' | 'snapshot'>
  readonly table: JuryTable
  readonly votes: Votes
  readonly transactions: Transactions
  readonly journal: Journal
  readonly log: Log
  readonly signal: AbortSignal
  readonly juries: readonly Address[]
  /** Whose voter this node's account is with its operator's consent. */
  readonly principals: readonly Address[]
  /** Every key that this node has had. */
  readonly ownKeys: () => Promise<readonly Address[]>
  readonly isClerk: boolean
  /** Whether what is idle is taken out. */
  readonly isKeeper: boolean
  readonly firstBlock: bigint
  readonly confirmations: number
  /** What moving a case on may cost in gas beyond what it brings, wei. */
  readonly maxGasWei: bigint
  /** What this node has in the fixing, bond-token wei. */
  readonly staked: (id: Hex) => bigint
  readonly stageDelaySeconds: number
  /** What this node has read of the fixing's index: INVALID for one that it does not know or that is too noisy, undefined for nothing yet. */
  readonly reading: (id: Hex, fixing: Fixing) => Promise<bigint | undefined>
  /** Whether the fixing's index has too much noise for its separation, as its document says. */
  readonly isNoisy: (fixing: Fixing) => boolean
  /** This case of one of the juries was not over when it was last looked at: said with every look. */
  readonly onCase: (known: KnownCase) => void
  /** This jury may still rule on it as of the block `head`: its index is to be read. Said with every look. */
  readonly onRunning: (known: KnownCase, head: Head) => void
  /** What this node has observed of the fixing, though it may vote INVALID, and what others have: what it may have observed too, before its store was lost. */
  readonly seen: (id: Hex) => Promise<readonly bigint[]>
  /** What it would have observed without some of the sources that it has read, as before its store was lost; undefined while it has observed nothing. */
  readonly seenWithout: (id: Hex, fixing: Fixing) => Promise<readonly bigint[] | undefined>
  /** Fixings in arbitration, as far as the node follows them. */
  readonly waiting: () => readonly Pick<KnownCase, 'id' | 'fixing'>[]
  /** This node's place among `jurors` for the fixing: who comes first moves its case on first. */
  readonly rank: (id: Hex, jurors: readonly Address[]) => number
  /** Each of the juries was looked at with success for the first time. */
  readonly onSeen: () => void
  /** Unix seconds. */
  readonly now: () => bigint
}

/** Votes for the seats of this node's account, and moves cases on. */
export interface Juror {
  /** Starts a pass over all cases unless one is running; never throws. */
  look(head: Head): void
  view(): JurorView
  /** Resolves when no pass is running. */
  idle(): Promise<void>
}

/** What is remembered between passes, and found again without. */
type Memory = {
  readonly terms: Map<Address, JuryTerms>
  readonly turns: ClerkTurns
  /** When this process first looked at a case, by the chain's clock. */
  readonly seen: Map<string, bigint>
  /** The block at which a case was first seen to be over. */
  readonly ended: Map<string, bigint>
  readonly standing: Standing
  readonly services: Services
  /** What may have been observed of a case without some of the sources, which takes long to find out. */
  readonly seenWithout: Map<string, readonly bigint[]>
  /** The case for which this process last brought a jury's returned stakes back, and at which block. */
  readonly readmitting: Map<Address, { readonly id: Hex; readonly block: bigint }>
}

/** A juror for `juries`. Its votes need nothing that is in memory: it can be stopped at any time. */
export function createJuror(components: JurorComponents): Juror {
  const turns = createClerkTurns(components)
  const standing = createStanding(components.juries)
  const memory: Memory = {
    terms: new Map(),
    turns,
    seen: new Map(),
    ended: new Map(),
    standing,
    services: createServices(components),
    seenWithout: new Map(),
    readmitting: new Map(),
  }
  let running: Promise<void> | undefined
  let isAsked = false
  const begin = (head: Head | undefined): void => {
    running = pass(components, memory, head).finally(() => {
      running = undefined
      if (!isAsked || components.signal.aborted) return
      isAsked = false
      // What was seen while the last pass ran is older than what that pass has sent.
      begin(undefined)
    })
  }
  return {
    look(head) {
      if (components.juries.length === 0 || components.chain.account === undefined) return
      if (running === undefined) begin(head)
      else isAsked = true
    },
    view: () => standing.view(components.now()),
    // A pass that begins while this waits ends by itself: what it sends is on disk.
    idle: async () => running,
  }
}

/** Over all juries, at the block `head`, or the newest. */
async function pass(components: JurorComponents, memory: Memory, head: Head | undefined): Promise<void> {
  const { chain, juries, log, signal, onSeen, now } = components
  const begun = startOver(components, memory)
  const isFirst = memory.standing.view(now()).unseen > 0
  await Promise.all(
    juries.map(async (jury) => {
      try {
        await begun
        await attendJury(components, memory, jury, head ?? (await chain.head()))
      } catch (error) {
        memory.standing.fail(jury)
        if (!signal.aborted && !(error instanceof DeadRpcError))
          log.error({ err: error, jury }, 'a pass over the cases of a jury failed')
      }
    }),
  )
  if (isFirst && memory.standing.view(now()).unseen === 0) onSeen()
}

/** If the chain was undone. Between two passes: one on its way may close what it saw on the other chain. */
async function startOver({ table }: JurorComponents, { ended }: Memory): Promise<void> {
  if (await table.startOver()) ended.clear()
}

async function attendJury(components: JurorComponents, memory: Memory, jury: Address, head: Head): Promise<void> {
  const { chain, log, signal } = components
  const terms = memory.terms.get(jury) ?? (await chain.court(jury).terms())
  memory.terms.set(jury, terms)
  const opened = await readCases(components, jury, head)
  const known = new Set(opened.map(({ id }) => id))
  // Of fixings that the jury does not take anybody can request any number for next to nothing.
  const isOurs = (fixing: Fixing): boolean =>
    (fixing.arbitrator === jury || fixing.backup === jury) && whyNotTaken(fixing, terms) === undefined
  const unopened = components
    .waiting()
    .filter(({ id, fixing }) => !known.has(id) && isOurs(fixing))
    .map((one) => ({ ...one, jury, block: head.number }))
  const all = [...opened, ...unopened]
  memory.standing.keep(
    jury,
    all.map(({ id }) => id),
    terms.seats,
  )
  const docket = createDocket(components, { jury, terms, opened, all }, head)
  await Promise.all(
    all.map(async (one) => {
      try {
        await attendCase(components, memory, one, docket)
        memory.standing.pass(jury, one.id)
      } catch (error) {
        memory.standing.fail(jury, one.id)
        if (signal.aborted || error instanceof DeadRpcError) return
        log.error({ err: error, fixingId: one.id, jury }, 'a pass over a case failed')
      }
    }),
  )
  const services = await memory.services.look(jury, opened, docket)
  if (services !== undefined) memory.standing.serve(jury, services)
}

/**
 * Whether the jury's returned stakes are brought back for another of its cases already: they are the jury's, and whoever comes second
 * pays for nothing.
 */
function isReadmitting(
  { transactions }: JurorComponents,
  { readmitting }: Memory,
  { jury, id }: KnownCase,
  { number }: Head,
): boolean {
  const last = readmitting.get(jury)
  if (last === undefined || last.id === id) return false
  if (last.block === number) return true
  return transactions.of(last.id).some(({ action, state }) => action === 'readmit' && state === 'signed')
}

/** One look at one case, and whatever is to be done about it. */
async function attendCase(
  components: JurorComponents,
  memory: Memory,
  known: KnownCase,
  docket: Docket,
): Promise<void> {
  const { head } = docket
  const { jury, id, fixing } = known
  components.onCase(known)
  const { trial, snapshot, turnEnd } = await docket.look(known)
  await sayOutcomes(components, { known, trial, seatStake: memory.terms.get(jury)?.seatStake ?? 0n, head })
  if (isOver(trial, turnEnd)) return finish(components, memory, { known, trial, head })
  components.onRunning(known, head)
  memory.ended.delete(keyOf(known))
  const terms = memory.terms.get(jury)
  if (terms === undefined) return
  const reading = await components.reading(id, fixing)
  const guesses = [
    ...(reading === undefined ? [] : [reading]),
    ...snapshot.candidates.map(({ value }) => value),
    ...(await components.seen(id)),
  ]
  const scene = await sceneOf(components, { known, snapshot, trial, terms, docket }, guesses, () =>
    seenWithout(components, memory, known),
  )
  const { state, seats } = trial
  const queue = await docket.queueOf(known, state)
  const before = {
    now: head.time,
    block: head.number,
    state,
    terms,
    turnEnd,
    own: scene.own,
    reading,
    isNoisy: components.isNoisy(fixing),
    seenSince: seenSince(memory, known, head),
    isRevealed: haveRevealed(seats),
    ...queue,
  }
  memory.standing.note(jury, id, { state, terms, own: scene.own, isNoisy: before.isNoisy })
  const clerkTime = await memory.turns.timeOf({ known, trial, head, move: moveOf(before) })
  const view: CaseView = { ...before, clerkTime }
  const decision = decideCase(view)
  if (decision.action === 'readmit') {
    if (isReadmitting(components, memory, known, head)) return
    memory.readmitting.set(jury, { id, block: head.number })
  }
  memory.standing.carry(jury, id, await act(components, scene, decision))
}

function seenSince({ seen }: Memory, known: KnownCase, { time }: Head): bigint {
  const first = seen.get(keyOf(known)) ?? time
  seen.set(keyOf(known), first)
  return first
}

async function seenWithout(components: JurorComponents, memory: Memory, known: KnownCase): Promise<readonly bigint[]> {
  const key = keyOf(known)
  const found = memory.seenWithout.get(key) ?? (await components.seenWithout(known.id, known.fixing))
  // What was observed stays, and all that follows from it.
  if (found !== undefined) memory.seenWithout.set(key, found)
  return found ?? []
}

/** Takes out what the case brought, and forgets it once that cannot be undone. */
async function finish(
  components: JurorComponents,
  memory: Memory,
  { known, trial, head }: Pick<Scene, 'known' | 'trial'> & Pick<Docket, 'head'>,
): Promise<void> {
  const { table, votes, confirmations, isKeeper } = components
  const key = keyOf(known)
  memory.standing.note(known.jury, known.id, undefined)
  for (const map of [memory.seen, memory.seenWithout]) map.delete(key)
  const first = memory.ended.get(key) ?? head.number
  memory.ended.set(key, first)
  // What was never opened here brought nothing.
  if (trial.state.stage !== 'none' && isKeeper && (await takeOut(components, known, head)) === 'later') return
  if (head.number < first + BigInt(confirmations)) return
  await table.close(known)
  votes.forget(known.jury, known.id)
  memory.ended.delete(key)
  memory.turns.forget(known)
}

/** Nothing can come of the case any more. */
function isOver({ state }: CourtCase, turnEnd: bigint | undefined): boolean {
  if (state.stage === 'decided' || state.stage === 'failed') return true
  return turnEnd === undefined && (state.stage === 'none' || state.stage === 'hung')
}

function keyOf({ jury, id }: Pick<KnownCase, 'jury' | 'id'>): string {
  return `${jury}:${id}`.toLowerCase()
}
