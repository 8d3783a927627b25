import type { OracleEvent } from '#client/fixing-log.ts'
import { KIND_CODE, type Kind } from '#protocol/fixing.ts'

/** A receipt that somebody was given and has not claimed. */
export type Receipt = {
  readonly holder: string
  readonly kind: Kind
  readonly round: number
  readonly value: bigint
  /** Wei that went in. */
  readonly amount: bigint
}

const KINDS: readonly Kind[] = ['stake', 'appeal', 'request', 'fund']

/**
 * What the events say is still unclaimed: everything that went in less what was burned. Nobody trades receipts in the
 * demo, so who staked is who holds.
 */
export function unclaimedReceipts(events: readonly OracleEvent[]): Receipt[] {
  const open = new Map<string, Receipt>()
  const add = (receipt: Receipt): void => {
    const key = [receipt.holder, receipt.kind, receipt.round, receipt.value].join(' ')
    const amount = (open.get(key)?.amount ?? 0n) + receipt.amount
    if (amount === 0n) open.delete(key)
    else open.set(key, { ...receipt, amount })
  }
  for (const { eventName, args } of events) {
    if (eventName === 'Proposed') {
      add({ holder: args.proposer, kind: 'stake', round: 0, value: args.value, amount: args.bond })
    } else if (eventName === 'Contributed') {
      add({ holder: args.from, kind: kindOf(args.kind), round: args.round, value: args.value, amount: args.taken })
    } else if (eventName === 'Funded') {
      add({ holder: args.from, kind: 'fund', round: 0, value: 0n, amount: args.amount })
    } else if (eventName === 'Claimed') {
      const { holder, kind, round, value, burned } = args
      add({ holder, kind: kindOf(kind), round, value, amount: -burned })
    }
  }
  return [...open.values()]
}

function kindOf(code: number): Kind {
  return KINDS.find((kind) => KIND_CODE[kind] === code) ?? 'stake'
}
