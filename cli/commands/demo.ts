import { type Command, InvalidArgumentError, Option } from 'commander'
import { duration, instant } from '../arguments.ts'
import type { Context } from '../context.ts'
import {
  DEFAULT_SAMPLING,
  type DemoOptions,
  MAX_REPORTERS,
  MIN_REPORTERS,
  SYNTHETIC_MATURITY,
} from '../demo/demo-options.ts'
import { InputError } from '../errors.ts'
import { failureLine } from '../failure.ts'
import type { ExitCode } from '../exit-code.ts'

type Flags = {
  prices?: string
  base?: string
  maturity?: bigint
  honest?: true
  json?: true
  seed: number
  nodes: number
  samples: number
  interval: number
  keep?: string
  port: number
  fault?: 'close' | 'wei'
}

/** Adds `assize demo`: one maturity resolved end to end on an embedded chain. */
export function defineDemo(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('demo')
    .option('--prices <file>', 'replay this CSV of closes (time,venue_pair,…) instead of the synthetic crash')
    .option('--base <currency>', "what the file's pairs price, where they can be read in two ways: BNB of bnbusd", base)
    .option(
      '--maturity <time>',
      'the maturity: Unix seconds, or UTC such as 2026-03-27T08:00Z; needed with --prices',
      maturityTime,
    )
    .option('--honest', 'nobody attacks: the undisputed path')
    .option('--json', 'print one JSON document on stdout; talk goes to stderr')
    .option('--seed <n>', 'seed of the synthetic market and of all keys', count(0, 2 ** 31), 1)
    .option(
      '--nodes <n>',
      `how many reporters, ${MIN_REPORTERS} to ${MAX_REPORTERS}`,
      count(MIN_REPORTERS, MAX_REPORTERS),
      MIN_REPORTERS,
    )
    .option('--samples <n>', 'closes in the index window', count(1, 1_440), DEFAULT_SAMPLING.samples)
    .option('--interval <time>', 'of a candle: 60s, 5min', candle, DEFAULT_SAMPLING.intervalSeconds)
    .option('--keep <dir>', "keep the nodes' data and logs in this new folder")
    .option('--port <n>', "the embedded chain's port; 0 = any", count(0, 65_535), 0)
    .addOption(
      new Option('--fault <what>', 'plant a fault that the audit must find').choices(['close', 'wei']).hideHelp(),
    )
    .addHelpText('after', '\nExamples:\n  assize demo\n  assize demo --honest --json')
    .action(async (flags: Flags) => done(await runCommand(flags, context)))
}

async function runCommand(flags: Flags, context: Context): Promise<ExitCode> {
  const isJson = flags.json === true
  // Loaded here: the other commands start without libp2p's and the demo's modules.
  const { runDemo } = await import('../demo/demo.ts')
  const { document, failure, exitCode } = await runDemo(optionsOf(flags), isJson ? 'err' : 'out', context)
  if (isJson) context.io.out(JSON.stringify(document, undefined, 2))
  if (failure !== undefined) context.io.err(failureLine(failure, context.io))
  return exitCode
}

function optionsOf(flags: Flags): DemoOptions {
  if (flags.prices !== undefined && flags.maturity === undefined) {
    throw new InputError('Expected --maturity with --prices, got none.', 'Name an instant that the file covers.')
  }
  if (flags.prices === undefined && flags.base !== undefined) {
    throw new InputError('Expected --prices with --base, got none.', 'Leave --base out: the synthetic crash is of ETH.')
  }
  const { samples, interval: intervalSeconds, maturity = SYNTHETIC_MATURITY } = flags
  if (maturity < BigInt(samples * intervalSeconds)) {
    throw new InputError(
      `Expected a --maturity at least ${samples} candles of ${intervalSeconds} s after 1970, got ${maturity}.`,
      'Name a later one, or fit --samples and --interval to it.',
    )
  }
  return {
    prices: flags.prices,
    base: flags.base,
    maturity,
    isHonest: flags.honest === true,
    seed: flags.seed,
    reporters: flags.nodes,
    sampling: { samples, intervalSeconds },
    keep: flags.keep,
    port: flags.port,
    fault: flags.fault,
  }
}

/** A currency, in any letters. */
function base(text: string): string {
  if (/^[A-Za-z0-9]{1,20}$/.test(text)) return text.toUpperCase()
  throw new InvalidArgumentError(`Expected a currency such as BNB, got "${text}".`)
}

/** A maturity: the chain starts an hour earlier, and contracts keep times below 2^39. */
function maturityTime(text: string): bigint {
  const time = instant(text)
  if (time >= 10_000n && time < 2n ** 39n) return time
  throw new InvalidArgumentError(`Expected a time from 1970-01-01T02:47Z to 19391-05-31T11:00Z, got "${text}".`)
}

/** Seconds of a candle: up to a day. */
function candle(text: string): number {
  const seconds = duration(text)
  if (seconds >= 1 && seconds <= 86_400) return seconds
  throw new InvalidArgumentError(`Expected a time from 1s to 1d, got "${text}".`)
}

function count(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (!(value >= min && value <= max)) {
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}, got "${text}".`)
    }
    return value
  }
}
