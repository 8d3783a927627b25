import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { type IndexDocument, indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { warningsOf } from '#protocol/index-warnings.ts'
import { USUAL_NOISE_PPM } from '#protocol/parameters.ts'
import { duration, percent, positive, whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { warningLines } from '../index/index-lines.ts'
import { PRESET_INTERVALS, PRESET_NAMES, presetOf, type Wanted } from '../index/venue-presets.ts'
import { writeNew } from '../output-file.ts'

const EXAMPLES = `
Venues: ${PRESET_NAMES.join(', ')}. Their candles are read as they document them; try what you wrote with
assize index sample. VENUE:CURRENCY is a pair in another currency, which then needs --convert VENUE:CURRENCY.

Examples:
  assize index new --base ETH --quote USD --out eth-usd.json
  assize index new --base BTC --quote USD --venues coinbase,kraken,bitstamp --bounds 1000..10000000
  assize index new --base ETH --quote USD --venues coinbase,kraken,binanceus:USDT --convert kraken:USDT`

/** A venue, and the currency of the pair there if it is not the index's. */
type Listed = { readonly venue: string; readonly currency: string | undefined }
type Bounds = { readonly min: string; readonly max: string }

type Flags = {
  readonly base: string
  readonly quote: string
  readonly name?: string
  readonly venues: readonly Listed[]
  readonly convert: readonly Listed[]
  readonly samples: number
  readonly interval: number
  readonly minSources?: number
  readonly clamp: bigint
  readonly noisePpm: number
  readonly bounds?: Bounds
  readonly out?: string
  readonly json?: true
}

/** Four venues in dollars: one may lie and one may fail, and the median still stands between honest ones. */
const VENUES: readonly Listed[] = ['coinbase', 'kraken', 'bitstamp', 'gemini'].map((venue) => ({
  venue,
  currency: undefined,
}))
const CLAMP_PPM = 5_000n
const TIMEOUT_MS = 5_000
const MAX_BYTES = 1_000_000

/** Adds `assize index new`: a valid document from venues that are known. */
export function defineIndexNew(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('new')
    .description('Write an index document over the candles of known venues.')
    .requiredOption('--base <currency>', 'what one unit is of, such as ETH')
    .requiredOption('--quote <currency>', 'the currency of the value, such as USD')
    .option('--name <text>', 'for people (default: base, quote and window)')
    .addOption(
      new Option('--venues <list>', 'with commas between them')
        .argParser(listed)
        .default(VENUES, 'coinbase,kraken,bitstamp,gemini'),
    )
    .addOption(
      new Option('--convert <list>', 'where other currencies are converted, such as kraken:USDT')
        .argParser(listed)
        .default([], 'nowhere'),
    )
    .option('--samples <n>', 'closes in the window', positive, 30)
    .option('--interval <time>', `of a candle: ${PRESET_INTERVALS.map((each) => `${each}s`).join(', ')}`, duration, 60)
    .option('--min-sources <n>', 'needed in every candle (default: more than half)', positive)
    .addOption(
      new Option('--clamp <percent>', 'how far from the median a candle counts')
        .argParser(percent)
        .default(CLAMP_PPM, '0.5'),
    )
    .option('--noise-ppm <ppm>', 'how far honest observations may differ', whole, USUAL_NOISE_PPM)
    .option('--bounds <min..max>', 'drop closes of the index outside', bounds)
    .option('--out <file>', 'write it there, where nothing may be yet (default: print it)')
    .option('--json', 'print one JSON document on stdout: the index document, its id and its warnings')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await newIndex(flags, context)))
}

async function newIndex(flags: Flags, { io }: Context): Promise<ExitCode> {
  const document = documentOf(flags)
  const id = indexId(document)
  const warnings = warningsOf(document, DEFAULT_PARAMETERS.separationPpm)
  const text = JSON.stringify(document, undefined, 2)
  if (flags.out !== undefined) await writeNew(flags.out, `${text}\n`)
  if (flags.json === true) {
    io.out(JSON.stringify({ version: 1, indexId: id, file: flags.out ?? null, warnings, document }, undefined, 2))
    return EXIT.ok
  }
  io.out(flags.out === undefined ? text : `${flags.out}: index ${id}`)
  for (const line of warningLines(warnings, io)) io.err(line)
  const file = flags.out ?? 'FILE'
  io.err(`Next: read its sources with assize index sample ${file}; any change of the file is another index.`)
  return EXIT.ok
}

/** Throws InputError for what makes no document. */
function documentOf(flags: Flags): IndexDocument {
  const { base, quote, samples, interval } = flags
  if (!PRESET_INTERVALS.includes(interval)) {
    throw new InputError(`Expected --interval of ${PRESET_INTERVALS.join(', ')} seconds, got ${interval}.`, 'Take one.')
  }
  const converters = new Map(flags.convert.map(({ venue, currency = '' }) => [currency, venue]))
  const counting = flags.venues.map((one) => countingSource(one, flags, converters))
  const converting = [...converters].map(([currency, venue]) =>
    sourceOf(
      venue,
      `${currency}-${quote}`.toLowerCase(),
      { base: currency, quote, intervalSeconds: interval },
      samples,
      { base: currency },
    ),
  )
  return parseIndexDocument({
    version: 1,
    name: flags.name ?? `${base}/${quote}, ${samples} closes of ${interval} s`,
    base,
    quote,
    unit: `${quote} per ${base}`,
    sources: [...counting, ...converting],
    sampling: { intervalSeconds: interval, samples },
    aggregation: {
      kind: 'clamped-geometric-mean',
      clampPpm: Number(flags.clamp),
      minSources: flags.minSources ?? Math.floor(counting.length / 2) + 1,
    },
    rounding: 'down',
    noisePpm: flags.noisePpm,
  })
}

function countingSource(
  { venue, currency }: Listed,
  { base, quote, interval, samples, bounds: limits }: Flags,
  converters: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const own = currency ?? quote
  if (own !== quote && !converters.has(own)) {
    throw new InputError(
      `Expected --convert to name a venue for ${own}, got none.`,
      `Add --convert VENUE:${own}, whose candles of ${own}/${quote} turn ${own} into ${quote}.`,
    )
  }
  const wanted = { base, quote: own, intervalSeconds: interval }
  return sourceOf(venue, own === quote ? venue : `${venue}-${own}`.toLowerCase(), wanted, samples, {
    ...(own === quote ? {} : { convert: { source: `${own}-${quote}`.toLowerCase() } }),
    ...(limits === undefined || own !== quote ? {} : { bounds: limits }),
  })
}

function sourceOf(
  venue: string,
  id: string,
  wanted: Wanted,
  samples: number,
  more: Record<string, unknown>,
): Record<string, unknown> {
  const preset = presetOf(venue, wanted)
  if (preset === undefined) {
    throw new InputError(
      `Expected venues among ${PRESET_NAMES.join(', ')}, got "${venue}".`,
      'Take one of them, and write others into the file: docs/index-authors.md.',
    )
  }
  const { maxRows, ...served } = preset
  if (samples >= maxRows) {
    throw new InputError(
      `Expected fewer than ${maxRows} samples with ${venue}, got ${samples}.`,
      `${preset.venue} gives ${maxRows} candles at once. Take a longer --interval, or other --venues.`,
    )
  }
  const limits = { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES }
  return { id, kind: 'http-json', quote: wanted.quote, ...served, ...limits, ...more }
}

/** `coinbase,binanceus:USDT`. */
function listed(text: string): Listed[] {
  return text.split(',').map((part) => {
    const [, venue, currency] = /^([a-z0-9]+)(?::([A-Z0-9]{1,20}))?$/.exec(part.trim()) ?? []
    if (venue === undefined)
      throw new InvalidArgumentError(`Expected venues such as kraken or kraken:USDT, got "${part}".`)
    return { venue, currency }
  })
}

/** `1000..20000`. */
function bounds(text: string): Bounds {
  const [, min, max] = /^([\d.]+)\.\.([\d.]+)$/.exec(text) ?? []
  if (min === undefined || max === undefined) {
    throw new InvalidArgumentError(`Expected bounds such as 100..100000, got "${text}".`)
  }
  return { min, max }
}
