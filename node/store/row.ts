import type { Address, Hex } from 'viem'
import { isAddress, isHex } from 'viem/utils'
import { z } from 'zod'
import { StoreRowError } from './database.ts'
import type { Table } from './tables.ts'

/** A 0x hex string in a row. */
export const HEX = z.custom<Hex>((value) => isHex(value), '0x hex')

/** An address in a row. */
export const ADDRESS = z.custom<Address>(
  (value) => typeof value === 'string' && isAddress(value, { strict: false }),
  'an address',
)

/** A bigint, which JSON has as a decimal string. */
export const DECIMAL = z
  .string()
  .regex(/^-?\d+$/)
  .transform(BigInt)

/** A fixing's struct in a row. */
export const FIXING_STRUCT = z.object({
  indexId: HEX,
  maturity: DECIMAL,
  arbitrator: ADDRESS,
  backup: ADDRESS,
  openInterest: ADDRESS,
  minBond: DECIMAL,
  arbitrationFee: DECIMAL,
  bondPpm: z.number(),
  firstWindow: z.number(),
  window: z.number(),
  separationPpm: z.number(),
  bandPpm: z.number(),
  proposalGrace: z.number(),
  arbitrationLimit: z.number(),
})

/** The row's value, checked against `schema`. Throws StoreRowError for one that this version did not write. */
export function parseRow<S extends z.ZodType>(
  schema: S,
  table: Table,
  row: { readonly key: string; readonly value: unknown },
): z.output<S> {
  const parsed = schema.safeParse(row.value)
  if (parsed.success) return parsed.data
  throw new StoreRowError(table, row.key, { cause: parsed.error })
}
