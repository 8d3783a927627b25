import type { Outlook } from '#client/transaction.ts'
import type { Journal } from '../journal.ts'
import { nextNonce } from './nonce.ts'
import type { PassingRefusal } from './port.ts'

/** Why nothing is staked while a transaction is in flight that the store does not know. */
export const UNKNOWN = 'transactions are in flight that this store does not know' satisfies PassingRefusal

/**
 * Transactions of the account that nothing is known of here: sent before the store was lost or a backup of it restored, or
 * by somebody else with the key. What is staked beside them may be what they stake.
 */
export interface Strangers {
  /**
   * Looks at how the account stands; `own` are the nonces of everything that is unfinished here, `contested` those of them that
   * something unknown was signed with, too: until one of the two is mined, that is in flight.
   */
  note(outlook: Outlook, own: ReadonlySet<number>, contested?: ReadonlySet<number>): Promise<void>
  /**
   * Whether there were none at the last look, and none that was mined after `time`, Unix seconds: whoever decided before
   * that may not have seen what they did. Not before the first look.
   */
  areNone(time?: bigint): boolean
  /** The first of their nonces. */
  first(): number | undefined
  /**
   * Whether a nonce before `nonce` has been used by nobody for so long, with nothing unknown in flight, that nothing will
   * be mined before it is.
   */
  isCutOff(nonce: number | undefined): boolean
}

/** How long a nonce must have been free before it is filled, blocks. */
const SURE_BLOCKS = 3n

/** None is known yet. */
export function createStrangers(journal: Journal): Strangers {
  let first: number | undefined
  /** When it was first seen that there are none, Unix seconds; undefined: there may be. */
  let clearTime: bigint | undefined
  /** The nonce that nobody uses, since which block, and whether for long. */
  let gap: Gap | undefined
  return {
    async note(outlook, own, contested = new Set()) {
      const before = first
      first = unknownNonce(outlook, new Set([...own].filter((nonce) => !contested.has(nonce))))
      if (first !== undefined) clearTime = undefined
      else clearTime ??= outlook.time
      gap = first === undefined ? gapOf(outlook, own, gap) : undefined
      if (before === first) return
      const said =
        first === undefined
          ? { action: 'known', reason: 'Nothing is in flight any more that this store does not know: staking goes on.' }
          : {
              action: 'unknown',
              reason: `Nonce ${first} is in flight, and not from this store: nothing new is staked.`,
            }
      await journal.write({ stage: 'transaction', ...said })
    },
    areNone: (time) => clearTime !== undefined && (time === undefined || time >= clearTime),
    first: () => first,
    isCutOff: (nonce) => gap?.isOld === true && nonce !== undefined && nonce > gap.nonce,
  }
}

/** Ends after one nonce more than `own` has. */
function unknownNonce({ mined, pending }: Outlook, own: ReadonlySet<number>): number | undefined {
  for (let nonce = mined; nonce < pending; nonce += 1) if (!own.has(nonce)) return nonce
  return undefined
}

type Gap = { readonly nonce: number; readonly since: bigint; readonly isOld: boolean }

function gapOf(outlook: Outlook, own: ReadonlySet<number>, before: Gap | undefined): Gap | undefined {
  const nonce = nextNonce(outlook, own)
  if (![...own].some((one) => one > nonce)) return undefined
  const since = before?.nonce === nonce ? before.since : outlook.number
  return { nonce, since, isOld: outlook.number >= since + SURE_BLOCKS }
}
