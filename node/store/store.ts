import { existsSync, readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Address } from 'viem'
import { getAddress } from 'viem/utils'
import { accessFault, type AccessError, folderFault, makeFolder } from '../ground/access.ts'
import { openDatabase, type StoreFailure } from './database.ts'
import { bindTo, type StoreDeployment } from './deployment.ts'
import { type DueTable, dueTable } from './due-table.ts'
import { fixingTable, type FixingTable } from './fixing-table.ts'
import { type GuardLedger, openGuardLedger, storedDigests } from './guard-ledger.ts'
import { type IntentTable, openIntentTable } from './intent-table.ts'
import { type JournalTable, openJournalTable } from './journal-table.ts'
import { type JuryTable, juryTable } from './jury-table.ts'
import { type ObservationTable, observationTable } from './observation-table.ts'
import { type OwnTable, ownTable } from './own-table.ts'
import { type SampleTable, sampleTable } from './sample-table.ts'
import { openRestoration, type Restoration } from './restoration.ts'
import { signerTable, type SignerTable } from './signer-table.ts'
import { openWitness, readWitness } from './witness.ts'

/** Everything a node remembers, by what it is. */
export type Store = {
  readonly guard: GuardLedger
  readonly signers: SignerTable
  readonly fixings: FixingTable
  readonly dues: DueTable
  readonly observations: ObservationTable
  readonly own: OwnTable
  readonly samples: SampleTable
  readonly intents: IntentTable
  readonly journal: JournalTable
  readonly juries: JuryTable
  readonly restoration: Restoration
  /** Binds it to these contracts for ever. Throws StoreDeploymentError if it is about others. */
  bind(deployment: StoreDeployment): Promise<void>
  /**
   * Why something was not taken to disk, the first that was not: whatever that was is missing until the store is opened again, and
   * what was to be signed is signed by nobody. Undefined: all was taken.
   */
  failure(): StoreFailure | undefined
  /** Waits for what is being written; the store cannot be used afterwards. */
  close(): Promise<void>
}

/** Inside data_dir: the LevelDB folder, and the second copy of what was signed. */
export const DATABASE_FOLDER = 'store'
export const WITNESS_FILE = 'signed.jsonl'
/** Until when what was signed may be unknown: the store was restored, or a key came to it that it did not know. */
export const MARK_FILE = 'restored'
/** What becomes the LevelDB folder once all of a backup is in it. */
export const UNFINISHED_FOLDER = 'restoring'

/** Whether there is a store in the folder `dataDir`. */
export function hasStore(dataDir: string): boolean {
  return existsSync(join(dataDir, DATABASE_FOLDER))
}

/**
 * Marks the store for a key that it does not know: the key may have signed with another one. Says whether it was marked.
 * Before anything is signed.
 */
export async function markIfNew({ restoration, signers }: Store, signer: Address): Promise<boolean> {
  if (await signers.knows(signer)) return false
  // The mark first: a key that is known without it signs anything.
  await restoration.begin()
  await signers.add(signer)
  return true
}

/**
 * Whose signatures the store in `dataDir` has, by their second copy: also while a program has it open. Throws
 * WitnessCorruptError.
 */
export async function signersIn(dataDir: string): Promise<readonly Address[]> {
  const entries = await readWitness(join(dataDir, WITNESS_FILE), [])
  return [...new Set(entries.map(({ signer }) => getAddress(signer)))]
}

/** Why this user cannot write the store in `dataDir`, or make one there; undefined: he can. Nothing is made. */
export function storeFault(dataDir: string): AccessError | undefined {
  const folder = join(dataDir, DATABASE_FOLDER)
  const above = folderFault(dataDir) ?? (existsSync(folder) ? folderFault(folder) : undefined)
  if (above !== undefined) return above
  // What another user made there, such as by sudo, is not ours to write.
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
  const kept = [WITNESS_FILE, MARK_FILE].map((name) => join(dataDir, name)).filter((file) => existsSync(file))
  for (const file of [...files, ...kept]) {
    const fault = accessFault(file, 'write')
    // A node that runs removes files meanwhile.
    if (fault !== undefined && existsSync(file)) return fault
  }
  return undefined
}

/**
 * Opens the store in the folder `dataDir`, creating it if there is none. One running program at a time. Throws AccessError,
 * {@link RestoreUnfinishedError}, StoreLockedError, StoreCorruptError, StoreFormatError, StoreRowError, WitnessCorruptError, GuardConflictError.
 */
export async function openStore(dataDir: string): Promise<Store> {
  makeFolder(dataDir)
  const fault = storeFault(dataDir)
  if (fault !== undefined) throw fault
  const unfinished = join(dataDir, UNFINISHED_FOLDER)
  // A new store beside it would be in the way of the restoration, and know nothing of what was staked.
  if (!hasStore(dataDir) && existsSync(unfinished)) throw new RestoreUnfinishedError(dataDir)
  // First the database, whose lock keeps a second program from the witness too.
  const database = await openDatabase(join(dataDir, DATABASE_FOLDER))
  const opened: { close(): Promise<void> }[] = [database]
  const close = async (): Promise<void> => {
    for (const part of opened.toReversed()) await part.close()
  }
  try {
    // Beside a store it is of no use to anybody.
    await rm(unfinished, { recursive: true, force: true })
    const stored = await storedDigests(database)
    const { witness, entries: witnessed } = await openWitness(join(dataDir, WITNESS_FILE), stored)
    opened.push(witness)
    const guard = await openGuardLedger(database, witness, { stored, witnessed })
    return {
      guard,
      signers: signerTable(database, guard),
      fixings: fixingTable(database),
      dues: dueTable(database),
      observations: observationTable(database),
      own: ownTable(database),
      samples: sampleTable(database),
      intents: await openIntentTable(database),
      journal: await openJournalTable(database),
      juries: juryTable(database),
      restoration: await openRestoration(join(dataDir, MARK_FILE)),
      failure: () => database.failure() ?? witness.failure(),
      bind: (deployment) => bindTo(database, deployment, dataDir),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A restoration of this folder was broken off, or is under way. */
export class RestoreUnfinishedError extends Error {
  override readonly name = 'Store.RestoreUnfinishedError'
  readonly dataDir: string
  constructor(dataDir: string) {
    super(
      `Expected a whole store in ${dataDir}, got one that assize restore has begun. Run assize restore again; or, to begin ` +
        `without what the backup remembers, remove ${join(dataDir, UNFINISHED_FOLDER)}.`,
    )
    this.dataDir = dataDir
  }
}
