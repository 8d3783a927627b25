import type { Command } from 'commander'
import { duration } from '../arguments.ts'
import { machineClock } from '../clock.ts'
import { type Connection, openOracle } from '../connection.ts'
import type { Context } from '../context.ts'
import { failureOf } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { addNetworkOptions, addReadingOptions, type NetworkFlags, type ReadingFlags } from '../options.ts'
import { ownValues } from '../own-values.ts'
import { lookDocument, lookLines } from '../watch-lines.ts'
import { type Look, startWatching } from '../watching.ts'

type Flags = NetworkFlags &
  ReadingFlags & {
    readonly interval: number
    readonly once?: true
    readonly all?: true
    readonly untilWrong?: true
  }

/** A block of Ethereum, seconds. */
const INTERVAL = 12

const EXAMPLES = `
With the index documents it computes each value itself, and says where what stands is another claim. A pot's expected gain is what comes back if its value
is the own one, else by the odds that the stakes imply, less the stake and the gas of wrapping, staking and claiming.

Examples:
  assize watch --index-dir indices
  assize watch --once --json
  assize watch --until-wrong --interval 1min && echo never || mail -s "assize: a wrong value" me`

/** Adds `assize watch`: fixings as they stand, until Ctrl-C. */
export function defineWatch(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('watch')
    .description('Fixings as they stand, with the own value, odds, deadlines and pots worth joining, until Ctrl-C.')
    .option('--interval <time>', 'how often to look', duration, INTERVAL)
    .option('--once', 'look once and end')
    .option('--all', 'settled fixings too')
    .option('--until-wrong', `end with exit ${EXIT.failed} once what stands is another value than the own`)
  addReadingOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await watch(flags, context)))
}

async function watch(flags: Flags, context: Context): Promise<ExitCode> {
  const { io, signal, now } = context
  const connection = await openOracle(flags, context)
  const settled = flags.all === true ? 'shown' : 'hidden'
  const watching = startWatching(connection, { settled, ownValue: ownValues(flags, context) })
  const clock = machineClock(now)
  const show = display(flags, connection, context)
  // Whoever has named a wrong endpoint learns it here; one that dies later may come back.
  let look = await watching.look()
  for (;;) {
    show(look)
    const isWrong = look.fixings.some(({ verdict }) => verdict?.kind === 'differs')
    if (flags.untilWrong === true && isWrong) return EXIT.failed
    if (flags.once === true) return EXIT.ok
    const until = clock.monotonicMs() + flags.interval * 1_000
    while (clock.monotonicMs() < until && !signal.aborted) {
      await clock.sleep(1_000, signal).catch(() => undefined)
      if (io.isTerminal && flags.json !== true) show(look)
    }
    if (signal.aborted) return EXIT.ok
    look = await watching.look().catch((error: unknown) => {
      // An endpoint in trouble answers anything; whoever watches wants it to be asked again.
      io.err(`${failureOf(error).message} Looking again in ${flags.interval} s.`)
      return look
    })
  }
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
