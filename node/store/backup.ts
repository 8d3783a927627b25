import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { getSystemErrorMessage } from 'node:util'
import { makeFolder } from '../ground/access.ts'
import { type BackupSummary, checkBackup, rowsOf, writeBackup } from './backup-file.ts'
import { openDatabase, StoreDiskError } from './database.ts'
import { joined, storedDigests } from './guard-ledger.ts'
import { markRestored } from './restoration.ts'
import {
  DATABASE_FOLDER,
  hasStore,
  MARK_FILE,
  openStore,
  storeFault,
  UNFINISHED_FOLDER,
  WITNESS_FILE,
} from './store.ts'
import type { Row } from './tables.ts'
import { FORMAT } from './upgrade.ts'
import { readWitness } from './witness.ts'

/** Rows that are written to a restored store at once. */
const BATCH = 1_000

/**
 * Writes everything that the store in `dataDir` remembers to `file`, one JSON document a line, the last with how many
 * there are and their SHA-256. Keys are not in it. The file appears whole or not at all. Throws StoreLockedError while a
 * node runs, {@link BackupExistsError}, BackupPlaceError.
 */
export async function backUp(dataDir: string, file: string): Promise<BackupSummary> {
  if (existsSync(file)) throw new BackupExistsError(file)
  if (!hasStore(dataDir)) throw new NothingToBackUpError(dataDir)
  // Its opening brings what only the second copy of the signatures has into the database.
  await (await openStore(dataDir)).close()
  const database = await openDatabase(join(dataDir, DATABASE_FOLDER))
  try {
    return await writeBackup(file, FORMAT, database.rows())
  } finally {
    await database.close()
  }
}

/**
 * Makes the store in `dataDir` from a backup. All of the file is checked before anything is written; the store appears
 * whole or not at all. Since nobody knows what was signed after the backup was made, the store is marked as restored at
 * `now` (Unix seconds by the machine's clock): see {@link markRestored}. Throws {@link BackupDamagedError}, {@link StoreExistsError},
 * {@link RestoreDiskError}, AccessError, and WitnessCorruptError or GuardConflictError where the record of what was signed that is there cannot be beside it.
 * {@link StoreDiskError}: the store is there, whole, and the disk did not take the second copy of its signatures, which its next opening writes.
 */
export async function restore(file: string, dataDir: string, now: bigint): Promise<BackupSummary> {
  if (hasStore(dataDir)) throw new StoreExistsError(dataDir)
  const { format, ...summary } = await checkBackup(file)
  makeFolder(dataDir)
  const fault = storeFault(dataDir)
  if (fault !== undefined) throw fault
  const unfinished = join(dataDir, UNFINISHED_FOLDER)
  try {
    await fill(unfinished, file, format, join(dataDir, WITNESS_FILE))
    // Before the store is there: what is there without a mark signs anything.
    await markRestored(join(dataDir, MARK_FILE), now)
    await rename(unfinished, join(dataDir, DATABASE_FOLDER))
  } catch (error) {
    // What it takes of a full disk is what the next try lacks.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined)
    throw failureOf(dataDir, error)
  }
  // Its opening upgrades it, and writes the second copy of the signatures.
  await (await openStore(dataDir)).close()
  return summary
}

/** Makes the database in `folder` of all that is in the backup; what was there goes. Throws as {@link restore}. */
async function fill(folder: string, file: string, format: number, witness: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  const database = await openDatabase(folder, format)
  try {
    let batch: Row[] = []
    for await (const row of rowsOf(file)) {
      batch.push(row)
      if (batch.length < BATCH) continue
      await database.write(batch, 'durable')
      batch = []
    }
    await database.write(batch, 'durable')
    // What the store cannot be opened beside is to be known before it is there.
    const stored = await storedDigests(database)
    joined({ stored, witnessed: await readWitness(witness, stored) })
  } finally {
    await database.close()
  }
}

/** Codes of the system for a disk that does not take what is written. */
const DISK_CODES: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'])
/** And for a folder that is there already, where one is to be. */
const TAKEN_CODES: ReadonlySet<unknown> = new Set(['ENOTEMPTY', 'EEXIST'])

/** What to do about the place of the store, if it is that which failed: the disk, or a store that has come meanwhile; all else stays what it is. */
function failureOf(dataDir: string, cause: unknown): unknown {
  if (cause instanceof StoreDiskError) return new RestoreDiskError(dataDir, cause.got, { cause })
  if (!(cause instanceof Error && 'code' in cause && 'errno' in cause && typeof cause.errno === 'number')) return cause
  if (TAKEN_CODES.has(cause.code) && hasStore(dataDir)) return new StoreExistsError(dataDir, { cause })
  const isOfBackup = 'syscall' in cause && cause.syscall === 'read'
  if (isOfBackup || !DISK_CODES.has(cause.code)) return cause
  return new RestoreDiskError(dataDir, getSystemErrorMessage(cause.errno), { cause })
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

/** A store that is there may know of signatures that the backup does not. */
export class StoreExistsError extends Error {
  override readonly name = 'Backup.StoreExistsError'
  constructor(dataDir: string, options?: ErrorOptions) {
    super(
      `Expected no store in ${dataDir}, got one. It may know of signatures that the backup lacks: keep it, or name another.`,
      options,
    )
  }
}

/** The disk did not take all of the backup; there is no store. */
export class RestoreDiskError extends Error {
  override readonly name = 'Backup.RestoreDiskError'
  readonly dataDir: string
  constructor(dataDir: string, got: string, options: ErrorOptions) {
    super(
      `Expected the disk to take a store in ${dataDir}, got "${got}". ` +
        'The backup is whole: make room, or mend the disk, and run assize restore again. Do not start anything there before.',
      options,
    )
    this.dataDir = dataDir
  }
}
