import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openArena } from '../model/arena.ts'
import { buildArtifacts } from '../model/artifacts.ts'
import { replayAll } from '../model/replay.ts'
import { runCommand } from './command.ts'
import { runForge } from './forge.ts'
import { applyParts, type Mutant } from './mutant.ts'
import { Scratch } from './scratch.ts'
import { BuildError, configure } from './shared-build.ts'
import type { Status } from './state.ts'
import { asUtf8, readSource } from './syntax.ts'
import { foldersFor, pathsFor } from './targets.ts'

/** Everything that is deployed and has rules: a mutant of any source changes the code of one of them, or is none. The oracle first. */
const CONTRACTS = [
  'MaturityOracle',
  'ReporterRegistry',
  'CouncilArbitrator',
  'JuryArbitrator',
  'Erc792Arbitrator',
  'UmaArbitrator',
  'SplitVault',
  'SecurityLens',
]

/** A scratch copy in which one mutant at a time is built as the contracts are. */
export type Alone = {
  readonly scratch: Scratch
  /** The contracts' code without a mutant. */
  readonly proper: readonly string[]
  readonly seconds: number
}

export type Tried = { readonly status: Status; readonly by: string }

/** Builds the copy without a mutant and runs the tests of `files` in it. Throws {@link BuildError} if a test fails. */
export async function openAlone(folder: string, files: readonly string[], signal: AbortSignal): Promise<Alone> {
  const scratch = Scratch.open(folder)
  configure(folder, 'as it is')
  const built = await runCommand(['forge', 'build', 'contracts/src'], { cwd: folder, timeoutMs: 3_600_000, signal })
  if (built.code !== 0) throw new BuildError(built.stdout + built.stderr)
  const started = performance.now()
  const paths = [...new Set(files.flatMap(pathsFor))]
  const result = await runForge({ root: folder, paths, stop: 'at the end', timeoutMs: 3_600_000, signal })
  if (result.kind !== 'ran' || result.failed.length > 0) {
    throw new BuildError(result.kind === 'ran' ? result.failed.join(', ') : 'no tests')
  }
  return { scratch, proper: codeIn(folder), seconds: (performance.now() - started) / 1000 }
}

/**
 * Builds one mutant and tries everything on it: the tests of its file, which kill most, then all contract tests that can
 * notice it, then `games` games of the independent model if the oracle differs. The tests are compiled once it is known
 * that there is something to try.
 */
export async function runAlone(
  { scratch, proper, seconds }: Alone,
  mutant: Mutant,
  { games, signal }: { readonly games: number; readonly signal: AbortSignal },
): Promise<Tried> {
  const { root } = scratch
  scratch.write(mutant.file, asUtf8(applyParts(readSource(root, mutant.file), mutant.parts)))
  try {
    const built = await runCommand(['forge', 'build', 'contracts/src'], { cwd: root, signal })
    if (built.code !== 0) return { status: 'uncompilable', by: firstError(built.stdout + built.stderr) }
    const code = codeIn(root)
    if (code.join() === proper.join()) return { status: 'identical', by: 'the compiler' }
    const timeoutMs = 120_000 + seconds * 10_000
    const quick = foldersFor(mutant.file).map((folder) => `test/contracts/${folder}/*`)
    for (const paths of [quick, pathsFor(mutant.file)]) {
      const result = await runForge({ root, paths, stop: 'at the first failure', timeoutMs, signal })
      if (result.kind === 'timeout') return { status: 'timeout', by: 'the contract tests' }
      if (result.kind === 'unusable') throw new BuildError(result.reason)
      const [by] = result.failed
      if (by !== undefined) return { status: 'killed', by }
    }
    return code[0] === proper[0] ? { status: 'survived', by: '' } : await replayOn(root, games)
  } finally {
    scratch.restore()
  }
}

async function replayOn(root: string, games: number): Promise<Tried> {
  const artifacts = await buildArtifacts({ root })
  const arena = await openArena(artifacts)
  let by: string | undefined
  try {
    await replayAll(arena, { from: 0, count: games }, ({ game, mismatch }) => {
      if (mismatch !== undefined) by = `model replay, game ${game.seed}: ${mismatch.what}`
      return mismatch === undefined
    })
  } finally {
    await arena.stop()
  }
  return by === undefined ? { status: 'survived', by: '' } : { status: 'killed', by }
}

function codeIn(root: string): readonly string[] {
  return CONTRACTS.map((name) => {
    const text = readFileSync(join(root, 'contracts', 'out', `${name}.sol`, `${name}.json`), 'utf8')
    return (JSON.parse(text) as { bytecode: { object: string } }).bytecode.object // forge's own format
  })
}

function firstError(output: string): string {
  return /^Error[^\n]*/m.exec(output)?.[0] ?? output.trim().slice(0, 200)
}
