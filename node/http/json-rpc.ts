import { type ClientRequest, type IncomingMessage, request as requestHttp, type RequestOptions } from 'node:http'
import { request as requestHttps } from 'node:https'
import { z } from 'zod'
import type { SignerAnswer, SignerCall } from '../sign/remote.ts'

/** Where a signer is asked, and with what. */
export type SignerPlace = {
  /** `http://…`, `https://…` or `unix:/path/of/a/socket`. */
  readonly url: string
  /** Sent as a bearer token; never logged. Undefined: none. */
  readonly token: string | undefined
  readonly timeoutMs: number
}

const MOST_BYTES = 262_144
const ANSWER = z.union([
  z.object({ error: z.object({ code: z.int(), message: z.string() }) }),
  z.object({ result: z.unknown() }),
])

/** JSON-RPC 2.0 over HTTP POST. No redirect is followed: the token would go with it. */
export function createSignerCall(place: SignerPlace): SignerCall {
  let id = 0
  return async (method, params) => {
    id += 1
    try {
      return answerIn(await post(place, JSON.stringify({ jsonrpc: '2.0', id, method, params })))
    } catch (error) {
      return { kind: 'silent', reason: reasonOf(error, place.timeoutMs) }
    }
  }
}

type Response = { readonly status: number; readonly text: string }

async function post({ url, token, timeoutMs }: SignerPlace, body: string): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body).toString(),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  }
  const options = { method: 'POST', headers, signal: AbortSignal.timeout(timeoutMs) }
  return new Promise((resolve, reject) => {
    const request = open(url, options, (response) => {
      textOf(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

function open(url: string, options: RequestOptions, take: (response: IncomingMessage) => void): ClientRequest {
  if (url.startsWith('unix:'))
    return requestHttp({ ...options, socketPath: url.slice('unix:'.length), path: '/' }, take)
  return url.startsWith('https:') ? requestHttps(url, options, take) : requestHttp(url, options, take)
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error(`more than ${MOST_BYTES} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function answerIn({ status, text }: Response): SignerAnswer {
  if (status === 401 || status === 403) return { kind: 'refused', code: status, message: 'it wants another token' }
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return { kind: 'silent', reason: `HTTP ${status} without JSON` }
  }
  const answer = ANSWER.safeParse(body).data
  if (answer === undefined) return { kind: 'silent', reason: `HTTP ${status} without a result` }
  return 'error' in answer ? { kind: 'refused', ...answer.error } : { kind: 'result', result: answer.result }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return 'an unknown failure'
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `nothing within ${timeoutMs} ms`
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
