import { hasRoom, neededPool } from '#protocol/jury.ts'
import type { Connection } from '../chain/connection.ts'
import { RefusedError } from '../errors.ts'
import { returnedTo, type Trial } from './jury-court.ts'

/** Throws RefusedError while the pool is too small for another case, returned stakes counted, or these cannot come back for a draw that is due. */
export function requirePool(trial: Trial, { paste }: Connection): void {
  const returned = returnedTo(trial)
  if (returned > 0 && trial.firstToDraw !== undefined) {
    throw new RefusedError(
      `Expected the stakes that rounds have returned to be in the pool again, got ${returned} that wait for a draw.`,
      `Draw first: ${paste('jury', 'draw', trial.firstToDraw)}`,
    )
  }
  const short = shortageOf(trial)
  if (short === undefined) return
  throw new RefusedError(
    `Expected ${short.need} stakes in the pool, got ${short.got}.`,
    'Half of all stakes have to be free, those with seats counted: wait until running cases end, or more jurors have staked.',
  )
}

/** What is said of a case that waits for a larger pool; nothing of any other. */
export function shortageLines(trial: Trial): string[] {
  const short = shortageOf(trial)
  return short === undefined ? [] : [`pool      ${short.got} stakes, too few for another case: it needs ${short.need}`]
}

function shortageOf({ jury: { terms }, staked }: Trial): { readonly got: number; readonly need: number } | undefined {
  if (staked === undefined || hasRoom(terms, staked)) return undefined
  return { got: staked.pool + staked.returned, need: neededPool(terms, staked) }
}
