import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../mutation/command.ts'
import { edited } from '../mutation/edit.ts'
import { runForge } from '../mutation/forge.ts'
import { ROOT, type Scratch } from '../mutation/scratch.ts'
import { runVitest } from '../mutation/vitest.ts'
import type { DisablingEdit } from './disabling-edit.ts'
import { isForgeTest, type Requirement } from './specification.ts'

/** What became of a requirement's tests, with a rule off or with all on. */
export type Verdict = {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  /** Why nothing can be said: it does not compile, or nothing ran. */
  readonly problem: string | undefined
}

/** Runs the tests that requirements name, nothing edited: all must pass, and every name must be that of a test. */
export async function runNamed(scratch: Scratch, requirements: readonly Requirement[]): Promise<Verdict> {
  const names = [...new Set(requirements.flatMap(({ tests }) => tests))]
  const solidity = await runSolidity(scratch, names.filter(isForgeTest))
  const sentences = names.filter((name) => !isForgeTest(name))
  const typescript = await runTypescript(scratch, sentences)
  const passed = [...solidity.passed, ...typescript.passed]
  const unknown = names.filter((name) => !passed.some((test) => isNamed(test, name)))
  const failed = [...solidity.failed, ...typescript.failed]
  const problem = solidity.problem ?? typescript.problem
  const missing = unknown.length === 0 ? undefined : `no test that passes is named ${unknown.join(', ')}`
  return { passed, failed, problem: problem ?? missing }
}

/** Turns one rule off, and runs the tests that its requirement names in the language of the edited source. */
export async function disable(scratch: Scratch, edit: DisablingEdit, { tests }: Requirement): Promise<Verdict> {
  scratch.write(edit.file, edited(scratch.read(edit.file), edit))
  try {
    if (edit.file.endsWith('.sol')) return await runSolidity(scratch, tests.filter(isForgeTest))
    const types = await runCommand(['tsc', '--noEmit'], { cwd: scratch.root })
    if (types.code !== 0) return { passed: [], failed: [], problem: types.stdout }
    const sentences = tests.filter((name) => !isForgeTest(name))
    return await runTypescript(scratch, sentences)
  } finally {
    scratch.restore()
  }
}

/** The tests that a requirement names and that failed with none of its rules off: nothing shows that they are its tests. */
export function idleTests({ tests }: Requirement, failed: readonly string[]): readonly string[] {
  return tests.filter((name) => !failed.some((test) => isNamed(test, name)))
}

/** Whether a test that ran, as forge or vitest names it, is one that a requirement names. */
function isNamed(test: string, name: string): boolean {
  return isForgeTest(name) ? test.endsWith(`.${name}`) : test.includes(name)
}

async function runSolidity({ root }: Scratch, tests: readonly string[]): Promise<Verdict> {
  if (tests.length === 0) return NOTHING
  const paths = filesOf(tests, '.t.sol')
  const result = await runForge({ root, tests, ...(paths.length === 0 ? {} : { paths }), stop: 'at the end' })
  if (result.kind === 'ran') return { ...result, problem: undefined }
  return { ...NOTHING, problem: result.kind === 'timeout' ? 'the tests did not end' : result.reason }
}

async function runTypescript({ root }: Scratch, names: readonly string[]): Promise<Verdict> {
  if (names.length === 0) return NOTHING
  const result = await runVitest({ root, files: filesOf(names, '.test.ts'), names })
  return result.kind === 'ran' ? { ...result, problem: undefined } : { ...NOTHING, problem: result.reason }
}

const NOTHING: Verdict = { passed: [], failed: [], problem: undefined }

/** The files of tests in which the names stand: no others need to be compiled. */
function filesOf(names: readonly string[], extension: '.t.sol' | '.test.ts'): string[] {
  return readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .map((path) => join('test', path))
    .filter((path) => {
      const text = readFileSync(join(ROOT, path), 'utf8')
      return names.some((name) => text.includes(name))
    })
}
