import type { Command } from 'commander'
import { formatEther } from 'viem'
import { bondFor } from '#protocol/bond.ts'
import { DEFAULT_PARAMETERS, type Fixing, MAX_BOND } from '#protocol/fixing.ts'
import { duration, ether, positive, whole } from '../arguments.ts'
import { requireWithinBounds } from '../fixing/bounds.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { griefingDocument, type GriefingQuery, renderGriefing } from '../economics/griefing-view.ts'
import { ETHER } from '../format.ts'
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
    .addOption(etherOption('--min-bond <eth>', 'least bond', DEFAULTS.minBond))
    .option('--bond-ppm <ppm>', 'bond as a share of the open interest', whole, DEFAULTS.bondPpm)
    .addOption(etherOption('--open-interest <eth>', 'open interest when a value is proposed', 0n))
    .addOption(etherOption('--fee <eth>', 'arbitration fee', DEFAULTS.arbitrationFee))
    .option('--first-window <time>', 'first window: seconds, or such as 24h, 2d', duration, DEFAULTS.firstWindow)
    .option('--window <time>', 'later windows', duration, DEFAULTS.window)
    .option('--grace <time>', 'proposal grace', duration, DEFAULTS.proposalGrace)
    .option('--limit <time>', 'arbitration limit', duration, DEFAULTS.arbitrationLimit)
    .option('--fixings <n>', 'how many fixings mature together, under one arbitrator', positive, 1)
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
  io.out(flags.json === true ? JSON.stringify(griefingDocument(query), undefined, 2) : renderGriefing(query, io))
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
  requireWithinBounds({ ...SOME_FIXING, ...parameters }, ETHER)
  const terms = { ...parameters, openInterest }
  const bond = bondFor(terms)
  if (bond > MAX_BOND) {
    throw new InputError(
      `Expected a bond of at most ${formatEther(MAX_BOND)} ETH, got ${formatEther(bond)} ETH: the oracle refuses more.`,
      'Lower --open-interest or --bond-ppm.',
    )
  }
  return { terms, fixings: BigInt(fixings), capital, corruption: flags.corruption }
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
