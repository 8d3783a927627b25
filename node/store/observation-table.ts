import type { Address, Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { z } from 'zod'
import { decodeObservation, type SignedObservation } from '#protocol/observation.ts'
import type { Evidence } from '../gossip/evidence.ts'
import type { VerifiedObservation } from '../gossip/validate.ts'
import type { Database } from './database.ts'
import { ADDRESS, HEX, parseRow } from './row.ts'

/** The verified observations of this node, those of loaded fixings in memory. */
export interface ObservationTable {
  /** Reads a fixing's rows; before that it seems empty and nothing can be added to it. */
  load(fixingId: Hex): Promise<void>
  /**
   * Gives everything in memory its signer's registry index, and forgets there what is of nobody: the reporters may be others
   * than when it came.
   */
  reindex(fixingId: Hex, reporters: readonly { readonly signer: Address; readonly index: number }[]): void
  /** Forgets the copy in memory; the rows stay. */
  unload(fixingId: Hex): void
  /** First seen per reporter, in reporter order, equivocators included; the same list for as long as nothing changes. */
  all(fixingId: Hex): readonly VerifiedObservation[]
  /** The same list for as long as nothing changes. */
  evidence(fixingId: Hex): readonly Evidence[]
  /** Keeps the first observation per reporter and fixing. In memory from the call on, on disk when resolved. */
  add(observation: VerifiedObservation): Promise<void>
  /** Keeps the first proof per reporter and fixing. */
  addEvidence(evidence: Evidence): Promise<void>
}

const ROW = z.object({ signer: ADDRESS, index: z.number(), bytes: HEX })
const EVIDENCE = z.object({ first: ROW, second: ROW })

/** What is told of a fixing: the lists themselves, replaced when something changes. */
type Loaded = { observations: readonly VerifiedObservation[]; evidence: readonly Evidence[] }

const NONE: readonly never[] = []

/** The observations of `database`. Throws StoreRowError for a row that this version did not write. */
export function observationTable(database: Database): ObservationTable {
  const loaded = new Map<Hex, Loaded>()
  const shelf = createShelf()
  const keep = ({ signer, reporterIndex, bytes }: VerifiedObservation): Held =>
    new Held(signer, reporterIndex, shelf(bytes))
  const of = (fixingId: Hex): Loaded => {
    const known = loaded.get(fixingId)
    if (known === undefined) throw new NotLoadedError(fixingId)
    return known
  }
  return {
    async load(fixingId) {
      if (!loaded.has(fixingId)) loaded.set(fixingId, await read(database, fixingId, shelf))
    },
    reindex(fixingId, reporters) {
      const known = of(fixingId)
      const bySigner = new Map(reporters.map((reporter) => [reporter.signer.toLowerCase(), reporter]))
      const indexed = (held: VerifiedObservation): Held | undefined => {
        const { signer } = held
        const reporter = bySigner.get(signer.toLowerCase())
        if (reporter === undefined) return undefined
        // The same text once for all fixings, if it is the same.
        const shared = reporter.signer === signer ? reporter.signer : signer
        const place = held instanceof Held ? held.place : shelf(held.bytes)
        return new Held(shared, reporter.index, place)
      }
      known.observations = inOrder(known.observations.flatMap((held) => indexed(held) ?? []))
      known.evidence = known.evidence.flatMap((proof) => {
        const [first, second] = [indexed(proof.first), indexed(proof.second)]
        return first === undefined || second === undefined ? [] : [{ first, second }]
      })
    },
    unload: (fixingId) => void loaded.delete(fixingId),
    all: (fixingId) => loaded.get(fixingId)?.observations ?? NONE,
    evidence: (fixingId) => loaded.get(fixingId)?.evidence ?? NONE,
    async add(observation) {
      const { fixingId } = observation.signed
      const known = of(fixingId)
      if (known.observations.some((held) => isBySame(held, observation))) return
      known.observations = inOrder([...known.observations, keep(observation)])
      const key = `${fixingId}:${observation.signer.toLowerCase()}`
      await database.write([{ table: 'observations', key, value: rowOf(observation) }], 'soon')
    },
    async addEvidence({ first, second }) {
      const { fixingId } = first.signed
      const known = of(fixingId)
      if (known.evidence.some((proof) => isBySame(proof.first, first))) return
      known.evidence = [...known.evidence, { first: keep(first), second: keep(second) }]
      const key = `${fixingId}:${first.signer.toLowerCase()}`
      await database.write([{ table: 'evidence', key, value: { first: rowOf(first), second: rowOf(second) } }], 'soon')
    },
  }
}

/**
 * An observation as its bytes, decoded whenever somebody looks: tens of thousands are held, and what is decoded takes several
 * times as much memory.
 */
class Held implements VerifiedObservation {
  readonly signer: Address
  readonly reporterIndex: number
  readonly #board: Uint8Array
  readonly #start: number
  readonly #length: number

  constructor(signer: Address, reporterIndex: number, { board, start, length }: Place) {
    this.signer = signer
    this.reporterIndex = reporterIndex
    this.#board = board
    this.#start = start
    this.#length = length
  }

  get place(): Place {
    return { board: this.#board, start: this.#start, length: this.#length }
  }

  /** Made whenever somebody looks, too: a view of a few bytes takes a hundred. */
  get bytes(): Uint8Array {
    return this.#board.subarray(this.#start, this.#start + this.#length)
  }

  get signed(): SignedObservation {
    return decodeObservation(this.bytes)
  }
}

/** Where bytes are. */
type Place = { readonly board: Uint8Array; readonly start: number; readonly length: number }

/** Copies bytes to where they take no more room than they have. */
type Shelf = (bytes: Uint8Array) => Place

const BOARD_BYTES = 65_536

/**
 * Bytes that came from a peer are a part of everything that came with them, and would keep it in memory. Many copies share one
 * buffer, which goes when the last of them does: a buffer of its own for each takes twice as much.
 */
function createShelf(): Shelf {
  let board = new Uint8Array()
  let used = 0
  return (bytes) => {
    if (used + bytes.length > board.length) {
      board = new Uint8Array(Math.max(BOARD_BYTES, bytes.length))
      used = 0
    }
    board.set(bytes, used)
    used += bytes.length
    return { board, start: used - bytes.length, length: bytes.length }
  }
}

function isBySame(a: VerifiedObservation, b: VerifiedObservation): boolean {
  return a.signer === b.signer || a.signer.toLowerCase() === b.signer.toLowerCase()
}

function inOrder(observations: readonly VerifiedObservation[]): readonly VerifiedObservation[] {
  return observations.toSorted((a, b) => a.reporterIndex - b.reporterIndex)
}

async function read(database: Database, fixingId: Hex, shelf: Shelf): Promise<Loaded> {
  const observations = await database.list('observations', { prefix: fixingId })
  const evidence = await database.list('evidence', { prefix: fixingId })
  return {
    observations: inOrder(observations.map((row) => restore(parseRow(ROW, 'observations', row), shelf))),
    evidence: evidence.map((row) => {
      const { first, second } = parseRow(EVIDENCE, 'evidence', row)
      return { first: restore(first, shelf), second: restore(second, shelf) }
    }),
  }
}

function rowOf({ signer, reporterIndex, bytes }: VerifiedObservation): z.input<typeof ROW> {
  return { signer, index: reporterIndex, bytes: bytesToHex(bytes) }
}

/** Throws WireError for bytes that are no observation. */
function restore({ signer, index, bytes: hex }: z.output<typeof ROW>, shelf: Shelf): VerifiedObservation {
  const bytes = Buffer.from(hex.slice(2), 'hex')
  decodeObservation(bytes)
  return new Held(signer, index, shelf(bytes))
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
