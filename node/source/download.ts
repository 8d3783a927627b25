import type { Clock } from '../clock.ts'

/** What a download needs from outside. */
export type DownloadContext = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Uniform in [0, 1); spreads the retries of many nodes. */
  readonly random: () => number
  /** By default the platform's. */
  readonly fetch?: typeof fetch | undefined
}

/** Bounds of one request. */
export type DownloadLimits = { readonly timeoutMs: number; readonly maxBytes: number }

/** Tries of one download, and the base of the growing pause between them, milliseconds. */
const TRIES = 3
const PAUSE_MS = 250

/** HTTP statuses after which asking again may help (RFC 9110): timeout, too many requests, server errors. */
const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500

/**
 * The body at `url` as text, by GET. A failure that may pass is tried again, three times in all, after a pause with
 * jitter. Throws {@link DownloadError} with the last reason; an AbortError when `signal` aborts.
 */
export async function download(
  url: string,
  limits: DownloadLimits,
  context: DownloadContext,
  headers: Readonly<Record<string, string>> = { accept: '*/*' },
): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryDownload(url, limits, context, headers)
    if (outcome.kind === 'body') return outcome.text
    if (!outcome.isTransient || attempt === TRIES) throw new DownloadError(url, outcome.reason, attempt)
    await context.clock.sleep(PAUSE_MS * 2 ** (attempt - 1) * (0.5 + context.random()), context.signal)
  }
}

type Outcome =
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'failure'; readonly reason: string; readonly isTransient: boolean }

async function tryDownload(
  url: string,
  limits: DownloadLimits,
  { signal, fetch: get = fetch }: DownloadContext,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  try {
    const response = await get(url, { signal: AbortSignal.any([signal, timeout]), headers })
    if (!response.ok) {
      await response.body?.cancel()
      return { kind: 'failure', reason: `HTTP ${response.status}`, isTransient: isTransient(response.status) }
    }
    return await readBody(response, limits.maxBytes)
  } catch (error) {
    signal.throwIfAborted()
    if (timeout.aborted) return { kind: 'failure', reason: `no answer in ${limits.timeoutMs} ms`, isTransient: true }
    return { kind: 'failure', reason: causeOf(error), isTransient: true }
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Outcome> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return { kind: 'failure', reason: `more than ${maxBytes} bytes`, isTransient: false }
    chunks.push(chunk)
  }
  return { kind: 'body', text: new TextDecoder('utf-8').decode(Buffer.concat(chunks)) }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  if (!(cause instanceof Error)) return error.message
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message
}

/** A URL did not give its content. */
export class DownloadError extends Error {
  override readonly name = 'Source.DownloadError'
  readonly url: string
  readonly reason: string
  readonly attempts: number
  constructor(url: string, reason: string, attempts: number) {
    super(`Expected the content of ${url}, got ${reason} (attempt ${attempts}). Check the address and the venue.`)
    this.url = url
    this.reason = reason
    this.attempts = attempts
  }
}
