import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { type Refusal, refusalOf } from '#client/quote.ts'
import { formatValue } from '#protocol/decimal.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import type { Connection } from './connection.ts'
import { InputError, RefusedError } from '../errors.ts'
import { formatTime } from '../format.ts'
import { phaseRefusal } from './stale.ts'

/** What commands to paste take. */
type Pasting = Pick<Connection, 'token' | 'paste'>

/** Stake towards a value: by a contribution or by an appeal. */
export type Bid = {
  readonly kind: 'contribute' | 'appeal'
  readonly value: bigint
  /** As it was typed, to be repeated in what is advised. */
  readonly amountText: string
}

/**
 * Throws what the oracle would refuse, in words and with the command to use instead: RefusedError for what the chain
 * does not allow now, InputError for a value that cannot be staked on. `now` is this machine's time, Unix seconds: a
 * transaction comes after it, whatever the newest block says.
 */
export function requireStakeable(bid: Bid, snapshot: FixingSnapshot, now: bigint, connection: Pasting): void {
  const { id, phase, facts } = snapshot
  const { paste } = connection
  if (phase !== 'active') throw phaseRefusal(snapshot, connection)
  if (now >= facts.deadline) {
    throw new RefusedError(
      `Expected time before the deadline ${formatTime(facts.deadline)}, got ${formatTime(now)}: the leader settles.`,
      `It is too late. Look again: ${paste('fixing', 'show', id)}`,
    )
  }
  const refusal = refusalOf(bid, snapshot)
  if (refusal !== undefined) throw refusalError(refusal, bid, snapshot, connection)
}

/** Throws RefusedError if another round began, or the phase changed, since `before` was read. */
export function requireSameRound(before: FixingSnapshot, now: FixingSnapshot, connection: Pasting): void {
  if (now.phase !== before.phase) throw phaseRefusal(now, connection)
  if (now.facts.round !== before.facts.round) throw movedRound(before.facts.round, now, connection.paste)
}

/** What happened when round `wanted` is over. */
export function movedRound(wanted: number, { id, facts }: FixingSnapshot, paste: Connection['paste']): RefusedError {
  return new RefusedError(
    `Expected round ${wanted}, got round ${facts.round}: meanwhile ${formatValue(facts.leader)} leads.`,
    `Nothing was sent. Look again: ${paste('fixing', 'show', id)}`,
  )
}

/** The refusal in words, with the command to use instead. */
function refusalError(
  refusal: Refusal,
  { kind, value, amountText }: Bid,
  snapshot: FixingSnapshot,
  connection: Pasting,
): Error {
  const { id, facts, fixing } = snapshot
  const { paste } = connection
  const instead = (name: string): string => `Instead: ${paste(name, id, formatValue(value), amountText)}`
  switch (refusal.reason) {
    case 'inactive':
      return phaseRefusal(snapshot, connection)
    case 'lastRound':
      return new RefusedError(
        `Expected a round before ${MAX_LEADERS}, got round ${facts.round}: no value can lead after this one.`,
        instead('appeal'),
      )
    case 'undisputed':
      return new RefusedError('Expected a disputed proposal, got one that nobody disputed yet.', instead('contribute'))
    case 'leads':
      return new InputError(
        `Expected a value that does not lead, got ${formatValue(value)}, which leads.`,
        `It settles ${formatTime(facts.deadline)} unless somebody disputes it: there is nothing to do.`,
      )
    case 'near': {
      const shown = formatValue(refusal.nearest)
      return new InputError(
        `Expected a value at least ${fixing.separationPpm / 10_000} % from every candidate, got ${formatValue(value)} beside ${shown}.`,
        refusal.nearest === facts.leader
          ? `${shown} leads already: at this distance it is the same claim.`
          : `Stake on that one: ${paste(kind, id, shown, amountText)}`,
      )
    }
  }
}
