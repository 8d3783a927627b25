import type { Command } from 'commander'
import { DEFAULT_PARAMETERS, type Fixing, ParameterOutOfBoundsError, validateFixing } from '#protocol/fixing.ts'
import { duration, ether, positive, whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { griefingDocument, type GriefingQuery, renderGriefing } from '../griefing-view.ts'
import { etherOption } from '../options.ts'

type Flags = {
  minBond: bigint
  bondPpm: number
  openInterest: bigint
  fee: bigint
  firstWindow: number
  window: number
  grace: number
  limit: number
  fixings: number
  capital?: bigint
  corruption?: bigint
  json?: true
}

const DEFAULTS = DEFAULT_PARAMETERS

/** Adds `assize griefing`: what delay and corruption cost under given parameters. Reads no chain. */
export function defineGriefing(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('griefing')
    .description('What each delay costs, where a lie wins, and the honest capital needed, for given parameters.')
    .addOption(etherOption('--min-bond <eth>', 'least bond', DEFAULTS.minBond))
    .option('--bond-ppm <ppm>', 'bond as a share of the open interest', whole, DEFAULTS.bondPpm)
    .addOption(etherOption('--open-interest <eth>', 'open interest when a value is proposed', 0n))
    .addOption(etherOption('--fee <eth>', 'arbitration fee', DEFAULTS.arbitrationFee))
    .option('--first-window <time>', 'first window: seconds, or such as 24h, 2d', duration, DEFAULTS.firstWindow)
    .option('--window <time>', 'later windows', duration, DEFAULTS.window)
    .option('--grace <time>', 'proposal grace', duration, DEFAULTS.proposalGrace)
    .option('--limit <time>', 'arbitration limit', duration, DEFAULTS.arbitrationLimit)
    .option('--fixings <n>', 'how many fixings mature together', positive, 1)
    .option('--capital <eth>', 'honest capital there is for all of them', ether)
    .option('--corruption <eth>', 'price of corrupting the cheaper of arbitrator and backup', ether)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  assize griefing\n  assize griefing --open-interest 4000 --fixings 30 --capital 500 --json',
    )
    .action((flags: Flags) => done(showGriefing(flags, context)))
}

function showGriefing(flags: Flags, { io }: Context): ExitCode {
  const query = queryOf(flags)
  io.out(flags.json === true ? JSON.stringify(griefingDocument(query), undefined, 2) : renderGriefing(query))
  return EXIT.ok
}

function queryOf(flags: Flags): GriefingQuery {
  const { minBond, bondPpm, openInterest, firstWindow, window, fixings, capital } = flags
  const parameters = {
    minBond,
    bondPpm,
    firstWindow,
    window,
    arbitrationFee: flags.fee,
    proposalGrace: flags.grace,
    arbitrationLimit: flags.limit,
  }
  try {
    validateFixing({ ...SOME_FIXING, ...parameters })
  } catch (error) {
    if (!(error instanceof ParameterOutOfBoundsError)) throw error
    throw new InputError(error.message, '', { cause: error })
  }
  return { terms: { ...parameters, openInterest }, fixings: BigInt(fixings), capital, corruption: flags.corruption }
}

/** The fields that nothing here depends on. */
const SOME_FIXING: Fixing = {
  ...DEFAULTS,
  indexId: `0x${'01'.repeat(32)}`,
  maturity: 0n,
  arbitrator: `0x${'01'.repeat(20)}`,
  backup: `0x${'02'.repeat(20)}`,
  openInterest: `0x${'00'.repeat(20)}`,
}
