import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Say } from './bench.ts'
import { type Figure, quantile, type Result } from './figures.ts'
import type { Measured } from './open-fixings-node.ts'
import { serveChain } from './remote-chain.ts'
import { watcherConfig } from './watcher.ts'
import { fillStore, inFolder, ManyFixings } from './world.ts'

const NODE = fileURLToPath(new URL('open-fixings-node.ts', import.meta.url))
const STATUS = z.object({ fixings: z.array(z.object({ observations: z.number() })) })
const POLL_MS = 50
/** As docs/operations/assize.service and Containerfile set it. */
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2' } as const
const PATIENCE_MS = 600_000
/** What a node may have with so many open fixings, megabytes. */
const ASKED_MB = 300

export type OpenFixingsOptions = {
  readonly fixings: number
  /** Each with an observation of every fixing, which the node holds. */
  readonly reporters: number
  /** Blocks that pass while it watches. */
  readonly blocks: number
  /** How many of them are proposed in each block. */
  readonly news: number
}

/**
 * A node that follows so many matured fixings with all their observations: what memory its process needs, and how long a new
 * block with news of some occupies it. The chain is in the memory of this process and answers at once, message by message: an endpoint's own
 * time comes on top. The raw figure is a node's process that follows nothing.
 */
export async function openFixings(options: OpenFixingsOptions, say: Say): Promise<Result> {
  const idle = await following({ ...options, fixings: 0, blocks: 1, news: 0 }, () => undefined)
  const { first, passes, last } = await following(options, say)
  const raw = { what: 'with none', value: idle.last.peakMb }
  const memory = (what: string, value: number): Figure => ({ what, value, unit: 'MB', raw })
  return {
    bench: `${options.fixings} open fixings with ${options.reporters} observations each`,
    figures: [
      { ...memory('memory (RSS) after the last block', last.nowMb), goal: { atMost: ASKED_MB } },
      memory('memory at most', last.peakMb),
      { what: 'memory of a process without modules', value: last.emptyMb, unit: 'MB' },
      { what: 'from start to all of them read', value: first.wallMs, unit: 'ms' },
      { what: 'the same: processor time', value: first.cpuMs, unit: 'ms' },
      { what: 'one block: time', value: median(passes.map(({ wallMs }) => wallMs)), unit: 'ms' },
      { what: 'one block: processor time', value: median(passes.map(({ cpuMs }) => cpuMs)), unit: 'ms' },
    ],
  }
}

type Pass = { readonly wallMs: number; readonly cpuMs: number }

async function following({ fixings, reporters, blocks, news }: OpenFixingsOptions, say: Say) {
  return inFolder(async (folder) => {
    const world = new ManyFixings(fixings, reporters)
    const { dataDir } = await watcherConfig(folder)
    const count = await fillStore(dataDir, world)
    say(`open fixings: ${count} observations written down`)
    const child = fork(NODE, [folder], { serialization: 'advanced', env: { ...process.env, ...ENVIRONMENT } })
    try {
      serveChain(child, world.as(undefined))
      const start = performance.now()
      await once(child, 'message')
      await read(world, fixings)
      let before = await measure(child)
      const first: Pass = { wallMs: performance.now() - start, cpuMs: before.cpuMs }
      say(
        `open fixings: all ${fixings} read after ${(first.wallMs / 1_000).toFixed(1)} s, ${before.nowMb.toFixed(0)} MB`,
      )
      const passes: Pass[] = []
      for (let block = 0; block < blocks; block += 1) {
        const [from, reads] = [performance.now(), world.reads]
        world.next(news)
        await read(world, reads + news)
        const after = await measure(child)
        passes.push({ wallMs: performance.now() - from, cpuMs: after.cpuMs - before.cpuMs })
        say(`open fixings: a block took ${passes.at(-1)?.cpuMs.toFixed(0)} ms, ${after.nowMb.toFixed(0)} MB`)
        before = after
      }
      const held = await observationsOf(before)
      if (held !== count) throw new Error(`Expected ${count} observations to be held, got ${held}.`)
      return { first, passes, last: await measure(child) }
    } finally {
      child.kill('SIGKILL')
    }
  })
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

async function measure(child: ChildProcess): Promise<Measured> {
  const measured = new Promise<Measured>((resolve) => {
    const take = (message: unknown): void => {
      if (!isMeasured(message)) return
      child.off('message', take)
      resolve(message)
    }
    child.on('message', take)
  })
  child.send('measure')
  return measured
}

function isMeasured(message: unknown): message is Measured {
  return typeof message === 'object' && message !== null && 'peakMb' in message
}

async function observationsOf({ httpPort }: Measured): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/status`)
  const status = STATUS.parse(await response.json())
  return status.fixings.reduce((sum, { observations }) => sum + observations, 0)
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
