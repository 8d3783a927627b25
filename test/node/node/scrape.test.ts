import { expect, test } from 'vitest'
import { chainClock, type Clock } from '../../../node/clock.ts'
import { startNode } from '../../../node/node.ts'
import { SILENT } from '../silent-log.ts'
import { scene } from './scene.ts'

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
