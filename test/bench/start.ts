/**
 * How long commands of the packed package take to start, beside Node with nothing to do: `npm run bench:start -- [--json]`.
 * Packs and unpacks the package, then calls each command once to fill Node's cache of compiled modules, as an operator's first call
 * does, and RUNS times more, in turn with bare Node. Times are of the wall clock, milliseconds: run it on an idle machine.
 * Ends with 1 if the median of any call is above the goal.
 */
import { spawnSync } from 'node:child_process'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { install } from '../package/installed.ts'

const RUNS = 15
const GOAL_MS = 200
const CALLS = [['--version'], ['--help'], ['fixing', 'list', '--help'], ['contribute', '--help'], ['watch', '--help']]

const { values: options } = parseArgs({ options: { json: { type: 'boolean', default: false } } })
const installed = await install()
try {
  const cli = join(installed.unpacked, 'dist', 'cli', 'main.js')
  const rows = CALLS.map((words) => ({ call: `assize ${words.join(' ')}`, ...timed([cli, ...words]) }))
  if (rows.some(({ medianMs }) => medianMs > GOAL_MS)) process.exitCode = 1
  const found = { version: 1, load: loadavg()[0], goalMs: GOAL_MS, runs: RUNS, rows }
  if (options.json) process.stdout.write(`${JSON.stringify(found, undefined, 2)}\n`)
  else {
    process.stdout.write(`${RUNS} calls each, goal ${GOAL_MS} ms, load ${String(found.load)}\n`)
    for (const { call, medianMs, worstMs, nodeMs } of rows)
      process.stdout.write(`${call}: median ${medianMs} ms, worst ${worstMs} ms; node alone ${nodeMs} ms\n`)
  }
} finally {
  installed.remove()
}

function timed(args: readonly string[]): { medianMs: number; worstMs: number; nodeMs: number } {
  once(args)
  const pairs = Array.from({ length: RUNS }, () => ({ call: once(args), node: once(['-e', '0']) }))
  const calls = pairs.map(({ call }) => call).toSorted((a, b) => a - b)
  const nodes = pairs.map(({ node }) => node).toSorted((a, b) => a - b)
  return { medianMs: median(calls), worstMs: calls.at(-1) ?? 0, nodeMs: median(nodes) }
}

/** The time of one call, whole milliseconds. Throws if it fails. */
function once(args: readonly string[]): number {
  const start = process.hrtime.bigint()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Expected ${args.join(' ')} to succeed, got ${String(status)}: ${stderr}`)
  return Number((process.hrtime.bigint() - start) / 1_000_000n)
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
