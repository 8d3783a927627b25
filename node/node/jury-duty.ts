import type { Address, Hex } from 'viem'
import { type Fixing, INVALID } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Observation } from '#protocol/observation.ts'
import { isNoiseSmall } from '#protocol/policy.ts'
import { samplesOf } from '#protocol/samples.ts'
import { createJuror, type Juror } from '../juror/juror.ts'
import { createVotes } from '../juror/votes.ts'
import { archivedSamples } from '../observe/archived.ts'
import { valuesWithout } from '../observe/values-without.ts'
import { proposalRank } from '../propose.ts'
import type { KnownCase } from '../store/jury-table.ts'
import type { ObservationTable } from '../store/observation-table.ts'
import type { OwnTable } from '../store/own-table.ts'
import type { SampleTable } from '../store/sample-table.ts'
import { stakeIn } from './exposure.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'
import { isSettled } from './tracked.ts'

/** What a juror shares with the rest of the node. */
export type JuryDutyParts = Pick<
  Parts,
  'config' | 'clock' | 'chain' | 'store' | 'keys' | 'transactions' | 'journal' | 'log' | 'signal' | 'reporter' | 'watch'
>

/** The node's juror, which votes what the reporter has observed; one that never looks without a key, role or jury. */
export function createJuryDuty(parts: JuryDutyParts, state: Pick<LoopState, 'tracked' | 'documents'>): Juror {
  const { config, clock, chain, store, keys, transactions, journal, log, signal, reporter, watch } = parts
  const { juror, policy, roles, fromBlock, confirmations } = config
  return createJuror({
    chain,
    table: store.juries,
    votes: createVotes({ table: store.juries, keys: keys ?? NO_KEYS }),
    transactions,
    journal,
    log,
    signal,
    juries: roles.includes('juror') && keys !== undefined ? juror.juries : [],
    principals: juror.principals,
    ownKeys: () => store.signers.all(),
    isClerk: juror.isClerk,
    isKeeper: roles.includes('keeper'),
    firstBlock: fromBlock,
    confirmations,
    maxGasWei: policy.maxGasWei,
    staked: (id) => stakeIn({ chain, watch, transactions }, state.tracked.get(id) ?? { id, ledger: undefined }),
    stageDelaySeconds: policy.stageDelaySeconds,
    reading: (id: Hex, fixing: Fixing) =>
      readOwn({ reporter, own: store.own }, id, legibility(fixing, state.documents.get(fixing.indexId))),
    isNoisy: (fixing) => legibility(fixing, state.documents.get(fixing.indexId)) === 'noisy',
    onCase: ({ id, fixing, block }) => {
      if (state.documents.has(fixing.indexId) && !state.tracked.has(id)) watch.follow({ id, fixing, block })
    },
    onRunning: ({ id, fixing }, { time }) => {
      const document = state.documents.get(fixing.indexId)
      const tracked = state.tracked.get(id)
      // By the chain's time, as the end of the vote is: a clock that is behind must not make it INVALID.
      if (document === undefined || time < fixing.maturity || (tracked !== undefined && isSettled(tracked))) return
      // Nobody needs to announce a fixing for it to be judged, nor need its log be read: it is observed all the same.
      reporter.attend({ id, fixing, document, isReporter: false, isTrusted: true, isPressing: true })
    },
    seen: (id) => readSeen({ reporter, own: store.own, observations: store.observations }, id),
    seenWithout: (id, fixing) => readWithout(store.samples, state.documents.get(fixing.indexId), { id, fixing }),
    waiting: () => [...state.tracked.values()].filter(({ snapshot }) => snapshot?.phase === 'arbitration'),
    // Who waits to stake does so at once, and not only with the next block.
    onSeen: () => {
      for (const tracked of state.tracked.values()) tracked.isDirty = true
    },
    now: () => clock.now(),
    rank: (id, jurors: readonly Address[]) => proposalRank(id, jurors, chain.account ?? '0x'),
  })
}

/** Whether the index is known here, and if so whether honest readings of it are near enough for the fixing's separation. */
type Legibility = 'clear' | 'noisy' | 'unknown'

/** By the index document's noise alone, so that all nodes say the same. */
function legibility({ separationPpm }: Fixing, document: IndexDocument | undefined): Legibility {
  if (document === undefined) return 'unknown'
  return isNoiseSmall(separationPpm, document.noisePpm) ? 'clear' : 'noisy'
}

type Observers = { readonly reporter: Pick<Parts['reporter'], 'view'>; readonly own: Pick<OwnTable, 'get'> }

/** What this node has observed of a fixing. What was before a restart is on disk at once; the reporter has it only once it is at work again. */
async function observedOf({ reporter, own }: Observers, id: Hex): Promise<Observation | undefined> {
  return reporter.view(id).observation ?? (await own.get(id))?.observation
}

/** What this node votes by what it has read of a fixing: INVALID for an unknown or a noisy index, undefined for nothing yet. */
export async function readOwn(parts: Observers, id: Hex, index: Legibility): Promise<bigint | undefined> {
  if (index === 'noisy') return INVALID
  const observation = await observedOf(parts, id)
  // Who does not know an index cannot read it.
  return observation?.value ?? (index === 'clear' ? undefined : INVALID)
}

/** What this node has observed of a fixing, also where it votes INVALID, and what others have, by which a commitment may be opened. */
export async function readSeen(
  { observations, ...own }: Observers & { readonly observations: Pick<ObservationTable, 'all'> },
  id: Hex,
): Promise<readonly bigint[]> {
  const observed = await observedOf(own, id)
  const heard = observations.all(id).map(({ signed }) => signed.value)
  return observed === undefined ? heard : [observed.value, ...heard]
}

/**
 * What this node would have observed of a fixing without some of the sources that it has read: before its store was lost these may have
 * been down. Undefined while it has observed nothing, or does not know the index.
 */
export async function readWithout(
  archive: Pick<SampleTable, 'get'>,
  document: IndexDocument | undefined,
  { id, fixing }: Pick<KnownCase, 'id' | 'fixing'>,
): Promise<readonly bigint[] | undefined> {
  const leaves = document === undefined ? undefined : archivedSamples(await archive.get(id))?.leaves
  if (document === undefined || leaves === undefined) return undefined
  return valuesWithout(document, samplesOf(document, leaves, fixing.maturity))
}

const NO_KEYS = {
  signBallot: (): Promise<Hex> => Promise.reject(new NoBallotKeyError()),
}

/** A node without a key has no seat. */
export class NoBallotKeyError extends Error {
  override readonly name = 'Node.NoBallotKeyError'
  constructor() {
    super('Expected a key to vote with, got none. Set keystore, or signer.url.')
  }
}
