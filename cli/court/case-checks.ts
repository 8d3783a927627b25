import { caseTime } from '#protocol/jury.ts'
import { isForgotten } from '#protocol/jury-case.ts'
import type { Connection } from '../chain/connection.ts'
import { RefusedError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import { isNext, nextMove, type Trial, turnEnd } from './jury-court.ts'

/** Throws RefusedError unless the jury's turn lasts for what is left of the case. */
export function requireTurn(trial: Trial, { paste }: Connection): void {
  const { snapshot, jury, state, block } = trial
  const end = turnEnd(trial)
  if (end === undefined) {
    throw new RefusedError(
      `Expected a fixing that waits for jury ${jury.address}, got one that is ${snapshot.phase}.`,
      `Look: ${paste('fixing', 'show', snapshot.id)}`,
    )
  }
  const hasSeed = state.stage === 'waiting' && !isForgotten(state, block)
  const need = caseTime(jury.terms, hasSeed ? 'votes' : 'seed')
  if (snapshot.atTime + need < end) return
  throw new RefusedError(
    `Expected ${formatDuration(need)} until the jury's turn ends, got ${formatDuration(end - snapshot.atTime)}.`,
    nextMove(trial) === 'close'
      ? `The backup rules then; to free the pool: ${paste('jury', 'close', snapshot.id)}`
      : 'The backup rules then.',
  )
}

/** Throws RefusedError while another case is to be drawn before. */
export function requireNext(trial: Trial, { paste }: Connection): void {
  const { firstToDraw } = trial
  if (firstToDraw === undefined || isNext(trial)) return
  throw new RefusedError(
    `Expected the case that is next, ${firstToDraw}, got another.`,
    `First: ${paste('jury', 'draw', firstToDraw)}`,
  )
}
