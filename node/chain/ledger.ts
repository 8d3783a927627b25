import type { Address } from 'viem'
import { isAddressEqual } from 'viem/utils'
import type { OracleEvent } from './port.ts'

/** A pot that took stake in some round. */
export type LedgerPot = {
  readonly kind: 'stake' | 'appeal'
  readonly round: number
  readonly value: bigint
  readonly filled: bigint
}

/** Receipts of one kind, round and value that the account was given and has not claimed. */
export type OwnReceipt = {
  readonly kind: 'stake' | 'appeal'
  /** 0 for the proposal's. */
  readonly round: number
  readonly value: bigint
  /** Bond-token wei put in. */
  readonly amount: bigint
  /** Whether its pot filled; an unfilled one pays back whatever happens. */
  readonly isFilled: boolean
}

/** One fixing's log, added up. */
export type Ledger = {
  readonly pots: readonly LedgerPot[]
  readonly own: readonly OwnReceipt[]
  /** Those of the account that it has claimed. */
  readonly claimed: readonly Line[]
}

/** What a receipt is of. */
export type Line = { readonly kind: 'stake' | 'appeal'; readonly round: number; readonly value: bigint }

/**
 * Adds up the events of one fixing, which must be in chain order, for `account`. Transfers of receipts are not seen. What it is known
 * to have been `given` counts also where no event tells.
 */
export function ledgerOf(
  events: readonly OracleEvent[],
  account: Address | undefined,
  given: readonly (Line & { readonly amount: bigint })[] = [],
): Ledger {
  const pots = new Map<string, LedgerPot>()
  const own = new Map<string, Line & { amount: bigint }>()
  const filled = new Set<string>()
  const claimed: Line[] = []
  let appealed: Line | undefined
  const isOwn = (one: Address): boolean => account !== undefined && isAddressEqual(one, account)
  const add = (line: Line, from: Address, amount: bigint): void => {
    if (!isOwn(from)) return
    const { kind, round, value } = line
    own.set(keyOf(line), { kind, round, value, amount: (own.get(keyOf(line))?.amount ?? 0n) + amount })
  }
  for (const event of events) {
    if (event.name === 'proposed') {
      const line: Line = { kind: 'stake', round: 0, value: event.value }
      filled.add(keyOf(line))
      add(line, event.from, event.bond)
    } else if (event.name === 'contributed') {
      const { kind, round, value } = event
      pots.set(keyOf(event), { kind, round, value, filled: event.filled })
      if (kind === 'appeal') appealed = { kind, round, value }
      add(event, event.from, event.taken)
    } else if (event.name === 'led') {
      // Round n + 1 begins when a pot of round n filled.
      filled.add(keyOf({ kind: 'stake', round: event.round - 1, value: event.value }))
    } else if (event.name === 'arbitrated') {
      // The contribution that filled the appeal comes right before.
      if (event.cause === 'appeal' && appealed !== undefined) filled.add(keyOf(appealed))
    } else if (event.name === 'claimed' && isOwn(event.holder)) {
      const { kind, round, value } = event
      if (kind !== 'stake' && kind !== 'appeal') continue
      own.delete(keyOf({ kind, round, value }))
      claimed.push({ kind, round, value })
    }
  }
  // Whether a pot of these filled no event tells. It is taken for unfilled: of one that filled and lost a claim costs its gas once, for
  // nothing, and of one that did not fill nothing else brings the refund.
  for (const line of given) {
    if (line.round === 0) filled.add(keyOf(line))
    if (!own.has(keyOf(line))) own.set(keyOf(line), line)
  }
  return {
    pots: [...pots.values()],
    own: [...own.values()].map((line) => ({ ...line, isFilled: filled.has(keyOf(line)) })),
    claimed,
  }
}

const keyOf = ({ kind, round, value }: Line): string => `${kind} ${round} ${value}`
