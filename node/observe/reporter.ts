import type { Hex } from 'viem'
import type { DroppedSource } from '#protocol/aggregate.ts'
import type { Confidence } from '#protocol/confidence.ts'
import type { Sampling } from '#node/source'
import type { Fixing } from '#protocol/fixing.ts'
import type { IndexDocument } from '#protocol/index-document.ts'
import type { Observation, SignedObservation } from '#protocol/observation.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import type { observe } from './observe.ts'
import { pauseAfter } from './pause.ts'
import type { Sample } from './sampler.ts'

/** A matured fixing to observe. */
export type Target = {
  readonly id: Hex
  readonly fixing: Fixing
  readonly document: IndexDocument
  /** Whether this node signs for it: it has the role, and the registry has its signer. */
  readonly isReporter: boolean
  /** Whether the operator trusts its arbitrators, or votes in one of them: its sources are read before those of others. */
  readonly isTrusted: boolean
  /** Whether a deadline runs by which an observation is of use: of a dispute, or of a vote. */
  readonly isPressing: boolean
}

/** Why there is no own observation yet. */
export type Abstention = { readonly reason: string; readonly dropped: readonly DroppedSource[] }

/** What is known of one fixing's own observation. */
export type OwnView = {
  readonly observation?: Observation
  /** Unknown of one that was got back from peers. */
  readonly confidence?: Confidence | undefined
  readonly abstained?: Abstention
}

/** An own observation, and how sure it is if that is known. */
export type Own = { readonly observation: Observation; readonly confidence?: Confidence | undefined }

/** What observing and signing work with. */
export type ReporterComponents = {
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly journal: Journal
  readonly log: Log
  readonly sample: Sample
  readonly observe: typeof observe
  /** When what is observed now is dated, Unix seconds. */
  readonly date: () => bigint
  readonly own: { put(own: Own): Promise<void>; get(fixingId: Hex): Promise<Own | undefined> }
  readonly archive: (fixingId: Hex, record: unknown) => Promise<void>
  /** Signs as this node's reporter, guarded; undefined without a key. */
  readonly sign: ((observation: Observation) => Promise<SignedObservation>) | undefined
  /** The own observation that was signed before, if it is held: by this node, or got back from peers. */
  readonly kept: (fixingId: Hex) => Observation | undefined
  /** Hears what peers know of a fixing that matured before this node ran: it may have been signed for already. Never takes long. */
  readonly hear: (fixing: Fixing) => Promise<void>
  /** Stores and publishes a signed observation; false if another is held, which came from peers meanwhile: then this one is not published. */
  readonly keep: (signed: SignedObservation) => Promise<boolean>
  /** An own observation is there, or signed: the fixing deserves another look. */
  readonly onChange: (fixingId: Hex) => void
}

/** Observes matured fixings, once each, and signs what it observed. */
export interface Reporter {
  /** Works on the fixing in the background unless it is done, being worked on, or waits for its next try. */
  attend(target: Target): void
  view(fixingId: Hex): OwnView
  /** Forgets a fixing that is over. */
  forget(fixingId: Hex): void
  /** Resolves when nothing is being worked on. */
  idle(): Promise<void>
}

/** What was done of one fixing: who has only observed it signs as well, once that is asked. */
type Progress = {
  view: OwnView
  /** Those that have ended. */
  tries: number
  /** When the last of them did. */
  triedMs: number
  /** What of the abstention that is on disk tells it from others. */
  archived?: string
  running?: Promise<void>
  done?: 'observed' | 'signed'
}

/** Abstains as long as the sources do not suffice, and tries again until they do. */
export function createReporter(components: ReporterComponents): Reporter {
  const { clock, log, signal } = components
  const progress = new Map<Hex, Progress>()
  return {
    attend(target) {
      const state = progress.get(target.id) ?? { view: {}, tries: 0, triedMs: 0 }
      progress.set(target.id, state)
      if (isDone(state, target) || state.running !== undefined || isResting(clock, state, target)) return
      state.running = work(components, target, state)
        .catch((error: unknown) => {
          // The store or the guard refused: nothing was signed; the next try may find it mended.
          if (!signal.aborted) log.error({ err: error, fixingId: target.id }, 'could not observe')
        })
        .finally(() => {
          state.tries += 1
          state.triedMs = clock.monotonicMs()
          delete state.running
        })
    },
    view: (fixingId) => progress.get(fixingId)?.view ?? {},
    forget: (fixingId) => void progress.delete(fixingId),
    async idle() {
      await Promise.all([...progress.values()].map(async ({ running }) => running))
    },
  }
}

function isDone({ done }: Progress, { isReporter }: Target): boolean {
  return done === 'signed' || (done === 'observed' && !isReporter)
}

/** What is only to be signed needs no source, and never waits long. */
function isResting(clock: Clock, { tries, triedMs, view }: Progress, target: Target): boolean {
  if (tries === 0) return false
  const isPressing = target.isPressing || view.observation !== undefined
  return clock.monotonicMs() < triedMs + pauseAfter(tries, { ...target, isPressing }, clock.now())
}

async function work(components: ReporterComponents, target: Target, state: Progress): Promise<void> {
  const { id, fixing, isReporter } = target
  const known = keptOr(components.kept(id), await components.own.get(id))
  const observed = known ?? (await observeNow(components, target, state))
  if (observed === undefined) return
  if (isReporter && components.sign !== undefined && components.kept(id) === undefined) await components.hear(fixing)
  // INVARIANT: nothing is waited for from here to the guard: while the sources were asked, peers may have brought what was signed.
  const kept = components.kept(id)
  const own = keptOr(kept, observed)
  state.view = own
  components.onChange(id)
  if (isReporter && components.sign !== undefined && kept === undefined) {
    if (!(await sign(components, id, components.sign, own.observation))) return
  }
  state.done = isReporter ? 'signed' : 'observed'
  components.onChange(id)
}

/** What was signed goes before what was only observed. */
function keptOr<T extends Own | undefined>(kept: Observation | undefined, own: T): T | Own {
  return kept === undefined ? own : { observation: kept, confidence: confidenceIn(own, kept) }
}

function confidenceIn(own: Own | undefined, { value, observedAt }: Observation): Confidence | undefined {
  const isSame = own?.observation.value === value && own.observation.observedAt === observedAt
  return isSame ? own.confidence : undefined
}

/** Whether it was signed and published: whoever keeps the key may have signed another, for another machine. */
async function sign(
  { keep, journal }: ReporterComponents,
  fixingId: Hex,
  run: NonNullable<ReporterComponents['sign']>,
  observation: Observation,
): Promise<boolean> {
  const refused = async (reason: string): Promise<false> => {
    await journal.write({ stage: 'sign', fixingId, action: 'refused', reason })
    return false
  }
  try {
    if (!(await keep(await run(observation)))) return await refused('Another observation of this key came from peers.')
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Sign.SignerRefusedError') throw error
    return refused(error.message)
  }
  const reason = `Observed ${observation.value} at ${observation.observedAt}.`
  await journal.write({ stage: 'sign', fixingId, action: 'sign', reason })
  return true
}

async function observeNow(
  { date, journal, observe: run, own, archive, sample }: ReporterComponents,
  target: Target,
  state: Progress,
): Promise<Own | undefined> {
  const { id, fixing, document } = target
  const sampling = await sample(target, state.tries)
  const observedAt = date()
  // By a clock that is behind, or was set back meanwhile, and every peer would reject it: the next try is by the right time.
  const isSignable = observedAt >= fixing.maturity
  if (!isSignable && target.isReporter) return undefined
  const observed = run(document, sampling, { fixingId: id, observedAt })
  const { dropped } = observed
  if (observed.kind === 'abstention') {
    const { reason } = observed
    state.view = { abstained: { reason, dropped } }
    const fingerprint = fingerprintOf(sampling, { reason, dropped })
    if (state.archived !== fingerprint) await archive(id, { ...sampling, abstained: { reason, dropped } })
    state.archived = fingerprint
    await journal.write({ stage: 'observe', fixingId: id, action: 'abstain', reason: describe(reason, dropped) })
    return undefined
  }
  const { observation, confidence } = observed
  await archive(id, { ...sampling, observation, dropped })
  // Before it is signed: after a crash the very same observation must be found, the guard admits no other.
  if (isSignable) await own.put({ observation, confidence })
  await journal.write({
    stage: 'observe',
    fixingId: id,
    action: 'observe',
    reason: describe(`Value ${observation.value}. ${sureness(confidence)}`, dropped),
  })
  return { observation, confidence }
}

/** The same of what need not be written again: most of it are responses, tens of KB. */
function fingerprintOf({ records }: Sampling, abstained: Abstention): string {
  return JSON.stringify([abstained, records.map(({ sourceId, origin, sha256 }) => [sourceId, origin, sha256])])
}

function sureness({ sources, spreadPpm }: Confidence): string {
  return `Sources of every candle: ${sources} at least, ${spreadPpm} ppm apart at most.`
}

function describe(reason: string, dropped: readonly DroppedSource[]): string {
  return [reason, ...dropped.map(({ sourceId, reason: why }) => `${sourceId}: ${why}`)].join(' ')
}
