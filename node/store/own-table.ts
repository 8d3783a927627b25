import type { Hex } from 'viem'
import { z } from 'zod'
import type { Observation } from '#protocol/observation.ts'
import type { Database } from './database.ts'
import { DECIMAL, HEX, parseRow } from './row.ts'

/**
 * This node's own observations, kept before they are signed: after a crash between guard and signature the very same
 * one is signed, since the guard admits no other.
 */
export interface OwnTable {
  /** Resolves when it is on disk. */
  put(observation: Observation): Promise<void>
  get(fixingId: Hex): Promise<Observation | undefined>
}

const OWN = z.object({ fixingId: HEX, value: DECIMAL, observedAt: DECIMAL, sourcesRoot: HEX })

/** The own observations of `database`. */
export function ownTable(database: Database): OwnTable {
  return {
    put: (observation) => database.write([{ table: 'own', key: observation.fixingId, value: observation }], 'durable'),
    async get(fixingId) {
      const value = await database.read('own', fixingId)
      return value === undefined ? undefined : parseRow(OWN, 'own', { key: fixingId, value })
    },
  }
}
