import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import { adviceFor, type Advice } from '#protocol/advice.ts'
import { DEFAULT_PARAMETERS, PARAMETER_BOUNDS, worstCaseSeconds } from '#protocol/fixing.ts'
import { type Needs, UnmetNeedError, USUAL_NOISE_PPM } from '#protocol/parameters.ts'
import { address, duration, ether, gasPrice, instant, percent, positive, whole } from '../arguments.ts'
import { inUnits, type Unit } from '../fixing/bounds.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readNamedIndex } from '../index/index-name.ts'
import { explainDocument, type Explained, renderExplained } from '../economics/explain-view.ts'
import { ETHER, formatGwei, formatPercent, ONE_ETHER } from '../format.ts'
import { etherOption } from '../options.ts'

type Flags = {
  readonly value: bigint
  readonly share: bigint
  readonly openInterest?: Address
  readonly fee: bigint
  readonly gasPrice: bigint
  readonly fixings: number
  readonly capital?: bigint
  readonly corruption?: bigint
  readonly calm: number
  readonly worst: number
  readonly court: number
  readonly noisePpm?: number
  readonly separationPpm?: number
  readonly reporters: number
  readonly reporterStake: bigint
  readonly index?: string
  readonly maturity?: bigint
  readonly arbitrator?: Address
  readonly backup?: Address
  readonly json?: true
}

const DEFAULTS = DEFAULT_PARAMETERS
const GWEI = 10n ** 9n
const DEAR_GAS = 100n * GWEI
const SHORTEST_TURN = Number(PARAMETER_BOUNDS.arbitrationLimit[0])

const EXAMPLES = `
Examples:
  assize explain --value 1000 --capital 20 --corruption 1500
  assize explain --value 1000 --worst 30d --calm 12h --court 3d
  assize explain --value 50 --index eth-usd.json --maturity 2026-03-27T08:00Z --arbitrator 0x12… --backup 0x34… --json`

/** Adds `assize explain`: parameters for what is at stake, and what each of them does. Reads no chain. */
export function defineExplain(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('explain')
    .requiredOption('--value <eth>', 'what a lie in one fixing could gain', ether)
  addStakeOptions(command)
  command
    .option('--calm <time>', 'how long after a proposal it may be settled: 24h, 2d', duration, DEFAULTS.firstWindow)
    .option('--worst <time>', 'how long after maturity, whatever happens', duration, worstOf(DEFAULTS))
    .option('--court <time>', 'how long an arbitrator takes for a ruling', duration, SHORTEST_TURN)
    .option(
      '--noise-ppm <ppm>',
      `how far honest observations differ (default: of --index, else ${USUAL_NOISE_PPM})`,
      whole,
    )
    .option('--separation-ppm <ppm>', 'what candidates must differ by (default: 6 times the noise)', whole)
    .option('--reporters <n>', 'how many are registered', positive, 100)
    .addOption(etherOption('--reporter-stake <eth>', 'what each has staked', ONE_ETHER))
    .option('--index <file or id>', 'passed on, as the next three: the index document, or its id')
    .option('--maturity <time>', 'Unix seconds, or UTC such as 2026-03-27T08:00Z', instant)
    .option('--arbitrator <address>', 'who rules on a dispute', address)
    .option('--backup <address>', 'who rules if the arbitrator does not', address)
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await explain(flags, context)))
}

function addStakeOptions(command: Command): void {
  command
    .addOption(
      new Option('--share <percent>', 'of that, what a proposal should bond')
        .argParser(percent)
        .default(BigInt(DEFAULTS.bondPpm), formatPercent(BigInt(DEFAULTS.bondPpm))),
    )
    .option('--open-interest <address>', 'who reports what is at stake; none by default', address)
    .addOption(etherOption('--fee <eth>', 'what the arbitrators ask for a ruling', DEFAULTS.arbitrationFee))
    .addOption(
      new Option('--gas-price <amount>', 'up to which answering a lie must pay')
        .argParser(gasPrice)
        .default(DEAR_GAS, `${formatGwei(DEAR_GAS)} gwei`),
    )
    .option('--fixings <n>', 'how many fixings mature together, under one arbitrator', positive, 1)
    .option('--capital <eth>', 'what honest people would stake in all of them', ether)
    .option('--corruption <eth>', 'price of corrupting the cheaper of arbitrator and backup', ether)
}

async function explain(flags: Flags, { io }: Context): Promise<ExitCode> {
  const needs = await needsOf(flags)
  const { index, maturity, arbitrator, backup, openInterest } = flags
  const explained: Explained = {
    needs,
    advice: advised(needs),
    names: { index, maturity, arbitrator, backup, openInterest },
  }
  io.out(
    flags.json === true ? JSON.stringify(explainDocument(explained), undefined, 2) : renderExplained(explained, io),
  )
  return EXIT.ok
}

async function needsOf(flags: Flags): Promise<Needs> {
  return {
    value: flags.value,
    bondSharePpm: Number(flags.share),
    isReported: flags.openInterest !== undefined,
    fee: flags.fee,
    gasPrice: flags.gasPrice,
    fixings: BigInt(flags.fixings),
    capital: flags.capital,
    corruption: flags.corruption,
    calmSeconds: flags.calm,
    worstSeconds: flags.worst,
    courtSeconds: flags.court,
    noisePpm: flags.noisePpm ?? (await noiseOf(flags.index)),
    separationPpm: flags.separationPpm,
    reporters: flags.reporters,
    reporterStake: flags.reporterStake,
  }
}

/** An id does not say how noisy its index is. */
async function noiseOf(index: string | undefined): Promise<number> {
  if (index === undefined) return USUAL_NOISE_PPM
  const { document } = await readNamedIndex(index)
  return document?.noisePpm ?? USUAL_NOISE_PPM
}

/** The option that says each need, and what it counts. */
const OPTIONS: Readonly<Partial<Record<keyof Needs, readonly [flag: string, unit: Unit]>>> = {
  value: ['--value', 'amount'],
  bondSharePpm: ['--share', 'percent'],
  fee: ['--fee', 'amount'],
  gasPrice: ['--gas-price', 'amount'],
  calmSeconds: ['--calm', 'time'],
  worstSeconds: ['--worst', 'time'],
  courtSeconds: ['--court', 'time'],
  noisePpm: ['--noise-ppm', 'number'],
  separationPpm: ['--separation-ppm', 'number'],
}

/** Throws InputError, by the option's name and in the units that were typed, for what no parameters can meet. */
function advised(needs: Needs): Advice {
  try {
    return adviceFor(needs)
  } catch (error) {
    if (!(error instanceof UnmetNeedError)) throw error
    const { need, got, min, max } = error
    const [flag, unit] = OPTIONS[need] ?? [need, 'number']
    const shown = (value: bigint): string => inUnits(value, unit, ETHER)
    const want = max === undefined ? `of at least ${shown(min)}` : `from ${shown(min)} to ${shown(max)}`
    throw new InputError(`Expected ${flag} ${want}, got ${shown(got)}.`, HINTS[need] ?? 'See docs/parameters.md.', {
      cause: error,
    })
  }
}

const HINTS: Partial<Record<keyof Needs, string>> = {
  worstSeconds: 'Allow more, or less for --calm or --court.',
  separationPpm: 'Nodes dispute only above four times the noise.',
  noisePpm: 'Sample the index for longer, or from more venues.',
}

function worstOf(parameters: typeof DEFAULTS): number {
  return Number(worstCaseSeconds(parameters))
}
