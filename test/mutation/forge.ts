import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'

export type ForgeRun = {
  readonly root: string
  /** Globs of the files whose tests run; all without. */
  readonly paths?: readonly string[]
  /** Names of the tests that run; all without. */
  readonly tests?: readonly string[]
  /** Names of tests that do not run. */
  readonly except?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly stop: 'at the first failure' | 'at the end'
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** What became of a run: names of tests, without their parameters, as `file:contract.test`. */
export type ForgeResult =
  | { readonly kind: 'ran'; readonly passed: readonly string[]; readonly failed: readonly string[] }
  | { readonly kind: 'timeout' }
  /** The sources do not compile, or no test matched: what forge says. */
  | { readonly kind: 'unusable'; readonly reason: string }

type Suites = Readonly<Record<string, { readonly test_results: Readonly<Record<string, { readonly status: string }>> }>>

/** Runs forge's tests in a scratch copy, compiling what changed. Counterexamples of fuzzing are forgotten. */
export async function runForge(run: ForgeRun): Promise<ForgeResult> {
  const memory = mkdtempSync(join(tmpdir(), 'assize-forge-'))
  try {
    const { code, stdout, stderr, isTimedOut } = await runCommand(['forge', ...argumentsOf(run)], {
      cwd: run.root,
      env: {
        FOUNDRY_FUZZ_FAILURE_PERSIST_DIR: join(memory, 'fuzz'),
        FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR: join(memory, 'invariant'),
        FOUNDRY_TEST_FAILURES_FILE: join(memory, 'failures'),
        ...run.env,
      },
      ...(run.timeoutMs === undefined ? {} : { timeoutMs: run.timeoutMs }),
      signal: run.signal,
    })
    if (isTimedOut) return { kind: 'timeout' }
    const suites = suitesIn(stdout)
    if (suites === undefined) return { kind: 'unusable', reason: `${stdout}${stderr}`.trim() || `exit code ${code}` }
    return { kind: 'ran', ...sorted(suites) }
  } finally {
    rmSync(memory, { recursive: true, force: true })
  }
}

function argumentsOf({ paths, tests, except, stop }: ForgeRun): string[] {
  const named = (names: readonly string[]): string => `^(${names.join('|')})\\(`
  return [
    'test',
    '--json',
    ...(paths === undefined ? [] : ['--match-path', paths.length === 1 ? `${paths[0]}` : `{${paths.join(',')}}`]),
    ...(tests === undefined ? [] : ['--match-test', named(tests)]),
    ...(except === undefined || except.length === 0 ? [] : ['--no-match-test', named(except)]),
    ...(stop === 'at the first failure' ? ['--fail-fast'] : []),
  ]
}

/** Forge writes one JSON document on one line, and nothing of the kind when it could not run a test. */
function suitesIn(stdout: string): Suites | undefined {
  for (const line of stdout.split('\n')) {
    if (!line.startsWith('{')) continue
    const parsed: unknown = JSON.parse(line)
    if (typeof parsed !== 'object' || parsed === null) continue
    const suites = Object.values(parsed)
    if (suites.length > 0 && suites.every((suite) => typeof suite?.test_results === 'object')) return parsed as Suites // forge's own format
  }
  return undefined
}

function sorted(suites: Suites): { readonly passed: string[]; readonly failed: string[] } {
  const passed: string[] = []
  const failed: string[] = []
  for (const [suite, { test_results: results }] of Object.entries(suites)) {
    for (const [test, { status }] of Object.entries(results)) {
      const name = `${suite}.${test.replace(/\(.*/, '')}`
      if (status === 'Success') passed.push(name)
      else if (status === 'Failure') failed.push(name)
    }
  }
  return { passed, failed }
}
