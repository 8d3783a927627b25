/**
 * Whether the tests that docs/spec.md names for a requirement notice that its code is gone:
 * `npm run check:requirements -- [--only R-203]... [--json]`.
 */
import { join, resolve } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { ROOT, Scratch } from '../mutation/scratch.ts'
import { disable, idleTests, runNamed } from './check.ts'
import { EDITS, EXEMPTIONS } from './edits.ts'
import { openMemory } from './memory.ts'
import { readRequirements, type Requirement } from './specification.ts'

const USAGE = `Turns the code of every requirement of docs/spec.md off, one rule at a time, in a copy of the repository, and runs
the tests that the requirement names. With a rule off at least one must fail, each of them must fail with one of the
requirement's rules off, and all pass with the code as it is.

  npm run check:requirements -- [--only R-203]... [--json] [--state FILE] [--scratch FOLDER]

  --only ID         one requirement, or those whose ids begin so (R-2); may be repeated
  --json            one JSON document on stdout
  --state FILE      what was found out is kept here, and not tried again while nothing has changed
  --scratch FOLDER  where the copy is kept (default contracts/cache/scratch); what it has compiled is used again

Ends with 0 only if every rule that was turned off was noticed and no named test passed throughout.
`

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    json: { type: 'boolean', default: false },
    state: { type: 'string' },
    scratch: { type: 'string', default: join(ROOT, 'contracts', 'cache', 'scratch') },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else process.exitCode = await check()

type Row = { readonly id: string; readonly rule: string; readonly failed: readonly string[]; readonly problem?: string }

async function check(): Promise<number> {
  const requirements = readRequirements().filter(isChosen)
  if (requirements.length === 0)
    throw new Error(`Expected a requirement of docs/spec.md, got ${values.only?.join(', ')}.`)
  const scratch = Scratch.open(resolve(values.scratch))
  say(`running what ${requirements.length} requirements name, nothing turned off`)
  const proper = await runNamed(scratch, requirements)
  if (proper.problem !== undefined || proper.failed.length > 0) {
    say(`failing with nothing turned off: ${proper.problem ?? proper.failed.join(', ')}`)
    return 1
  }
  say(`${proper.passed.length} tests pass`)
  const memory = openMemory(values.state)
  const rows: Row[] = []
  for (const requirement of requirements) {
    for (const edit of EDITS.filter(({ id }) => id === requirement.id)) {
      const known = memory.of(edit, requirement)
      const verdict = known ?? (await disable(scratch, edit, requirement))
      if (known === undefined) memory.keep(edit, requirement, verdict)
      const { failed, problem } = verdict
      rows.push({ id: edit.id, rule: edit.rule, failed, ...(problem === undefined ? {} : { problem }) })
      say(lineOf(rows.at(-1)))
    }
  }
  return report(rows, requirements, proper.passed.length)
}

function report(rows: readonly Row[], requirements: readonly Requirement[], tests: number): number {
  const unnoticed = rows.filter(({ failed, problem }) => problem !== undefined || failed.length === 0)
  const exempt = EXEMPTIONS.filter(isChosen)
  const idle = requirements.flatMap((requirement) => {
    const failed = rows.filter(({ id }) => id === requirement.id).flatMap((row) => row.failed)
    return idleTests(requirement, failed).map((test) => ({ id: requirement.id, test }))
  })
  const failures = [
    ...unnoticed.map(lineOf),
    ...idle.map(({ id, test }) => `${id}  IDLE      no rule that was turned off made it fail: ${test}`),
  ]
  const summary = { requirements: requirements.length, tests, rows, idle, exempt }
  if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
  else {
    for (const { id, reason } of exempt) process.stdout.write(`${id} not turned off: ${reason}\n`)
    process.stdout.write(
      `${requirements.length} requirements, ${tests} named tests, ${rows.length} rules turned off, ` +
        `${rows.length - unnoticed.length} noticed, ${idle.length} named tests that never failed\n`,
    )
    for (const line of failures) process.stdout.write(`${line}\n`)
  }
  return failures.length === 0 ? 0 : 1
}

function isChosen({ id }: { readonly id: string }): boolean {
  return values.only === undefined || values.only.some((prefix) => id.startsWith(prefix))
}

function lineOf(row: Row | undefined): string {
  if (row === undefined) return ''
  const { id, rule, failed, problem } = row
  if (problem !== undefined) return `${id}  UNUSABLE  ${rule}: ${problem.slice(0, 2_000)}`
  return failed.length === 0 ? `${id}  UNNOTICED ${rule}` : `${id}  noticed by ${failed.length}: ${rule}`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
