import type { Command } from 'commander'
import { closeCaseCall } from '#client/jury-calls.ts'
import type { Context } from '../context.ts'
import { requireNext } from '../court/case-checks.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireStage } from '../court/jury-court.ts'
import type { ExitCode } from '../exit-code.ts'

const CLOSE: Move = {
  name: 'close',
  description:
    'End a case that can no longer be ruled on in time, or whose fixing waits no more: the pool opens again.',
  async check(trial, connection) {
    requireStage(trial, ['waiting', 'hung'], connection.paste)
    if (trial.state.stage === 'waiting') requireNext(trial, connection)
  },
  call: async ({ jury, fixing }) => closeCaseCall(jury.address, fixing),
  lines: () => ['outcome   no verdict: the fixing is left to its next arbitrator'],
  after: () => 'Closed.',
}

/** Adds `assize jury close`: ends a case without a verdict. */
export function defineJuryClose(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(CLOSE, group, context, done)
}
