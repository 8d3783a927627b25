import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openAlone, runAlone, type Tried } from './alone.ts'
import type { Numbered } from './choice.ts'
import type { Mutant } from './mutant.ts'
import { ROOT } from './scratch.ts'
import { openSharedBuild, runShared, type SharedBuild } from './shared-build.ts'
import { isOpen, type Outcome, readState, recordOutcome } from './state.ts'
import type { Source } from './syntax.ts'

export type RunOptions = {
  readonly sources: readonly Source[]
  readonly mutants: readonly Mutant[]
  readonly state: string
  /** The folder that holds the scratch copies. */
  readonly scratch: string
  readonly jobs: number
  /** Games of the model against each mutant that no contract test kills. */
  readonly games: number
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** Fewer than this are built one by one: the shared build would take longer. */
const WORTH_SHARING = 12

/** Tries every mutant that has no outcome yet, and gives the outcomes of all, by id. Stops early when aborted. */
export async function runMutants(options: RunOptions): Promise<ReadonlyMap<string, Outcome>> {
  const tests = hashOfTests()
  const record = (mutant: Mutant, tried: Tried, started: number): void => {
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
    recordOutcome(options.state, { id: mutant.id, ...tried, seconds, tests })
  }
  try {
    await tryShared(options, untried(options, tests), record)
    await tryAlone(options, open(options, tests), record)
  } catch (error) {
    if (!options.signal.aborted) throw error
  }
  return readState(options.state)
}

type Record = (mutant: Mutant, tried: Tried, started: number) => void

/** What was never tried comes first: it can say more than what is tried again. */
function open({ mutants, state }: RunOptions, tests: string): readonly Mutant[] {
  const outcomes = readState(state)
  const known = ({ id }: Mutant): number => Number(outcomes.has(id))
  return mutants.filter(({ id }) => isOpen(outcomes.get(id), tests)).toSorted((a, b) => known(a) - known(b))
}

/** Those that the shared build has not seen with these tests. */
function untried(options: RunOptions, tests: string): readonly Mutant[] {
  const outcomes = readState(options.state)
  return open(options, tests).filter(({ id, guard }) => {
    const outcome = outcomes.get(id)
    return guard !== undefined && !(outcome?.status === 'alive' && outcome.tests === tests)
  })
}

async function tryShared(options: RunOptions, mutants: readonly Mutant[], record: Record): Promise<void> {
  const { signal, say } = options
  if (mutants.length < WORTH_SHARING || signal.aborted) return
  say('building the mutants into one copy')
  // All of them, tried or not: then the build of a run that was stopped is used again.
  const build = await openSharedBuild(join(options.scratch, 'shared'), options.sources, options.mutants, signal)
  say(`${build.shared.length} share it; without one ${build.passing} tests pass, left out: ${build.except.join(', ')}`)
  const wanted = build.shared.filter(({ mutant }) => mutants.includes(mutant))
  await inParallel(options.jobs, wanted, 'quick tests', options, async (numbered) => {
    const started = performance.now()
    const tried = await trialOf(build, numbered, signal)
    record(numbered.mutant, tried, started)
    return tried
  })
}

async function trialOf(build: SharedBuild, numbered: Numbered, signal: AbortSignal): Promise<Tried> {
  const result = await runShared(build, numbered, signal)
  // Whether it would never end is for the trial alone to say: here others compete for the processor.
  if (result.kind === 'timeout') return { status: 'alive', by: 'no end' }
  if (result.kind === 'unusable') throw new TrialError(numbered.mutant, result.reason)
  const [by] = result.failed
  return by === undefined ? { status: 'alive', by: '' } : { status: 'killed', by }
}

async function tryAlone(options: RunOptions, mutants: readonly Mutant[], record: Record): Promise<void> {
  const { signal, say, games } = options
  if (mutants.length === 0 || signal.aborted) return
  const jobs = Math.min(options.jobs, mutants.length)
  say(`building ${jobs} copies for ${mutants.length} mutants one by one`)
  const folders = Array.from({ length: jobs }, (_, i) => join(options.scratch, `alone-${i}`))
  const files = [...new Set(mutants.map(({ file }) => file))]
  const idle = await Promise.all(folders.map((folder) => openAlone(folder, files, signal)))
  await inParallel(jobs, mutants, 'one by one', options, async (mutant) => {
    const alone = idle.pop()
    if (alone === undefined) throw new TrialError(mutant, 'no copy is free')
    const started = performance.now()
    const tried = await runAlone(alone, mutant, { games, signal })
    idle.push(alone)
    record(mutant, tried, started)
    return tried
  })
}

/** Runs `work` on every item, `jobs` at a time, saying how far it is. Throws when aborted at work. */
async function inParallel<Item>(
  jobs: number,
  items: readonly Item[],
  what: string,
  { signal, say }: Pick<RunOptions, 'signal' | 'say'>,
  work: (item: Item) => Promise<Tried>,
): Promise<void> {
  const counts = new Map<string, number>()
  const started = performance.now()
  let next = 0
  let done = 0
  const worker = async (): Promise<void> => {
    for (let item = items[next]; item !== undefined && !signal.aborted; item = items[next]) {
      next += 1
      const { status } = await work(item)
      done += 1
      counts.set(status, (counts.get(status) ?? 0) + 1)
      const minutes = ((performance.now() - started) / done / 60_000) * (items.length - done)
      const found = [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
      if (done % 10 === 0 || done === items.length || jobs === 1) {
        say(`${what}: ${done} of ${items.length} (${found}), ${minutes.toFixed(0)} min left`)
      }
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker))
}

/** What the tests are: a mutant that survived them is tried again when they change. */
function hashOfTests(): string {
  const hash = createHash('sha256')
  for (const path of globSync('test/{contracts,model,vectors}/**/*.{sol,ts,json}', { cwd: ROOT }).toSorted()) {
    hash.update(`${path}\0`).update(readFileSync(join(ROOT, path)))
  }
  return hash.digest('hex').slice(0, 10)
}

/** The tests of a mutant did not run at all. */
export class TrialError extends Error {
  override readonly name = 'Mutation.TrialError'
  constructor({ id, file, line }: Mutant, reason: string) {
    super(`Expected the tests of ${id} (${file}:${line}) to run, got:\n${reason.slice(-2_000)}`)
  }
}
