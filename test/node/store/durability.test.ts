import { rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Level } from 'level'
import { afterEach, expect, test, vi } from 'vitest'
import { backUp, restore } from '#node/backup'
import type { Store } from '#node/store'
import type { Intent } from '../../../node/store/intent-table.ts'
import { observationOf } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { ANN, idOf, signed, signedStore, withStore } from './temporary-store.ts'

const INTENT: Intent = {
  key: `${idOf(1)}:000000`,
  fixingId: idOf(1),
  action: 'claim',
  kind: 'stake',
  round: 0,
  value: 1n,
  amount: 0n,
  state: 'signed',
  at: 5n,
}
const VOTE = { jury: ANN, fixingId: idOf(1), round: 0, seat: 7, value: 1n, salt: idOf(2), at: 5n }

afterEach(() => {
  vi.restoreAllMocks()
})

/** What is written from now on, in order: by LevelDB in which folder, to which tables, and whether the disk is waited for; and by files. */
async function recordDisk(): Promise<string[]> {
  const log: string[] = []
  const batch: typeof Level.prototype.batch = Reflect.get(Level.prototype, 'batch')
  type Options = { readonly sync?: boolean }
  const write = async function (this: Level, rows: readonly { readonly key: string }[], ...rest: readonly Options[]) {
    const tables = new Set(rows.map(({ key }) => key.split('!')[0]))
    await Reflect.apply(batch, this, [rows, ...rest])
    const isWaiting = rest.some(({ sync }) => sync === true)
    log.push(`${basename(this.location)}: ${[...tables].join(', ')}, ${isWaiting ? 'waits' : 'does not wait'}`)
  }
  // The spy's type is that of another way to call it.
  vi.spyOn(Level.prototype, 'batch').mockImplementation(write as never)
  const handle = await open(join(temporaryFolder(), 'any'), 'w')
  const handles: FileHandle = Object.getPrototypeOf(handle)
  await handle.close()
  for (const name of ['appendFile', 'datasync'] as const) {
    const original = handles[name]
    vi.spyOn(handles, name).mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
      await Reflect.apply(original, this, args)
      log.push(name)
    })
  }
  return log
}

test.each<readonly [what: string, put: (store: Store) => Promise<unknown>, written: readonly string[]]>([
  ['what is signed', ({ guard }) => guard.record(signed(0)), ['store: guard, waits', 'appendFile', 'datasync']],
  ['an own observation', ({ own }) => own.put({ observation: observationOf() }), ['store: own, waits']],
  ['what was sent', ({ intents }) => intents.put(INTENT), ['store: intents, waits']],
  ['a vote', ({ juries }) => juries.keep([VOTE]), ['store: votes, waits']],
  ['who signs', ({ signers }) => signers.add(ANN), ['store: meta, waits']],
])('%s is on the disk when it is kept: a power cut loses nothing of it', async (_, put, written) => {
  await withStore(temporaryFolder(), async (store) => {
    const log = await recordDisk()
    await put(store)
    expect(log).toEqual(written)
  })
})

test('what only the other copy of the signatures has is on the disk once the store is open', async () => {
  const dataDir = await signedStore(1)
  rmSync(join(dataDir, 'signed.jsonl'))
  const log = await recordDisk()
  await withStore(dataDir, async () => undefined)
  expect(log).toEqual(['appendFile', 'datasync'])
  rmSync(join(dataDir, 'store'), { recursive: true })
  log.length = 0
  await withStore(dataDir, async () => undefined)
  expect(log).toEqual(['store: meta, waits', 'store: guard, waits'])
})

test('all of a backup is on the disk before the store that is made of it is there, of a large one too', async () => {
  const dataDir = await signedStore(1)
  const votes = Array.from({ length: 1_001 }, (_, seat) => ({ ...VOTE, seat }))
  await withStore(dataDir, ({ juries }) => juries.keep(votes))
  const file = join(temporaryFolder(), 'backup.jsonl')
  await backUp(dataDir, file)
  const log = await recordDisk()
  await restore(file, temporaryFolder(), 5n)
  // LevelDB begins a new log file every few megabytes, and the last write waits for the last of them alone.
  expect(log).toEqual([
    'restoring: meta, waits',
    'restoring: guard, votes, waits',
    'restoring: votes, waits',
    'appendFile',
    'datasync',
  ])
})
