import type { Command } from 'commander'
import { reseedCall } from '#client/jury-calls.ts'
import { SEED_LIFE } from '#protocol/jury.ts'
import { isForgotten } from '#protocol/jury-case.ts'
import type { Context } from '../context.ts'
import { requireNext, requireTurn } from '../court/case-checks.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireStage } from '../court/jury-court.ts'
import { blocksText, seedWait } from '../court/jury-lines.ts'
import { RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'

const RESEED: Move = {
  name: 'reseed',
  description: `Give a case another seed, if the chain has forgotten its seed block (${SEED_LIFE} blocks, about ${blocksText(SEED_LIFE)}).`,
  async check(trial, connection) {
    requireStage(trial, ['waiting'], connection.paste)
    const { state, block, snapshot } = trial
    if (!isForgotten(state, block)) {
      throw new RefusedError(
        `Expected a seed block that the chain has forgotten, got block ${state.seedBlock}.`,
        `It can be drawn: ${connection.paste('jury', 'draw', snapshot.id)}`,
      )
    }
    requireNext(trial, connection)
    requireTurn(trial, connection)
  },
  call: async ({ jury, fixing }) => reseedCall(jury.address, fixing),
  lines: () => [`draw      ${seedWait()}, after the others that wait`],
  after: () => 'It has another seed.',
}

/** Adds `assize jury reseed`: gives a case another seed block. */
export function defineJuryReseed(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(RESEED, group, context, done)
}
