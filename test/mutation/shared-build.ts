import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'
import type { Numbered } from './choice.ts'
import { type ForgeResult, runForge } from './forge.ts'
import type { Mutant } from './mutant.ts'
import { buildSchema } from './schema-build.ts'
import { viewed } from './schema.ts'
import { ROOT, Scratch } from './scratch.ts'
import type { Source } from './syntax.ts'
import { foldersFor } from './targets.ts'

/** Runs of a fuzz test on a mutant: enough for most, quick for all. What lives sees the full number later. */
const FUZZ_RUNS = '24'
/** Forge's own name for what it has compiled. */
const CACHE = 'solidity-files-cache.json'
const TEST_FOLDERS = [
  'arbitrators',
  'council',
  'examples',
  'invariant',
  'jury',
  'libraries',
  'model',
  'oracle',
  'registry',
  'vault',
  'bench',
]
/** Random games are slow in a build with every mutant in it; they come later. */
const SLOW_TESTS = ['testFuzz_game_\\w+']

/** A scratch copy with all mutants in one build, and what its tests say when no mutant is wanted. */
export type SharedBuild = {
  readonly root: string
  readonly shared: readonly Numbered[]
  /** Tests that a build with every mutant in it fails, for the gas that choosing costs, and the slow ones. */
  readonly except: readonly string[]
  readonly passing: number
  readonly seconds: number
}

/** Builds the mutants into a copy of the repository. Throws {@link BuildError} if forge refuses it. */
export async function openSharedBuild(
  folder: string,
  sources: readonly Source[],
  mutants: readonly Mutant[],
  signal: AbortSignal,
): Promise<SharedBuild> {
  const { texts, shared } = buildSchema(ROOT, sources, mutants)
  Scratch.open(folder)
  const wanted = new Set(mutants.flatMap(({ file }) => foldersFor(file)))
  for (const name of TEST_FOLDERS.filter((each) => !wanted.has(each))) {
    rmSync(join(folder, 'test', 'contracts', name), { recursive: true, force: true })
  }
  for (const path of globSync('{contracts/src,test/contracts}/**/*.sol', { cwd: folder })) {
    const at = join(folder, path)
    writeFileSync(at, viewed(readFileSync(at, 'utf8')))
  }
  for (const [file, text] of texts) writeFileSync(join(folder, file), text, 'latin1')
  configure(folder, 'unoptimized')
  const built = await runCommand(['forge', 'build'], { cwd: folder, timeoutMs: 3_600_000, signal })
  if (built.code !== 0) throw new BuildError(built.stdout + built.stderr)
  const started = performance.now()
  const plain = trial({ root: folder, except: SLOW_TESTS }, 0, [...wanted])
  const proper = await runForge({ ...plain, stop: 'at the end', signal })
  if (proper.kind !== 'ran') throw new BuildError(proper.kind === 'timeout' ? 'no end' : proper.reason)
  const except = [...new Set(proper.failed.map((name) => name.slice(name.lastIndexOf('.') + 1)))]
  const seconds = (performance.now() - started) / 1000
  return { root: folder, shared, except: [...SLOW_TESTS, ...except], passing: proper.passed.length, seconds }
}

/**
 * Runs the quick tests of a mutant's file with that mutant wanted. Forge writes its cache at every run, so each that runs
 * at the same time has one of its own.
 */
export async function runShared(
  build: SharedBuild,
  { number, mutant }: Numbered,
  signal: AbortSignal,
): Promise<ForgeResult> {
  const cache = mkdtempSync(join(tmpdir(), 'assize-cache-'))
  try {
    cpSync(join(build.root, 'contracts', 'cache', CACHE), join(cache, CACHE))
    const { env, ...rest } = trial(build, number, foldersFor(mutant.file))
    const own = { ...env, FOUNDRY_CACHE_PATH: cache }
    const timeoutMs = 60_000 + build.seconds * 10_000
    return await runForge({ ...rest, env: own, stop: 'at the first failure', timeoutMs, signal })
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
}

function trial({ root, except }: Pick<SharedBuild, 'root' | 'except'>, number: number, folders: readonly string[]) {
  const paths = folders.map((folder) => `test/contracts/${folder}/*`)
  const coinbase = `0x${number.toString(16).padStart(40, '0')}`
  return { root, except, paths, env: { FOUNDRY_BLOCK_COINBASE: coinbase, FOUNDRY_FUZZ_RUNS: FUZZ_RUNS } }
}

/** Warnings are no reason to refuse a mutant; a build with all of them in it is quicker made without the optimizer. */
export function configure(folder: string, build: 'as it is' | 'unoptimized'): void {
  const path = join(folder, 'foundry.toml')
  const text = readFileSync(path, 'utf8').replace(/^deny = .*$/m, 'deny = "never"')
  writeFileSync(path, build === 'as it is' ? text : text.replace(/^optimizer = true$/m, 'optimizer = false'))
}

/** Forge does not build or run a scratch copy. */
export class BuildError extends Error {
  override readonly name = 'Mutation.BuildError'
  constructor(reason: string) {
    super(`Expected the scratch copy to build and its tests to run, got:\n${reason.slice(-4_000)}`)
  }
}
