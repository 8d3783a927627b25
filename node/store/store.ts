import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from './database.ts'
import { bindTo, type StoreDeployment } from './deployment.ts'
import { fixingTable, type FixingTable } from './fixing-table.ts'
import { type GuardLedger, openGuardLedger } from './guard-ledger.ts'
import { type IntentTable, openIntentTable } from './intent-table.ts'
import { type JournalTable, openJournalTable } from './journal-table.ts'
import { type ObservationTable, observationTable } from './observation-table.ts'
import { type OwnTable, ownTable } from './own-table.ts'
import { type SampleTable, sampleTable } from './sample-table.ts'
import { markRestored, openRestoration, type Restoration } from './restoration.ts'
import { openWitness } from './witness.ts'

/** Everything a node remembers, by what it is. */
export type Store = {
  readonly guard: GuardLedger
  readonly fixings: FixingTable
  readonly observations: ObservationTable
  readonly own: OwnTable
  readonly samples: SampleTable
  readonly intents: IntentTable
  readonly journal: JournalTable
  readonly restoration: Restoration
  /** Binds it to these contracts for ever. Throws StoreDeploymentError if it is about others. */
  bind(deployment: StoreDeployment): Promise<void>
  /** Waits for what is being written; the store cannot be used afterwards. */
  close(): Promise<void>
}

/** Inside data_dir: the LevelDB folder, and the second copy of what was signed. */
export const DATABASE_FOLDER = 'store'
const WITNESS_FILE = 'signed.jsonl'
/** Until when what was signed may be unknown: the store was restored, or begun with nothing. */
export const MARK_FILE = 'restored'

/** Whether there is a store in the folder `dataDir`. */
export function hasStore(dataDir: string): boolean {
  return existsSync(join(dataDir, DATABASE_FOLDER))
}

/**
 * Marks a folder in which there is no memory of signatures yet, so that what is opened there knows that it may have forgotten
 * some: the key may have signed with another folder. Says whether it was marked. Before {@link openStore}.
 */
export async function markIfNew(dataDir: string): Promise<boolean> {
  if ([DATABASE_FOLDER, WITNESS_FILE, MARK_FILE].some((name) => existsSync(join(dataDir, name)))) return false
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await markRestored(join(dataDir, MARK_FILE), 0n)
  return true
}

/**
 * Opens the store in the folder `dataDir`, creating it if there is none. One running program at a time. Throws
 * StoreLockedError, StoreCorruptError, StoreFormatError, StoreRowError, WitnessCorruptError, GuardConflictError.
 */
export async function openStore(dataDir: string): Promise<Store> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  // First the database, whose lock keeps a second program from the witness too.
  const database = await openDatabase(join(dataDir, DATABASE_FOLDER))
  const opened: { close(): Promise<void> }[] = [database]
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close()
  }
  try {
    const { witness, entries } = await openWitness(join(dataDir, WITNESS_FILE))
    opened.push(witness)
    return {
      guard: await openGuardLedger(database, witness, entries),
      fixings: fixingTable(database),
      observations: observationTable(database),
      own: ownTable(database),
      samples: sampleTable(database),
      intents: await openIntentTable(database),
      journal: await openJournalTable(database),
      restoration: await openRestoration(join(dataDir, MARK_FILE)),
      bind: (deployment) => bindTo(database, deployment, dataDir),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
