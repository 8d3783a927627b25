import type { Command } from 'commander'
import { readPool } from '#client/jury.ts'
import { openCaseCall } from '#client/jury-calls.ts'
import { readWaiting } from '#client/juror.ts'
import { openingPrice } from '#protocol/jury.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireTurn } from '../court/case-checks.ts'
import { requireStage, type Trial } from '../court/jury-court.ts'
import { seedWait } from '../court/jury-lines.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount } from '../format.ts'

const OPEN: Move = {
  name: 'open',
  description: 'Open the case of a fixing that waits for a jury, or open it again once its jury hung.',
  async check(trial, connection) {
    requireStage(trial, ['none', 'hung'], connection.paste)
    requireTurn(trial, connection)
    const { terms } = trial.jury
    const { arbitrationFee, separationPpm } = trial.fixing
    const price = openingPrice(terms)
    if (arbitrationFee < price) {
      const got = formatAmount(arbitrationFee, connection.token)
      throw notTaken(`a fixing that pays ${formatAmount(price, connection.token)}`, got)
    }
    if (separationPpm < terms.leastSeparationPpm) {
      throw notTaken(`candidates ${terms.leastSeparationPpm} ppm apart`, `${separationPpm} ppm`)
    }
    await requirePool(trial, connection)
  },
  call: async ({ jury, fixing }) => openCaseCall(jury.address, fixing),
  lines: () => [`draw      ${seedWait()}; until then nothing enters or leaves the pool`],
  after: () => 'Opened.',
}

/** Adds `assize jury open`: has jurors drawn for a fixing. */
export function defineJuryOpen(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(OPEN, group, context, done)
}

async function requirePool({ jury }: Trial, { chain }: Connection): Promise<void> {
  const [pool, waiting] = await Promise.all([readPool(chain, jury.address), readWaiting(chain, jury.address)])
  const need = jury.terms.leastPool + waiting.length * jury.terms.seats
  if (pool.length >= need) return
  throw new RefusedError(
    `Expected ${need} stakes in the pool, got ${pool.length}.`,
    'Wait until more jurors have staked, or until running cases end.',
  )
}

function notTaken(want: string, got: string): RefusedError {
  return new RefusedError(
    `Expected ${want}, got ${got}: the jury does not take it.`,
    'Its backup rules after the arbitration limit.',
  )
}
