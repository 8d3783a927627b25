import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { z } from 'zod'
import { judgeObservation } from '../../../node/gossip/validate.ts'
import type { RunningNode } from '../../../node/node.ts'
import { VERIFICATION } from '../../node/ground/verify/found.ts'
import { contextOf, FIXING } from '../../node/reporters.ts'
import type { Say } from './bench.ts'
import { quantile, type Result } from './figures.ts'
import { observedFast } from './signed-fast.ts'
import { watcherConfig } from './watcher.ts'
import { fillStore, inFolder, ManyFixings, runOn } from './world.ts'

const STATUS = z.object({ peers: z.number(), fixings: z.array(z.object({ observations: z.number() })) })
const POLL_MS = 10
/** Three of the sync's own patience. */
const PATIENCE_MS = 180_000

export type CatchUpOptions = {
  /** That matured in the day and are still open. */
  readonly fixings: number
  readonly reporters: number
  readonly rounds: number
}

/**
 * A node that was off while `fixings` matured, with the settings of a node by default, starts beside one that has every
 * observation on disk: how long from its first connection until it has them all, verified and stored. The raw limit is
 * judging them one after another, in the same program's processor time.
 */
export async function catchUp({ fixings, reporters, rounds }: CatchUpOptions, say: Say): Promise<Result> {
  const world = new ManyFixings(fixings, reporters)
  return inFolder(async (folder) => {
    const keeping = await watcherConfig(folder)
    const count = await fillStore(keeping.dataDir, world)
    say(`catch-up: ${count} observations of ${fixings} fixings written down`)
    const keeper = await runOn(world, keeping)
    const total = fixings * reporters
    await until(keeper, ({ held }) => held === total)
    const times: { readonly fromPeer: number; readonly fromStart: number }[] = []
    for (let round = 1; round <= rounds; round += 1) {
      times.push(await returning(world, join(folder, `returning ${round}`), keeper, total))
      say(`catch-up: round ${round} of ${rounds}: ${times.at(-1)?.fromPeer.toFixed(0)} ms after the first connection`)
    }
    await keeper.stop()
    const of = (list: 'fromPeer' | 'fromStart'): number =>
      quantile(
        times.map((one) => one[list]),
        0.5,
      )
    const raw = { what: 'judging alone', value: judgingMs(world) }
    return {
      bench: `catch-up after a day: ${fixings} fixings of ${reporters} reporters`,
      figures: [
        {
          what: 'complete after the first connection',
          value: of('fromPeer'),
          unit: 'ms',
          raw,
          goal: { atMost: 2_000 },
        },
        { what: 'complete after the start of the node', value: of('fromStart'), unit: 'ms', raw },
      ],
    }
  })
}

async function returning(world: ManyFixings, folder: string, keeper: RunningNode, total: number) {
  const config = await watcherConfig(folder, `bootstrap = ${JSON.stringify(keeper.multiaddrs)}`)
  const start = performance.now()
  const node = await runOn(world, config)
  let firstPeer = Number.NaN
  await until(node, ({ held, peers }) => {
    if (peers > 0 && Number.isNaN(firstPeer)) firstPeer = performance.now()
    return held === total
  })
  const end = performance.now()
  await node.stop()
  return { fromPeer: end - firstPeer, fromStart: end - start }
}

async function until(
  node: RunningNode,
  isDone: (seen: { readonly held: number; readonly peers: number }) => boolean,
): Promise<void> {
  for (const start = performance.now(); performance.now() - start < PATIENCE_MS; await wait(POLL_MS)) {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/status`)
    const { fixings, peers } = STATUS.parse(await response.json())
    if (isDone({ held: fixings.reduce((sum, { observations }) => sum + observations, 0), peers })) return
  }
  throw new Error(`Expected a node to hold everything within ${PATIENCE_MS} ms, got less.`)
}

function judgingMs(world: ManyFixings): number {
  const messages: Uint8Array[] = []
  for (const [id, { maturity }] of world.fixings) {
    for (const { index } of world.panel.reporters) {
      messages.push(observedFast(index, id, maturity).bytes)
    }
  }
  const indexOf = new Map(world.panel.reporters.map(({ signer, index }) => [signer.toLowerCase(), index]))
  const context = contextOf({
    fixing: (id) => world.fixings.get(id) ?? FIXING,
    reporters: () => indexOf,
    recoverKey: VERIFICATION.ecdsa.recoverKey,
  })
  const start = process.cpuUsage()
  for (const bytes of messages) judgeObservation('peer', bytes, context)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}
