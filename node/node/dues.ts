import type { Hex } from 'viem'
import { CLAIM_GAS } from '#protocol/reporter-gas.ts'
import { capsOfCalls, firstFees } from '#client/fees.ts'
import type { Outlook } from '#client/transaction.ts'
import type { Head } from '../chain/port.ts'
import { claimShares, worthOf } from '../keeper/shares.ts'
import type { KnownDue } from '../store/due-table.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'

/** What co-signing earned of fixings that are closed, which is claimed when gas is cheap enough, be that years later. */
export interface Dues {
  /** Closes the fixing with what is due of it. */
  close(due: KnownDue): Promise<void>
  /** The fixings are open again, and what is due of them is found anew. */
  drop(fixingIds: readonly Hex[]): Promise<void>
  /** Starts a round over all that is due unless one is running, or was not long ago; never throws. */
  look(head: Head): void
  /** Resolves when no round is running. */
  idle(): Promise<void>
}

/** What is kept of fixings that are closed at most: beyond it what is worth least is given up. */
export const MOST_DUES = 1_024
/** Between two rounds at least, chain time. */
const ROUND_SECONDS = 60n
/** A claim takes less than was measured where the owner has bond token already, and never as little as this. */
const LEAST_CLAIM_GAS = CLAIM_GAS.alone / 2n

type DuesParts = Pick<Parts, 'config' | 'store' | 'chain' | 'transactions' | 'journal' | 'log' | 'signal'>

/** The dues of the store. */
export async function createDues(parts: DuesParts, state: Pick<LoopState, 'tracked'>): Promise<Dues> {
  const { store, config, chain, signal } = parts
  const kept = new Map((await store.dues.all()).map((due) => [due.fixingId, due]))
  /** At which block it was first seen that nothing of it can be claimed. */
  const ended = new Map<Hex, bigint>()
  let running: Promise<void> | undefined
  let nextTime = 0n

  const forget = async (fixingIds: readonly Hex[]): Promise<void> => {
    const known = fixingIds.filter((id) => kept.has(id))
    if (known.length > 0) await store.dues.forget(known)
    for (const id of known) {
      kept.delete(id)
      ended.delete(id)
      if (state.tracked.has(id)) continue
      parts.transactions.forget(id)
      parts.journal.forget(id)
    }
  }
  const visit = async (due: KnownDue, head: Head): Promise<'dear' | 'over'> => {
    const { fixingId } = due
    const since = ended.get(fixingId)
    const isSure = since !== undefined && head.number >= since + BigInt(config.confirmations)
    if (since !== undefined && !isSure) return 'over'
    const result = await claim(parts, due, head)
    // What ended may be undone, and one endpoint may lag.
    if (result === 'done' && isSure) await forget([fixingId])
    else if (result === 'done') ended.set(fixingId, head.number)
    else if (result !== 'waiting') ended.delete(fixingId)
    return result === 'dear' ? 'dear' : 'over'
  }
  const round = async (head: Head): Promise<void> => {
    const outlook = await chain.outlook()
    for (const due of byWorth(kept.values())) {
      if (signal.aborted || !mayPay(parts, due, outlook)) return
      if (!kept.has(due.fixingId)) continue
      const seen = await visit(due, head).catch((error: unknown) => {
        parts.log.debug({ err: error, fixingId: due.fixingId }, 'what is due of a fixing cannot be claimed now')
        return 'over' as const
      })
      // All that come after it are worth less.
      if (seen === 'dear') return
    }
  }
  await forget(
    byWorth(kept.values())
      .slice(MOST_DUES)
      .map(({ fixingId }) => fixingId),
  )
  return {
    async close(due) {
      await store.dues.close(due)
      kept.set(due.fixingId, due)
      const least = kept.size > MOST_DUES ? byWorth(kept.values()).at(-1) : undefined
      if (least === undefined) return
      const reason = `A share is given up: the shares of ${MOST_DUES} other fixings wait for cheaper gas, and are worth more.`
      await parts.journal.write({ stage: 'keep', fixingId: least.fixingId, subject: 'reward', action: 'leave', reason })
      await forget([least.fixingId])
    },
    drop: forget,
    look(head) {
      if (chain.account === undefined || !config.roles.includes('keeper')) return
      if (kept.size === 0 || running !== undefined || head.time < nextTime) return
      nextTime = head.time + ROUND_SECONDS
      running = round(head)
        .catch((error: unknown) => parts.log.debug({ err: error }, 'what gas costs cannot be read'))
        .finally(() => {
          running = undefined
        })
    },
    idle: async () => running,
  }
}

/** What is worth most first. */
function byWorth(dues: Iterable<KnownDue>): KnownDue[] {
  const worths = [...dues].map((due) => ({ due, worth: worthOf(due) }))
  return worths.toSorted((a, b) => (a.worth > b.worth ? -1 : a.worth < b.worth ? 1 : 0)).map(({ due }) => due)
}

/** INVARIANT: nothing is asked of the chain about a share that this gas is too dear for, whatever claiming it takes. */
function mayPay({ config }: DuesParts, due: KnownDue, outlook: Outlook): boolean {
  return firstFees(outlook, capsOfCalls(config.fees), worthOf(due) / LEAST_CLAIM_GAS) !== undefined
}

async function claim({ chain, transactions, journal, config }: DuesParts, due: KnownDue, { number, time }: Head) {
  if ((await transactions.settle(due.fixingId, number)) === 'wait') return 'waiting'
  const { stageDelaySeconds } = config.policy
  return claimShares({ chain, transactions, journal }, { ...due, stageDelaySeconds }, time)
}
