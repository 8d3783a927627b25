import type { Intent } from '../store/intent-table.ts'
import { isUrgent } from './fees.ts'
import { isOpen } from './tend.ts'

/** Transfers that take a nonce from something that the store does not know, and are not mined yet. */
export function contestedOf(unfinished: readonly Intent[]): readonly Intent[] {
  return unfinished.filter((intent) => isOpen(intent) && intent.action === 'outbid')
}

/**
 * The vote of ours that waits behind `nonce`, which something unknown has, and whose time runs out: without it the stake of its seat is
 * lost, so that the nonce is taken. Undefined: there is none, or that was done.
 */
export function heldUp(unfinished: readonly Intent[], nonce: number, now: bigint): Intent | undefined {
  if (contestedOf(unfinished).some((intent) => intent.nonce === nonce)) return undefined
  return unfinished.find((intent) => {
    const isVote = intent.action === 'commit' || intent.action === 'reveal'
    return isVote && isOpen(intent) && (intent.nonce ?? 0) > nonce && isUrgent(now, intent.deadline)
  })
}
