import type { Command } from 'commander'
import { verdictIn } from '#client/jury.ts'
import { resolveCall } from '#client/jury-calls.ts'
import { clerkPay } from '#protocol/jury.ts'
import { haveRevealed } from '#protocol/jury-case.ts'
import type { Context } from '../context.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireStage } from '../court/jury-court.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount, formatIndexValue, formatMoment } from '../format.ts'

const RESOLVE: Move = {
  name: 'resolve',
  description: 'End the round once the time to reveal is over or all have revealed: rules, pays and slashes.',
  async check(trial, connection) {
    requireStage(trial, ['voting'], connection.paste)
    const { state, seats, snapshot } = trial
    const { atTime } = snapshot
    if (atTime >= state.revealEnd || haveRevealed(seats)) return
    throw new RefusedError(
      `Expected the time to reveal to be over at ${formatMoment(state.revealEnd, atTime)}, or all seats to have revealed.`,
      'Come back then.',
    )
  },
  call: async ({ jury, fixing }) => resolveCall(jury.address, fixing),
  lines: ({ jury, fixing, seats }, { token }) => {
    const revealed = seats.filter(({ value }) => value !== undefined).length
    const pay = clerkPay(fixing.arbitrationFee, jury.terms.seats)
    return [
      `votes     ${revealed} of ${seats.length} seats have revealed, ${jury.terms.quorum} are needed for a verdict`,
      `pay       ${formatAmount(pay, token)} of the fee if the jury rules`,
    ]
  },
  after({ sent }) {
    const receipt = sent.at(-1)
    const verdict = receipt === undefined ? undefined : verdictIn(receipt)
    return verdict === undefined
      ? 'The jury hung: too few revealed.'
      : `The verdict is ${formatIndexValue(verdict, 18)}.`
  },
}

/** Adds `assize jury resolve`: ends a round. */
export function defineJuryResolve(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(RESOLVE, group, context, done)
}
