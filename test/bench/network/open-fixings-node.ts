/**
 * The measured part of the benchmark of open fixings, in a process of its own whose memory it is: `node
 * open-fixings-node.ts FOLDER FIXINGS REPORTERS BLOCKS`. The store in FOLDER is filled already. Prints its figures as JSON.
 */
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import type { RunningNode } from '../../../node/node.ts'
import { type Figure, quantile } from './figures.ts'
import { ManyFixings, runOn, watcherConfig } from './world.ts'

const STATUS = z.object({ block: z.string(), fixings: z.array(z.object({ observations: z.number() })) })
const MEGABYTE = 2 ** 20
const POLL_MS = 50
const PATIENCE_MS = 600_000
/** What a node may have with so many open fixings, megabytes. */
const ASKED_MB = 300

const [folder = '', ...sizes] = process.argv.slice(2)
const [fixings = 0, reporters = 0, blocks = 0] = sizes.map(Number)
process.stdout.write(`${JSON.stringify(await measure())}\n`)
process.exit()

async function measure(): Promise<readonly Figure[]> {
  const world = new ManyFixings(fixings, reporters)
  const config = await watcherConfig(folder, 'poll_ms = 50')
  const before = residentMb()
  const start = performance.now()
  const node = await runOn(world, config)
  await read(world, fixings)
  const firstPass = performance.now() - start
  say(`all ${fixings} read after ${(firstPass / 1_000).toFixed(1)} s, ${residentMb().toFixed(0)} MB`)
  const passes: { readonly wallMs: number; readonly cpuMs: number }[] = []
  for (let block = 0; block < blocks; block += 1) {
    passes.push(await pass(world))
    say(`a block took ${passes.at(-1)?.wallMs.toFixed(0)} ms, ${residentMb().toFixed(0)} MB`)
  }
  const held = await observationsOf(node)
  if (held !== fixings * reporters) throw new Error(`Expected every observation to be held, got ${held}.`)
  const peak = process.resourceUsage().maxRSS / 1_024
  const memory = residentMb()
  await node.stop()
  return [
    rss('memory (RSS) after the last block', memory, before, { atMost: ASKED_MB }),
    rss('memory at most', peak, before),
    { what: 'from start to all of them read', value: firstPass, unit: 'ms' },
    { what: 'one block: time', value: median(passes.map(({ wallMs }) => wallMs)), unit: 'ms' },
    { what: 'one block: processor time', value: median(passes.map(({ cpuMs }) => cpuMs)), unit: 'ms' },
    { what: 'one block: fixings read from the chain', value: world.reads / (blocks + 1), unit: '' },
  ]
}

function rss(what: string, value: number, raw: number, goal?: Figure['goal']): Figure {
  return {
    what,
    value,
    unit: 'MB',
    raw: { what: 'before the node started', value: raw },
    ...(goal === undefined ? {} : { goal }),
  }
}

async function pass(world: ManyFixings) {
  const [start, cpu, reads] = [performance.now(), process.cpuUsage(), world.reads]
  world.next()
  await read(world, reads + fixings)
  const { user, system } = process.cpuUsage(cpu)
  return { wallMs: performance.now() - start, cpuMs: (user + system) / 1_000 }
}

/** Waits until the chain was asked for fixings so often. */
async function read(world: ManyFixings, reads: number): Promise<void> {
  const start = performance.now()
  while (world.reads < reads) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`Expected ${reads} reads, got ${world.reads}.`)
    await wait(POLL_MS)
  }
  // What follows the last answer.
  await wait(POLL_MS)
}

async function observationsOf(node: RunningNode): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/status`)
  const status = STATUS.parse(await response.json())
  return status.fixings.reduce((sum, { observations }) => sum + observations, 0)
}

function residentMb(): number {
  return process.memoryUsage().rss / MEGABYTE
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

function say(line: string): void {
  process.stderr.write(`open fixings: ${line}\n`)
}
