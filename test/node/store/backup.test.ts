import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { Level } from 'level'
import { expect, test, vi } from 'vitest'
import { backUp, restore } from '#node/backup'
import { openStore } from '#node/store'
import { observationDigest } from '#protocol/observation.ts'
import { createGuard } from '../../../node/guard.ts'
import { openDatabase } from '../../../node/store/database.ts'
import { createSigner } from '../../../node/sign.ts'
import { localKeys } from '../../../node/sign/keys.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, MATURITY, observationOf } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

const ANN = keyOf('ann')
/** When it is restored, by the machine's clock. */
const NOW = MATURITY - 100n
const LINE = { stage: 'stake', fixingId: FIXING_ID, action: 'none', reason: 'Nothing to do.' }
const DIGEST = observationDigest(DOMAIN, observationOf({ fixingId: FIXING_ID }))

/** A store with a signature, a fixing, and 1 500 lines of journal: more than are written at once. */
async function filledStore(): Promise<string> {
  const dataDir = temporaryFolder()
  const store = await openStore(dataDir)
  await store.guard.record({ signer: ANN.address, fixingId: FIXING_ID, digest: DIGEST })
  await store.fixings.extend([{ id: FIXING_ID, fixing: FIXING, block: 7n }], 9n)
  for (let i = 0; i < 1_500; i += 1) await store.journal.append({ ...LINE, time: 2n ** 60n + BigInt(i) })
  await store.close()
  return dataDir
}

async function backedUp(): Promise<string> {
  const file = join(temporaryFolder(), 'backup.jsonl')
  expect(await backUp(await filledStore(), file)).toEqual({ rows: 1_502, signatures: 1 })
  return file
}

test('a restored store remembers everything that was backed up, the second copy of signatures too', async () => {
  const dataDir = temporaryFolder()
  expect(await restore(await backedUp(), dataDir, NOW)).toEqual({ rows: 1_502, signatures: 1 })
  expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')).toContain(DIGEST)
  const store = await openStore(dataDir)
  expect(store.guard.digestOf({ signer: ANN.address, fixingId: FIXING_ID })).toBe(DIGEST)
  expect(await store.fixings.open()).toEqual([{ id: FIXING_ID, fixing: FIXING, block: 7n }])
  // The chain's log is read again.
  expect(await store.fixings.nextBlock()).toBe(undefined)
  const lines = await store.journal.newest(2_000)
  expect(lines).toHaveLength(1_500)
  expect(lines.at(-1)).toEqual({ ...LINE, sequence: 1_500, time: 2n ** 60n + 1_499n })
  await store.close()
})

test('a backup has what only the second copy of the signatures has', async () => {
  const dataDir = await filledStore()
  const database = await openDatabase(join(dataDir, 'store'))
  const [row] = await database.list('guard')
  await database.write([{ type: 'del', table: 'guard', key: row?.key ?? '' }], 'durable')
  await database.close()
  const file = join(temporaryFolder(), 'backup.jsonl')
  expect(await backUp(dataDir, file)).toEqual({ rows: 1_502, signatures: 1 })
  expect(readFileSync(file, 'utf8')).toContain(DIGEST)
})

test('what a venue sent with line ends of its own is restored as it was, also with other line ends between the rows', async () => {
  const dataDir = temporaryFolder()
  const store = await openStore(dataDir)
  const reason = 'Maintenance\u2028until\u2029tomorrow\u0085or\r\nlater'
  await store.journal.append({ ...LINE, reason, time: 7n })
  await store.close()
  const file = join(temporaryFolder(), 'backup.jsonl')
  await backUp(dataDir, file)
  for (const end of ['\n', '\r\n']) {
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('\n', end))
    const restored = temporaryFolder()
    await restore(file, restored, NOW)
    const again = await openStore(restored)
    expect(await again.journal.newest(10)).toEqual([{ ...LINE, reason, time: 7n, sequence: 1 }])
    await again.close()
  }
})

test('of a restored store nothing new is signed for what had matured by its first look, also after a restart', async () => {
  const dataDir = temporaryFolder()
  await restore(await backedUp(), dataDir, NOW)
  const first = await openStore(dataDir)
  expect(first.restoration.maySign(2n ** 63n)).toBe(false)
  await first.restoration.note(MATURITY)
  await first.restoration.note(MATURITY + 500n)
  await first.close()
  const store = await openStore(dataDir)
  await store.restoration.note(MATURITY + 900n)
  expect([MATURITY - 1n, MATURITY, MATURITY + 1n].map((time) => store.restoration.maySign(time))).toEqual([
    false,
    false,
    true,
  ])
  const maturities = new Map([
    [`0x${'01'.repeat(32)}`, MATURITY] as const,
    [`0x${'02'.repeat(32)}`, MATURITY + 1n] as const,
  ])
  const mayBegin = (id: `0x${string}`): boolean => store.restoration.maySign(maturities.get(id) ?? 0n)
  const signer = createSigner(localKeys(ANN), DOMAIN, createGuard(store.guard, mayBegin))
  await expect(signer.sign(observationOf({ fixingId: `0x${'01'.repeat(32)}` }))).rejects.toMatchObject({
    name: 'Guard.RestoredError',
  })
  expect(await signer.sign(observationOf({ fixingId: `0x${'02'.repeat(32)}` }))).toBeDefined()
  // What was signed before may be repeated.
  expect(await signer.sign(observationOf({ fixingId: FIXING_ID }))).toBeDefined()
  await store.close()
})

test('an endpoint that is behind does not move the restoration back, and a lost store does not undo it', async () => {
  const dataDir = temporaryFolder()
  await restore(await backedUp(), dataDir, MATURITY)
  const store = await openStore(dataDir)
  await store.restoration.note(MATURITY - 50n)
  expect([MATURITY, MATURITY + 1n].map((time) => store.restoration.maySign(time))).toEqual([false, true])
  await store.close()
  rmSync(join(dataDir, 'store'), { recursive: true })
  const again = await openStore(dataDir)
  await again.restoration.note(MATURITY - 60n)
  expect([MATURITY, MATURITY + 1n].map((time) => again.restoration.maySign(time))).toEqual([false, true])
  await again.close()
})

test('a mark that cannot be read stops the node', async () => {
  const dataDir = temporaryFolder()
  await restore(await backedUp(), dataDir, NOW)
  writeFileSync(join(dataDir, 'restored'), '')
  await expect(openStore(dataDir)).rejects.toMatchObject({ name: 'Store.MarkCorruptError' })
})

test('a store that was never restored signs for anything', async () => {
  const store = await openStore(temporaryFolder())
  await store.restoration.note(MATURITY)
  expect(store.restoration.maySign(MATURITY - 10n)).toBe(true)
  await store.close()
})

test.each<readonly [what: string, spoil: (text: string) => string]>([
  ['cut off', (text) => text.slice(0, -100)],
  ['without its last line', (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`],
  ['with another row', (text) => text.replace('Nothing to do.', 'Something to do.')],
  ['without a row', (text) => text.split('\n').toSpliced(5, 1).join('\n')],
  ['with a row of its own', (text) => text.replace('\n', '\n{"table":"meta","key":"format","value":9}\n')],
  ['of something else', () => '{"format":"other","version":1}\n'],
  ['with more behind its end', (text) => `${text}{"table":"own","key":"x","value":1}\n`],
  ['empty', () => ''],
])('a backup %s is refused, and nothing is there then', async (_, spoil) => {
  const file = await backedUp()
  writeFileSync(file, spoil(readFileSync(file, 'utf8')))
  const dataDir = temporaryFolder()
  await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Backup.BackupDamagedError' })
  expect(existsSync(join(dataDir, 'store'))).toBe(false)
})

test.each<readonly [what: string, name: string, record: (sound: string) => string]>([
  ['damaged', 'Store.WitnessCorruptError', (sound) => `nonsense\n${sound}`],
  ['of another digest', 'Store.GuardConflictError', (sound) => sound.replace(DIGEST, `0x${'ab'.repeat(32)}`)],
])(
  'beside a record of signatures that is %s nothing is restored, and without it everything',
  async (_, name, record) => {
    const dataDir = await filledStore()
    const file = join(temporaryFolder(), 'backup.jsonl')
    await backUp(dataDir, file)
    rmSync(join(dataDir, 'store'), { recursive: true })
    const witness = join(dataDir, 'signed.jsonl')
    const sound = readFileSync(witness, 'utf8')
    writeFileSync(witness, record(sound))
    for (let i = 0; i < 2; i += 1) {
      await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name })
      expect(existsSync(join(dataDir, 'store'))).toBe(false)
    }
    rmSync(witness)
    await restore(file, dataDir, NOW)
    expect(readFileSync(witness, 'utf8')).toBe(sound)
  },
)

test('never over a store, a backup, or while a node runs', async () => {
  const file = await backedUp()
  const dataDir = await filledStore()
  await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Backup.StoreExistsError' })
  await expect(backUp(dataDir, file)).rejects.toMatchObject({ name: 'Backup.BackupExistsError' })
  await expect(backUp(temporaryFolder(), `${file}.2`)).rejects.toMatchObject({ name: 'Backup.NothingToBackUpError' })
  const running = await openStore(dataDir)
  await expect(backUp(dataDir, `${file}.3`)).rejects.toMatchObject({ name: 'Store.StoreLockedError' })
  expect(existsSync(`${file}.3`)).toBe(false)
  await running.close()
})

test.skipIf(!existsSync('/dev/full'))('a disk that fills on the way leaves nothing under the name', async () => {
  const file = join(temporaryFolder(), 'backup.jsonl')
  symlinkSync('/dev/full', `${file}.unfinished`)
  await expect(backUp(await filledStore(), file)).rejects.toMatchObject({
    name: 'Backup.BackupPlaceError',
    message: expect.stringContaining('no space left on device'),
  })
  expect(readdirSync(dirname(file))).toEqual([])
})

/** A folder in which a restoration was killed. */
async function halfRestored(): Promise<string> {
  const dataDir = temporaryFolder()
  const half = await openDatabase(join(dataDir, 'restoring'))
  await half.write([{ table: 'guard', key: 'x', value: 1 }], 'durable')
  await half.close()
  return dataDir
}

test('a disk that fills while a backup is restored keeps nothing of it, and the backup can be restored once there is room', async () => {
  const file = await backedUp()
  const dataDir = temporaryFolder()
  const full = Object.assign(new Error('IO error: No space left on device'), { code: 'LEVEL_IO_ERROR' })
  // The label of the format is taken, and the first rows are.
  const spy = vi.spyOn(Level.prototype, 'batch').mockRejectedValue(full)
  const done = undefined as never // the spy's type is that of another way to call it
  spy.mockResolvedValueOnce(done).mockResolvedValueOnce(done)
  await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({
    name: 'Backup.RestoreDiskError',
    dataDir,
    message:
      `Expected the disk to take a store in ${dataDir}, got "IO error: No space left on device". The backup is whole: ` +
      'make room, or mend the disk, and run assize restore again. Do not start anything there before.',
  })
  expect(spy).toHaveBeenCalledTimes(3)
  spy.mockRestore()
  expect(readdirSync(dataDir)).toEqual([])
  expect(await restore(file, dataDir, NOW)).toEqual({ rows: 1_502, signatures: 1 })
})

/** Does this once all of the backup is in the unfinished store, before that becomes the store. */
function whenFilled(run: () => void): void {
  vi.spyOn(Level.prototype, 'close').mockImplementationOnce(async function (this: Level) {
    // Its own this time.
    await this.close()
    run()
  })
}

const systemError = (code: keyof typeof constants.errno, syscall: string): Error =>
  Object.assign(new Error(`${code}: ${syscall}`), { code, errno: -constants.errno[code], syscall })

test('a store that appears while a backup is restored stays, and the backup is refused as beside any other', async () => {
  const file = await backedUp()
  const dataDir = temporaryFolder()
  whenFilled(() => {
    mkdirSync(join(dataDir, 'store'))
    writeFileSync(join(dataDir, 'store', 'CURRENT'), 'of a node')
  })
  for (let i = 0; i < 2; i += 1) {
    await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Backup.StoreExistsError' })
  }
  expect(readFileSync(join(dataDir, 'store', 'CURRENT'), 'utf8')).toBe('of a node')
  expect(existsSync(join(dataDir, 'restoring'))).toBe(false)
})

test.each(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'] as const)(
  'what the system says of the disk is the disk: %s',
  async (code) => {
    const [file, dataDir] = [await backedUp(), temporaryFolder()]
    whenFilled(() => {
      throw systemError(code, 'fsync')
    })
    await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Backup.RestoreDiskError', dataDir })
    expect(readdirSync(dataDir)).toEqual([])
  },
)

test.each([
  ['EACCES', 'open'],
  ['EMFILE', 'open'],
  // Of a folder that is not the store.
  ['ENOTEMPTY', 'rmdir'],
  // Of the backup.
  ['EIO', 'read'],
] as const)('what the system says of anything else stays what it is: %s at %s', async (code, syscall) => {
  const [file, dataDir] = [await backedUp(), temporaryFolder()]
  const error = systemError(code, syscall)
  whenFilled(() => {
    throw error
  })
  await expect(restore(file, dataDir, NOW)).rejects.toBe(error)
  expect(readdirSync(dataDir)).toEqual([])
})

test('where the disk is full at the second copy of the signatures the restored store is there, and the next start writes that', async () => {
  const [file, dataDir] = [await backedUp(), temporaryFolder()]
  const handle = await open(file)
  const handles: FileHandle = Object.getPrototypeOf(handle)
  await handle.close()
  const spy = vi.spyOn(handles, 'appendFile').mockRejectedValue(systemError('ENOSPC', 'write'))
  await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Store.StoreDiskError' })
  spy.mockRestore()
  await expect(restore(file, dataDir, NOW)).rejects.toMatchObject({ name: 'Backup.StoreExistsError' })
  const store = await openStore(dataDir)
  expect(store.guard.digestOf({ signer: ANN.address, fixingId: FIXING_ID })).toBe(DIGEST)
  expect(store.restoration.maySign(2n ** 63n)).toBe(false)
  await store.close()
  expect(readFileSync(join(dataDir, 'signed.jsonl'), 'utf8')).toContain(DIGEST)
})

test('where a restoration was broken off no new store is begun beside it', async () => {
  const dataDir = await halfRestored()
  await expect(openStore(dataDir)).rejects.toMatchObject({
    name: 'Store.RestoreUnfinishedError',
    dataDir,
    message:
      `Expected a whole store in ${dataDir}, got one that assize restore has begun. Run assize restore again; or, to ` +
      `begin without what the backup remembers, remove ${join(dataDir, 'restoring')}.`,
  })
  expect(readdirSync(dataDir)).toEqual(['restoring'])
  await restore(await backedUp(), dataDir, NOW)
  await (await openStore(dataDir)).close()
})

test('what a restoration left beside a store goes when that is opened', async () => {
  const dataDir = await halfRestored()
  const store = await openDatabase(join(dataDir, 'store'))
  await store.close()
  await (await openStore(dataDir)).close()
  expect(readdirSync(dataDir).toSorted()).toEqual(['signed.jsonl', 'store'])
})

test('what a half restoration left does not hinder the next', async () => {
  const file = await backedUp()
  const dataDir = await halfRestored()
  await restore(file, dataDir, NOW)
  expect(existsSync(join(dataDir, 'restoring'))).toBe(false)
  const store = await openStore(dataDir)
  expect(store.guard.digestOf({ signer: ANN.address, fixingId: FIXING_ID })).toBe(DIGEST)
  await store.close()
})
