import { BaseError, HttpRequestError, isHex, RpcRequestError, TimeoutError } from 'viem'

/**
 * What an error says that a provider threw, in the classes of this package's viem: another copy of viem or another library has
 * classes of its own, and messages that repeat the address and what was sent. An answer is what has the code of one, and is an
 * RpcRequestError whose `details` are its words alone; whatever has none is silence, an HttpRequestError or a TimeoutError.
 */
export function failureOf(error: unknown, providerName: string): BaseError {
  if (error instanceof BaseError && (silenceOf(error) !== undefined || answerOf(error) !== undefined)) return error
  const causes = causesOf(error)
  const answer = causes.findLast(({ name, code }) => isAnswerCode(code) && !UNANSWERED.includes(name))
  if (answer === undefined) return silence(causes, providerName, error)
  const said = Object.assign(new Error(wordsOf(answer), { cause: error }), {
    code: Number(answer.code),
    data: revertIn(answer.data),
  })
  return new RpcRequestError({ body: {}, url: providerName, error: said })
}

/** The failure in `error` that is no answer: nothing came that speaks JSON-RPC. Undefined if an answer of whatever kind did. */
export function silenceOf(error: BaseError): HttpRequestError | TimeoutError | undefined {
  const found = error.walk((cause) => cause instanceof HttpRequestError || cause instanceof TimeoutError)
  return (found as HttpRequestError | TimeoutError | null) ?? undefined // just tested
}

/** The answer in `error`, whose `details` are the endpoint's own words; undefined if there was none. */
export function answerOf(error: BaseError): RpcRequestError | undefined {
  const found = error.walk((cause) => cause instanceof RpcRequestError)
  return (found as RpcRequestError | null) ?? undefined // just tested
}

/** As libraries throw them; nothing of it is certain. */
type Failure = {
  readonly name?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly shortMessage?: unknown
  readonly details?: unknown
  readonly status?: unknown
  readonly data?: unknown
  readonly cause?: unknown
  readonly error?: unknown
  readonly info?: unknown
}

const MOST_CAUSES = 10

/** The failure and what it has within it, the innermost last: its causes, and the answers that ethers keeps beside them. */
function causesOf(error: unknown): readonly Failure[] {
  const causes: Failure[] = []
  let at = asFailure(error)
  while (at !== undefined && causes.length < MOST_CAUSES) {
    causes.push(at)
    at = asFailure(at.cause) ?? asFailure(at.error) ?? asFailure(asFailure(at.info)?.error)
  }
  return causes
}

function asFailure(value: unknown): Failure | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}

/** What has a number for its code without being an answer: what viem does not know, and what a browser's fetch throws. */
const UNANSWERED: readonly unknown[] = ['UnknownRpcError', 'AbortError', 'NetworkError', 'TimeoutError']

/** Libraries give their own failures names as codes, or the numbers of HTTP, of web3.js and of a socket that closed. */
function isAnswerCode(code: unknown): boolean {
  return typeof code === 'number' && Number.isInteger(code) && !(code >= 100 && code < 2_000)
}

function silence(causes: readonly Failure[], url: string, original: unknown): HttpRequestError | TimeoutError {
  if (causes.some(({ name, code }) => name === 'TimeoutError' || code === 'TIMEOUT')) {
    return Object.assign(new TimeoutError({ body: {}, url }), { cause: original })
  }
  const status = causes.map(statusOf).find((code) => code !== undefined)
  const cause = new Error(wordsOf(causes.at(0) ?? {}), { cause: original })
  return new HttpRequestError({ url, cause, ...(status === undefined ? {} : { status }) })
}

/** An endpoint that is asked too often says so by HTTP, or in its place. */
function statusOf({ status, code }: Failure): number | undefined {
  return typeof status === 'number' ? status : code === 429 ? code : undefined
}

/** What it says, without the address and the request that viem's messages repeat; with the words of a node that a wallet keeps beside its own. */
function wordsOf({ details, shortMessage, message, data }: Failure): string {
  const own = [details, shortMessage, message].find((text) => typeof text === 'string' && text !== '')
  const inner = asFailure(data)?.message
  return [own, inner].filter((text) => typeof text === 'string').join(' ')
}

/** The bytes of a revert, which wallets wrap once more; whatever else there is as it is. */
function revertIn(data: unknown): unknown {
  const inner = asFailure(data)?.data
  return isHex(inner) ? inner : data
}
