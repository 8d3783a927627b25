import type { SourceEndpoints } from '../config/fields.ts'
import type { DownloadContext } from './download.ts'

/** What a source gave: its closes, and the response they were read from. */
export type Reading = {
  readonly closes: readonly (string | undefined)[]
  readonly origin: string
  readonly body: string
  /** Why it has no close in the window, where the response tells. */
  readonly lack?: string | undefined
}

/** What the readers of all kinds work with. */
export type ReadContext = DownloadContext & SourceAccess

/** How sources are reached: the same for all who read them in one process. */
export type SourceAccess = Pick<DownloadContext, 'rests'> & {
  /** The file of CSV sources without a URL. */
  readonly csvFile?: string | undefined
  /** JSON-RPC endpoints by chain id. */
  readonly rpcUrls?: SourceEndpoints | undefined
}
