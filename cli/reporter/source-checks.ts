import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { accessFault } from '#node/access'
import { type Config, sourceEndpoints } from '#node/config'
import { fetchSamples } from '#node/source'
import { formatValue } from '#protocol/decimal.ts'
import { sampleOpens } from '#protocol/aggregate.ts'
import { type IndexDocument, indexId, isConversionSource } from '#protocol/index-document.ts'
import type { SourceSpec } from '#protocol/index-source.ts'
import { machineClock } from '../clock.ts'
import { commandLine } from '../command-line.ts'
import type { Context } from '../context.ts'
import { failureOf } from '../errors.ts'
import { shorten } from '../format.ts'
import { readIndexFile } from '../index/index-file.ts'
import { type IndexReading, readingOf } from '../index/index-reading.ts'
import type { Check } from './check.ts'

/** What reading sources needs: the time by which the node goes, and the chain it is on. */
export type SourceWorld = Pick<Context, 'io' | 'now' | 'signal'> & {
  /** Unix seconds: the last window before it is read. */
  readonly time: bigint
  /** Undefined where no endpoint answered. */
  readonly chainId: number | undefined
}

type Named = { readonly name: string; readonly file: string }

/** All sources of all documents have so long together, milliseconds. */
const READ_MS = 30_000
/** By how much the newest block of a chain may be older than now, seconds. */
const HEAD_LAG_SECONDS = 60

/** Reads every source of every index document once, for the last window that is over, of a chain for the last that is final. */
export async function indexChecks(config: Config, world: SourceWorld): Promise<Check[]> {
  const what = 'indices'
  const fault = accessFault(config.indexDir, 'read')
  if (fault !== undefined) return [{ what, state: 'bad', found: fault.message, fix: fault.hint }]
  let names: string[]
  try {
    names = readdirSync(config.indexDir)
      .filter((name) => name.endsWith('.json'))
      .toSorted()
  } catch (error) {
    return [{ what, state: 'bad', found: failureOf(error).message, fix: 'Correct index_dir in the configuration.' }]
  }
  if (names.length === 0) {
    const found = `no document in ${config.indexDir}: nothing to observe`
    return [{ what, state: 'warn', found, fix: 'Put the index documents there that you report.' }]
  }
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(READ_MS)])
  world.io.err(`reading the sources of ${names.length === 1 ? 'one index' : `${names.length} indices`} ...`)
  return Promise.all(
    names.map((name) => indexCheck({ name, file: join(config.indexDir, name) }, config, { ...world, signal })),
  )
}

async function indexCheck({ name, file }: Named, config: Config, world: SourceWorld): Promise<Check> {
  const what = `index ${name}`
  let document: IndexDocument
  try {
    document = await readIndexFile(file)
  } catch (error) {
    return { what, state: 'bad', found: failureOf(error).message, fix: 'Correct it, or take it away.' }
  }
  const prices = config.csvFile === undefined ? [] : ['--prices', config.csvFile]
  const fix = `See what each gave: ${commandLine('assize', 'index', 'sample', file, ...prices)}`
  try {
    const found = foundOf(await readLast(document, config, world))
    return found.state === 'ok' ? { what, ...found } : { what, ...found, fix }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    const why = isLate ? `no answer within ${READ_MS / 1_000} s` : failureOf(error).message
    return { what, state: 'bad', found: `${document.name} (${shorten(indexId(document))}): ${why}`, fix }
  }
}

async function readLast(
  document: IndexDocument,
  config: Config,
  { time, now, signal, chainId }: SourceWorld,
): Promise<IndexReading> {
  const interval = BigInt(document.sampling.intervalSeconds)
  const options = {
    clock: machineClock(now),
    signal,
    csvFile: config.csvFile,
    rpcUrls: chainId === undefined ? undefined : sourceEndpoints(config, chainId),
  }
  const samplings = await Promise.all(
    document.sources.map((source) => {
      const reached = time - BigInt(lagOf(source))
      return fetchSamples({ ...document, sources: [source] }, reached - (reached % interval), options)
    }),
  )
  const maturity = time - (time % interval)
  return readingOf(document, maturity, {
    opens: sampleOpens(document, maturity),
    samples: samplings.flatMap(({ samples }) => samples),
    failures: samplings.flatMap(({ failures }) => failures),
    records: samplings.flatMap(({ records }) => records),
  })
}

/** How long ago a window has to have ended, seconds, for the source to be read for it at once. */
function lagOf(source: SourceSpec): number {
  return 'finalitySeconds' in source ? source.finalitySeconds + HEAD_LAG_SECONDS : 0
}

function foundOf({ document, sampling, used, result }: IndexReading): Pick<Check, 'state' | 'found'> {
  const counting = document.sources.filter((source) => !isConversionSource(document, source))
  const missing = [...sampling.failures, ...result.dropped].map(({ sourceId, reason }) => `${sourceId}: ${reason}`)
  const head = `${document.name} (${shorten(indexId(document))}), ${used.length} of ${counting.length} sources count`
  const said = [head, ...missing]
  if (result.kind === 'value') {
    const lag = Math.max(...document.sources.map(lagOf))
    const aged = lag === 0 ? '' : `, chains as of ${lag} s ago`
    const found = [...said, `value ${formatValue(result.value)}${aged}`].join('; ')
    return { state: missing.length === 0 ? 'ok' : 'warn', found }
  }
  // A file of past closes has no last window; whoever gave it knows.
  const isPast = sampling.failures.length === 0 && document.sources.every((source) => source.kind === 'csv')
  return { state: isPast ? 'warn' : 'bad', found: [...said, `no value: ${result.reason}`].join('; ') }
}
