import type { Address, Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { z } from 'zod'
import { decodeObservation, type SignedObservation } from '#protocol/observation.ts'
import type { Database } from './database.ts'
import { ADDRESS, HEX, parseRow } from './row.ts'

/** A verified observation: what was signed, by which reporter, and the bytes that travelled. */
export type StoredObservation = {
  readonly signed: SignedObservation
  readonly signer: Address
  /** The signer's index in the registry. */
  readonly reporterIndex: number
  readonly bytes: Uint8Array
}

/** Two different observations by one reporter for one fixing: an equivocation, provable by anyone. */
export type StoredEvidence = { readonly first: StoredObservation; readonly second: StoredObservation }

/** The verified observations of this node, those of loaded fixings in memory. */
export interface ObservationTable {
  /** Reads a fixing's rows; before that it seems empty and nothing can be added to it. */
  load(fixingId: Hex): Promise<void>
  /**
   * Gives everything in memory its signer's registry index, by lower-case signer, and forgets there what is of nobody: the
   * reporters may be others than when it came.
   */
  reindex(fixingId: Hex, indexOf: ReadonlyMap<string, number>): void
  /** Forgets the copy in memory; the rows stay. */
  unload(fixingId: Hex): void
  /** First seen per reporter, in reporter order, equivocators included; the same list for as long as nothing changes. */
  all(fixingId: Hex): readonly StoredObservation[]
  /** The same list for as long as nothing changes. */
  evidence(fixingId: Hex): readonly StoredEvidence[]
  /** Keeps the first observation per reporter and fixing. In memory from the call on, on disk when resolved. */
  add(observation: StoredObservation): Promise<void>
  /** Keeps the first proof per reporter and fixing. */
  addEvidence(evidence: StoredEvidence): Promise<void>
}

const ROW = z.object({ signer: ADDRESS, index: z.number(), bytes: HEX })
const EVIDENCE = z.object({ first: ROW, second: ROW })

type Loaded = {
  readonly bySigner: Map<string, StoredObservation>
  readonly proofs: Map<string, StoredEvidence>
  /** What is told of the two; undefined when they have changed since. */
  observations?: readonly StoredObservation[] | undefined
  evidence?: readonly StoredEvidence[] | undefined
}

const NONE: readonly never[] = []

/** The observations of `database`. Throws StoreRowError for a row that this version did not write. */
export function observationTable(database: Database): ObservationTable {
  const loaded = new Map<Hex, Loaded>()
  const of = (fixingId: Hex): Loaded => {
    const known = loaded.get(fixingId)
    if (known === undefined) throw new NotLoadedError(fixingId)
    return known
  }
  return {
    async load(fixingId) {
      if (!loaded.has(fixingId)) loaded.set(fixingId, await read(database, fixingId))
    },
    reindex(fixingId, indexOf) {
      const known = of(fixingId)
      const { bySigner, proofs } = known
      known.observations = undefined
      known.evidence = undefined
      for (const [signer, observation] of bySigner) {
        const reporterIndex = indexOf.get(signer)
        if (reporterIndex === undefined) bySigner.delete(signer)
        else bySigner.set(signer, { ...observation, reporterIndex })
      }
      for (const [signer, { first, second }] of proofs) {
        const reporterIndex = indexOf.get(signer)
        if (reporterIndex === undefined) proofs.delete(signer)
        else proofs.set(signer, { first: { ...first, reporterIndex }, second: { ...second, reporterIndex } })
      }
    },
    unload: (fixingId) => void loaded.delete(fixingId),
    all(fixingId) {
      const known = loaded.get(fixingId)
      if (known === undefined) return NONE
      known.observations ??= [...known.bySigner.values()].toSorted((a, b) => a.reporterIndex - b.reporterIndex)
      return known.observations
    },
    evidence(fixingId) {
      const known = loaded.get(fixingId)
      if (known === undefined) return NONE
      known.evidence ??= [...known.proofs.values()]
      return known.evidence
    },
    async add(observation) {
      const { fixingId } = observation.signed
      const known = of(fixingId)
      const { bySigner } = known
      const signer = observation.signer.toLowerCase()
      if (bySigner.has(signer)) return
      known.observations = undefined
      bySigner.set(signer, observation)
      const row = { table: 'observations', key: `${fixingId}:${signer}`, value: rowOf(observation) } as const
      await database.write([row], 'soon')
    },
    async addEvidence(evidence) {
      const { fixingId } = evidence.first.signed
      const known = of(fixingId)
      const { proofs } = known
      const signer = evidence.first.signer.toLowerCase()
      if (proofs.has(signer)) return
      known.evidence = undefined
      proofs.set(signer, evidence)
      const value = { first: rowOf(evidence.first), second: rowOf(evidence.second) }
      await database.write([{ table: 'evidence', key: `${fixingId}:${signer}`, value }], 'soon')
    },
  }
}

async function read(database: Database, fixingId: Hex): Promise<Loaded> {
  const bySigner = new Map<string, StoredObservation>()
  const proofs = new Map<string, StoredEvidence>()
  for (const row of await database.list('observations', { prefix: fixingId })) {
    const observation = restore(parseRow(ROW, 'observations', row))
    bySigner.set(observation.signer.toLowerCase(), observation)
  }
  for (const row of await database.list('evidence', { prefix: fixingId })) {
    const { first, second } = parseRow(EVIDENCE, 'evidence', row)
    proofs.set(first.signer.toLowerCase(), { first: restore(first), second: restore(second) })
  }
  return { bySigner, proofs }
}

function rowOf({ signer, reporterIndex, bytes }: StoredObservation): z.input<typeof ROW> {
  return { signer, index: reporterIndex, bytes: bytesToHex(bytes) }
}

function restore(row: z.output<typeof ROW>): StoredObservation {
  const bytes = hexToBytes(row.bytes)
  return { signed: decodeObservation(bytes), signer: row.signer, reporterIndex: row.index, bytes }
}

/** An observation was added to a fixing whose rows were not read: it could overwrite the first seen. */
export class NotLoadedError extends Error {
  override readonly name = 'Store.NotLoadedError'
  readonly fixingId: Hex
  constructor(fixingId: Hex) {
    super(`Expected the observations of ${fixingId} to be loaded, got none. Call load first.`)
    this.fixingId = fixingId
  }
}
