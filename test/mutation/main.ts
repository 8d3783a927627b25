/** Mutation testing of the contracts: `npm run mutate -- --help`. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import type { Mutant } from './mutant.ts'
import { describe, type Report, reportLines, reportOn } from './report.ts'
import { runMutants } from './run.ts'
import { sampleOf } from './sample.ts'
import { ROOT } from './scratch.ts'
import { faultsInSurvivors, readSurvivors } from './survivors.ts'
import { DEFAULT_FILES, enumerate } from './targets.ts'

const USAGE = `Changes one place of a contract at a time and runs the tests: whatever no test notices is a gap, or no change at all.

  npm run mutate -- [--files A,B] [--sample N] [--jobs N] [--state FILE] [--json]
  npm run mutate -- --list
  npm run mutate -- --only ID

  --files A,B    sources, by path or the end of it (default: the oracle and its libraries)
  --sample N     N of the mutants, by --seed
  --seed N       which sample (default 1)
  --list         prints the mutants and runs nothing
  --only ID      prints one mutant and tries it alone, whatever the state says
  --jobs N       how many at a time (default 2)
  --games N      games of the independent model against what no contract test kills (default 60)
  --state FILE   keeps the outcomes (default contracts/cache/mutants.jsonl); the same command again goes on where it
                 stopped, tries what has changed, and tries survivors again when the tests have changed
  --scratch DIR  where copies of the repository are kept (default contracts/cache/mutation)
  --json         one JSON document on stdout

First all mutants are built into one copy, each behind a choice, and the quick tests run once a mutant. What lives, and
what cannot share a build, is then built alone, as the contracts are: if its code is the same it is no mutant, else all
contract tests and the model's games try it. Survivors and their reasons are in test/mutation/survivors.json.

Ends with 0 only if every mutant was tried, at least 95 % of those that differ are killed, and the list is true.
`
const GOAL_PERCENT = 95

const { values } = parseArgs({
  options: {
    files: { type: 'string' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    only: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    games: { type: 'string', default: '60' },
    state: { type: 'string', default: join(ROOT, 'contracts', 'cache', 'mutants.jsonl') },
    scratch: { type: 'string', default: join(ROOT, 'contracts', 'cache', 'mutation') },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) process.stdout.write(USAGE)
else process.exitCode = await mutate()

async function mutate(): Promise<number> {
  const files = values.files === undefined ? DEFAULT_FILES : values.files.split(',').map(fileNamed)
  const { sources, mutants } = enumerate(ROOT, files)
  const listed = readSurvivors()
  const faults = faultsInSurvivors(listed, mutants, files)
  for (const fault of faults) say(`test/mutation/survivors.json: ${fault}`)
  const chosen = choose(mutants)
  if (values.list) {
    if (values.json) process.stdout.write(`${JSON.stringify(chosen)}\n`)
    else for (const mutant of chosen) process.stdout.write(`${describe(mutant)}\n`)
    return faults.length === 0 ? 0 : 1
  }
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  const outcomes = await runMutants({
    sources,
    mutants: chosen,
    state: values.only === undefined ? values.state : join(values.scratch, `only-${process.pid}.jsonl`),
    scratch: values.scratch,
    jobs: Number(values.jobs),
    games: Number(values.games),
    signal: stop.signal,
    say,
  })
  if (values.only !== undefined) for (const { status, by } of outcomes.values()) say(`${status} ${by}`)
  const report = reportOn(chosen, outcomes, listed)
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`)
  if (stop.signal.aborted) return 130
  return faults.length === 0 && isGood(report) ? 0 : 1
}

function isGood({ score, total, needless }: Report): boolean {
  return score >= GOAL_PERCENT && total.untried === 0 && needless.length === 0
}

function choose(mutants: readonly Mutant[]): readonly Mutant[] {
  if (values.only !== undefined) {
    const found = mutants.filter(({ id }) => id === values.only)
    if (found.length === 0) throw new RangeError(`Expected the id of a mutant, got ${values.only}. See --list.`)
    for (const mutant of found) say(`${describe(mutant)}\n- ${mutant.before}\n+ ${mutant.after}`)
    return found
  }
  return values.sample === undefined ? mutants : sampleOf(mutants, Number(values.sample), Number(values.seed))
}

function fileNamed(name: string): string {
  const candidates = [
    name,
    join('contracts', 'src', name),
    ...['libraries', 'registry', 'arbitrators', 'arbitrators/jury', 'consumers', 'types'].map((folder) =>
      join('contracts', 'src', folder, name),
    ),
  ]
  const found = candidates
    .flatMap((path) => [path, `${path}.sol`])
    .find((path) => path.endsWith('.sol') && existsSync(join(ROOT, path)))
  if (found === undefined) throw new RangeError(`Expected a source of the contracts, got ${name}.`)
  return found
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
