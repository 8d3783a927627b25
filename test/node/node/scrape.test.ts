import { expect, test } from 'vitest'
import { chainClock, type Clock } from '../../../node/clock.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { SILENT } from '../silent-log.ts'
import { MATURITY } from '../reporters.ts'
import { connected, fixingOf, run, scene, SOON } from './scene.ts'

/** A clock by which three seconds, for which somebody waits at most, are over at once. */
function bored(): Clock {
  const clock = chainClock()
  return { ...clock, sleep: (ms, signal) => (ms === 3_000 ? Promise.resolve() : clock.sleep(ms, signal)) }
}

test('shows its metrics while an endpoint does not say what the account can stake', async () => {
  const { world, configOf } = await scene(1)
  let asked = 0
  const spendable = (): Promise<never> => {
    asked += 1
    return new Promise(() => undefined)
  }
  const openChain = async (key?: { readonly address: `0x${string}` }) => ({ ...world.as(key?.address), spendable })
  const node = await startNode(await configOf(0), { log: SILENT, clock: bored(), openChain })
  try {
    const text = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
    expect(text).toContain('assize_store_up 1')
    expect(asked).toBe(1)
  } finally {
    await node.stop()
  }
})

test('counts what its own key signed twice apart from what others did', async () => {
  const { world, venue, configOf } = await scene(2)
  venue.close = (asked) => `${2_500 + asked}.25`
  const nodes: RunningNode[] = []
  for (const i of [0, 0, 1]) nodes.push(await run(await configOf(i), world))
  world.mine(MATURITY)
  for (const node of nodes) await expect.poll(async () => (await fixingOf(node))?.observation, SOON).toBeDefined()
  await connected(nodes)
  const metricsOf = async ({ httpPort }: RunningNode): Promise<string[]> => {
    const text = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text()
    return text.split('\n').filter((line) => /^assize_(?:own_equivocations|equivocators) /.test(line))
  }
  for (const [i, node] of nodes.entries()) {
    const own = i < 2 ? 1 : 0
    await expect.poll(() => metricsOf(node), SOON).toEqual(['assize_equivocators 1', `assize_own_equivocations ${own}`])
  }
})
