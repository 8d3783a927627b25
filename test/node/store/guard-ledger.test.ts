import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { openStore } from '#node/store'
import { openDatabase } from '../../../node/store/database.ts'
import { FIXING_ID } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { ANN, digestOf, expected, remembered, signedStore, withStore } from './temporary-store.ts'

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
