import { type Command, Option } from 'commander'
import { machineClock } from '../clock.ts'
import type { Context } from '../context.ts'
import { type Endpoints, instant, sourceEndpoint } from '../arguments.ts'
import { RefusedError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatTime } from '../format.ts'
import { readIndexFile } from '../index/index-file.ts'
import { readIndexNow, readingDocument, readingLines } from '../index/index-reading.ts'

const EXAMPLES = `
Without --maturity the window is the last that is over, which is of no fixing: what a fixing was at its maturity says assize verify, or this with its --maturity.
Exit code 3: the sources do not suffice for a value.

Examples:
  assize index sample eth-usd.json
  assize index sample eth-usd.json --maturity 2026-03-27T08:00Z --json
  assize index sample btc-replay.json --maturity 1678536000 --prices closes.csv
  assize index sample eth-usd.json --rpc 1=https://rpc.example --rpc 8453=https://base.example`

type Flags = {
  readonly maturity?: bigint
  readonly prices?: string
  readonly rpc: Endpoints
  readonly json?: true
}

/** Adds `assize index sample`: reads the sources of a document as a node would. */
export function defineIndexSample(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('sample')
    .description('Read the sources of an index document now: what each gave, the medians, and the value.')
    .argument('<file>', 'the index document')
    .option('--maturity <time>', 'Unix seconds, or UTC such as 2026-03-27T08:00Z', instant)
    .option('--prices <csv>', 'the file of csv sources without a URL')
    .addOption(
      new Option('--rpc <chain=url>', 'endpoint of a chain that sources read; may be repeated')
        .argParser(sourceEndpoint)
        .default(new Map(), 'none'),
    )
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: Flags) => done(await sampleIndex(file, flags, context)))
}

async function sampleIndex(file: string, flags: Flags, { io, now, signal }: Context): Promise<ExitCode> {
  const document = await readIndexFile(file)
  const interval = BigInt(document.sampling.intervalSeconds)
  const time = now()
  const maturity = flags.maturity ?? time - (time % interval)
  if (maturity > time) {
    throw new RefusedError(
      `Expected a maturity that is over, got ${formatTime(maturity)}.`,
      'Wait for it, or name an earlier one.',
    )
  }
  const options = { clock: machineClock(now), signal, csvFile: flags.prices, rpcUrls: flags.rpc }
  const reading = await readIndexNow(document, maturity, options)
  if (flags.json === true) io.out(JSON.stringify(readingDocument(reading), undefined, 2))
  else for (const line of readingLines(reading)) io.out(line)
  return reading.result.kind === 'value' ? EXIT.ok : EXIT.abstained
}
