import type { Address, Hex } from 'viem'
import { fetchSamples, type Sampling } from '#node/source'
import type { IndexDocument } from '#protocol/index-document.ts'
import { encodeObservation, sameObservation } from '#protocol/observation.ts'
import { createCollateral } from './chain/collateral.ts'
import { createTransactions } from './chain/transactions.ts'
import { type Config, loneChains, sourceEndpoints } from './config.ts'
import { haltIn } from './ground/halt.ts'
import { VERSION } from './ground/version.ts'
import { startHttp } from './http/server.ts'
import type { Identity } from './metrics.ts'
import { dateOf } from './node/agreed-time.ts'
import { createDues } from './node/dues.ts'
import { stakeElsewhere } from './node/exposure.ts'
import { joinPeers } from './node/joining.ts'
import { createJuryDuty } from './node/jury-duty.ts'
import { touch } from './node/knowledge.ts'
import { drained, followerOf, type LoopState, runLoop } from './node/loop.ts'
import type { Network } from './node/network.ts'
import { catchUpOnOld, wantedPeers } from './node/network-wait.ts'
import { type Lifetime, type Opening, openNode, type Replaced } from './node/opening.ts'
import type { Parts } from './node/parts.ts'
import { createRollCall } from './node/roll-call.ts'
import { track } from './node/tracked.ts'
import { createUntracked } from './node/untracked.ts'
import { createView } from './node/view.ts'
import type { VerifiedObservation } from './gossip/validate.ts'
import { observe } from './observe/observe.ts'
import { createReporter, type Reporter } from './observe/reporter.ts'
import { createSampler } from './observe/sampler.ts'
import { startOlderLog } from './older-log.ts'
import type { Signer } from './sign.ts'
import type { SourceAccess } from './source/reading.ts'
import { createRests } from './source/rests.ts'
import { startWatch } from './watch.ts'

/** A reading asks every source of an index at once, and many indices have the same venues. */
const READINGS_AT_ONCE = 4

/** What may be replaced, by tests. */
export type NodeOptions = Replaced & {
  /** Stops the node, also while it is starting. */
  readonly signal?: AbortSignal
}

/** A node that runs. */
export interface RunningNode {
  readonly httpPort: number
  readonly multiaddrs: readonly string[]
  readonly peerId: string
  /** The account it signs and stakes with; undefined if it only watches. */
  readonly signer: Address | undefined
  /** Resolves when the node has stopped; rejects with what made it stop by itself. */
  readonly stopped: Promise<void>
  /** Stops it, in the reverse order of starting; harmless when repeated. */
  stop(): Promise<void>
}

/**
 * Starts a node: documents, keys, store, chain, network, local interface, then the loop. Whatever was started is stopped
 * again if a later part fails. Throws the parts' errors.
 */
export async function startNode(config: Config, options: NodeOptions = {}): Promise<RunningNode> {
  const controller = new AbortController()
  const signal = AbortSignal.any([controller.signal, ...(options.signal === undefined ? [] : [options.signal])])
  const opened: (() => Promise<void>)[] = []
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    controller.abort()
    closing ??= closeAll(opened)
    return closing
  }
  try {
    return await start(config, options, { signal, opened }, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  config: Config,
  options: NodeOptions,
  lifetime: Lifetime,
  close: () => Promise<void>,
): Promise<RunningNode> {
  const { signal, opened } = lifetime
  const opening = await openNode(config, options, lifetime)
  const { parts: own, state } = opening
  const network = await joinPeers(opening)
  opened.push(() => network.stop())
  const parts = await assemble(opening, network)
  const http = await startHttp(createView(parts, state, identityOf(opening)), config.httpPort)
  opened.push(() => http.close())
  const running = runLoop(parts, state, followerOf(own.clock))
  opened.push(() => drained(running, own.clock))

  const stopped = stoppedBy(running, signal, close)
  // Whoever starts a node may choose to look at `stopped` later, or never.
  stopped.catch(() => undefined)
  return {
    httpPort: http.port,
    multiaddrs: network.multiaddrs,
    peerId: network.peerId,
    signer: own.chain.account,
    stopped,
    stop: async () => {
      await close()
      await stopped
    },
  }
}

type Following = Pick<Parts, 'halt' | 'reporter' | 'network' | 'watch' | 'olderLog'>

/** Takes up the fixings that were followed, looks at the chain's log from where it was left, and observes what matures. */
async function follow(
  { parts, state }: Pick<Opening, 'parts' | 'state'>,
  network: Network,
  sources: SourceAccess,
): Promise<Following> {
  const { config, clock, log, signal, store, chain, journal, signer } = parts
  const { documents } = state
  const reporter = reporterOf({ sources, clock, log, signal, store, state, journal, network, signer })
  const known = await store.fixings.open()
  const open = known.filter(({ fixing }) => documents.has(fixing.indexId))
  for (const { id, fixing } of known) {
    const isOurs = !documents.has(fixing.indexId) && store.intents.of(id).length > 0
    if (isOurs) state.unheld.set(id, { fixing, isSettled: false })
  }
  const sought = await store.fixings.hold([...documents.keys()])
  if (sought.length > 0) {
    log.info(
      { indices: sought },
      'an index document is new here: older blocks are looked through again from from_block',
    )
  }
  const watch = await startWatch(chain, store.fixings, (indexId) => documents.has(indexId), {
    open,
    firstBlock: config.fromBlock,
    confirmations: config.confirmations,
  })
  for (const { id, fixing } of watch.unread) state.unread.set(id, { fixing, isSettled: false })
  if (state.unread.size > 0)
    log.info({ fixings: state.unread.size }, 'logs of fixings were not kept: they are read first, beside the others')
  for (const { id, fixing } of open) {
    const document = documents.get(fixing.indexId)
    if (document !== undefined && !state.unread.has(id)) state.tracked.set(id, track({ id, fixing, document }))
  }
  const older = { chain, watch, memory: store.fixings, clock, log, signal }
  const olderLog = await startOlderLog(older, { indices: sought, fixings: watch.unread }, config.fromBlock)
  const halt = haltIn(config.dataDir)
  return { halt, reporter, network, watch, olderLog }
}

/** Everything that a running node is made of. */
async function assemble(opening: Opening, network: Network): Promise<Parts> {
  const { parts: own, state } = opening
  const { config, clock, log, signal, store, chain, journal } = own
  const rpcUrls = sourceEndpoints(config, chain.chainId)
  const sources = { rpcUrls, csvFile: config.csvFile, rests: createRests() }
  const chains = loneChains(config)
  if (chains.length > 0) {
    log.warn({ chains }, 'one endpoint alone is believed about what sources read of these chains: source_rpc')
  }
  const following = await follow(opening, network, sources)
  const { halt, watch } = following
  const { pollMs, confirmations } = config
  const { intents } = store
  const transactions = createTransactions({ chain, intents, journal, halt, clock, signal, pollMs, confirmations })
  const collateral = createCollateral({ chain, transactions, intents, journal, registry: config.registry })
  const elsewhere = (id: Hex): bigint => stakeElsewhere({ chain, watch, transactions, collateral }, state, id)
  const acting = { ...own, ...following, transactions, collateral, elsewhere }
  const waiting = { dues: await createDues(acting, state), untracked: createUntracked(acting, state) }
  const judging = { ...acting, ...waiting, juror: createJuryDuty(acting, state) }
  return { ...judging, rollCall: createRollCall({ ...judging, sources }, state) }
}

function identityOf({ parts: { config, chain }, verification }: Opening): Identity {
  return {
    version: VERSION,
    chainId: chain.chainId,
    oracle: config.oracle,
    registry: config.registry,
    signer: chain.account ?? '',
    verification: { ecdsa: verification.ecdsa.name, bls: verification.bls.name },
  }
}

async function closeAll(opened: readonly (() => Promise<void>)[]): Promise<void> {
  for (const stop of opened.toReversed()) await stop()
}

/** Closes when `signal` aborts, even if a pass still waits for a receipt, or when the loop fails; then rejects. */
async function stoppedBy(running: Promise<void>, signal: AbortSignal, close: () => Promise<void>): Promise<void> {
  const aborted = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
  try {
    await Promise.race([running, aborted])
  } finally {
    await close()
  }
}

type Wiring = Pick<Parts, 'clock' | 'log' | 'signal' | 'store' | 'journal' | 'network'> & {
  readonly sources: SourceAccess
  readonly state: LoopState
  readonly signer: Signer | undefined
}

function reporterOf({ sources, clock, log, signal, store, state, journal, network, signer }: Wiring): Reporter {
  const read = (document: IndexDocument, maturity: bigint): Promise<Sampling> =>
    fetchSamples(document, maturity, { ...sources, clock, signal })
  const held = (fixingId: Hex): VerifiedObservation | undefined =>
    store.observations.all(fixingId).find((one) => one.signer === signer?.address)
  return createReporter({
    clock,
    log,
    signal,
    journal,
    observe,
    date: () => dateOf(clock.now(), state.newest),
    own: store.own,
    sample: createSampler({ clock, read, atOnce: READINGS_AT_ONCE }),
    archive: (fixingId, record) => store.samples.put(fixingId, record),
    sign: signer === undefined ? undefined : (observation) => signer.sign(observation),
    kept: (fixingId) => held(fixingId)?.signed,
    hear: catchUpOnOld({ network, clock, signal }),
    async keep(signed) {
      const ripe = state.tracked.get(signed.fixingId)?.ripe
      const reporterIndex = signer === undefined ? undefined : ripe?.indexOf.get(signer.address.toLowerCase())
      if (signer === undefined || ripe === undefined || reporterIndex === undefined) return true
      const observation = { signed, signer: signer.address, reporterIndex, bytes: encodeObservation(signed) }
      await store.observations.add(observation)
      // INVARIANT: what is not held is not published: while a signer was asked another may have come, which is kept instead.
      const kept = held(signed.fixingId)
      if (kept === undefined || !sameObservation(kept.signed, signed)) return false
      network.publish(kept, wantedPeers(ripe.reporters.length))
      return true
    },
    onChange: (fixingId) => touch(state, fixingId),
  })
}
