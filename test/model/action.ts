import type { Address } from 'viem'
import type { Key } from './terms.ts'

/** A call of the oracle. `fixing` is an index into the game's fixings; amounts are wei, values scaled by 1e18. */
export type Action =
  | { readonly name: 'create' | 'request' | 'collect'; readonly fixing: number }
  | { readonly name: 'fund'; readonly fixing: number; readonly amount: bigint }
  | { readonly name: 'propose'; readonly fixing: number; readonly value: bigint; readonly maxBond: bigint }
  | {
      readonly name: 'contribute' | 'appeal'
      readonly fixing: number
      readonly round: number
      readonly value: bigint
      readonly amount: bigint
    }
  | { readonly name: 'rule'; readonly fixing: number; readonly value: bigint }
  | ({ readonly name: 'claim'; readonly fixing: number } & Key)
  | { readonly name: 'transfer'; readonly to: Address; readonly id: bigint; readonly amount: bigint }
  | {
      readonly name: 'transferFrom'
      readonly from: Address
      readonly to: Address
      readonly id: bigint
      readonly amount: bigint
    }
  | { readonly name: 'approve'; readonly to: Address; readonly id: bigint; readonly amount: bigint }
  | { readonly name: 'setOperator'; readonly to: Address; readonly approved: boolean }

/** What an open-interest contract does when it is read; `reading` is what it returns when it returns. */
export type Interest = { readonly mood: InterestMood; readonly reading: bigint }

/**
 * `steady` returns one word, `long` 128 KiB that begin with it, `busy` returns after burning nearly all its gas,
 * `curious` after calling the oracle back. The others cannot be read: `silent` returns nothing, `short` 31 bytes,
 * `reverting` reverts, `burning` never ends.
 */
export const INTEREST_MOODS = ['steady', 'long', 'busy', 'curious', 'silent', 'short', 'reverting', 'burning'] as const
export type InterestMood = (typeof INTEREST_MOODS)[number]
