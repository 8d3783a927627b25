import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startNode } from '../../../node/node.ts'
import { chainClock } from '../../../node/clock.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING_ID, MATURITY, WAD } from '../reporters.ts'
import { run, scene, SOON, status, stop } from './scene.ts'

test('a node with a new document goes on with what it follows while older blocks cannot be read', async () => {
  const { world, configOf, indexDir } = await scene(1)
  for (let i = 0; i < 150; i += 1) world.mine(MATURITY - 100n)
  world.events = [{ name: 'created', block: 140n, id: FIXING_ID, fixing: world.fixing }]
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const config = { ...(await configOf(0)), confirmations: 1 }
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).fixings.map(({ id }) => id), SOON).toEqual([FIXING_ID])
  await stop(before)

  writeFileSync(join(indexDir, 'late.json'), JSON.stringify(threeSamples([sourceJson('late')])))
  world.prunedBefore = 140n
  const warned: string[] = []
  const ignore = (): void => undefined
  const log = { debug: ignore, info: ignore, warn: (_: object, said: string) => void warned.push(said), error: ignore }
  const openChain = async (keys: { readonly address: `0x${string}` } | undefined) => world.as(keys?.address)
  const after = await startNode(config, { log, clock: chainClock(), openChain })
  try {
    world.mine(MATURITY)
    await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
    expect(warned).toContain('the log before an index document was held cannot be read')
    expect((await status(after)).block).toBe(world.head.number.toString())
  } finally {
    await after.stop()
  }
})
