import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Level } from 'level'
import { writeBackup } from './backup-file.ts'
import { withDecimals } from './decimals.ts'
import { type Removal, type Row, type Table, TABLES } from './tables.ts'
import { FORMAT, upgradeFrom } from './upgrade.ts'

/** How long a write may be lost: 'durable' waits for the disk (fsync), 'soon' for the operating system. */
export type Durability = 'durable' | 'soon'

/** Ordered rows of JSON on disk, owned by one running program. */
export interface Database {
  /** Writes and deletes all rows or none. Throws {@link Database.failure} if there is one: nothing is written any more. */
  write(rows: readonly (Row | Removal)[], durability: Durability): Promise<void>
  /** Why a write failed, the first that did; undefined: none has. It is to be opened again before it takes another. */
  failure(): StoreFailure | undefined
  read(table: Table, key: string): Promise<unknown>
  /** The rows whose key starts with `prefix` and comes before `before`, in key order, at most `limit`; the last ones if `newest`. */
  list(table: Table, query?: ListQuery): Promise<{ key: string; value: unknown }[]>
  /** Every row as it was when this was called, `meta` left out. */
  rows(): AsyncIterable<Row>
  close(): Promise<void>
}

/** What a disk, or damage, makes of a write. */
export type StoreFailure = StoreDiskError | StoreCorruptError

/** Which rows {@link Database.list} returns. */
export type ListQuery = {
  readonly prefix?: string
  readonly before?: string | undefined
  readonly limit?: number
  readonly order?: 'oldest' | 'newest'
}

/** Sorts behind every character that keys are made of. */
const LAST = '~'

/**
 * Opens the LevelDB in the folder `location`, creating it if there is none, and makes this version's format of an older one: in one
 * step each, after a backup of it beside the folder (`before-format-2.jsonl`). `format` labels a new one that is to be filled
 * with the rows of an older version, and leaves them as they are. Throws {@link StoreLockedError} while another program has
 * it open, {@link StoreCorruptError}, {@link StoreFormatError} for a newer one.
 */
export async function openDatabase(location: string, format?: number): Promise<Database> {
  await mkdir(location, { recursive: true })
  const level = new Level<string, unknown>(location, { keyEncoding: 'utf8', valueEncoding: 'json' })
  try {
    await level.open()
  } catch (error) {
    throw openError(location, error)
  }
  const guarded = <T>(run: () => Promise<T>): Promise<T> => inWords(location, run)
  const writer = writerTo(level, location)
  const database: Database = {
    write: (rows, durability) =>
      writer.put(
        rows.map((row) => {
          const key = keyOf(row.table, row.key)
          return 'type' in row ? { type: 'del', key } : { type: 'put', key, value: withDecimals(row.value) }
        }),
        durability,
      ),
    failure: writer.failure,
    read: (table, name) => guarded(() => level.get(keyOf(table, name))),
    list: (table, { prefix = '', before, limit = -1, order = 'oldest' } = {}) =>
      guarded(async () => {
        const end = before === undefined ? keyOf(table, prefix) + LAST : keyOf(table, before)
        const range = { gte: keyOf(table, prefix), lt: end }
        const rows = await allOf(level.iterator({ ...range, limit, reverse: order === 'newest' }))
        return rows.map(([name, value]) => ({ key: name.slice(table.length + 1), value }))
      }),
    async *rows() {
      for await (const [name, value] of level.iterator()) {
        const table = TABLES.find((one) => name.startsWith(`${one}!`))
        if (table !== undefined) yield { table, key: name.slice(table.length + 1), value }
      }
    },
    close: () => level.close(),
  }
  try {
    if (format !== undefined) await label(database, format)
    else await upgrade(database, location, (batch) => writer.put(batch, 'durable'))
  } catch (error) {
    await database.close()
    throw error
  }
  return database
}

/**
 * INVARIANT: nothing is written behind a write that failed. LevelDB leaves half a record of it in its log and goes on, and what
 * is behind that is dropped without a word when it is opened again, whatever waited for the disk.
 */
function writerTo(level: Level<string, unknown>, location: string) {
  let failure: StoreFailure | undefined
  return {
    failure: () => failure,
    async put(batch: Batch, durability: Durability): Promise<void> {
      if (failure !== undefined) throw failure
      try {
        await inWords(location, () => level.batch([...batch], { sync: durability === 'durable' }))
      } catch (error) {
        if (error instanceof StoreDiskError || error instanceof StoreCorruptError) failure ??= error
        throw error
      }
      // Another may have failed meanwhile, before this one.
      if (failure !== undefined) throw failure
    },
  }
}

async function inWords<T>(location: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw accessError(location, error)
  }
}

type Iterator = {
  nextv(size: number): Promise<[string, unknown][]>
  close(): Promise<void>
}

/** Rows that are asked for first, and at most at once. */
const [FEW, MANY] = [16, 1_024] as const

/**
 * Everything that the iterator has. Its own `all` begins with many: the binding sets room aside for as many as it is asked for,
 * 64 kB for a thousand, until the iterator is collected, and a start opens two for each fixing. The end is seen only by asking
 * once more, so that the second time no more are asked for than came.
 */
async function allOf(iterator: Iterator): Promise<[string, unknown][]> {
  try {
    const rows = await iterator.nextv(FEW)
    for (let more = rows; more.length > 0;) {
      more = await iterator.nextv(Math.min(Math.max(rows.length, FEW), MANY))
      for (const row of more) rows.push(row)
    }
    return rows
  } finally {
    await iterator.close()
  }
}

const keyOf = (table: Table, name: string): string => `${table}!${name}`

type Batch = readonly (
  | { readonly type: 'put'; readonly key: string; readonly value: unknown }
  | { readonly type: 'del'; readonly key: string }
)[]

const label = (database: Database, format: number): Promise<void> =>
  database.write([{ table: 'meta', key: 'format', value: format }], 'durable')

/** INVARIANT: rows and the format that they are of change in one write: killed at any time, it is the older or the newer. */
async function upgrade(database: Database, location: string, write: (batch: Batch) => Promise<void>): Promise<void> {
  const found = await database.read('meta', 'format')
  if (found === undefined) return label(database, FORMAT)
  if (typeof found !== 'number' || !Number.isInteger(found) || found < 1 || found > FORMAT) {
    throw new StoreFormatError(location, found)
  }
  for (let from = found; from < FORMAT; from += 1) {
    await writeBackup(join(dirname(location), `before-format-${from + 1}.jsonl`), from, database.rows())
    const changes = await upgradeFrom(from, (table) => database.list(table))
    const batch = changes.map(({ table, key, ...change }) => ({ ...change, key: keyOf(table, key) }))
    await write([...batch, { type: 'put', key: keyOf('meta', 'format'), value: from + 1 }])
  }
}

function openError(location: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = codeOf(cause)
  if (code === 'LEVEL_LOCKED') return new StoreLockedError(location, { cause })
  const got = cause instanceof Error ? cause.message : 'an unknown failure'
  return DISK.test(got) ? new StoreDiskError(location, got, { cause }) : new StoreCorruptError(location, got, { cause })
}

/** What the system says of a disk that does not take or give what it should, and of itself; a truncated file is an IO error too. */
const DISK =
  /no space left|quota exceeded|read-only file system|permission denied|too many open files|input\/output error|cannot allocate memory|stale file handle|interrupted system call|resource temporarily unavailable/i

function accessError(location: string, error: unknown): unknown {
  const code = codeOf(error)
  if (code === 'LEVEL_DATABASE_NOT_OPEN') return new StoreClosedError(location, { cause: error })
  if (code === 'LEVEL_IO_ERROR' && error instanceof Error && DISK.test(error.message)) {
    return new StoreDiskError(location, error.message, { cause: error })
  }
  const isDamage = code === 'LEVEL_CORRUPTION' || code === 'LEVEL_IO_ERROR' || code === 'LEVEL_DECODE_ERROR'
  return isDamage && error instanceof Error ? new StoreCorruptError(location, error.message, { cause: error }) : error
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/** Another running program has the store open; two nodes must never sign from one. */
export class StoreLockedError extends Error {
  override readonly name = 'Store.StoreLockedError'
  readonly location: string
  constructor(location: string, options: ErrorOptions) {
    super(`Expected ${location} to be free, got one that another node uses. Stop that node, or set data_dir.`, options)
    this.location = location
  }
}

/** Files of the store are damaged. What was signed is safe: see `signed.jsonl` beside it. */
export class StoreCorruptError extends Error {
  override readonly name = 'Store.StoreCorruptError'
  readonly location: string
  constructor(location: string, got: string, options: ErrorOptions) {
    super(
      `Expected a sound store at ${location}, got "${got}". ` +
        'Move that folder away, keep signed.jsonl beside it, and start again: peers and the chain have the rest.',
      options,
    )
    this.location = location
  }
}

/** The disk did not take a write or give a read: full, failing, or not ours. What is there may be sound. */
export class StoreDiskError extends Error {
  override readonly name = 'Store.StoreDiskError'
  readonly location: string
  /** What the system said. */
  readonly got: string
  constructor(location: string, got: string, options: ErrorOptions) {
    super(
      `Expected the disk to keep ${location}, got "${got}". ` +
        'Check free space and permissions, keep the folder as it is, and start again.',
      options,
    )
    this.location = location
    this.got = got
  }
}

/** A row is not what this version writes. */
export class StoreRowError extends Error {
  override readonly name = 'Store.StoreRowError'
  readonly table: Table
  readonly key: string
  constructor(table: Table, key: string, options: ErrorOptions) {
    super(`Expected a sound row ${key} in ${table}, got something else. Run the version that made the store.`, options)
    this.table = table
    this.key = key
  }
}

/** The store was written by a newer version. */
export class StoreFormatError extends Error {
  override readonly name = 'Store.StoreFormatError'
  readonly location: string
  constructor(location: string, got: unknown) {
    super(
      `Expected a store of format 1 to ${FORMAT} at ${location}, got ${JSON.stringify(got)}. ` +
        'Run the version that made it, or a newer one; to go back, see "Another version" in docs/operations/running.md.',
    )
    this.location = location
  }
}

/** The store was used after it was closed. */
export class StoreClosedError extends Error {
  override readonly name = 'Store.StoreClosedError'
  constructor(location: string, options: ErrorOptions) {
    super(`Expected ${location} to be open, got it closed. The node is stopping.`, options)
  }
}
