import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp, restore } from '#node/backup'
import { markIfNew, openStore } from '#node/store'
import { chainClock } from '../../../node/clock.ts'
import { startNode } from '../../../node/node.ts'
import { FIXING, FIXING_ID, MATURITY, reportedBy, reporterKey } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { temporaryFolder } from '../temporary.ts'
import { connected, fixingOf, run, scene, SOON, status, stop } from './scene.ts'

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

test('a restored node asks nobody to co-sign for what had matured, and proposes it plainly', async () => {
  const { world, configOf } = await scene(4)
  world.incentives = { ...world.incentives, attestersReward: 10n ** 18n }
  const value = 2_500_25n * 10n ** 16n
  const original = await configOf(0)
  const before = await openStore(original.dataDir)
  await before.observations.load(FIXING_ID)
  // Three of four, so that there is a report to ask for.
  for (const i of [1, 2, 3]) await before.observations.add(await reportedBy(i, { value }))
  await before.close()
  const file = join(temporaryFolder(), 'backup.jsonl')
  await backUp(original.dataDir, file)
  const policy = { ...original.policy, stageDelaySeconds: 0 }
  const config = { ...original, policy, dataDir: temporaryFolder() }
  await restore(file, config.dataDir, 1n)
  world.mine(MATURITY + 1n)
  const node = await run(config, world)
  await expect.poll(() => world.sent, SOON).toEqual([`propose ${value}`])
  expect(await fixingOf(node)).toMatchObject({ observations: 3, report: { signers: [1, 2, 3] } })
})

test('a copy of data_dir put back by hand takes what it had signed from a peer that tells of it while the sources are asked', async () => {
  const { world, configOf, venue } = await scene(2)
  const config = await configOf(0)
  const peer = await run(await configOf(1), world)
  const copy = temporaryFolder()
  const before = await run(config, world)
  await expect.poll(async () => (await status(before)).block, SOON).toBe(`${world.head.number}`)
  await stop(before)
  cpSync(config.dataDir, copy, { recursive: true })
  const first = await run(config, world)
  await connected([first, peer])
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(peer))?.observations, SOON).toBe(2)
  await stop(first)

  rmSync(config.dataDir, { recursive: true })
  cpSync(copy, config.dataDir, { recursive: true })
  const { promise, resolve } = Promise.withResolvers<void>()
  venue.answers = promise
  venue.close = () => '2501'
  const asked = venue.paths.length
  world.mine(MATURITY + 60n)
  const again = await run(config, world)
  await expect.poll(() => venue.paths.length, SOON).toBeGreaterThan(asked)
  await connected([again, peer])
  await expect.poll(async () => (await fixingOf(again))?.observations, SOON).toBe(2)
  resolve()
  await expect
    .poll(async () => (await fixingOf(again))?.observation?.value, SOON)
    .toBe((2_500_25n * 10n ** 16n).toString())
  const evidence = await fetch(`http://127.0.0.1:${peer.httpPort}/fixings/${FIXING_ID}/evidence`)
  expect(await evidence.json()).toEqual([])
  await stop(again)
  // It would sign no other after this either.
  expect(readFileSync(join(config.dataDir, 'signed.jsonl'), 'utf8')).toContain(FIXING_ID)
})

test('what the first look found is followed though the mark could not be written at first', async () => {
  const { world, newConfigOf } = await scene(1)
  const config = await newConfigOf(0)
  const mark = join(config.dataDir, 'restored')
  const before = await openStore(config.dataDir)
  expect(await markIfNew(before, reporterKey(0).address)).toBe(true)
  await before.close()
  const openChain = async (keys: { readonly address: `0x${string}` } | undefined) => {
    // Nothing can take the place of a folder.
    rmSync(mark)
    mkdirSync(mark)
    return world.as(keys?.address)
  }
  const node = await startNode(config, { log: SILENT, clock: chainClock(), openChain })
  try {
    const ready = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).text()
    await expect.poll(ready, SOON).toContain('The chain cannot be read')
    rmSync(mark, { recursive: true })
    await expect.poll(async () => (await status(node)).block, SOON).toBe(`${world.head.number}`)
    expect(await fixingOf(node)).toMatchObject({ id: FIXING_ID })
  } finally {
    await node.stop()
  }
})

test('an old key in a new data_dir signs nothing for what had matured, and signs what matures after', async () => {
  const { world, configOf, newConfigOf, venue } = await scene(1)
  world.mine(MATURITY)
  const first = await run(await configOf(0), world)
  await expect.poll(async () => (await fixingOf(first))?.observations, SOON).toBe(1)
  await stop(first)
  // The machine is lost; no peer has what it signed, and the venue says something else now.
  venue.close = () => '2501'
  world.mine(MATURITY + 1n)
  const config = await newConfigOf(0)
  const second = await run(config, world)
  await expect
    .poll(async () => (await fixingOf(second))?.observation?.value, SOON)
    .toBe((2_501n * 10n ** 18n).toString())
  for (let i = 0n; i < 5n; i += 1n) {
    world.mine(MATURITY + 2n + i)
    await expect.poll(async () => (await status(second)).block, SOON).toBe(world.head.number.toString())
  }
  expect((await fixingOf(second))?.observations).toBe(0)
  await stop(second)
  const store = await openStore(config.dataDir)
  expect([MATURITY + 1n, MATURITY + 2n].map((time) => store.restoration.maySign(time))).toEqual([false, true])
  await store.close()
})

test('a new data_dir before the maturity signs it, and so does one whose store alone was lost', async () => {
  const { world, newConfigOf } = await scene(1)
  const config = await newConfigOf(0)
  const node = await run(config, world)
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  await stop(node)
  rmSync(join(config.dataDir, 'store'), { recursive: true })
  const again = await run(config, world)
  world.mine(MATURITY + 60n)
  // The guard knows the digest from its second copy, and no other observation can be made of the same closes and time.
  await expect.poll(async () => (await status(again)).block, SOON).toBe(world.head.number.toString())
  expect(readFileSync(join(config.dataDir, 'restored'), 'utf8')).toBe(`${MATURITY - 100n} seen\n`)
})

test('a key that comes to a data_dir of another signs nothing for what had matured, and its own once it is known', async () => {
  const { world, configOf } = await scene(2)
  world.mine(MATURITY + 1n)
  const [first, second] = [await configOf(0), await configOf(1)]
  const before = await run(first, world)
  await expect.poll(async () => (await fixingOf(before))?.observations, SOON).toBe(1)
  await stop(before)
  const config = { ...second, dataDir: first.dataDir }
  const node = await run(config, world)
  await expect.poll(async () => (await fixingOf(node))?.observation?.value, SOON).toBeDefined()
  for (let i = 0n; i < 5n; i += 1n) {
    world.mine(MATURITY + 2n + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  expect((await fixingOf(node))?.observations).toBe(1)
  await stop(node)
  const mark = (): string => readFileSync(join(config.dataDir, 'restored'), 'utf8')
  expect(mark()).toBe(`${MATURITY + 1n} seen\n`)
  // A restart is no second first time.
  world.mine(MATURITY + 50n)
  const again = await run(config, world)
  await expect.poll(async () => (await status(again)).block, SOON).toBe(world.head.number.toString())
  expect(mark()).toBe(`${MATURITY + 1n} seen\n`)
})

test('a new key with the addresses of another deployment changes nothing in a data_dir', async () => {
  const { world, configOf, newConfigOf } = await scene(2)
  world.mine(MATURITY - 50n)
  const config = await newConfigOf(0)
  const mark = (): string => readFileSync(join(config.dataDir, 'restored'), 'utf8')
  const node = await run(config, world)
  await expect.poll(mark, SOON).toBe(`${MATURITY - 50n} seen\n`)
  await stop(node)
  const wrong = { ...(await configOf(1)), dataDir: config.dataDir, oracle: FIXING.arbitrator }
  await expect(run(wrong, world)).rejects.toMatchObject({ name: 'Store.StoreDeploymentError' })
  expect(mark()).toBe(`${MATURITY - 50n} seen\n`)
  const store = await openStore(config.dataDir)
  expect(await store.signers.knows(reporterKey(1).address)).toBe(false)
  await store.close()
})

test('a data_dir that was new and has lost all that was signed since is as a new one', async () => {
  const { world, newConfigOf, venue } = await scene(1)
  const config = await newConfigOf(0)
  const node = await run(config, world)
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
  await stop(node)
  for (const lost of ['store', 'signed.jsonl']) rmSync(join(config.dataDir, lost), { recursive: true })
  venue.close = () => '2501'
  world.mine(MATURITY + 60n)
  const again = await run(config, world)
  await expect
    .poll(async () => (await fixingOf(again))?.observation?.value, SOON)
    .toBe((2_501n * 10n ** 18n).toString())
  expect((await fixingOf(again))?.observations).toBe(0)
  expect(readFileSync(join(config.dataDir, 'restored'), 'utf8')).toBe(`${MATURITY + 60n} seen\n`)
})

test('says that it stakes nothing while its account has something in flight that it does not know', async () => {
  const { world, configOf } = await scene(1)
  world.waiting = 1
  const node = await run(await configOf(0), world)
  const problems = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).text()
  await expect.poll(problems, SOON).toContain('transaction in flight (nonce 0) that this store does not know')
  world.waiting = 0
  world.mine(MATURITY - 50n)
  await expect.poll(problems, SOON).not.toContain('in flight')
})
