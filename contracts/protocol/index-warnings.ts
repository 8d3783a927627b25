import { isConversionSource, type IndexDocument } from './index-document.ts'
import type { SourceSpec, TimedSource } from './index-source.ts'
import { isNoiseSmall } from './policy.ts'
import { exampleUrl, unknownFields } from './url-template.ts'

/** What a valid document still leaves to be thought about. `field` is the path to it. */
export type IndexWarning = { readonly field: string; readonly reason: string }

/** A median of three is what one source alone cannot move. */
const ENOUGH_SOURCES = 3

/** What an author should know about a valid document; `separationPpm` is that of the fixings it is meant for. */
export function warningsOf(document: IndexDocument, separationPpm: number): IndexWarning[] {
  return [...countWarnings(document), ...noiseWarnings(document, separationPpm), ...sourceWarnings(document)]
}

/** The sources whose closes can count: of the document's base, in its currency or converted into it. */
export function countingSources(document: IndexDocument): SourceSpec[] {
  return document.sources.filter(
    (source) =>
      !isConversionSource(document, source) && (source.quote === document.quote || source.convert !== undefined),
  )
}

function countWarnings(document: IndexDocument): IndexWarning[] {
  const { minSources } = document.aggregation
  const count = countingSources(document).length
  const warnings: IndexWarning[] = []
  if (count < ENOUGH_SOURCES) {
    warnings.push({ field: 'sources', reason: `only ${count} can count: with fewer than 3 one alone moves the median` })
  }
  if (minSources > count) {
    warnings.push({
      field: 'aggregation.minSources',
      reason: `${minSources} of ${count} that can count: no value ever`,
    })
  } else if (2 * minSources <= count) {
    const what = minSources === 1 ? 'one alone prints the value' : `${minSources} alone print it`
    warnings.push({ field: 'aggregation.minSources', reason: `if the others fail, ${what}` })
  }
  return warnings
}

function noiseWarnings({ noisePpm }: IndexDocument, separationPpm: number): IndexWarning[] {
  if (isNoiseSmall(separationPpm, noisePpm)) return []
  const reason = `four times ${noisePpm} ppm reach the separation of ${separationPpm} ppm: no node will ever dispute`
  return [{ field: 'noisePpm', reason }]
}

function sourceWarnings(document: IndexDocument): IndexWarning[] {
  const origins = document.sources.map((source) => originOf(document, source))
  return document.sources.flatMap((source, i) => {
    const warn = (field: string, reason: string): IndexWarning => ({ field: `sources.${i}.${field}`, reason })
    const origin = originOf(document, source)
    const first = origins.indexOf(origin)
    const isUsed = document.sources.some(({ convert }) => convert?.source === source.id)
    const isForeign = source.quote !== document.quote && !isConversionSource(document, source)
    return [
      ...(source.bounds === undefined ? [warn('bounds', 'none: an absurd close counts like any other')] : []),
      ...('url' in source && source.url?.startsWith('http:')
        ? [warn('url', 'http: anyone on the way can write it')]
        : []),
      ...unknownIn(source).map((field) => warn('url', `${field} is no field of a URL: it stays as it is`)),
      ...(source.kind === 'http-json' && 'price' in source.pointers && source.url.includes('{end}')
        ? [warn('url', 'up to {end}: the last candle has no close without a later trade')]
        : []),
      ...(source.kind === 'csv' && source.url === undefined ? [warn('url', 'none: each node reads its own file')] : []),
      ...(isForeign && source.convert === undefined
        ? [warn('convert', `none: in ${source.quote} it never counts`)]
        : []),
      ...(isConversionSource(document, source) && !isUsed
        ? [warn('base', 'converts nothing: no source names it')]
        : []),
      ...(decidesAlone(document, source) ? [warn('base', 'converts so many that it alone moves the median')] : []),
      ...(first < i && sameBase(document.sources[first], source)
        ? [warn('venue', `repeats ${origin}: it counts twice`)]
        : []),
    ]
  })
}

function unknownIn(source: SourceSpec): readonly string[] {
  return 'url' in source && source.url !== undefined ? unknownFields(source.url) : []
}

/** Whether half of what counts, of two sources at least, goes through this one. */
function decidesAlone(document: IndexDocument, { id }: SourceSpec): boolean {
  const counting = countingSources(document)
  const converted = counting.filter(({ convert }) => convert?.source === id).length
  return converted > 1 && 2 * converted >= counting.length
}

function sameBase(a: SourceSpec | undefined, b: SourceSpec): boolean {
  return a?.base === b.base
}

/** Where a source's closes really come from: a host, an exchange, a contract. */
function originOf(document: IndexDocument, source: SourceSpec): string {
  switch (source.kind) {
    case 'ccxt':
      return source.exchange
    case 'chainlink':
      return source.feed
    case 'uniswap-v3':
      return source.pool
    case 'http-json':
      return hostOf(source.url, document, source)
    case 'csv':
      return source.url === undefined ? `column ${source.columns.close}` : hostOf(source.url, document, source)
  }
}

function hostOf(template: string, document: IndexDocument, source: TimedSource): string {
  return new URL(exampleUrl(template, document, source)).host
}
