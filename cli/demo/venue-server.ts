import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Venue } from './market.ts'

/** A venue that listens. */
export type VenueServer = {
  readonly venue: Venue
  readonly port: number
  /** Every close it has ever served, by candle open: what the audit recomputes the value from. */
  readonly served: ReadonlyMap<bigint, string>
  stop(): Promise<void>
}

export type VenueOptions = {
  readonly venue: Venue
  /** The simulated clock, Unix seconds. */
  readonly now: () => Promise<bigint>
  readonly candleSeconds: bigint
}

const HEADERS = { 'content-type': 'application/json', connection: 'close' }

/**
 * Serves one venue on 127.0.0.1: `GET /candles?pair=…&start=…&end=…` (Unix seconds) answers candles that open in
 * [start, end) and have closed, oldest first: `{"pair":…,"candles":[[openTime,"close"],…]}`. A candle that closes after
 * the clock is never served. A broken venue answers 500, or garbage.
 */
export async function startVenue(options: VenueOptions): Promise<VenueServer> {
  const served = new Map<bigint, string>()
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    void answer(options, served, requests, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo // a TCP server's address is never a path
  return {
    venue: options.venue,
    port,
    served,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { venue, now, candleSeconds }: VenueOptions,
  served: Map<bigint, string>,
  requests: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  if (venue.health === 'broken') return breakDown(requests, response)
  const pair = `${venue.base}${venue.quote}`
  const [start, end] = [url.searchParams.get('start'), url.searchParams.get('end')]
  if (url.pathname !== '/candles' || url.searchParams.get('pair') !== pair) return refuse(response, 404, 'no such pair')
  if (!isTime(start) || !isTime(end)) return refuse(response, 400, 'start and end are Unix seconds')
  const time = await now()
  const candles: [number, string][] = []
  for (const [open, close] of venue.closes) {
    if (open < BigInt(start) || open >= BigInt(end) || open + candleSeconds > time) continue
    served.set(open, close)
    candles.push([Number(open), close])
  }
  response.writeHead(200, HEADERS).end(JSON.stringify({ pair, candles }))
}

/** Alternates between the ways in which an exchange fails under load. */
function breakDown(requests: number, response: ServerResponse): void {
  if (requests % 2 === 1) return refuse(response, 500, 'internal error')
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/html' }).end('<html>We will be back soon</html>')
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, HEADERS).end(JSON.stringify({ error }))
}

function isTime(text: string | null): text is string {
  return text !== null && /^\d{1,12}$/.test(text)
}
