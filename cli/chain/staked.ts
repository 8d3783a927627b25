import { eventsOf } from '#client/fixing-log.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { formatValue } from '#protocol/decimal.ts'
import { arbitrationEnd } from '#protocol/phase.ts'
import type { Performed } from './action.ts'
import { claimCommand, type Connection } from './connection.ts'
import { formatAmount, formatMoment } from '../format.ts'

/** What a contribution or an appeal did, as the chain says. Amounts in base units. */
export type Staked = {
  readonly taken: bigint
  /** What the pot holds now. */
  readonly filled: bigint
  /** When the value settles, if it leads now. */
  readonly deadline: bigint | undefined
  readonly isBeforeArbitrator: boolean
}

/** Reads it from the last receipt; undefined if nothing was sent. */
export function stakedIn({ sent }: Performed, { oracle }: Connection): Staked | undefined {
  const receipt = sent.at(-1)
  if (receipt === undefined) return undefined
  const staked = { taken: 0n, filled: 0n, deadline: undefined as bigint | undefined, isBeforeArbitrator: false }
  for (const event of eventsOf(oracle, receipt.logs)) {
    if (event.eventName === 'Contributed') Object.assign(staked, { taken: event.args.taken, filled: event.args.filled })
    if (event.eventName === 'Led') staked.deadline = event.args.deadline
    if (event.eventName === 'Arbitrated') staked.isBeforeArbitrator = true
  }
  return staked
}

type Bid = {
  readonly kind: 'contribute' | 'appeal'
  readonly value: bigint
  readonly taken: bigint
  readonly pot: { readonly need: bigint }
}

/** What was staked, what it came to, and what to do next. */
export function stakedLines(
  staked: Staked,
  bid: Bid,
  { token, paste }: Connection,
  snapshot: FixingSnapshot,
): string[] {
  const { id } = snapshot
  const less =
    staked.taken < bid.taken
      ? `; others came first with the rest, and ${formatAmount(bid.taken - staked.taken, token)} are in your account${token.isWeth ? ' as WETH' : ''}`
      : ''
  return [
    `Staked ${formatAmount(staked.taken, token)} on ${formatValue(bid.value)}${less}.`,
    ...outcomeLines(staked, bid, { token, paste }, snapshot),
    `Look again: ${paste('fixing', 'show', id)}`,
    `Afterwards: ${claimCommand({ token, paste }, id)}`,
  ]
}

function outcomeLines(
  { deadline, filled, isBeforeArbitrator }: Staked,
  { kind, value, pot }: Bid,
  { token, paste }: Pick<Connection, 'token' | 'paste'>,
  { id, facts, fixing, atTime }: FixingSnapshot,
): string[] {
  const name = formatValue(value)
  if (isBeforeArbitrator) {
    const limit = arbitrationEnd(fixing, atTime)
    return [
      `The arbitrator rules next. If neither does before about ${formatMoment(limit, atTime)}, everything comes back.`,
    ]
  }
  if (deadline !== undefined) {
    return [
      `${name} leads. It settles ${formatMoment(deadline, atTime)} unless somebody disputes it.`,
      `If it is disputed: ${paste('appeal', id, name, 'rest')}`,
    ]
  }
  return [
    `The pot holds ${formatAmount(filled, token)} of ${formatAmount(pot.need, token)}; it must fill before ${formatMoment(facts.deadline, atTime)}.`,
    `Anyone can add: ${paste(kind, id, name, 'rest')}`,
    'If it does not fill, your stake comes back whole, by the claim.',
  ]
}
