import type { Command } from 'commander'
import { openCaseCall, readmitCalls } from '#client/jury-calls.ts'
import { openingPrice, whyNotTaken } from '#protocol/jury.ts'
import type { Connection } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireTurn } from '../court/case-checks.ts'
import { requireStage, returnedTo, type Trial } from '../court/jury-court.ts'
import { seedWait } from '../court/jury-lines.ts'
import { requirePool } from '../court/pool-size.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount } from '../format.ts'

const OPEN: Move = {
  name: 'open',
  description: 'Open the case of a fixing that waits for a jury, or open it again once its jury hung.',
  async check(trial, connection) {
    requireStage(trial, ['none', 'hung'], connection.paste)
    requireTurn(trial, connection)
    requireTaken(trial, connection)
    requirePool(trial, connection)
  },
  before: (trial) =>
    readmitCalls(trial.jury.address, returnedTo(trial)).map((call) => ({
      label: 'let returned stakes be drawn',
      call,
    })),
  call: async ({ jury, fixing }) => openCaseCall(jury.address, fixing),
  lines: (trial) => [
    ...(returnedTo(trial) === 0
      ? []
      : [`pool      ${returnedTo(trial)} stakes that rounds have returned come back into it first`]),
    `draw      ${seedWait()}; until then nothing enters or leaves the pool`,
  ],
  after: () => 'Opened.',
}

/** Adds `assize jury open`: has jurors drawn for a fixing. */
export function defineJuryOpen(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(OPEN, group, context, done)
}

function requireTaken({ jury: { terms }, fixing }: Trial, { token }: Connection): void {
  const why = whyNotTaken(fixing, terms)
  if (why === undefined) return
  const { arbitrationFee, separationPpm } = fixing
  const [want, got] =
    why === 'fee'
      ? [`a fixing that pays ${formatAmount(openingPrice(terms), token)}`, formatAmount(arbitrationFee, token)]
      : [`candidates ${terms.leastSeparationPpm} ppm apart`, `${separationPpm} ppm`]
  throw new RefusedError(
    `Expected ${want}, got ${got}: the jury does not take it.`,
    'Its backup rules after the arbitration limit.',
  )
}
