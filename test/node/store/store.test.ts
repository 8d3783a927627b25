import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hex } from 'viem'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { openStore, type Store } from '#node/store'
import { observationDigest } from '#protocol/observation.ts'
import { openDatabase } from '../../../node/store/database.ts'
import type { KnownDue } from '../../../node/store/due-table.ts'
import type { Intent } from '../../../node/store/intent-table.ts'
import type { KnownEvent } from '../../../node/store/log-rows.ts'
import type { SignedDigest } from '../../../node/store/witness.ts'
import type { Evidence } from '../../../node/gossip/evidence.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, observationOf, reportedBy } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

const ANN = keyOf('ann').address
const CHILD = fileURLToPath(new URL('../guard-child.ts', import.meta.url))

async function withStore<T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(dataDir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`
const digestOf = (i: number): Hex => observationDigest(DOMAIN, observationOf({ fixingId: idOf(i) }))

/** A store with `count` signed digests. */
async function signedStore(count: number): Promise<string> {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ guard }) => {
    for (let i = 0; i < count; i += 1) await guard.record({ signer: ANN, fixingId: idOf(i), digest: digestOf(i) })
  })
  return dataDir
}

/** What the store remembers of the first `count` digests. */
function remembered(dataDir: string, count: number): Promise<(Hex | undefined)[]> {
  return withStore(dataDir, async ({ guard }) =>
    Array.from({ length: count }, (_, i) => guard.digestOf({ signer: ANN, fixingId: idOf(i) })),
  )
}

/** What is held is decoded only for whoever looks. */
const whole = ({ signed, signer, reporterIndex, bytes }: VerifiedObservation): VerifiedObservation => ({
  signed,
  signer,
  reporterIndex,
  bytes,
})
const wholeProof = ({ first, second }: Evidence): Evidence => ({
  first: whole(first),
  second: whole(second),
})
const expected = (count: number): Hex[] => Array.from({ length: count }, (_, i) => digestOf(i))

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

test('keeps what was signed of each proposer and under each number apart, in both copies', async () => {
  const dataDir = temporaryFolder()
  const subject = { signer: ANN, fixingId: FIXING_ID }
  const subjects = [subject, { ...subject, proposer: ANN }, { ...subject, proposer: ANN, attempt: 2 }]
  await withStore(dataDir, async ({ guard }) => {
    for (const [i, one] of subjects.entries()) await guard.record({ ...one, digest: digestOf(i) })
  })
  const known = (): Promise<(Hex | undefined)[]> =>
    withStore(dataDir, async ({ guard }) =>
      [...subjects, { ...subject, proposer: ANN, attempt: 1 }].map((one) => guard.digestOf(one)),
    )
  expect(await known()).toEqual([digestOf(0), digestOf(1), digestOf(2), undefined])
  rmSync(join(dataDir, 'store'), { recursive: true })
  expect(await known()).toEqual([digestOf(0), digestOf(1), digestOf(2), undefined])
})

test('gives observations and proofs the indices that their signers have now, and forgets strangers', async () => {
  await withStore(temporaryFolder(), async ({ observations }) => {
    const [one, two, three] = [await reportedBy(1), await reportedBy(2), await reportedBy(2, { value: 9n })]
    await observations.load(FIXING_ID)
    await observations.add(one)
    await observations.add(two)
    await observations.addEvidence({ first: two, second: three })
    observations.reindex(FIXING_ID, [{ signer: two.signer, index: 7 }])
    const [first, second] = [two, three].map((observation) => ({ ...observation, reporterIndex: 7 }))
    expect(observations.all(FIXING_ID).map(whole)).toEqual([first])
    expect(observations.evidence(FIXING_ID).map(wholeProof)).toEqual([{ first, second }])
    observations.reindex(FIXING_ID, [])
    expect([observations.all(FIXING_ID), observations.evidence(FIXING_ID)]).toEqual([[], []])
  })
})

test('keeps the first observation per reporter and fixing, also when asked twice at once', async () => {
  await withStore(temporaryFolder(), async ({ observations }) => {
    await observations.load(FIXING_ID)
    const first = await reportedBy(1)
    await Promise.all([observations.add(first), observations.add(await reportedBy(1, { value: 1n }))])
    await observations.add(await reportedBy(0, { value: 9n }))
    expect(observations.all(FIXING_ID).map(({ signed }) => signed.value)).toEqual([9n, first.signed.value])
    const stranger = await reportedBy(1, { fixingId: idOf(5) })
    await expect(observations.add(stranger)).rejects.toMatchObject({ name: 'Store.NotLoadedError' })
  })
})

test('numbers the journal on after a restart and returns the newest, oldest first', async () => {
  const dataDir = temporaryFolder()
  for (const stage of ['a', 'b', 'c']) {
    await withStore(dataDir, ({ journal }) => journal.append({ time: 0n, stage, action: '', reason: '' }))
  }
  const newest = await withStore(dataDir, ({ journal }) => journal.newest(2))
  expect(newest.map(({ sequence, stage }) => [sequence, stage])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ])
})

test('finds the journal lines of a fixing however many came after them', async () => {
  const store = await openStore(temporaryFolder())
  const line = { time: 0n, stage: 'sign', action: 'sign' }
  const ours = [idOf(1), idOf(2), idOf(1)]
  for (const fixingId of ours) await store.journal.append({ ...line, reason: 'old', fixingId })
  await Promise.all(
    Array.from({ length: 2_100 }, (_, i) =>
      store.journal.append({ ...line, reason: 'new', ...(i % 2 === 0 ? { fixingId: idOf(3) } : {}) }),
    ),
  )
  const sequencesOf = async (limit: number, fixing: string): Promise<number[]> =>
    (await store.journal.newest(limit, fixing)).map(({ sequence }) => sequence)
  expect(await sequencesOf(10, idOf(1))).toEqual([1, 3])
  expect(await sequencesOf(1, idOf(1))).toEqual([3])
  expect(await sequencesOf(2, idOf(3))).toEqual([2_100, 2_102])
  expect(await sequencesOf(10, idOf(4))).toEqual([])
  await store.journal.append({ ...line, reason: 'letters', fixingId: idOf(0xab) })
  expect(await sequencesOf(10, idOf(0xab).toUpperCase())).toEqual([2_104])
  expect(await sequencesOf(3_000, idOf(2).slice(0, 2))).toHaveLength(3 + 1_050 + 1)
  await store.close()
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

function fileOf(dataDir: string, pattern: RegExp): string {
  const folder = join(dataDir, 'store')
  const name = readdirSync(folder).find((entry) => pattern.test(entry))
  if (name === undefined) throw new Error(`no file like ${pattern.source}`)
  return join(folder, name)
}

test('forgets no signature when the database log is truncated, which LevelDB itself does not notice', async () => {
  const dataDir = await signedStore(40)
  const log = fileOf(dataDir, /\.log$/)
  truncateSync(log, Math.floor(statSync(log).size / 3))
  // The database alone has lost most of it without a word.
  const database = await openDatabase(join(dataDir, 'store'))
  expect((await database.list('guard')).length).toBeLessThan(20)
  await database.close()
  expect(await remembered(dataDir, 40)).toEqual(expected(40))
})

test('forgets no signature when the whole database is gone, or the witness is', async () => {
  const dataDir = await signedStore(5)
  rmSync(join(dataDir, 'store'), { recursive: true })
  expect(await remembered(dataDir, 5)).toEqual(expected(5))
  rmSync(join(dataDir, 'signed.jsonl'))
  expect(await remembered(dataDir, 5)).toEqual(expected(5))
  expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8').trim().split('\n')).toHaveLength(5)
})

test.each<[string, (dataDir: string) => void]>([
  ['a truncated MANIFEST', (dataDir) => truncateSync(fileOf(dataDir, /^MANIFEST/), 10)],
  ['a truncated table', (dataDir) => truncateSync(fileOf(dataDir, /\.ldb$/), 100)],
  ['a missing table', (dataDir) => unlinkSync(fileOf(dataDir, /\.ldb$/))],
])('says that %s is damage, and what to do; the signatures survive it', async (_what, damage) => {
  const dataDir = await signedStore(5)
  // Reopening moves the log into a table.
  await remembered(dataDir, 1)
  damage(dataDir)
  await expect(openStore(dataDir)).rejects.toMatchObject({
    name: 'Store.StoreCorruptError',
    message: expect.stringContaining('Move that folder away, keep signed.jsonl beside it, and start again'),
  })
  cpSync(join(dataDir, 'store'), join(dataDir, 'damaged'), { recursive: true })
  rmSync(join(dataDir, 'store'), { recursive: true })
  expect(await remembered(dataDir, 5)).toEqual(expected(5))
})

test('cuts off a torn last line of the witness, which was never acknowledged', async () => {
  const dataDir = await signedStore(2)
  appendFileSync(join(dataDir, 'signed.jsonl'), '{"signer":"0x12')
  expect(await remembered(dataDir, 2)).toEqual(expected(2))
  await withStore(dataDir, ({ guard }) => guard.record({ signer: ANN, fixingId: idOf(2), digest: digestOf(2) }))
  expect(await remembered(dataDir, 3)).toEqual(expected(3))
})

const FULL = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

/** A witness file of which the disk takes the first 200 bytes of a line, until `restore`. */
async function fillDisk(dataDir: string): Promise<{ readonly handles: FileHandle; restore(): void }> {
  const handle = await open(join(dataDir, 'signed.jsonl'), 'r')
  const handles: FileHandle = Object.getPrototypeOf(handle)
  await handle.close()
  const spy = vi.spyOn(handles, 'appendFile').mockImplementation(async function (this: FileHandle, line) {
    await this.write(typeof line === 'string' ? line.slice(0, 200) : '')
    throw FULL
  })
  return { handles, restore: () => spy.mockRestore() }
}

const signed = (i: number): SignedDigest => ({ signer: ANN, fixingId: idOf(i), digest: digestOf(i) })

test('a disk that is full for a moment leaves no half line: what is signed after it is read again', async () => {
  const dataDir = await signedStore(2)
  const sound = readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')
  await withStore(dataDir, async ({ guard, ...store }) => {
    expect(store.failure()).toBe(undefined)
    const disk = await fillDisk(dataDir)
    await expect(guard.record(signed(2))).rejects.toMatchObject({
      name: 'Store.StoreDiskError',
      location: join(dataDir, 'signed.jsonl'),
    })
    expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')).toBe(sound)
    expect(store.failure()).toMatchObject({ name: 'Store.StoreDiskError', location: join(dataDir, 'signed.jsonl') })
    disk.restore()
    // Two at once, of which neither may cut the other.
    await Promise.all([guard.record(signed(3)), guard.record(signed(4))])
  })
  expect(await remembered(dataDir, 5)).toEqual(expected(5))
  expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8').trim().split('\n')).toHaveLength(5)
})

test('appends nothing behind half a line that cannot be cut off, and goes on when it can', async () => {
  const dataDir = await signedStore(1)
  await withStore(dataDir, async ({ guard }) => {
    const disk = await fillDisk(dataDir)
    const spy = vi.spyOn(disk.handles, 'truncate').mockRejectedValue(FULL)
    await expect(guard.record(signed(1))).rejects.toMatchObject({ name: 'Store.StoreDiskError' })
    disk.restore()
    const torn = readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')
    await expect(guard.record(signed(2))).rejects.toMatchObject({ name: 'Store.StoreDiskError' })
    expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')).toBe(torn)
    spy.mockRestore()
    await guard.record(signed(3))
  })
  expect(await remembered(dataDir, 4)).toEqual(expected(4))
})

test('passes over half a line that an older version left, if the database has what it says', async () => {
  const dataDir = await signedStore(3)
  const file = join(dataDir, 'signed.jsonl')
  const lines = readFileSync(file, 'utf8').split('\n')
  const [first = '', second = '', third = ''] = lines
  const torn = (half: string): void => writeFileSync(file, `${first}\n${half}${third}\n`)
  for (const length of [160, second.length - 1]) {
    torn(second.slice(0, length))
    expect(await remembered(dataDir, 3)).toEqual(expected(3))
    // What it begins is in the file again by then, and it may stay.
    expect(await remembered(dataDir, 3)).toEqual(expected(3))
  }
  torn(second.slice(0, 160) + first.slice(0, 170))
  expect(await remembered(dataDir, 3)).toEqual(expected(3))
  const unknown = second.replace(idOf(1), idOf(7))
  // Which fixing it is of is not said, or the database does not have it.
  for (const half of [second.slice(0, 100), unknown.slice(0, 160), 'nonsense']) {
    torn(half)
    await expect(openStore(dataDir)).rejects.toMatchObject({ name: 'Store.WitnessCorruptError', line: 2 })
  }
  torn(second.slice(0, 160))
  rmSync(join(dataDir, 'store'), { recursive: true })
  await expect(openStore(dataDir)).rejects.toMatchObject({ name: 'Store.WitnessCorruptError', line: 2 })
})

test('refuses a damaged witness, and one that contradicts the database', async () => {
  const dataDir = await signedStore(2)
  const file = join(dataDir, 'signed.jsonl')
  const sound = readFileSync(file, 'utf8')
  writeFileSync(file, `nonsense\n${sound}`)
  await expect(openStore(dataDir)).rejects.toMatchObject({
    name: 'Store.WitnessCorruptError',
    line: 1,
    message: expect.stringContaining('Move that file away, keep the store beside it, and try again'),
  })
  rmSync(file)
  expect(await remembered(dataDir, 2)).toEqual(expected(2))
  expect(readFileSync(file, 'utf8')).toBe(sound)
  writeFileSync(file, sound.replace(digestOf(1), digestOf(0)))
  await expect(openStore(dataDir)).rejects.toMatchObject({ name: 'Store.GuardConflictError', fixingId: idOf(1) })
  // A refused start leaves nothing locked.
  writeFileSync(file, sound)
  expect(await remembered(dataDir, 2)).toEqual(expected(2))
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

test('intents that were let go of are read from the disk again, in their order, and only those of the fixing', async () => {
  const nothing = { action: 'claim', kind: 'stake', round: 0, value: 1n, amount: 0n, at: 5n, state: 'done' } as const
  const intentOf = (i: number, n: number): Intent => ({ ...nothing, key: `${idOf(i)}:00000${n}`, fixingId: idOf(i) })
  await withStore(temporaryFolder(), async ({ intents }) => {
    const [one, two, other] = [intentOf(1, 0), intentOf(1, 1), intentOf(2, 0)]
    for (const intent of [one, two, other]) await intents.put(intent)
    intents.unload((id) => id === idOf(2))
    expect([intents.of(idOf(1)), intents.of(idOf(2)), intents.isLoaded(idOf(1))]).toEqual([[], [other], false])
    await Promise.all([intents.load(idOf(1)), intents.load(idOf(1)), intents.load(idOf(3))])
    expect([intents.of(idOf(1)), intents.of(idOf(3)), intents.isLoaded(idOf(3))]).toEqual([[one, two], [], true])
    intents.unload(() => false)
    await intents.load(idOf(1))
    expect([intents.isLoaded(idOf(1)), intents.isLoaded(idOf(2))]).toEqual([true, false])
  })
})

test('a start has the intents of fixings at hand that are not closed, or have one that is not final: all of these, in order', async () => {
  const dataDir = temporaryFolder()
  const nothing = { action: 'claim', kind: 'stake', round: 0, value: 1n, amount: 0n, at: 5n } as const
  const intentOf = (i: number, n: number, state: Intent['state'] = 'done'): Intent => {
    return { ...nothing, key: `${idOf(i)}:${n.toString().padStart(6, '0')}`, fixingId: idOf(i), state, nonce: n }
  }
  // More than are read at once, from the end: of fixing 1 the last 100 first, and then the others.
  const sizes = [3, 700, 600, 300]
  await withStore(dataDir, async ({ intents, fixings }) => {
    const rows = sizes.flatMap((size, i) => Array.from({ length: size }, (_, n) => intentOf(i, n)))
    for (const row of rows) await intents.put(row)
    await intents.put(intentOf(1, 0, 'signed'))
    for (const i of [0, 1, 3]) await fixings.close(idOf(i))
  })
  await withStore(dataDir, async ({ intents }) => {
    expect(sizes.map((_, i) => intents.isLoaded(idOf(i)))).toEqual([false, true, true, false])
    for (const i of [1, 2]) {
      expect(intents.of(idOf(i)).map(({ nonce }) => nonce)).toEqual(Array.from({ length: sizes[i] ?? 0 }, (_, n) => n))
    }
    expect(intents.unfinished().map(({ key }) => key)).toEqual([intentOf(1, 0).key])
  })
})

/** What co-signing the fixing of that id earned. */
function dueOf(fixingId: Hex): KnownDue {
  return {
    fixingId,
    fixing: FIXING,
    settlement: 2n ** 100n,
    settledTime: 1_735_776_000n,
    attestation: { value: 2n ** 100n, observationsRoot: idOf(5), proposer: ANN, signers: 5n, count: 2 },
    place: 2,
    places: [0, 2],
    reward: 10n ** 18n,
  }
}

test('a fixing is closed in one write with what is due of it, which is read as it was until it is forgotten', async () => {
  const dataDir = temporaryFolder()
  const due = dueOf(FIXING_ID)
  await withStore(dataDir, async ({ fixings, dues }) => {
    await fixings.extend([{ id: FIXING_ID, fixing: FIXING, block: 12n }], 13n)
    const spy = vi.spyOn(Level.prototype, 'batch')
    await dues.close(due)
    expect(spy).toHaveBeenCalledTimes(1)
    spy.mockRestore()
  })
  await withStore(dataDir, async ({ fixings, dues }) => {
    expect([await fixings.open(), await fixings.isClosed(FIXING_ID), await dues.all()]).toEqual([[], true, [due]])
    await dues.forget([FIXING_ID])
    expect([await fixings.isClosed(FIXING_ID), await dues.all()]).toEqual([true, []])
  })
})

test('a fixing that was closed can be opened again, and the block that was thought to stay is remembered', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const anchor = { number: 9n, time: 108n, hash: idOf(9) }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.anchor()).toBe(undefined)
    await fixings.extend([known], 10n, { anchor })
    await fixings.extend([], 20n)
    expect(await fixings.isClosed(FIXING_ID)).toBe(false)
    await fixings.close(FIXING_ID)
    expect([await fixings.open(), await fixings.isClosed(FIXING_ID)]).toEqual([[], true])
    await fixings.reopen([FIXING_ID])
    expect(await fixings.isClosed(FIXING_ID)).toBe(false)
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect([await fixings.open(), await fixings.anchor(), await fixings.nextBlock()]).toEqual([[known], anchor, 20n])
    await fixings.extend([], 21n, { anchor: { number: 10n, time: 120n } })
    expect(await fixings.anchor()).toEqual({ number: 10n, time: 120n })
  })
})

test('what a document that was not held when the log was read is of is looked for until that is done, and the log goes on', async () => {
  const dataDir = temporaryFolder()
  const [a, b] = [idOf(1), idOf(2)]
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.hold([a])).toEqual([])
    // Nothing was read yet: the first reading finds those of any.
    expect(await fixings.hold([a, b])).toEqual([])
    await fixings.extend([], 20n)
  })
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.hold([a])).toEqual([])
    expect(await fixings.hold([b, a])).toEqual([b])
    expect(await fixings.hold([])).toEqual([])
    expect([await fixings.hold([b]), await fixings.hold([b, a])]).toEqual([[b], [a, b]])
  })
  // Stopped before they were found: they are still sought.
  await withStore(dataDir, async ({ fixings }) => {
    expect([await fixings.hold([a, b]), await fixings.nextBlock()]).toEqual([[a, b], 20n])
    await fixings.recall([{ ...known, log: [] }])
    expect([await fixings.hold([a, b]), await fixings.open(), await fixings.nextBlock()]).toEqual([[], [known], 20n])
  })
})

const LOG: readonly KnownEvent[] = [
  { name: 'created', block: 12n, id: FIXING_ID, fixing: FIXING },
  { name: 'proposed', block: 13n, id: FIXING_ID, from: ANN, value: 5n * 10n ** 18n, bond: 2n },
  {
    name: 'contributed',
    block: 14n,
    id: FIXING_ID,
    from: ANN,
    kind: 'appeal',
    round: 1,
    value: 4n,
    taken: 3n,
    filled: 9n,
  },
  { name: 'led', block: 14n, id: FIXING_ID, round: 1, value: -1n },
  { name: 'arbitrated', block: 15n, id: FIXING_ID, cause: 'request' },
  { name: 'ruled', block: 16n, id: FIXING_ID, value: 4n },
  { name: 'claimed', block: 17n, id: FIXING_ID, holder: ANN, kind: 'fund', round: 0, value: 4n },
]

test('what was logged of a fixing is kept with the block that is next, and replaced from any place on', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
    await fixings.extend([known], 18n, { logs: [{ id: FIXING_ID, from: 0, events: LOG }] })
    await fixings.extend([], 19n, { logs: [{ id: idOf(1), from: 0, events: [] }] })
  })
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.hold([FIXING.indexId])
    expect([await fixings.log(FIXING_ID), await fixings.log(idOf(1))]).toEqual([LOG, []])
    await fixings.extend([], 20n, { logs: [{ id: FIXING_ID, from: 2, events: LOG.slice(5, 6) }] })
    expect(await fixings.log(FIXING_ID)).toEqual([...LOG.slice(0, 2), ...LOG.slice(5, 6)])
    await fixings.extend([], 21n, { logs: [{ id: FIXING_ID, from: 1, events: [] }] })
    expect(await fixings.log(FIXING_ID)).toEqual(LOG.slice(0, 1))
    await fixings.extend([], 22n, { dropped: [FIXING_ID] })
    expect([await fixings.log(FIXING_ID), await fixings.log(idOf(1))]).toEqual([undefined, []])
  })
})

test('a log that nobody reads on is not kept: without the document, and by a version that keeps none', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const [logs, held] = [[{ id: FIXING_ID, from: 0, events: LOG }], [FIXING.indexId]]
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([known], 18n, { logs })
    await fixings.hold([])
    await fixings.hold(held)
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
    await fixings.extend([], 19n, { logs })
  })
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'meta', key: 'next-block', value: '25' }], 'soon')
  await database.close()
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.hold(held)
    // From here on it is said again that everything is kept.
    await fixings.extend([], 26n)
    await fixings.hold(held)
    expect(await fixings.log(FIXING_ID)).toBe(undefined)
  })
})

test('a fixing that is found again in older blocks has their log, and its block is the first that announced it', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([known], 30n, { logs: [{ id: FIXING_ID, from: 0, events: LOG }] })
    await fixings.recall([{ ...known, block: 20n, log: LOG.slice(0, 2) }])
    expect([await fixings.open(), await fixings.log(FIXING_ID)]).toEqual([[known], LOG.slice(0, 2)])
    await fixings.extend([{ ...known, block: 21n }], 31n)
    expect(await fixings.open()).toEqual([known])
    await fixings.recall([{ ...known, block: 11n, log: [] }])
    expect(await fixings.open()).toEqual([{ ...known, block: 11n }])
  })
})

test('of the log of a fixing that is closed nothing is kept, and of others everything', async () => {
  const dataDir = temporaryFolder()
  const [closed, due, other] = [1, 2, 3].map(idOf) as [Hex, Hex, Hex] // three
  const logs = [closed, due, other].map((id) => ({ id, from: 0, events: LOG }))
  const known = { id: other, fixing: FIXING, block: 12n }
  await withStore(dataDir, async ({ fixings, dues }) => {
    await fixings.extend([known], 18n, { logs })
    const spy = vi.spyOn(Level.prototype, 'batch')
    await fixings.close(closed)
    await dues.close(dueOf(due))
    expect(spy).toHaveBeenCalledTimes(2)
    spy.mockRestore()
  })
  expect(await logKeys(dataDir)).toEqual(keysOfLog(other))
  // Read while it was closed, or before what is closed was deleted.
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 19n, { logs })
    await fixings.hold([FIXING.indexId])
    expect(await fixings.log(other)).toEqual(LOG)
  })
  expect(await logKeys(dataDir)).toEqual(keysOfLog(other))
})

test('samples are deleted so long after their fixing was closed, through restarts, unless it is open again', async () => {
  const dataDir = temporaryFolder()
  const [closed, due, again, running] = [1, 2, 3, 4].map(idOf) as [Hex, Hex, Hex, Hex] // four
  const kept = ({ samples }: Pick<Store, 'samples'>): Promise<boolean[]> =>
    Promise.all([closed, due, again, running].map(async (id) => (await samples.get(id)) !== undefined))
  await withStore(dataDir, async ({ fixings, dues, samples }) => {
    await fixings.hold([])
    for (const id of [closed, due, again, running]) await samples.put(id, { opens: [1n] })
    await fixings.close(closed)
    await fixings.close(again)
    await samples.prune(1_000n, 100n)
    await dues.close(dueOf(due))
    await samples.prune(1_050n, 100n)
    await fixings.reopen([again])
  })
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_099n, 100n)
    expect(await kept(store)).toEqual([true, true, true, true])
  })
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_100n, 100n)
    expect(await kept(store)).toEqual([false, true, true, true])
    await store.samples.prune(1_149n, 100n)
    expect(await kept(store)).toEqual([false, true, true, true])
    await store.samples.prune(1_150n, 100n)
    expect(await kept(store)).toEqual([false, false, true, true])
  })
})

const PANEL = {
  epoch: 3n,
  reporters: [{ index: 2, owner: ANN, signer: ANN, peerId: '0x0024', key: '0x0b' }],
} as const

/** Of which of them it is known who reported. */
async function withPanel({ fixings }: Store, ids: readonly Hex[]): Promise<readonly Hex[]> {
  const panels = await Promise.all(ids.map((id) => fixings.panel(id)))
  return ids.filter((_, i) => panels[i] !== undefined)
}

test('who reported is known of a fixing that is open again, and forgotten with the samples of one that is not', async () => {
  const [closed, due, again, running] = [idOf(1), idOf(2), idOf(3), idOf(4)]
  const all = [closed, due, again, running]
  await withStore(temporaryFolder(), async (store) => {
    for (const id of all) await store.fixings.setPanel(id, PANEL)
    await store.fixings.close(closed)
    await store.fixings.close(again)
    await store.dues.close(dueOf(due))
    await store.samples.prune(1_000n, 100n)
    await store.fixings.reopen([again])
    await store.samples.prune(1_099n, 100n)
    expect(await withPanel(store, all)).toEqual(all)
    expect(await store.fixings.panel(again)).toEqual(PANEL)
    await store.samples.prune(1_100n, 100n)
    expect(await withPanel(store, all)).toEqual([again, running])
  })
})

test('who reported is forgotten of what was closed by a version that kept it for ever, and its samples are kept no longer', async () => {
  const dataDir = temporaryFolder()
  const [over, waiting, running] = [idOf(1), idOf(2), idOf(3)]
  const all = [over, waiting, running]
  await withStore(dataDir, async ({ fixings, samples }) => {
    for (const id of all) await fixings.setPanel(id, PANEL)
    await samples.put(waiting, { opens: [1n] })
  })
  const database = await openDatabase(join(dataDir, 'store'))
  // The samples of the one are deleted, those of the other are to be.
  const closed = [over, waiting].map((key) => ({ table: 'closed', key, value: true }) as const)
  const waits = { table: 'samples', key: `closed:${waiting}`, value: { time: 950n } } as const
  await database.write([...closed, waits, { table: 'meta', key: 'samples-end', value: true }], 'soon')
  await database.close()
  await withStore(dataDir, async (store) => {
    await store.fixings.hold([])
    await store.samples.prune(1_000n, 100n)
    expect([await withPanel(store, all), await store.samples.get(waiting)]).toEqual([all, { opens: ['1'] }])
    await store.samples.prune(1_050n, 100n)
    expect([await withPanel(store, all), await store.samples.get(waiting)]).toEqual([[over, running], undefined])
    await store.samples.prune(1_100n, 100n)
    expect(await withPanel(store, all)).toEqual([running])
  })
})

test('samples of what an older version closed are deleted as long after a newer one has begun', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ samples }) => samples.put(FIXING_ID, { opens: [1n] }))
  const database = await openDatabase(join(dataDir, 'store'))
  await database.write([{ table: 'closed', key: FIXING_ID, value: true }], 'soon')
  await database.close()
  const prune = (now: bigint): Promise<unknown> =>
    withStore(dataDir, async ({ fixings, samples }) => {
      await fixings.hold([])
      await samples.prune(now, 100n)
      return samples.get(FIXING_ID)
    })
  expect(await prune(1_000n)).toEqual({ opens: ['1'] })
  expect(await prune(1_099n)).toEqual({ opens: ['1'] })
  expect(await prune(1_100n)).toBe(undefined)
})

test('a start reads nothing of the thousands that are closed, and deletes what is left of a log though nothing counts it', async () => {
  const dataDir = temporaryFolder()
  const logs = [1, 2, 3].map((n) => ({ id: idOf(n), from: 0, events: LOG }))
  const readsOf = async (): Promise<number> => {
    const spies = (['get', 'iterator'] as const).map((name) => vi.spyOn(Level.prototype, name))
    await withStore(dataDir, async ({ fixings }) => void (await fixings.hold([FIXING.indexId])))
    const reads = spies.reduce((sum, { mock }) => sum + mock.calls.length, 0)
    vi.restoreAllMocks()
    return reads
  }
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 18n, { logs })
    await fixings.close(idOf(4))
  })
  // The first start looks for what older versions have closed.
  await readsOf()
  const before = await readsOf()
  const database = await openDatabase(join(dataDir, 'store'))
  const closed = Array.from({ length: 50 }, (_, i) => ({ table: 'closed', key: idOf(i + 4), value: true }) as const)
  await database.write(closed, 'soon')
  await database.close()
  expect(await readsOf()).toBe(before)
  // Written while it was being deleted.
  await withStore(dataDir, async ({ fixings }) => fixings.close(idOf(2)))
  const again = await openDatabase(join(dataDir, 'store'))
  await again.write([{ table: 'log', key: `${idOf(2)}:000000007`, value: LOG[0] }], 'soon')
  await again.close()
  await readsOf()
  expect(await logKeys(dataDir)).toEqual([1, 3].flatMap((n) => keysOfLog(idOf(n))))
})

/** The keys of the rows that the log of a fixing takes: it begins with the row that says how many there are. */
const keysOfLog = (id: Hex): readonly string[] => [id, ...LOG.map((_, i) => `${id}:${i.toString().padStart(9, '0')}`)]

async function logKeys(dataDir: string): Promise<readonly string[]> {
  const database = await openDatabase(join(dataDir, 'store'))
  const rows = await database.list('log')
  await database.close()
  return rows.map(({ key }) => key)
}

test('that the chain was undone is remembered with what was read, until all that follows from it is done', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.isUndone()).toBe(false)
    await fixings.extend([], 18n, { isUndone: true })
    await fixings.extend([], 19n)
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.isUndone()).toBe(true)
    await fixings.startedOver()
    expect(await fixings.isUndone()).toBe(false)
  })
})

test('how far older blocks were looked through is remembered with what was found there, for the same search', async () => {
  const dataDir = temporaryFolder()
  const known = { id: FIXING_ID, fixing: FIXING, block: 12n }
  const search = { indices: [FIXING.indexId], fixings: [idOf(1)], firstBlock: 3n }
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.resume(search)).toBe(undefined)
    await fixings.advance(search, 14n, [{ ...known, from: 0, events: LOG.slice(0, 2) }])
    await fixings.advance(search, 20n, [{ ...known, from: 2, events: LOG.slice(2) }])
    await fixings.advance(search, 30n, [])
  })
  await withStore(dataDir, async ({ fixings }) => {
    expect(await fixings.resume(search)).toEqual({ nextBlock: 30n, found: [{ ...known, log: LOG }] })
    expect([await fixings.open(), await fixings.log(FIXING_ID)]).toEqual([[], undefined])
    expect(await fixings.resume({ ...search, firstBlock: 2n })).toBe(undefined)
    expect(await fixings.resume(search)).toBe(undefined)
    await fixings.advance(search, 31n, [{ ...known, from: 0, events: LOG }])
    await fixings.recall([{ ...known, log: LOG }])
    expect([await fixings.resume(search), await fixings.log(FIXING_ID)]).toEqual([undefined, LOG])
  })
})

test('a store that does not say which documents were held has nothing looked for', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ fixings }) => {
    await fixings.extend([], 20n)
    expect([await fixings.hold([idOf(1)]), await fixings.hold([idOf(1), idOf(2)])]).toEqual([[], [idOf(2)]])
  })
})

test('a disk that is full when the store is opened is not taken for a damaged store', async () => {
  const location = join(temporaryFolder(), 'store')
  const cause = Object.assign(new Error('IO error: /x/MANIFEST-1: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  const failed = Object.assign(new Error('Database failed to open'), { code: 'LEVEL_DATABASE_NOT_OPEN', cause })
  const spy = vi.spyOn(Level.prototype, 'open').mockRejectedValue(failed)
  await expect(openDatabase(location)).rejects.toMatchObject({ name: 'Store.StoreDiskError', location })
  spy.mockRestore()
  await (await openDatabase(location)).close()
})

const NO_SPACE = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })

test('a disk that takes no write is not taken for a damaged store', async () => {
  const location = join(temporaryFolder(), 'store')
  const database = await openDatabase(location)
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValue(NO_SPACE)
  const written = database.write([{ table: 'own', key: 'a', value: 1 }], 'durable')
  await expect(written).rejects.toMatchObject({ name: 'Store.StoreDiskError', location })
  spy.mockRestore()
  await database.close()
})

test('writes nothing behind a write that failed until it is opened again', async () => {
  const location = join(temporaryFolder(), 'store')
  const database = await openDatabase(location)
  const put = (key: string): Promise<void> => database.write([{ table: 'own', key, value: 1 }], 'durable')
  await put('before')
  expect(database.failure()).toBe(undefined)
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(NO_SPACE)
  // The second is under way when the first fails: it is on disk, but behind half a record.
  const [first, meanwhile] = await Promise.allSettled([put('failed'), put('meanwhile')])
  const failure = database.failure()
  expect(failure).toMatchObject({ name: 'Store.StoreDiskError', location })
  expect([first, meanwhile]).toEqual([
    { status: 'rejected', reason: failure },
    { status: 'rejected', reason: failure },
  ])
  expect(spy).toHaveBeenCalledTimes(2)
  await expect(put('after')).rejects.toBe(failure)
  expect(spy).toHaveBeenCalledTimes(2)
  spy.mockRestore()
  expect(await database.read('own', 'before')).toBe(1)
  await database.close()
  const again = await openDatabase(location)
  await again.write([{ table: 'own', key: 'after', value: 1 }], 'durable')
  expect([again.failure(), await again.read('own', 'after')]).toEqual([undefined, 1])
  await again.close()
})

test.each<[string, (store: Store) => Promise<unknown>]>([
  ['samples', ({ samples }) => samples.put(FIXING_ID, {})],
  ['a line of the journal', ({ journal }) => journal.append({ time: 1n, stage: 's', action: 'a', reason: 'r' })],
])(
  'a disk that does not take %s takes nothing more of the store, and what signs forgets nothing',
  async (_what, put) => {
    const dataDir = await signedStore(1)
    await withStore(dataDir, async (store) => {
      const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValueOnce(NO_SPACE)
      await expect(put(store)).rejects.toMatchObject({ name: 'Store.StoreDiskError' })
      spy.mockRestore()
      const failure = store.failure()
      expect(failure).toMatchObject({ name: 'Store.StoreDiskError', location: join(dataDir, 'store') })
      await expect(store.guard.record(signed(1))).rejects.toBe(failure)
      await expect(put(store)).rejects.toBe(failure)
    })
    expect(await remembered(dataDir, 2)).toEqual([digestOf(0), undefined])
  },
)
