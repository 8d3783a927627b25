import type { Address } from 'viem'
import { claimCommand, type Connection } from '../chain/connection.ts'
import type { FixingView } from './fixing-view.ts'
import { formatIndexValue, formatTime } from '../format.ts'
import type { PeerReading } from '../index/peer-reading.ts'
import { nextEvent } from './next-event.ts'
import { decisionOn, type OwnValue } from './verdict.ts'

/** What to do next about a fixing, as a command to paste, and why that. */
export type Advice = { readonly why: string; readonly next: string }

/** What whoever has a value of their own does about what stands. */
export function adviceOn(own: OwnValue, view: FixingView, { token, paste }: Connection): Advice {
  const { id, phase, atTime } = view.snapshot
  const time = nextEvent(view.snapshot)?.time ?? atTime
  const look = paste('fixing', 'show', id)
  switch (phase) {
    case 'pending':
      return { why: `nothing can be proposed before ${formatTime(time)}`, next: look }
    case 'open':
      return { why: 'nothing is proposed yet', next: paste('propose', id, formatIndexValue(own.value, 18)) }
    case 'active': {
      const decision = decisionOn(own, view)
      if (decision.action === 'none') return { why: `an honest node stakes nothing: ${decision.reason}`, next: look }
      const stake = [id, formatIndexValue(decision.value, 18), 'rest', '--dry-run']
      return { why: `an honest node would: ${decision.reason}`, next: paste(decision.action, ...stake) }
    }
    case 'arbitration':
      return {
        why: `nothing can be staked any more: wait for the ruling, at most until ${formatTime(time)}`,
        next: look,
      }
    case 'settled':
      return { why: 'a settlement is final: what can be claimed is left', next: claimCommand({ token, paste }, id) }
  }
}

/** Evidence that was brought, and the registry that it was judged by; undefined: none was named. */
type Brought = { readonly peers: PeerReading | undefined; readonly file: string | undefined }

/** What whoever has no value does to get one: `FILE` and `REGISTRY` stand for what only they can name. */
export function adviceWithoutValue(
  { peers, file = 'FILE' }: Brought,
  { id, registry }: { readonly id: string; readonly registry: Address | undefined },
  { paste }: Connection,
): Advice {
  const by = ['--registry', registry ?? 'REGISTRY']
  const other = paste('verify', id, '--evidence', 'FILE', ...by)
  const keep = 'reporters keep what they saw, and export it by "assize evidence export"'
  if (peers === undefined) return { why: `the sources make no value now: ${keep}`, next: other }
  if (peers.isKnown === undefined) {
    return {
      why: 'whose keys signed the evidence, the file alone says',
      next: paste('verify', id, '--evidence', file, ...by),
    }
  }
  const fault = peers.isKnown ? 'does not hold, or lacks samples' : 'is not of the reporters of the registry'
  return { why: `the evidence ${fault}: get that of another reporter; ${keep}`, next: other }
}
