/**
 * How fast the network of nodes is, by command: `npm run bench:network -- [--json] [--small] [--only NAME]…`. Prints a table, or
 * with `--json` one document; how far it is goes to stderr. Each benchmark runs in a process of its own. `--small` runs
 * a tiny instance of each. Exit codes: 0, whether or not goals are met; 1 when a benchmark fails; 2 for a name that does not exist.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { BENCHES } from './benches.ts'
import { isMet, type Result, tableLines } from './figures.ts'
import { machine, machineLine } from './machine.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    small: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    /** Runs this one here; for the command itself. */
    here: { type: 'string' },
  },
})
const unknown = [...options.only, ...(options.here === undefined ? [] : [options.here])].find(
  (name) => !BENCHES.some((bench) => bench.name === name),
)
if (unknown !== undefined) refuse(unknown)
else if (options.here === undefined) await runAll()
else await runHere(options.here)

async function runAll(): Promise<void> {
  const found = machine()
  const results: Result[] = []
  say(machineLine(found))
  for (const { name } of BENCHES) {
    if (options.only.length > 0 && !options.only.includes(name)) continue
    const result = await runApart(name)
    if (result === undefined) process.exitCode = 1
    else results.push(result)
  }
  if (options.json) process.stdout.write(`${JSON.stringify(documentOf(results, found), null, 2)}\n`)
  else process.stdout.write(`${machineLine(found)}\n\n${tableLines(results).join('\n')}\n`)
}

/** The result of the benchmark; undefined if its process failed, which has said why. */
async function runApart(name: string): Promise<Result | undefined> {
  const args = [fileURLToPath(import.meta.url), '--here', name, ...(options.small ? ['--small'] : [])]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code === 0) return JSON.parse(printed) as Result
  say(`${name}: failed`)
  return undefined
}

async function runHere(name: string): Promise<void> {
  const bench = BENCHES.find((one) => one.name === name)
  const result = await bench?.run(options.small ? 'small' : 'full', say)
  // Hosts that were stopped may hold timers yet.
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit())
}

function documentOf(results: readonly Result[], found: ReturnType<typeof machine>) {
  return {
    machine: found,
    results: results.map(({ bench, figures }) => ({
      bench,
      figures: figures.map((figure) => ({ ...figure, met: isMet(figure) })),
    })),
  }
}

function refuse(name: string): void {
  const known = BENCHES.map((bench) => `  ${bench.name}`).join('\n')
  process.stderr.write(`Expected one of these benchmarks, got "${name}":\n${known}\n`)
  process.exitCode = 2
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
