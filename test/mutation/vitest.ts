import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './command.ts'

export type VitestRun = {
  readonly root: string
  readonly files: readonly string[]
  /** What the names of the tests that run contain. */
  readonly names: readonly string[]
}

/** Names of the tests that ran; or that none did, with what vitest says. */
export type VitestResult =
  | { readonly kind: 'ran'; readonly passed: readonly string[]; readonly failed: readonly string[] }
  | { readonly kind: 'unusable'; readonly reason: string }

/** What vitest's JSON reporter writes. */
type Report = {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

/** What a broken rule keeps from coming is waited for no longer than this, milliseconds: less than a command may take. */
const POLL = '--expect.poll.timeout=150000'

/** Runs some of vitest's tests in a scratch copy. */
export async function runVitest({ root, files, names }: VitestRun): Promise<VitestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'assize-vitest-'))
  const report = join(folder, 'report.json')
  const pattern = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|')
  try {
    const ran = await runCommand(
      ['vitest', 'run', ...files, '-t', pattern, '--reporter=json', `--outputFile.json=${report}`, POLL],
      { cwd: root },
    )
    const tests = testsIn(report)
    if (tests.length === 0) return { kind: 'unusable', reason: `${ran.stdout}${ran.stderr}`.trim() }
    const named = (status: string): string[] =>
      tests.filter((test) => test.status === status).map(({ fullName }) => fullName)
    return { kind: 'ran', passed: named('passed'), failed: named('failed') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function testsIn(report: string): Report['testResults'][number]['assertionResults'] {
  try {
    return (JSON.parse(readFileSync(report, 'utf8')) as Report).testResults.flatMap((file) => file.assertionResults)
  } catch {
    return []
  }
}
