import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { type Database, openDatabase, type Row, TABLES } from './database.ts'
import { markRestored } from './restoration.ts'
import { DATABASE_FOLDER, hasStore, MARK_FILE, openStore } from './store.ts'

/** What a backup has in it. */
export type BackupSummary = { readonly rows: number; readonly signatures: number }

const FORMAT = 'assize-backup'
const VERSION = 1
/** Rows that are written to a restored store at once. */
const BATCH = 1_000

const HEADER = z.object({ format: z.literal(FORMAT), version: z.literal(VERSION) })
const ROW = z.strictObject({ table: z.enum(TABLES), key: z.string(), value: z.unknown() })
const END = z.strictObject({ rows: z.number().int(), sha256: z.string() })

/**
 * Writes everything that the store in `dataDir` remembers to `file`, one JSON document a line, the last with how many
 * there are and their SHA-256. Keys are not in it. The file appears whole or not at all. Throws StoreLockedError while a
 * node runs, {@link BackupExistsError}.
 */
export async function backUp(dataDir: string, file: string): Promise<BackupSummary> {
  if (existsSync(file)) throw new BackupExistsError(file)
  if (!hasStore(dataDir)) throw new NothingToBackUpError(dataDir)
  // Its opening brings what only the second copy of the signatures has into the database.
  await (await openStore(dataDir)).close()
  const database = await openDatabase(join(dataDir, DATABASE_FOLDER))
  const unfinished = `${file}.unfinished`
  try {
    const summary = await write(database, unfinished)
    await rename(unfinished, file)
    return summary
  } finally {
    await database.close()
    await rm(unfinished, { force: true })
  }
}

async function write(database: Database, file: string): Promise<BackupSummary> {
  const out = createWriteStream(file, { mode: 0o600, flush: true })
  const hash = createHash('sha256')
  let [rows, signatures] = [0, 0]
  const put = async (text: string): Promise<void> => {
    if (!out.write(`${text}\n`)) await once(out, 'drain')
  }
  await put(JSON.stringify({ format: FORMAT, version: VERSION }))
  for await (const row of database.rows()) {
    const line = JSON.stringify(row)
    hash.update(`${line}\n`)
    rows += 1
    if (row.table === 'guard') signatures += 1
    await put(line)
  }
  await put(JSON.stringify({ rows, sha256: hash.digest('hex') }))
  out.end()
  await finished(out)
  return { rows, signatures }
}

/**
 * Makes the store in `dataDir` from a backup. All of the file is checked before anything is written; the store appears
 * whole or not at all. Since nobody knows what was signed after the backup was made, the store is marked as restored at
 * `now` (Unix seconds by the machine's clock): see {@link markRestored}. Throws {@link BackupDamagedError}, {@link StoreExistsError}.
 */
export async function restore(file: string, dataDir: string, now: bigint): Promise<BackupSummary> {
  if (hasStore(dataDir)) throw new StoreExistsError(dataDir)
  const summary = await check(file)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const unfinished = join(dataDir, 'restoring')
  await rm(unfinished, { recursive: true, force: true })
  const database = await openDatabase(unfinished)
  try {
    let batch: Row[] = []
    for await (const row of rowsOf(file)) {
      batch.push(row)
      if (batch.length < BATCH) continue
      await database.write(batch, 'soon')
      batch = []
    }
    await database.write(batch, 'durable')
  } finally {
    await database.close()
  }
  // Before the store is there: what is there without a mark signs anything.
  await markRestored(join(dataDir, MARK_FILE), now)
  await rename(unfinished, join(dataDir, DATABASE_FOLDER))
  // Its opening writes the second copy of the signatures.
  await (await openStore(dataDir)).close()
  return summary
}

async function check(file: string): Promise<BackupSummary> {
  let [rows, signatures] = [0, 0]
  for await (const { table } of rowsOf(file)) {
    rows += 1
    if (table === 'guard') signatures += 1
  }
  return { rows, signatures }
}

/** The rows of a backup; throws {@link BackupDamagedError} at the latest at its end. */
async function* rowsOf(file: string): AsyncIterable<Row> {
  const input = createReadStream(file)
  const hash = createHash('sha256')
  let [line, rows] = [0, 0]
  let end: z.output<typeof END> | undefined
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1
      const value = parse(file, line, text)
      if (end !== undefined) throw new BackupDamagedError(file, `line ${line} after its end`)
      if (line === 1) {
        if (!HEADER.safeParse(value).success) throw new BackupDamagedError(file, 'another first line')
        continue
      }
      const ended = END.safeParse(value)
      if (ended.success) {
        end = ended.data
        continue
      }
      const row = ROW.safeParse(value)
      if (!row.success) throw new BackupDamagedError(file, `something else in line ${line}`)
      rows += 1
      hash.update(`${text}\n`)
      yield row.data
    }
  } finally {
    input.destroy()
  }
  if (end === undefined) throw new BackupDamagedError(file, 'no last line: it is cut off')
  if (end.rows !== rows || end.sha256 !== hash.digest('hex')) throw new BackupDamagedError(file, 'another checksum')
}

function parse(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BackupDamagedError(file, `no JSON in line ${line}`)
  }
}

/** A backup is never written over another. */
export class BackupExistsError extends Error {
  override readonly name = 'Backup.BackupExistsError'
  constructor(file: string) {
    super(`Expected no file at ${file}, got one. Name another.`)
  }
}

/** There is no store to back up. */
export class NothingToBackUpError extends Error {
  override readonly name = 'Backup.NothingToBackUpError'
  constructor(dataDir: string) {
    super(`Expected the store of a node in ${dataDir}, got none. Check data_dir.`)
  }
}

/** The file is no whole backup; nothing was written. */
export class BackupDamagedError extends Error {
  override readonly name = 'Backup.BackupDamagedError'
  constructor(file: string, got: string) {
    super(`Expected a whole backup in ${file}, got ${got}. Take another; nothing was restored.`)
  }
}

/** A store that is there may know of signatures that the backup does not. */
export class StoreExistsError extends Error {
  override readonly name = 'Backup.StoreExistsError'
  constructor(dataDir: string) {
    super(
      `Expected no store in ${dataDir}, got one. It may know of signatures that the backup lacks: keep it, or name another.`,
    )
  }
}
