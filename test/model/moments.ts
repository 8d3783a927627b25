import type { Dispute } from './dispute.ts'

/** An instant at which something changes for a fixing, and the name that coverage knows it by. */
export type Moment = { readonly name: MomentName; readonly time: bigint }
export type MomentName =
  'maturity' | 'grace end' | 'open end' | `deadline ${number}` | 'backup turn' | 'arbitration end'

/** The moments that matter to a fixing as it stands at `now`, whether passed or to come. */
export function momentsOf(dispute: Dispute): Moment[] {
  const { maturity, proposalGrace, arbitrationLimit } = dispute.fixing
  if (dispute.ruling !== undefined) return []
  if (dispute.arbitratedAt !== 0n) {
    const backupTurn = dispute.arbitratedAt + arbitrationLimit
    return [
      { name: 'backup turn', time: backupTurn },
      { name: 'arbitration end', time: backupTurn + arbitrationLimit },
    ]
  }
  if (dispute.round >= 1) return [{ name: `deadline ${dispute.round}`, time: dispute.deadline }]
  const graceEnd = maturity + proposalGrace
  return [
    { name: 'maturity', time: maturity },
    { name: 'grace end', time: graceEnd },
    { name: 'open end', time: graceEnd + arbitrationLimit },
  ]
}

/** The moment that `now` lies at, or one second beside, if any, with the distance. */
export function momentAt(dispute: Dispute, now: bigint): (Moment & { readonly offset: -1 | 0 | 1 }) | undefined {
  for (const moment of momentsOf(dispute)) {
    if (now === moment.time - 1n) return { ...moment, offset: -1 }
    if (now === moment.time) return { ...moment, offset: 0 }
    if (now === moment.time + 1n) return { ...moment, offset: 1 }
  }
  return undefined
}
