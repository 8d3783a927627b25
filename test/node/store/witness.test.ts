import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { openStore } from '#node/store'
import { openWitness } from '../../../node/store/witness.ts'
import { ANN, digestOf, expected, idOf, remembered, signed, signedStore, withStore } from './temporary-store.ts'

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

test('a disk that is full for a moment leaves no half line: what is signed before and after it is read again', async () => {
  const dataDir = await signedStore(2)
  const file = join(dataDir, 'signed.jsonl')
  await withStore(dataDir, async ({ guard, ...store }) => {
    // What is cut off begins behind it.
    await guard.record(signed(2))
    const sound = readFileSync(file, 'utf8')
    expect(sound).toContain(digestOf(2))
    expect(store.failure()).toBe(undefined)
    const disk = await fillDisk(dataDir)
    await expect(guard.record(signed(3))).rejects.toMatchObject({
      name: 'Store.StoreDiskError',
      location: file,
    })
    expect(readFileSync(file, 'utf8')).toBe(sound)
    expect(store.failure()).toMatchObject({ name: 'Store.StoreDiskError', location: file })
    disk.restore()
    await guard.record(signed(4))
  })
  expect(await remembered(dataDir, 5)).toEqual(expected(5))
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(5)
})

test('of two at once of which the first finds the disk full the second is whole: the first cuts off nothing of it', async () => {
  const dataDir = await signedStore(1)
  const file = join(dataDir, 'signed.jsonl')
  const sound = readFileSync(file, 'utf8')
  const { witness } = await openWitness(file, [])
  const disk = await fillDisk(dataDir)
  const first = witness.append(signed(1)).finally(() => disk.restore())
  const second = witness.append(signed(2))
  await expect(first).rejects.toMatchObject({ name: 'Store.StoreDiskError', location: file })
  await second
  await witness.close()
  expect(readFileSync(file, 'utf8')).toBe(sound + sound.replace(idOf(0), idOf(2)).replace(digestOf(0), digestOf(2)))
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
