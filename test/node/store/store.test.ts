import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openStore } from '#node/store'
import { observationDigest } from '#protocol/observation.ts'
import { markIfNew, signersIn } from '../../../node/store/store.ts'
import { openDatabase } from '../../../node/store/database.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, observationOf, reportedBy } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { ANN, idOf, signedStore, whole, wholeProof, withStore } from './temporary-store.ts'

const CHILD = fileURLToPath(new URL('../guard-child.ts', import.meta.url))

test('keeps everything through a restart, bigints and bytes exactly', async () => {
  const dataDir = temporaryFolder()
  const observation = await reportedBy(3)
  const second = await reportedBy(3, { value: 1n })
  const intent: Intent = {
    key: `${FIXING_ID}:000000`,
    fixingId: FIXING_ID,
    action: 'contribute',
    kind: 'stake',
    round: 1,
    value: 2n ** 127n,
    amount: 10n ** 30n,
    state: 'signed',
    hash: idOf(7),
    nonce: 4,
    at: 1_735_689_600n,
  }
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const panel = {
    epoch: 3n,
    reporters: [{ index: 2, owner: ANN, signer: ANN, peerId: '0x0024' as const, key: '0x0b' as const }],
  }
  await withStore(dataDir, async (store) => {
    await store.fixings.extend([known], 13n)
    await store.fixings.setPanel(FIXING_ID, panel)
    await store.observations.load(FIXING_ID)
    await store.observations.add(observation)
    await store.observations.addEvidence({ first: observation, second })
    await store.own.put({ observation: observationOf(), confidence: { sources: 3, spreadPpm: 2n ** 64n } })
    await store.samples.put(FIXING_ID, { opens: [1n, 2n], closes: ['1.50', undefined] })
    await store.intents.put(intent)
    await store.journal.append({ time: 5n, stage: 'sign', action: 'sign', reason: 'because', fixingId: FIXING_ID })
  })
  await withStore(dataDir, async (store) => {
    expect(await store.fixings.open()).toEqual([known])
    expect(await store.fixings.nextBlock()).toBe(13n)
    expect(await store.fixings.panel(FIXING_ID)).toEqual(panel)
    expect(store.observations.all(FIXING_ID)).toEqual([])
    await store.observations.load(FIXING_ID)
    expect(store.observations.all(FIXING_ID).map(whole)).toEqual([observation])
    expect(store.observations.evidence(FIXING_ID).map(wholeProof)).toEqual([{ first: observation, second }])
    expect(await store.own.get(FIXING_ID)).toEqual({
      observation: observationOf(),
      confidence: { sources: 3, spreadPpm: 2n ** 64n },
    })
    expect(await store.samples.get(FIXING_ID)).toEqual({ opens: ['1', '2'], closes: ['1.50', null] })
    expect(store.intents.of(FIXING_ID)).toEqual([intent])
    expect(await store.journal.newest(10)).toEqual([
      { sequence: 1, time: 5n, stage: 'sign', action: 'sign', reason: 'because', fixingId: FIXING_ID },
    ])
    await store.fixings.close(FIXING_ID)
    expect(await store.fixings.open()).toEqual([])
  })
})

test('refuses a second process with a clear message, and hurts neither', async () => {
  const dataDir = temporaryFolder()
  const child = spawn(process.execPath, [CHILD, dataDir, 'after-sign'], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    await expect(openStore(dataDir)).rejects.toMatchObject({
      name: 'Store.StoreLockedError',
      location: join(dataDir, 'store'),
      message: `Expected ${join(dataDir, 'store')} to be free, got one that another node uses. Stop that node, or set data_dir.`,
    })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(await withStore(dataDir, async ({ guard }) => guard.digestOf({ signer: ANN, fixingId: FIXING_ID }))).toBe(
    observationDigest(DOMAIN, observationOf()),
  )
})

test.each([99, 0, 1.5, 'two'])('refuses a store of format %s, and leaves it as it is', async (format) => {
  const dataDir = await signedStore(1)
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'meta', key: 'format', value: format }], 'durable')
  await database.close()
  for (let i = 0; i < 2; i += 1) {
    await expect(openStore(dataDir)).rejects.toMatchObject({
      name: 'Store.StoreFormatError',
      message: expect.stringMatching(
        /^Expected a store of format 1 to 3 at .*, got .*\. Run the version that made it, or a/,
      ),
    })
  }
})

test('is of one deployment for ever', async () => {
  const dataDir = temporaryFolder()
  const here = { chainId: 5, oracle: FIXING.arbitrator, registry: FIXING.backup }
  await withStore(dataDir, (store) => store.bind(here))
  await withStore(dataDir, (store) => store.bind(here))
  for (const there of [
    { ...here, chainId: 1 },
    { ...here, oracle: ANN },
    { ...here, registry: ANN },
  ]) {
    await expect(withStore(dataDir, (store) => store.bind(there))).rejects.toMatchObject({
      name: 'Store.StoreDeploymentError',
      got: here,
      want: there,
    })
  }
})

test('names a row that this version did not write', async () => {
  const dataDir = await signedStore(1)
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'intents', key: 'x', value: { key: 'x' } }], 'durable')
  await database.close()
  await expect(openStore(dataDir)).rejects.toMatchObject({ name: 'Store.StoreRowError', table: 'intents', key: 'x' })
})

test('says that it is closed when it is used afterwards', async () => {
  const store = await openStore(temporaryFolder())
  await store.close()
  await expect(store.journal.newest(1)).rejects.toMatchObject({ name: 'Store.StoreClosedError' })
})

test('every key that was used with a store is known, also one that has only signed, and those that signed while it is open', async () => {
  const dataDir = await signedStore(1)
  const bob = keyOf('bob').address
  await withStore(dataDir, async (store) => {
    await markIfNew(store, bob)
    expect((await store.signers.all()).toSorted()).toEqual([ANN, bob].toSorted())
    expect(await signersIn(dataDir)).toEqual([ANN])
  })
  expect(await signersIn(temporaryFolder())).toEqual([])
})
