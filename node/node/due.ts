import type { Hex } from 'viem'
import { currentArbitrator, phaseAt } from '#protocol/phase.ts'
import type { Head } from '../chain/port.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/** A fixing is looked at once in so many blocks at least, and at most twice as many: an endpoint may have kept an event back. */
const BLOCKS_BETWEEN = 64n

/**
 * Whether a new block can have changed anything about the fixing: its log is another, its phase or arbitrator is by now, or something
 * is waited for that no log tells. Whoever may act looks at every block: what it does depends on gas, money and turns, too.
 */
export function isDue(parts: Pick<Parts, 'chain' | 'config' | 'watch'>, tracked: Tracked, head: Head): boolean {
  const { id, fixing, ripe, snapshot, over, logSeen } = tracked
  if (isActor(parts) || snapshot === undefined || over !== undefined) return true
  // Who reports is read again until no block can change it.
  if (ripe === undefined || !ripe.isFinal) return true
  if (logSeen === undefined || parts.watch.version(id) !== logSeen || head.number >= tracked.nextBlock) return true
  const { facts, phase } = snapshot
  if (phaseAt(fixing, facts, head.time) !== phase) return true
  return currentArbitrator(fixing, facts, head.time) !== snapshot.currentArbitrator
}

/** Notes that a pass begins which sees the log as it is at the block `head`. */
export function noteLook({ watch }: Pick<Parts, 'watch'>, tracked: Tracked, head: Head): void {
  tracked.logSeen = watch.version(tracked.id)
  tracked.nextBlock = head.number + BLOCKS_BETWEEN + spread(tracked.id)
}

/** Reporters co-sign when they hear something, and jurors look at their cases apart. */
function isActor({ chain, config }: Pick<Parts, 'chain' | 'config'>): boolean {
  return chain.account !== undefined && config.roles.some((role) => role !== 'reporter' && role !== 'juror')
}

/** So that not all that were found together are looked at together: 0 to 63 blocks. */
function spread(id: Hex): bigint {
  return BigInt(`0x${id.slice(-8)}`) % BLOCKS_BETWEEN
}
