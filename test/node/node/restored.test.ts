import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp, restore } from '#node/backup'
import { openStore } from '#node/store'
import { MATURITY } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { fixingOf, run, scene, SOON, status, stop } from './scene.ts'

test('a restored node observes what had matured and signs nothing for it', async () => {
  const { world, configOf } = await scene(2)
  const original = await configOf(0)
  await (await openStore(original.dataDir)).close()
  const file = join(temporaryFolder(), 'backup.jsonl')
  await backUp(original.dataDir, file)

  // It goes on without its backup, and signs.
  world.mine(MATURITY + 1n)
  const node = await run(original, world)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  await stop(node)

  const config = { ...original, dataDir: temporaryFolder() }
  // The machine's clock is that of no chain here; the first block that is seen counts.
  await restore(file, config.dataDir, 1n)
  const restored = await run(config, world)
  await expect.poll(async () => (await fixingOf(restored))?.observation?.value, SOON).toBeDefined()
  // Later passes change nothing.
  for (let i = 0n; i < 5n; i += 1n) {
    world.mine(MATURITY + 2n + i)
    await expect.poll(async () => (await status(restored)).block, SOON).toBe(world.head.number.toString())
  }
  expect((await fixingOf(restored))?.observations).toBe(0)
  await stop(restored)
  const store = await openStore(config.dataDir)
  expect([MATURITY, MATURITY + 2n].map((time) => store.restoration.maySign(time))).toEqual([false, true])
  await store.close()
})
