import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Level } from 'level'
import { expect, test } from 'vitest'
import { backUp, restore } from '#node/backup'
import { openStore, type Store } from '#node/store'
import { FIXING, FIXING_ID, keyOf, MATURITY, ROOT } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

const ANN = keyOf('ann').address
const CHILD = fileURLToPath(new URL('./upgrade-child.ts', import.meta.url))
const OTHER: `0x${string}` = `0x${'0c'.repeat(32)}`

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)))

const INTENT = { fixingId: FIXING_ID, kind: 'stake', round: 1, value: '7', amount: '9', at: '1735689600' }
const DIGEST = { signer: ANN, fixingId: FIXING_ID, digest: ROOT }

/** The rows of format 1 as its first version wrote them: transactions not signed yet, reporters without owner and key. */
function oldRows(planned: number): Record<string, unknown> {
  const reporter = { index: 2, signer: ANN, peerId: '0x0024' }
  const intents = Array.from({ length: planned }, (_, i) => {
    const key = `${FIXING_ID}:${i.toString().padStart(6, '0')}`
    return [`intents!${key}`, { ...INTENT, key, action: 'contribute', state: 'planned' }] as const
  })
  const done = `${FIXING_ID}:999999`
  return {
    'meta!format': 1,
    'meta!next-block': '44',
    [`guard!${ANN.toLowerCase()}:${FIXING_ID}`]: DIGEST,
    [`fixings!${FIXING_ID}`]: plain({ id: FIXING_ID, fixing: FIXING, block: 12n }),
    [`reporters!${FIXING_ID}`]: { epoch: '3', reporters: [reporter] },
    [`reporters!${OTHER}`]: { epoch: '4', reporters: [{ ...reporter, owner: ANN, key: '0x0b' }] },
    [`own!${FIXING_ID}`]: { fixingId: FIXING_ID, value: '5', observedAt: MATURITY.toString(), sourcesRoot: ROOT },
    'journal!000000000001': { sequence: 1, time: '3', stage: 'stake', action: 'none', reason: 'Nothing to do.' },
    ...Object.fromEntries(intents),
    [`intents!${done}`]: { ...INTENT, key: done, action: 'claim', state: 'done', hash: ROOT, nonce: 3, moved: '8' },
  }
}

/** A data_dir as the first version left it. */
async function oldStore(planned = 2): Promise<string> {
  const dataDir = temporaryFolder()
  mkdirSync(join(dataDir, 'store'))
  const level = new Level<string, unknown>(join(dataDir, 'store'), { valueEncoding: 'json' })
  await level.batch(Object.entries(oldRows(planned)).map(([key, value]) => ({ type: 'put', key, value })))
  await level.close()
  writeFileSync(join(dataDir, 'signed.jsonl'), `${JSON.stringify(DIGEST)}\n`)
  return dataDir
}

async function withStore<T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(dataDir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

async function rowsIn(dataDir: string): Promise<Record<string, unknown>> {
  const level = new Level<string, unknown>(join(dataDir, 'store'), { valueEncoding: 'json' })
  const rows = await level.iterator().all()
  await level.close()
  return Object.fromEntries(rows)
}

test('makes the store of the first version its own: nothing that was signed, sent or written is lost', async () => {
  const dataDir = await oldStore()
  const before = await rowsIn(dataDir)
  await withStore(dataDir, async (store) => {
    expect(store.guard.digestOf(DIGEST)).toBe(ROOT)
    expect(await store.fixings.open()).toEqual([{ id: FIXING_ID, fixing: FIXING, block: 12n }])
    expect(await store.fixings.nextBlock()).toBe(44n)
    // The chain has who reported; of the other all was there.
    expect(await store.fixings.panel(FIXING_ID)).toBe(undefined)
    expect(await store.fixings.panel(OTHER)).toMatchObject({ epoch: 4n, reporters: [{ owner: ANN }] })
    expect(await store.own.get(FIXING_ID)).toMatchObject({ observation: { value: 5n, observedAt: MATURITY } })
    expect(store.intents.of(FIXING_ID).map(({ state, reason, moved }) => [state, reason, moved])).toEqual([
      ['failed', 'stopped before signing', undefined],
      ['failed', 'stopped before signing', undefined],
      ['done', undefined, 8n],
    ])
    expect(await store.journal.newest(9)).toMatchObject([{ sequence: 1, time: 3n, reason: 'Nothing to do.' }])
  })
  const after = await rowsIn(dataDir)
  expect(after['meta!format']).toBe(3)
  const changed = Object.keys(before).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  expect(changed.toSorted()).toEqual(
    [`intents!${FIXING_ID}:000000`, `intents!${FIXING_ID}:000001`, 'meta!format', `reporters!${FIXING_ID}`].toSorted(),
  )
})

test('keeps what was there before an upgrade, so that an older version can have it back', async () => {
  const dataDir = await oldStore()
  await withStore(dataDir, async () => undefined)
  const [header, ...lines] = readFileSync(join(dataDir, 'before-format-2.jsonl'), 'utf8').trimEnd().split('\n')
  expect(JSON.parse(header ?? '')).toEqual({ format: 'assize-backup', version: 1 })
  const rows = lines.slice(0, -1).map((line) => JSON.parse(line) as { table: string; key: string; value: unknown })
  const { 'meta!format': _format, 'meta!next-block': _block, ...old } = oldRows(2)
  expect(Object.fromEntries(rows.map(({ table, key, value }) => [`${table}!${key}`, value]))).toEqual(old)
})

test('makes the store of the second version one that it refuses: it knew nothing of what is due, and would lose it', async () => {
  const dataDir = await oldStore(0)
  const level = new Level<string, unknown>(join(dataDir, 'store'), { valueEncoding: 'json' })
  await level.put('meta!format', 2)
  await level.close()
  const { 'meta!format': _two, ...before } = await rowsIn(dataDir)
  await withStore(dataDir, async () => undefined)
  expect(await rowsIn(dataDir)).toEqual({ ...before, 'meta!format': 3 })
  expect(readFileSync(join(dataDir, 'before-format-3.jsonl'), 'utf8')).toMatch(
    /^\{"format":"assize-backup","version":2\}/,
  )
  expect(existsSync(join(dataDir, 'before-format-2.jsonl'))).toBe(false)
  const file = join(temporaryFolder(), 'backup')
  await backUp(dataDir, file)
  expect(readFileSync(file, 'utf8')).toMatch(/^\{"format":"assize-backup","version":3\}/)
})

test('restores a backup of an older version, and refuses one of a newer', async () => {
  const dataDir = await oldStore()
  await withStore(dataDir, async () => undefined)
  const restored = join(temporaryFolder(), 'data')
  await restore(join(dataDir, 'before-format-2.jsonl'), restored, 1n)
  expect((await rowsIn(restored))['meta!format']).toBe(3)
  await withStore(restored, async (store) => {
    expect(store.intents.of(FIXING_ID).map(({ state }) => state)).toEqual(['failed', 'failed', 'done'])
    expect(store.guard.digestOf(DIGEST)).toBe(ROOT)
  })
  const file = join(temporaryFolder(), 'backup')
  await backUp(restored, file)
  writeFileSync(file, readFileSync(file, 'utf8').replace('"version":3', '"version":4'))
  await expect(restore(file, join(temporaryFolder(), 'data'), 1n)).rejects.toMatchObject({
    name: 'Backup.BackupFormatError',
  })
})

test('killed at any moment of an upgrade, it is of the one format or of the other, and the next start finishes', async () => {
  const planned = 10_000
  const original = await oldStore(planned)
  const killedAfter = async (delay: number): Promise<unknown> => {
    const dataDir = temporaryFolder()
    cpSync(original, dataDir, { recursive: true })
    const child = spawn(process.execPath, [CHILD, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = once(child, 'exit')
    await Promise.race([once(child.stdout, 'data'), ended])
    await pause(delay)
    child.kill('SIGKILL')
    await ended
    const rows = await rowsIn(dataDir)
    const format = rows['meta!format']
    const left = Object.values(rows).filter((row) => JSON.stringify(row).includes('"planned"')).length
    expect(left).toBe(format === 1 ? planned : 0)
    await withStore(dataDir, async (store) => expect(store.guard.digestOf(DIGEST)).toBe(ROOT))
    expect((await rowsIn(dataDir))['meta!format']).toBe(3)
    expect(existsSync(join(dataDir, 'before-format-2.jsonl.unfinished'))).toBe(false)
    return format
  }
  for (let delay = 40; delay <= 240; delay += 40) await killedAfter(delay)
  // On a busy machine it may be over before it is killed.
  while ((await killedAfter(0)) !== 1);
})
