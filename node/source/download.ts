import type { Clock } from '../clock.ts'
import { askedRestMs, type Rests } from './rests.ts'

/** What a download needs from outside. */
export type DownloadContext = {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Uniform in [0, 1); spreads the retries of many nodes. */
  readonly random: () => number
  /** Which venues are not to be asked for now, of all downloads that share it; by default none is remembered. */
  readonly rests?: Rests | undefined
  /** By default the platform's. */
  readonly fetch?: typeof fetch | undefined
}

/** Bounds of one request. */
export type DownloadLimits = { readonly timeoutMs: number; readonly maxBytes: number }

/** Tries of one download, and the base of the growing pause between them, milliseconds. */
const TRIES = 3
const PAUSE_MS = 250

/** HTTP statuses with which a venue may say when to ask again: too many requests, the same of an address that was shut out for it, out of service. */
const MAY_ASK_FOR_REST: readonly number[] = [418, 429, 503]

/** A rest that is waited for, milliseconds: at the maturity everybody asks at once, and a window is read but once. */
const SHORT_REST_MS = 5_000

/** HTTP statuses after which asking again may help (RFC 9110): timeout, too many requests, server errors. */
const isTransient = (status: number): boolean => status === 408 || status === 429 || status >= 500

/**
 * The body at `url` as text, by GET. A failure that may pass is tried again, three times in all, after a pause with
 * jitter, or what the venue asks to be let alone for. If that is more than five seconds it is not, nor any other of its URLs until then. Throws {@link DownloadError} with
 * the last reason; an AbortError when `signal` aborts.
 */
export async function download(
  url: string,
  limits: DownloadLimits,
  context: DownloadContext,
  headers: Readonly<Record<string, string>> = { accept: '*/*' },
): Promise<string> {
  const { clock, signal, random, rests } = context
  const leftMs = rests?.leftMs(url, clock.monotonicMs()) ?? 0
  if (leftMs > SHORT_REST_MS)
    throw new DownloadError(url, `a venue that asked to be let alone for ${inSeconds(leftMs)} more`, 0)
  if (leftMs > 0) await clock.sleep(leftMs, signal)
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryDownload(url, limits, context, headers)
    if (outcome.kind === 'body') return outcome.text
    const { reason, isTransient: mayPass, restMs } = outcome
    const pauseMs = PAUSE_MS * 2 ** (attempt - 1) * (0.5 + random())
    if (restMs > 0) rests?.rest(url, restMs, clock.monotonicMs())
    if (restMs > SHORT_REST_MS) {
      throw new DownloadError(url, `${reason} and to be let alone for ${inSeconds(restMs)}`, attempt)
    }
    if (!mayPass || attempt === TRIES) throw new DownloadError(url, reason, attempt)
    await clock.sleep(Math.max(pauseMs, restMs), signal)
  }
}

function inSeconds(ms: number): string {
  return `${Math.ceil(ms / 1_000)} s`
}

type Outcome =
  | { readonly kind: 'body'; readonly text: string }
  /** After `restMs` milliseconds the venue wants to be asked again; 0 if it did not say. */
  | { readonly kind: 'failure'; readonly reason: string; readonly isTransient: boolean; readonly restMs: number }

function failure(reason: string, mayPass: 'may pass' | 'stays', restMs = 0): Outcome {
  return { kind: 'failure', reason, isTransient: mayPass === 'may pass', restMs }
}

async function tryDownload(
  url: string,
  limits: DownloadLimits,
  { clock, signal, fetch: get = fetch }: DownloadContext,
  headers: Readonly<Record<string, string>>,
): Promise<Outcome> {
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  try {
    const response = await get(url, { signal: AbortSignal.any([signal, timeout]), headers })
    if (!response.ok) {
      await response.body?.cancel()
      const { status } = response
      const restMs = MAY_ASK_FOR_REST.includes(status) ? askedRestMs(response.headers, clock.now()) : 0
      return failure(`HTTP ${status}`, isTransient(status) ? 'may pass' : 'stays', restMs)
    }
    return await readBody(response, limits.maxBytes)
  } catch (error) {
    signal.throwIfAborted()
    return failure(timeout.aborted ? `no answer in ${limits.timeoutMs} ms` : causeOf(error), 'may pass')
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Outcome> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return failure(`more than ${maxBytes} bytes`, 'stays')
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
