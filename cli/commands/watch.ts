import { globSync } from 'node:fs'
import type { Command } from 'commander'
import { type Address, type Hex, zeroAddress } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import { addresses, duration, hashes } from '../arguments.ts'
import { type Connection, openOracle } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { failureOf, InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { addNetworkOptions, addReadingOptions, MAX_AGE, type NetworkFlags, type ReadingFlags } from '../options.ts'
import { openScreen, type Screen } from '../screen.ts'
import { ownValues } from '../index/own-values.ts'
import { type Trust, trustOf } from '../chain/trust.ts'
import { BlindError, isWrong, requireUnsettled, startAlarm, UnreadError } from '../fixing/alarm.ts'
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
    /** Seconds. */
    readonly maxAge: number
    readonly arbitrators?: readonly Address[]
    readonly fixings?: readonly Hex[]
  }

/** A block of Ethereum, seconds. */
const INTERVAL = 12
/** How long an alarm may see nothing before it says so by its end, seconds: endpoints that restart are back by then. */
const BLIND = 600
/** Sources that did not suffice are asked again after so long, seconds; an alarm asks at least twice before it ends. */
const AGAIN_AFTER = 300

const EXAMPLES = `
With the index documents it computes each value itself, and says where an honest node would dispute what stands. Anyone can create a fixing that names
their own arbitrators: say whom you trust. A pot's expected gain is what comes back if its value
is the own one, else by the odds that the stakes imply, less the stake and the gas of wrapping, staking and claiming.
What stake returns (returnPpm) is the least that it earns if its value wins: to the holders of a candidate what is staked already, and
contributing or appealing what is staked now, if the pot fills.
An alarm (--until-wrong) judges fixings whose document it has, ruled on by those you trust, and ends with exit 1 once it cannot:
the endpoint is dead, slow or behind, the sources of a fixing that has a proposal cannot be read, or all of --fixings are settled. Anyone can create such a fixing
and let the alarm end for it: name those that matter with --fixings, and it looks at no other.

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
      'with --until-wrong: end with exit 1 once no look has succeeded, or a value could not be judged, for so long',
      duration,
      BLIND,
    )
    .option(
      '--max-age <time>',
      'with --until-wrong: a look sees nothing if the newest block is older',
      duration,
      MAX_AGE,
    )
    .option(
      '--arbitrators <list>',
      'judge and rank only fixings whose two that rule are among these (default: $ASSIZE_POLICY_ARBITRATORS)',
      addresses,
    )
    .option('--fixings <ids>', 'look only at these, with commas between them', hashes)
  addReadingOptions(addNetworkOptions(command))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await watch(flags, context)))
}

async function watch(flags: Flags, context: Context): Promise<ExitCode> {
  const { io, signal, monotonicMs, sleep } = context
  const screen = io.isTerminal && flags.json !== true && flags.once !== true ? openScreen(io) : undefined
  const looker = screen === undefined ? context : { ...context, io: screen.talk }
  const connection = await openOracle(flags, looker)
  const settled = flags.all === true ? 'shown' : 'hidden'
  const trust = (fixing: Fixing): Trust => trustOf(fixing, flags.arbitrators, context.env)
  const isAlarm = flags.untilWrong === true
  if (isAlarm) requireJudge(flags, context)
  const againAfter = isAlarm ? Math.min(AGAIN_AFTER, Math.floor(flags.blind / 2)) : AGAIN_AFTER
  const watching = startWatching(connection, {
    settled,
    strangers: isAlarm ? 'hidden' : 'shown',
    only: flags.fixings,
    trust,
    ownValue: ownValues(flags, looker, againAfter),
  })
  const show = display(screen, flags, connection, context)
  // Exit 0 would say of an alarm that something is wrong.
  const stopped = isAlarm ? EXIT.interrupted : EXIT.ok
  const looking = isAlarm ? startAlarm(watching.look, { ...flags, clock: context, signal }) : watching
  // Whoever has named a wrong endpoint learns it here; one that dies later may come back.
  let look = await looking.look()
  for (;;) {
    show(look)
    if (isAlarm && isWrong(look)) return EXIT.ok
    if (isAlarm) requireUnsettled(look, flags.fixings)
    if (flags.once === true) return EXIT.ok
    const until = monotonicMs() + flags.interval * 1_000
    while (monotonicMs() < until && !signal.aborted) {
      await sleep(1_000, signal).catch(() => undefined)
      if (screen !== undefined) show(look)
    }
    if (signal.aborted) return stopped
    screen?.hush()
    try {
      look = await looking.look()
    } catch (error) {
      if (signal.aborted) return stopped
      if (error instanceof BlindError || error instanceof UnreadError) throw error
      // An endpoint in trouble answers anything; whoever watches wants it to be asked again.
      looker.io.err(`${failureOf(error).message} Looking again in ${flags.interval} s.`)
    }
  }
}

/** Throws InputError for an alarm that could never go off, or that any arbitrator could set off. */
function requireJudge({ arbitrators, indexDir, once }: Flags, { env }: Context): void {
  if (once === true) {
    throw new InputError(
      'Expected --once or --until-wrong, got both.',
      'Leave one of them out: an alarm that has looked once goes off no more.',
    )
  }
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

/** Shows a look: on a screen in place, with time running; elsewhere only if something has changed. */
function display(
  screen: Screen | undefined,
  { json }: Flags,
  connection: Connection,
  { io, now }: Context,
): (look: Look) => void {
  let shown: Look | undefined
  let since = now()
  return (look) => {
    const before = shown
    if (look !== before) since = now()
    shown = look
    if (json === true) {
      if (look !== before) io.out(JSON.stringify(lookDocument(look, connection)))
      return
    }
    const lines = lookLines(look, look.time + (now() - since), connection, io)
    if (screen !== undefined) screen.draw(lines, remark)
    else if (before === undefined || factsOf(before) !== factsOf(look)) for (const line of lines) io.out(line)
  }
}

function remark(left: number): string {
  return `… ${left} more lines: make the window larger, see all with --once, or name what matters with --fixings.`
}

/** What of a look is worth telling again: blocks and gas always change. */
function factsOf({ fixings }: Look): string {
  const facts = fixings.map(({ view, own, security }) => {
    const { id, phase, facts: state, candidates, settlement } = view.snapshot
    return { id, phase, state, candidates, settlement, pots: view.pots, own, security }
  })
  return JSON.stringify(facts, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}
