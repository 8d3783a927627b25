import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()))
})

/** A venue of the tests: a local HTTP server that is closed after the test. */
export type Venue = { readonly url: string; readonly paths: readonly string[] }

/** Answers with `answer`; its paths are remembered. */
export async function openVenue(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Venue> {
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    answer(request, response)
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
  return { url: `http://127.0.0.1:${port}`, paths }
}

/** A venue that answers every request with `body`. */
export function openVenueOf(body: string): Promise<Venue> {
  return openVenue((_request, response) => response.end(body))
}
