import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { formatValue } from '#protocol/decimal.ts'
import { isNearer, isSeparated } from '#protocol/distance.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import type { Connection } from './connection.ts'
import { InputError, RefusedError } from './errors.ts'
import { formatTime } from './format.ts'
import { phaseRefusal } from './stale.ts'

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
export function requireStakeable(bid: Bid, snapshot: FixingSnapshot, now: bigint, paste: Connection['paste']): void {
  const { id, phase, facts } = snapshot
  if (phase !== 'active') throw phaseRefusal(snapshot, paste)
  if (now >= facts.deadline) {
    throw new RefusedError(
      `Expected time before the deadline ${formatTime(facts.deadline)}, got ${formatTime(now)}: the leader settles.`,
      `It is too late. Look again: ${paste('fixing', 'show', id)}`,
    )
  }
  requireKind(bid, snapshot, paste)
  requireValue(bid, snapshot, paste)
}

/** Throws RefusedError if another round began, or the phase changed, since `before` was read. */
export function requireSameRound(before: FixingSnapshot, now: FixingSnapshot, paste: Connection['paste']): void {
  if (now.phase !== before.phase) throw phaseRefusal(now, paste)
  if (now.facts.round !== before.facts.round) throw movedRound(before.facts.round, now, paste)
}

/** What happened when round `wanted` is over. */
export function movedRound(wanted: number, { id, facts }: FixingSnapshot, paste: Connection['paste']): RefusedError {
  return new RefusedError(
    `Expected round ${wanted}, got round ${facts.round}: meanwhile ${formatValue(facts.leader)} leads.`,
    `Nothing was sent. Look again: ${paste('fixing', 'show', id)}`,
  )
}

function requireKind(
  { kind, value, amountText }: Bid,
  { id, facts }: FixingSnapshot,
  paste: Connection['paste'],
): void {
  const instead = (name: string): string => `Instead: ${paste(name, id, formatValue(value), quoted(amountText))}`
  if (kind === 'contribute' && facts.round >= MAX_LEADERS) {
    throw new RefusedError(
      `Expected a round before ${MAX_LEADERS}, got round ${facts.round}: no value can lead after this one.`,
      instead('appeal'),
    )
  }
  if (kind === 'appeal' && facts.round < 2) {
    throw new RefusedError('Expected a disputed proposal, got one that nobody disputed yet.', instead('contribute'))
  }
}

function requireValue({ kind, value, amountText }: Bid, snapshot: FixingSnapshot, paste: Connection['paste']): void {
  const { id, facts, candidates, fixing } = snapshot
  if (value === facts.leader) {
    throw new InputError(
      `Expected a value that does not lead, got ${formatValue(value)}, which leads.`,
      `It settles ${formatTime(facts.deadline)} unless somebody disputes it: there is nothing to do.`,
    )
  }
  if (candidates.some((candidate) => candidate.value === value)) return
  const near = candidates
    .map((candidate) => candidate.value)
    .filter((other) => !isSeparated(value, other, fixing.separationPpm))
  const [nearest] = near.toSorted((a, b) => (isNearer(a, b, value) ? -1 : 1))
  if (nearest === undefined) return
  const shown = formatValue(nearest)
  throw new InputError(
    `Expected a value at least ${fixing.separationPpm / 10_000} % from every candidate, got ${formatValue(value)} beside ${shown}.`,
    nearest === facts.leader
      ? `${shown} leads already: at this distance it is the same claim.`
      : `Stake on that one: ${paste(kind, id, shown, quoted(amountText))}`,
  )
}

/** An amount such as `0.1 eth` is two words to a shell. */
function quoted(text: string): string {
  return text.includes(' ') ? `"${text}"` : text
}
