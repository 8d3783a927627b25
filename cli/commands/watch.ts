import { globSync } from 'node:fs'
import type { Command } from 'commander'
import { type Address, zeroAddress } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import { addresses, duration } from '../arguments.ts'
import { machineClock } from '../clock.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { failureOf, InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { addNetworkOptions, addReadingOptions, type NetworkFlags, type ReadingFlags } from '../options.ts'
import { ownValues } from '../index/own-values.ts'
import { type Trust, trustOf } from '../chain/trust.ts'
import { lookDocument, lookLines } from '../fixing/watch-lines.ts'
import { type Look, startWatching } from '../fixing/watching.ts'

type Flags = NetworkFlags &
  ReadingFlags & {
    readonly interval: number
    readonly once?: true
    readonly all?: true
    readonly untilWrong?: true
    /** Seconds. */
    readonly blind: number
    readonly arbitrators?: readonly Address[]
  }

/** A block of Ethereum, seconds. */
const INTERVAL = 12
/** How long an alarm may see nothing before it says so by its end, seconds: endpoints that restart are back by then. */
const BLIND = 600

const EXAMPLES = `
With the index documents it computes each value itself, and says where an honest node would dispute what stands. Anyone can create a fixing that names
their own arbitrators: say whom you trust. A pot's expected gain is what comes back if its value
is the own one, else by the odds that the stakes imply, less the stake and the gas of wrapping, staking and claiming.

Examples:
  assize watch --index-dir indices
  assize watch --once --json
  if assize watch --until-wrong --interval 1min; then mail -s "assize: a wrong value" me; else mail -s "assize: no alarm any more" me; fi`

/** Adds `assize watch`: fixings as they stand, until Ctrl-C. */
export function defineWatch(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('watch')

    .option('--interval <time>', 'how often to look', duration, INTERVAL)
    .option('--once', 'look once and end')
    .option('--all', 'settled fixings too')
    .option('--until-wrong', 'end with exit 0 once what stands is wrong by the own value')
    .option(
      '--blind <time>',
      'with --until-wrong: end with exit 1 once no look has succeeded for so long',
      duration,
      BLIND,
    )
    .option(
      '--arbitrators <list>',
      'judge and rank only fixings whose two that rule are among these (default: $ASSIZE_POLICY_ARBITRATORS)',
      addresses,
    )
  addReadingOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await watch(flags, context)))
}

async function watch(flags: Flags, context: Context): Promise<ExitCode> {
  const { io, signal, now } = context
  const connection = await openOracle(flags, context)
  const settled = flags.all === true ? 'shown' : 'hidden'
  const trust = (fixing: Fixing): Trust => trustOf(fixing, flags.arbitrators, context.env)
  if (flags.untilWrong === true) requireJudge(flags, context)
  const watching = startWatching(connection, { settled, trust, ownValue: ownValues(flags, context) })
  const clock = machineClock(now)
  const show = display(flags, connection, context)
  // Whoever has named a wrong endpoint learns it here; one that dies later may come back.
  let look = await watching.look()
  let seenMs = clock.monotonicMs()
  for (;;) {
    show(look)
    const isWrong = look.fixings.some(({ verdict }) => verdict?.kind === 'differs')
    if (flags.untilWrong === true && isWrong) return EXIT.ok
    if (flags.once === true) return EXIT.ok
    const until = clock.monotonicMs() + flags.interval * 1_000
    while (clock.monotonicMs() < until && !signal.aborted) {
      await clock.sleep(1_000, signal).catch(() => undefined)
      if (io.isTerminal && flags.json !== true) show(look)
    }
    // Exit 0 would say of an alarm that something is wrong.
    if (signal.aborted) return flags.untilWrong === true ? EXIT.interrupted : EXIT.ok
    try {
      look = await watching.look()
      seenMs = clock.monotonicMs()
    } catch (error) {
      // An endpoint in trouble answers anything; whoever watches wants it to be asked again.
      const { message } = failureOf(error)
      const blindMs = clock.monotonicMs() - seenMs
      if (flags.untilWrong === true && blindMs >= flags.blind * 1_000) throw new BlindError(blindMs, message, error)
      io.err(`${message} Looking again in ${flags.interval} s.`)
    }
  }
}

/** Throws InputError for an alarm that could never go off, or that anybody could set off. */
function requireJudge({ arbitrators, indexDir }: Flags, { env }: Context): void {
  const nobody = { arbitrator: zeroAddress, backup: zeroAddress }
  if (trustOf(nobody, arbitrators, env) === 'unknown') {
    throw new InputError(
      'Expected arbitrators to trust with --until-wrong, got none.',
      'Name them with --arbitrators or in ASSIZE_POLICY_ARBITRATORS: anyone can create a fixing that lies.',
    )
  }
  const folder = indexDir ?? env['ASSIZE_INDEX_DIR'] ?? ''
  if (folder !== '' && globSync('*.json', { cwd: folder }).length > 0) return
  throw new InputError(
    `Expected index documents with --until-wrong, got none${folder === '' ? '' : ` in ${folder}`}.`,
    'Name their folder with --index-dir or in ASSIZE_INDEX_DIR: without them nothing can be found wrong.',
  )
}

/** Shows a look: on a terminal in place, with time running; elsewhere only if something has changed. */
function display(flags: Flags, connection: Connection, { io, now }: Context): (look: Look) => void {
  let shown: Look | undefined
  let since = now()
  return (look) => {
    const before = shown
    if (look !== before) since = now()
    shown = look
    if (flags.json === true) {
      if (look !== before) io.out(JSON.stringify(lookDocument(look, connection)))
      return
    }
    const lines = lookLines(look, look.time + (now() - since), connection, io)
    if (io.isTerminal && flags.once !== true) io.redraw([...lines, '', io.paint('quiet', 'Ctrl-C ends it.')])
    else if (before === undefined || factsOf(before) !== factsOf(look)) for (const line of lines) io.out(line)
  }
}

/** What of a look is worth telling again: blocks and gas always change. */
function factsOf({ fixings }: Look): string {
  const facts = fixings.map(({ view, own, security }) => {
    const { id, phase, facts: state, candidates, settlement } = view.snapshot
    return { id, phase, state, candidates, settlement, pots: view.pots, own, security }
  })
  return JSON.stringify(facts, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

/** An alarm that has not seen anything for too long: whatever is wrong by now, it would not go off. */
class BlindError extends Error {
  override readonly name = 'Cli.BlindError'
  readonly hint = 'Start it again with an endpoint that answers (--rpc); --blind says how long it may see nothing.'
  readonly exitCode = EXIT.failed
  constructor(blindMs: number, last: string, cause: unknown) {
    super(`Expected a look to succeed, got only failures for ${Math.floor(blindMs / 1_000)} s. The last: ${last}`, {
      cause,
    })
  }
}
