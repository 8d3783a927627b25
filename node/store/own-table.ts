import type { Hex } from 'viem'
import { z } from 'zod'
import type { Confidence } from '#protocol/confidence.ts'
import type { Observation } from '#protocol/observation.ts'
import type { Database } from './database.ts'
import { DECIMAL, HEX, parseRow } from './row.ts'

/**
 * This node's own observations, kept before they are signed: after a crash between guard and signature the very same
 * one is signed, since the guard admits no other.
 */
export interface OwnTable {
  /** Resolves when it is on disk. */
  put(own: OwnRow): Promise<void>
  get(fixingId: Hex): Promise<OwnRow | undefined>
}

/** An observation, and how sure it is; unknown of those that an older version kept. */
export type OwnRow = { readonly observation: Observation; readonly confidence?: Confidence | undefined }

const CONFIDENCE = z.object({ sources: z.number(), spreadPpm: DECIMAL })
const OWN = z.object({
  fixingId: HEX,
  value: DECIMAL,
  observedAt: DECIMAL,
  sourcesRoot: HEX,
  confidence: CONFIDENCE.optional(),
})

/** The own observations of `database`. */
export function ownTable(database: Database): OwnTable {
  return {
    put: ({ observation, confidence }) =>
      database.write([{ table: 'own', key: observation.fixingId, value: { ...observation, confidence } }], 'durable'),
    async get(fixingId) {
      const value = await database.read('own', fixingId)
      if (value === undefined) return undefined
      const { confidence, ...observation } = parseRow(OWN, 'own', { key: fixingId, value })
      return { observation, confidence }
    },
  }
}
