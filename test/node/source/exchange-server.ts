import type { IncomingMessage } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { afterEach } from 'vitest'
import { selfSigned } from './certificate.ts'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** An exchange of the tests: a local HTTPS server under the exchange's own name. */
export type ExchangeServer = {
  /** `host/path?query` of every request. */
  readonly requests: readonly string[]
  /** As the platform's, but every host is this server; its certificate is checked. */
  readonly fetch: typeof fetch
}

/** Serves `answers` by path, those of a list one after the other, status 200 unless a number is given; anything else is 404. */
export async function openExchange(
  host: string,
  answers: Readonly<Record<string, string | number | readonly string[]>>,
): Promise<ExchangeServer> {
  const requests: string[] = []
  const { cert, key } = selfSigned([host])
  const server = createServer({ cert, key }, (incoming, response) => {
    requests.push(`${incoming.headers.host}${incoming.url}`)
    const path = (incoming.url ?? '').split('?')[0] ?? ''
    const listed = answers[path] ?? 404
    const asked = requests.filter((one) => one.split('?')[0] === `${incoming.headers.host}${path}`).length
    const answer = typeof listed === 'object' ? (listed[asked - 1] ?? 404) : listed
    if (typeof answer === 'number') response.writeHead(answer).end()
    else response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo // listening on TCP
  return { requests, fetch: (input, init) => get(new Request(input).url, init ?? {}, cert, port) }
}

/** One request over TLS to 127.0.0.1, whatever the URL's host resolves to. */
async function get(url: string, init: RequestInit, ca: string, port: number): Promise<Response> {
  const { host, hostname, pathname, search } = new URL(url)
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { ...Object.fromEntries(new Headers(init.headers)), host }
    const signal = init.signal ?? undefined
    const options = {
      host: '127.0.0.1',
      port,
      servername: hostname,
      ca,
      path: pathname + search,
      headers,
      agent: false,
    }
    request({ ...options, ...(signal === undefined ? {} : { signal }) }, resolve)
      .once('error', reject)
      .end()
  })
  const body = Readable.toWeb(response) as ReadableStream<Uint8Array>
  return new Response(body, { status: response.statusCode ?? 500 })
}
