import type { IndexDocument } from '#protocol/index-document.ts'
import { chainlinkCloses } from './chainlink.ts'
import { csvCloses } from './csv.ts'
import { httpJsonCloses } from './http-json.ts'
import { uniswapV3Closes } from './uniswap-v3.ts'
import { sampleWindow, urlFor } from './window.ts'

/** What a kept response says. */
export type Reread =
  | { readonly kind: 'closes'; readonly closes: readonly (string | undefined)[] }
  /** Only the venue's own library reads it. */
  | { readonly kind: 'opaque' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/**
 * Reads the closes of a source again from a response that was kept, one for each of the document's opens, and asks nobody.
 * `maturity` in Unix seconds.
 */
export function reread(
  document: IndexDocument,
  maturity: bigint,
  { sourceId, body }: { readonly sourceId: string; readonly body: string },
): Reread {
  const source = document.sources.find(({ id }) => id === sourceId)
  if (source === undefined) return { kind: 'unreadable', reason: `the document has no source ${sourceId}` }
  const window = sampleWindow(document, maturity)
  try {
    switch (source.kind) {
      case 'http-json':
        return { kind: 'closes', closes: httpJsonCloses(body, source, window) }
      case 'csv':
        return { kind: 'closes', closes: csvCloses(body, source, window) }
      case 'chainlink':
        return { kind: 'closes', closes: chainlinkCloses(body, source, window) }
      case 'uniswap-v3':
        return { kind: 'closes', closes: uniswapV3Closes(body) }
      case 'ccxt':
        return { kind: 'opaque' }
    }
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error) }
  }
}

/** The URL from which a source is read for the window that ends at `maturity`; undefined for what is read from none. */
export function originOf(document: IndexDocument, maturity: bigint, sourceId: string): string | undefined {
  const source = document.sources.find(({ id }) => id === sourceId)
  if (source === undefined || !('url' in source) || source.url === undefined) return undefined
  return urlFor(source.url, document, source, sampleWindow(document, maturity))
}
