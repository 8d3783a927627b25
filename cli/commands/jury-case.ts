import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { type Address, type Hex, isHex } from 'viem'
import { readHeader } from '#client/block-header.ts'
import { readPool } from '#client/jury.ts'
import { closeCaseCall, drawCall, openCaseCall, reseedCall, resolveCall } from '#client/jury-calls.ts'
import { verdictIn } from '#client/jury.ts'
import { readWaiting } from '#client/juror.ts'
import type { Call } from '#client/send.ts'
import { caseTime, clerkPay, openingPrice, SEED_DELAY, SEED_LIFE } from '#protocol/jury.ts'
import { haveRevealed, isForgotten } from '#protocol/jury-case.ts'
import { type Action, perform, type Performed } from '../chain/action.ts'
import { address, hash } from '../arguments.ts'
import { type Connection, openOracle, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { InputError, RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatAmount, formatDuration, formatIndexValue, formatMoment } from '../format.ts'
import { findTrial, isNext, nextMove, requireStage, type Trial, turnEnd } from '../court/jury-court.ts'
import { blocksText } from '../court/jury-lines.ts'
import { addNetworkOptions, addSigningOptions, type NetworkFlags, type SigningFlags } from '../options.ts'
import { reportPerformed } from '../chain/report.ts'
import { openSigner } from '../chain/signer.ts'

type Flags = NetworkFlags & SigningFlags & { readonly jury?: Address; readonly header?: string }

/** One thing that anybody can do about a case. */
type Move = {
  readonly name: string
  readonly description: string
  /** Throws RefusedError, in words, for what the jury would refuse. */
  readonly check: (trial: Trial, connection: Connection) => Promise<void>
  readonly call: (trial: Trial, connection: Connection, flags: Flags) => Promise<Call>
  readonly lines: (trial: Trial, connection: Connection) => readonly string[]
  readonly after: (performed: Performed, trial: Trial) => string
}

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

const DRAW: Move = {
  name: 'draw',
  description: 'Draw the jurors of the case that is next, by the header of its seed block; paid if there is a verdict.',
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

/** Adds `assize jury open|draw|reseed|close|resolve`: what anybody can do about a case. */
export function defineJuryCase(group: Command, context: Context, done: (code: ExitCode) => void): void {
  for (const move of [OPEN, DRAW, RESEED, CLOSE, RESOLVE]) {
    const command = group
      .command(move.name)
      .description(move.description)
      .argument('<fixing>', 'its id', hash)
      .option('--jury <address>', "which of the fixing's two, if both are juries", address)
    if (move === DRAW) {
      command.option(
        '--header <file>',
        'the RLP of the header of the seed block, or a file that has it, as debug_getRawHeader says (default: read)',
      )
    }
    const more = move === DRAW ? ['', ' --header header.hex'] : ['']
    const examples = [...more, ' --dry-run --account 0x34…'].map(
      (flags) => `\n  assize jury ${move.name} 0x12ab…${flags}`,
    )
    addSigningOptions(addNetworkOptions(command))
      .addHelpText('after', `\nExamples:${examples.join('')}`)
      .action(async (id: Hex, flags: Flags) => done(await act(move, id, flags, context)))
  }
}

async function act(move: Move, id: Hex, flags: Flags, context: Context): Promise<ExitCode> {
  const connection = await openOracle(flags, context)
  const trial = await findTrial(connection, id, flags.jury)
  requireFresh(trial.snapshot.atTime, context.now(), flags.maxAge)
  await move.check(trial, connection)
  const signer = await openSigner(flags, context)
  const action: Action = {
    steps: [{ label: `${move.name} the case`, call: await move.call(trial, connection, flags) }],
    amount: 0n,
    claims: 0,
    gain: undefined,
    lines: [
      `${move.name.padEnd(9)} the case of fixing ${id} before jury ${trial.jury.address}`,
      ...move.lines(trial, connection),
    ],
    question: `Do it?`,
    recheck: async () => move.check(await findTrial(connection, id, trial.jury.address), connection),
  }
  const performed = await perform(action, { connection, signer, flags, context })
  const next = `Look again: ${connection.paste('jury', 'status', id)}`
  const lines = [move.after(performed, trial), next]
  const deed = { action: `jury ${move.name}`, id, arbitrator: trial.jury.address }
  reportPerformed(performed, deed, { connection, flags, context, lines })
  return EXIT.ok
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

function requireTurn(trial: Trial, { paste }: Connection): void {
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

async function requirePool({ jury }: Trial, { chain }: Connection): Promise<void> {
  const [pool, waiting] = await Promise.all([readPool(chain, jury.address), readWaiting(chain, jury.address)])
  const need = jury.terms.leastPool + waiting.length * jury.terms.seats
  if (pool.length >= need) return
  throw new RefusedError(
    `Expected ${need} stakes in the pool, got ${pool.length}.`,
    'Wait until more jurors have staked, or until running cases end.',
  )
}

function requireNext(trial: Trial, { paste }: Connection): void {
  const { firstToDraw } = trial
  if (firstToDraw === undefined || isNext(trial)) return
  throw new RefusedError(
    `Expected the case that is next, ${firstToDraw}, got another.`,
    `First: ${paste('jury', 'draw', firstToDraw)}`,
  )
}

function seedWait(): string {
  return `${SEED_DELAY} blocks later, about ${blocksText(SEED_DELAY)}`
}

function notTaken(want: string, got: string): RefusedError {
  return new RefusedError(
    `Expected ${want}, got ${got}: the jury does not take it.`,
    'Its backup rules after the arbitration limit.',
  )
}
