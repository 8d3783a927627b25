import type { Intent } from '../store/intent-table.ts'
import { isOpen } from './tend.ts'
import { isUrgent } from './urgency.ts'

/** So many blocks later, what takes a nonce before a vote that is due is not on its way any more. */
const STUCK_BLOCKS = 2n

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

/**
 * Told with every look which nonce something unknown has, says whether it is stuck there. Not at once: it may be the operator's own,
 * and mined in the next block.
 */
export function createStuckNonce(): (nonce: number | undefined, block: bigint) => number | undefined {
  /** Since which block it has that one. */
  let blocking: { readonly nonce: number; readonly since: bigint } | undefined
  return (nonce, block) => {
    if (nonce !== blocking?.nonce) blocking = nonce === undefined ? undefined : { nonce, since: block }
    return blocking !== undefined && block >= blocking.since + STUCK_BLOCKS ? nonce : undefined
  }
}
