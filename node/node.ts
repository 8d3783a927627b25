import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import { fetchSamples } from '#node/source'
import { encodeObservation, type SigningDomain } from '#protocol/observation.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import type { ChainPort } from './chain/port.ts'
import { createCollateral } from './chain/collateral.ts'
import { createTransactions } from './chain/transactions.ts'
import { chainClock, type Clock, systemClock } from './clock.ts'
import { type Config, sourceEndpoints } from './config.ts'
import type { SourceEndpoints } from './config/fields.ts'
import { createBook } from './cosign/book.ts'
import { createGuard } from './guard.ts'
import { haltIn } from './halt.ts'
import { startHttp } from './http/server.ts'
import { createJournal } from './journal.ts'
import { createLog, type Log } from './log.ts'
import { loadNetworkKey, NETWORK_KEY_FILE } from './network-key.ts'
import { dateOf } from './node/agreed-time.ts'
import { createDues } from './node/dues.ts'
import { stakeElsewhere } from './node/exposure.ts'
import { intakeStore, knowledge, touch } from './node/knowledge.ts'
import { keysOf } from './node/keys.ts'
import { createKnownReporters } from './node/known-reporters.ts'
import { drained, followerOf, type LoopState, runLoop } from './node/loop.ts'
import { joinNetwork } from './node/network.ts'
import { wantedPeers } from './node/network-wait.ts'
import type { Parts } from './node/parts.ts'
import { reachChain } from './node/reach-chain.ts'
import { createRollCall } from './node/roll-call.ts'
import { shareRosters } from './node/rosters.ts'
import { isSettled, track, type Tracked } from './node/tracked.ts'
import { takeTurns } from './node/turns.ts'
import { createView } from './node/view.ts'
import { createJuryDuty } from './node/jury-duty.ts'
import { archivedLeaves } from './observe/archived.ts'
import { observe } from './observe/observe.ts'
import { createReporter, type Reporter } from './observe/reporter.ts'
import { createOlderLog } from './older-log.ts'
import { createRoll } from './presence/roll.ts'
import type { Keys } from './sign/keys.ts'
import { createSigner, type Signer } from './sign.ts'
import { loadIndexDocuments } from './source/index-dir.ts'
import { markIfNew, openStore } from './store/store.ts'
import { findVerification } from './verify/verification.ts'
import { VERSION } from './version.ts'
import { startWatch } from './watch.ts'

/** What may be replaced, by tests. */
export type NodeOptions = {
  /** Stops the node, also while it is starting. */
  readonly signal?: AbortSignal
  readonly log?: Log
  readonly clock?: Clock
  /** Instead of the chain at `rpc_url` and `rpc_fallbacks`. */
  readonly openChain?: (keys: Keys | undefined) => Promise<ChainPort>
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

/** Few of them wait for a receipt or for peers; the others take milliseconds. Whatever they hold meanwhile is memory, when a start reads thousands. */
const PASSES_AT_ONCE = 128
const ADDRESS_BOOK_FILE = 'peers.json'

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
    return await start(config, options, signal, opened, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  config: Config,
  options: NodeOptions,
  signal: AbortSignal,
  opened: (() => Promise<void>)[],
  close: () => Promise<void>,
): Promise<RunningNode> {
  const log = options.log ?? createLog(config.logLevel)
  const clock = options.clock ?? (config.clock === 'chain' ? chainClock() : systemClock())
  const documents = await loadIndexDocuments(config.indexDir)
  const keys = config.key === undefined ? undefined : await keysOf(config.key, { clock, log })
  signal.throwIfAborted()

  const store = await openStore(config.dataDir)
  opened.push(() => store.close())
  if (keys !== undefined && (await markIfNew(store, keys.address))) {
    const fields = { dataDir: config.dataDir, signer: keys.address }
    log.warn(fields, 'a key that is new in data_dir: nothing is signed for fixings that have matured by now')
  }
  const networkKey = await loadNetworkKey(join(config.dataDir, NETWORK_KEY_FILE))
  const state: LoopState = {
    tracked: new Map(),
    documents,
    head: undefined,
    isChainAlive: true,
    chainError: '',
    signersPeriod: undefined,
    isRegistered: undefined,
    expected: new Map(),
    halted: undefined,
    failedPasses: 0,
    outvoted: 0,
    inTurn: takeTurns(PASSES_AT_ONCE),
  }
  const reaching = { clock, log, signal, state, account: keys?.account }
  const chain = await (options.openChain?.(keys) ?? reachChain(config, reaching))
  signal.throwIfAborted()

  await store.bind({ chainId: chain.chainId, oracle: config.oracle, registry: config.registry })
  const domain: SigningDomain = { chainId: chain.chainId, registry: config.registry }
  const journal = createJournal(store.journal, clock, log)
  const known = createKnownReporters()
  const book = createBook()
  const roll = createRoll()
  const verification = findVerification(config.verification, log)
  const network = await joinNetwork(
    {
      clock,
      log,
      signal,
      privateKey: networkKey,
      store: intakeStore(store, state, book, roll),
      context: { domain, now: () => clock.now(), ...knowledge(store, state, known), book, roll },
      verification,
      openFixings: () => [...state.tracked.values()].filter(isOpen).map(({ id }) => id),
      isRegistered: (peerId) => known.isPeer(peerId),
      registered: () => known.peers(),
      samples: async ({ fixingId, sourcesRoot }) => archivedLeaves(await store.samples.get(fixingId), sourcesRoot),
      onEvidence: ({ first }) => {
        const fields = { fixingId: first.signed.fixingId, signer: first.signer }
        if (first.signer === chain.account) log.error(fields, 'our key signed twice: another node uses it')
        else log.warn(fields, 'a reporter signed twice')
        touch(state, first.signed.fixingId)
      },
    },
    {
      deployment: { chainId: chain.chainId, oracle: config.oracle },
      listen: config.listen,
      announce: config.announce,
      bootstrap: config.bootstrap,
      test: config.gossip.test,
      addressBook: join(config.dataDir, ADDRESS_BOOK_FILE),
      ...(config.gossip.test ? {} : { limits: config.connections }),
      discovery: config.discovery,
      relay: config.relay,
      schedule: { afterMs: config.gossip.syncAfterMs, everyMs: config.gossip.syncEveryMs },
    },
  )
  opened.push(() => network.stop())

  const mayBegin = (id: Hex): boolean => {
    const maturity = state.tracked.get(id)?.fixing.maturity
    return maturity !== undefined && store.restoration.maySign(maturity)
  }
  const signer = keys === undefined ? undefined : createSigner(keys, domain, createGuard(store.guard, mayBegin))
  const rpcUrls = sourceEndpoints(config, chain.chainId)
  const reporter = reporterOf({ config, rpcUrls, clock, log, signal, store, state, journal, network, signer })
  const open = (await store.fixings.open()).filter(({ fixing }) => documents.has(fixing.indexId))
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
  const unread = new Set(watch.unread.map(({ id }) => id))
  if (unread.size > 0)
    log.info({ fixings: unread.size }, 'logs of fixings were not kept: they are read first, beside the others')
  for (const { id, fixing, block } of open) {
    const document = documents.get(fixing.indexId)
    if (document !== undefined && !unread.has(id)) state.tracked.set(id, track({ id, fixing, document, block }))
  }
  const older = { chain, watch, memory: store.fixings, clock, log, signal }
  const olderLog = createOlderLog(older, { indices: sought, fixings: watch.unread }, config.fromBlock)
  const halt = haltIn(config.dataDir)
  const { pollMs, confirmations } = config
  const { intents } = store
  const transactions = createTransactions({ chain, intents, journal, halt, clock, signal, pollMs, confirmations })
  const collateral = createCollateral({ chain, transactions, intents, journal, registry: config.registry })
  const elsewhere = (id: Hex): bigint => stakeElsewhere({ chain, watch, transactions, collateral }, state, id)
  const core = { config, clock, log, signal, store, chain, journal, book, keys, signer }
  const digestOf = (report: Report): Hex => reportDigest(domain, report)
  const followed = { halt, reporter, network, watch, olderLog, known, rosters: shareRosters() }
  const whole = { ...core, roll, digestOf, transactions, collateral, elsewhere, ...followed }
  const judging = { ...whole, juror: createJuryDuty(whole, state), dues: await createDues(whole, state) }
  const parts: Parts = { ...judging, rollCall: createRollCall({ ...judging, rpcUrls }, state) }
  const identity = {
    version: VERSION,
    chainId: chain.chainId,
    oracle: config.oracle,
    registry: config.registry,
    signer: chain.account ?? '',
    verification: { ecdsa: verification.ecdsa.name, bls: verification.bls.name },
  }
  const http = await startHttp(createView(parts, state, identity), config.httpPort)
  opened.push(() => http.close())
  const running = runLoop(parts, state, followerOf(clock))
  opened.push(() => drained(running, clock))

  const stopped = stoppedBy(running, signal, close)
  // Whoever starts a node may choose to look at `stopped` later, or never.
  stopped.catch(() => undefined)
  return {
    httpPort: http.port,
    multiaddrs: network.multiaddrs,
    peerId: network.peerId,
    signer: chain.account,
    stopped,
    stop: async () => {
      await close()
      await stopped
    },
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

type Wiring = Pick<Parts, 'config' | 'clock' | 'log' | 'signal' | 'store' | 'journal' | 'network'> & {
  readonly rpcUrls: SourceEndpoints
  readonly state: LoopState
  readonly signer: Signer | undefined
}

function reporterOf({ config, rpcUrls, clock, log, signal, store, state, journal, network, signer }: Wiring): Reporter {
  return createReporter({
    clock,
    log,
    signal,
    journal,
    observe,
    date: () => dateOf(clock.now(), state.head),
    own: store.own,
    sample: (document, maturity) =>
      fetchSamples(document, maturity, { clock, signal, rpcUrls, csvFile: config.csvFile }),
    archive: (fixingId, record) => store.samples.put(fixingId, record),
    sign: signer === undefined ? undefined : (observation) => signer.sign(observation),
    kept: (fixingId) => store.observations.all(fixingId).find((held) => held.signer === signer?.address)?.signed,
    async keep(signed) {
      const ripe = state.tracked.get(signed.fixingId)?.ripe
      const reporterIndex = signer === undefined ? undefined : ripe?.indexOf.get(signer.address.toLowerCase())
      if (signer === undefined || ripe === undefined || reporterIndex === undefined) return
      const observation = { signed, signer: signer.address, reporterIndex, bytes: encodeObservation(signed) }
      await store.observations.add(observation)
      network.publish(observation, wantedPeers(ripe.reporters.length))
    },
    onChange: (fixingId) => touch(state, fixingId),
  })
}

function isOpen(tracked: Tracked): boolean {
  return tracked.ripe !== undefined && !isSettled(tracked)
}
