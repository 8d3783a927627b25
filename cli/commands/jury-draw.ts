import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { type Hex, isHex } from 'viem'
import { readHeader } from '#client/block-header.ts'
import { drawCall } from '#client/jury-calls.ts'
import { clerkPay } from '#protocol/jury.ts'
import { isForgotten } from '#protocol/jury-case.ts'
import type { Context } from '../context.ts'
import { requireNext, requireTurn } from '../court/case-checks.ts'
import { defineMove, type Move } from '../court/case-move.ts'
import { requireStage } from '../court/jury-court.ts'
import { blocksText } from '../court/jury-lines.ts'
import { InputError, RefusedError } from '../errors.ts'
import type { ExitCode } from '../exit-code.ts'
import { formatAmount } from '../format.ts'

const DRAW: Move = {
  name: 'draw',
  description: 'Draw the jurors of the case that is next, by the header of its seed block; paid if there is a verdict.',
  addOptions: (command) =>
    command.option(
      '--header <file>',
      'the RLP of the header of the seed block, or a file that has it, as debug_getRawHeader says (default: read)',
    ),
  examples: ['--header header.hex'],
  async check(trial, connection) {
    requireStage(trial, ['waiting'], connection.paste)
    const { state, block, snapshot } = trial
    if (block <= state.seedBlock) {
      const left = state.seedBlock - block + 1n
      const wait = blocksText(left)
      throw new RefusedError(
        `Expected block ${state.seedBlock} to be there, got block ${block}.`,
        `Come back in ${left} blocks, about ${wait}.`,
      )
    }
    if (isForgotten(state, block)) {
      throw new RefusedError(
        `Expected a seed block that the chain remembers, got block ${state.seedBlock} of ${block}.`,
        `Give it another: ${connection.paste('jury', 'reseed', snapshot.id)}`,
      )
    }
    requireNext(trial, connection)
    requireTurn(trial, connection)
  },
  call: async ({ jury, fixing, state }, { chain }, { header }) =>
    drawCall(
      jury.address,
      fixing,
      await (header === undefined ? readHeader(chain, state.seedBlock) : givenHeader(header)),
    ),
  lines: ({ jury, fixing }, { token }) => {
    const pay = clerkPay(fixing.arbitrationFee, jury.terms.seats)
    return [`pay       ${formatAmount(pay, token)} of the fee once the jury rules, to be claimed by "jury claim"`]
  },
  after: () => 'Drawn.',
}

/** Adds `assize jury draw`: draws the jurors of the case that is next. */
export function defineJuryDraw(group: Command, context: Context, done: (code: ExitCode) => void): void {
  defineMove(DRAW, group, context, done)
}

/** What was given as the header, which the jury holds against the chain: hex, or a file of it. Throws InputError. */
async function givenHeader(given: string): Promise<Hex> {
  if (isHex(given)) return given
  const text = await readFile(given, 'utf8').catch((cause: unknown) => {
    throw new InputError(`Expected a header at ${given}, got no readable file.`, 'Check the path.', { cause })
  })
  const header = text.trim()
  if (isHex(header)) return header
  throw new InputError(
    `Expected a header in hex in ${given}, got something else.`,
    'Put in what debug_getRawHeader says.',
  )
}
