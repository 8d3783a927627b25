import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { backUp, restore } from '#node/backup'
import { markIfNew } from '#node/store'
import { MATURITY } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { ANN, signedStore, withStore } from './temporary-store.ts'

/** From now on no mark can be written in `dataDir`, until what this returns is called. */
function spoilMark(dataDir: string): () => void {
  const mark = join(dataDir, 'restored')
  rmSync(mark, { force: true })
  mkdirSync(mark)
  return () => rmSync(mark, { recursive: true })
}

async function backedUp(): Promise<string> {
  const file = join(temporaryFolder(), 'backup.jsonl')
  await backUp(await signedStore(1), file)
  return file
}

test('where no mark can be written no store is restored: without it the store would sign anything', async () => {
  const [file, dataDir] = [await backedUp(), temporaryFolder()]
  const mend = spoilMark(dataDir)
  await expect(restore(file, dataDir, MATURITY)).rejects.toThrow('illegal operation on a directory')
  expect(existsSync(join(dataDir, 'store'))).toBe(false)
  mend()
  await restore(file, dataDir, MATURITY)
  await withStore(dataDir, async ({ restoration }) => expect(restoration.maySign(2n ** 63n)).toBe(false))
})

test('a key that comes to a store is unknown to it as long as the mark of that is not on the disk', async () => {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async (store) => {
    const mend = spoilMark(dataDir)
    await expect(markIfNew(store, ANN)).rejects.toThrow('illegal operation on a directory')
    expect(await store.signers.knows(ANN)).toBe(false)
    mend()
    expect(await markIfNew(store, ANN)).toBe(true)
    expect([await store.signers.knows(ANN), store.restoration.maySign(2n ** 63n)]).toEqual([true, false])
    expect(await markIfNew(store, ANN)).toBe(false)
  })
})

test('a look that cannot be remembered lets nothing be signed', async () => {
  const dataDir = temporaryFolder()
  await restore(await backedUp(), dataDir, MATURITY)
  await withStore(dataDir, async ({ restoration }) => {
    const mend = spoilMark(dataDir)
    await expect(restoration.note(MATURITY)).rejects.toThrow('illegal operation on a directory')
    expect(restoration.maySign(MATURITY + 1n)).toBe(false)
    mend()
    await restoration.note(MATURITY)
    expect(restoration.maySign(MATURITY + 1n)).toBe(true)
  })
})

test('a key that comes after a restoration does not move that back', async () => {
  const dataDir = temporaryFolder()
  await restore(await backedUp(), dataDir, MATURITY)
  await withStore(dataDir, async ({ restoration }) => {
    await restoration.begin()
    await restoration.note(MATURITY - 50n)
    expect([MATURITY, MATURITY + 1n].map((time) => restoration.maySign(time))).toEqual([false, true])
  })
})
