import { join } from 'node:path'
import type { PrivateKey } from '@libp2p/interface'
import type { Hex } from 'viem'
import type { SigningDomain } from '#protocol/signing.ts'
import { reportDigest } from '#protocol/report.ts'
import type { ChainPort } from '../chain/port.ts'
import { chainClock, type Clock, systemClock } from '../clock.ts'
import type { Config } from '../config.ts'
import { createBook } from '../cosign/book.ts'
import { loadNetworkKey, NETWORK_KEY_FILE } from '../ground/network-key.ts'
import { findVerification, type Verification } from '../ground/verify/verification.ts'
import { createGuard } from '../guard.ts'
import { createJournal } from '../journal.ts'
import { createLog, type Log } from '../log.ts'
import { createRoll } from '../presence/roll.ts'
import { createSigner, type Signer } from '../sign.ts'
import type { Keys } from '../sign/keys.ts'
import { loadIndexDocuments } from '../source/index-dir.ts'
import { markIfNew, openStore, type Store } from '../store/store.ts'
import { keysOf } from './keys.ts'
import { createKnownReporters } from './known-reporters.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { reachChain } from './reach-chain.ts'
import { sharePanels } from './panels.ts'
import { shareRosters } from './rosters.ts'
import { withPlaces } from './places.ts'

/** What may be replaced, by tests. */
export type Replaced = {
  readonly log?: Log
  readonly clock?: Clock
  /** Instead of the chain at `rpc_url` and `rpc_fallbacks`. */
  readonly openChain?: (keys: Keys | undefined) => Promise<ChainPort>
}

/** How long a node lives: until `signal` aborts, and what is stopped then, in the reverse order. */
export type Lifetime = { readonly signal: AbortSignal; readonly opened: (() => Promise<void>)[] }

/** What a node has of its own, before it knows a peer or looks at the chain's log. */
export type Opening = {
  readonly parts: Pick<
    Parts,
    | 'config'
    | 'clock'
    | 'log'
    | 'signal'
    | 'store'
    | 'chain'
    | 'journal'
    | 'book'
    | 'roll'
    | 'rosters'
    | 'panels'
    | 'known'
    | 'keys'
    | 'signer'
    | 'digestOf'
  >
  readonly state: LoopState
  /** In which this deployment's reporters sign. */
  readonly domain: SigningDomain
  readonly networkKey: PrivateKey
  readonly verification: Verification
}

/** Few of them wait for a receipt or for peers; the others take milliseconds. Whatever they hold meanwhile is memory, when a start reads thousands. */
const PASSES_AT_ONCE = 128

/** Opens documents, keys, store and chain, in this order. Throws the parts' errors. */
export async function openNode(config: Config, replaced: Replaced, { signal, opened }: Lifetime): Promise<Opening> {
  const log = replaced.log ?? createLog(config.logLevel)
  const clock = replaced.clock ?? (config.clock === 'chain' ? chainClock() : systemClock())
  const documents = await loadIndexDocuments(config.indexDir)
  const keys = config.key === undefined ? undefined : await keysOf(config.key, { clock, log })
  signal.throwIfAborted()

  const store = await openStore(config.dataDir)
  opened.push(() => store.close())
  const networkKey = await loadNetworkKey(join(config.dataDir, NETWORK_KEY_FILE))
  const state = newState(documents)
  const reaching = { clock, log, signal, state, account: keys?.account }
  const chain = await (replaced.openChain?.(keys) ?? reachChain(config, reaching))
  signal.throwIfAborted()

  // First: a key that came with the wrong addresses must not bar from signing the one that is there.
  await store.bind({ chainId: chain.chainId, oracle: config.oracle, registry: config.registry })
  if (keys !== undefined && (await markIfNew(store, keys.address))) {
    const fields = { dataDir: config.dataDir, signer: keys.address }
    log.warn(fields, 'a key that is new in data_dir: nothing is signed for fixings that have matured by now')
  }
  const domain: SigningDomain = { chainId: chain.chainId, registry: config.registry }
  const own = { config, clock, log, signal, store, chain, keys, journal: createJournal(store.journal, clock, log) }
  const memories = {
    book: createBook(),
    roll: createRoll(),
    rosters: shareRosters(),
    panels: sharePanels(chain),
    known: createKnownReporters(),
  }
  const signing: Pick<Parts, 'signer' | 'digestOf'> = {
    signer: keys === undefined ? undefined : guarded(keys, domain, store, state),
    digestOf: (report) => reportDigest(domain, report),
  }
  const verification = findVerification(config.verification, log)
  return { parts: { ...own, ...memories, ...signing }, state, domain, networkKey, verification }
}

function newState(documents: LoopState['documents']): LoopState {
  return {
    tracked: new Map(),
    unread: new Map(),
    unheld: new Map(),
    documents,
    head: undefined,
    newest: undefined,
    failure: undefined,
    signersPeriod: undefined,
    isRegistered: undefined,
    expected: new Map(),
    prunedPeriod: undefined,
    undone: undefined,
    halted: undefined,
    failedPasses: 0,
    outvoted: 0,
    whenFree: withPlaces(PASSES_AT_ONCE),
  }
}

/** Signs nothing that the guard has signed otherwise, nor what a store that was restored may have. */
function guarded(keys: Keys, domain: SigningDomain, store: Store, { tracked }: LoopState): Signer {
  const mayBegin = (id: Hex): boolean => {
    const maturity = tracked.get(id)?.fixing.maturity
    return maturity !== undefined && store.restoration.maySign(maturity)
  }
  return createSigner(keys, domain, createGuard(store.guard, mayBegin))
}
