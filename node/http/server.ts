import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Hex } from 'viem'
import { bytesToHex, isHex } from 'viem/utils'
import type { StoredObservation } from '../store/observation-table.ts'
import type { NodeView } from './node-view.ts'

/** The node's local interface, listening. */
export interface LocalServer {
  readonly port: number
  close(): Promise<void>
}

const ADDRESS = '127.0.0.1'
const MAX_BODY_BYTES = 4_096
const MAX_JOURNAL = 1_000

/**
 * Serves `view` as JSON on 127.0.0.1; every bigint is a decimal string. Port 0 lets the system choose. There is no
 * password: whoever can reach this machine's loopback may read, and name peers. Throws {@link HttpPortError}.
 */
export async function startHttp(view: NodeView, port: number): Promise<LocalServer> {
  const server = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true })
  server.addHook('onRequest', requireLocalHost)
  server.setReplySerializer((payload) => JSON.stringify(payload, decimals))
  server.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  )
  addRoutes(server, view)
  try {
    await server.listen({ host: ADDRESS, port })
  } catch (cause) {
    await server.close()
    throw new HttpPortError(port, 'http_port', { cause })
  }
  const address = server.server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => server.close(),
  }
}

function addRoutes(server: FastifyInstance, view: NodeView): void {
  server.get('/healthz', async () => ({ ok: true }))
  server.get('/readyz', async (_request, reply) => {
    const readiness = await view.readiness()
    return reply.code(readiness.ready ? 200 : 503).send(readiness)
  })
  server.get('/metrics', async (_request, reply) => {
    const { contentType, text } = await view.metrics()
    return reply.type(contentType).send(text)
  })
  server.get('/status', async () => view.status())
  server.get('/fixings/:id/observations', async (request, reply) => {
    const observations = view.observations(idOf(request))
    return observations === undefined ? unknown(reply) : observations.map(shown)
  })
  server.get('/fixings/:id/evidence', async (request, reply) => {
    const evidence = view.evidence(idOf(request))
    return evidence === undefined
      ? unknown(reply)
      : evidence.map(({ first, second }) => ({ first: shown(first), second: shown(second) }))
  })
  server.get('/fixings/:id/report', async (request, reply) => {
    const report = view.report(idOf(request))
    return report ?? unknown(reply)
  })
  server.get('/fixings/:id/samples', async (request, reply) => (await view.samples(idOf(request))) ?? unknown(reply))
  server.get('/fixings/:id/differences', async (request, reply) => {
    const { query } = request
    const signer = typeof query === 'object' && query !== null && 'signer' in query ? String(query.signer) : ''
    return (await view.differences(idOf(request), signer)) ?? unknown(reply)
  })
  server.get('/journal', async (request) => view.journal(limitOf(request)))
  server.post('/peers', async (request, reply) => {
    const { body } = request
    const address = typeof body === 'object' && body !== null && 'multiaddr' in body ? body.multiaddr : undefined
    if (typeof address !== 'string') return reply.code(400).send({ error: 'Expected {"multiaddr": "…"}.' })
    try {
      view.addPeer(address)
    } catch (error) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : String(error) })
    }
    return { added: address }
  })
}

function shown({ signed, signer, reporterIndex, bytes }: StoredObservation) {
  return { ...signed, signer, reporterIndex, bytes: bytesToHex(bytes) }
}

/** A page of another site must not reach this interface by pointing its own name at 127.0.0.1. */
async function requireLocalHost(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.hostname === ADDRESS || request.hostname === 'localhost') return undefined
  return reply.code(403).send({ error: `Expected host ${ADDRESS}, got ${request.hostname}.` })
}

function idOf(request: FastifyRequest): Hex {
  const { params } = request
  const id = typeof params === 'object' && params !== null && 'id' in params ? params.id : undefined
  return isHex(id) ? id : '0x'
}

function limitOf(request: FastifyRequest): number {
  const { query } = request
  const limit = typeof query === 'object' && query !== null && 'limit' in query ? Number(query.limit) : 100
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_JOURNAL) : 100
}

function unknown(reply: FastifyReply): FastifyReply {
  return reply.code(404).send({ error: 'Expected a fixing that this node follows, got another. See /status.' })
}

function decimals(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

/** The local interface cannot have its port. */
export class HttpPortError extends Error {
  override readonly name = 'Http.HttpPortError'
  readonly port: number
  constructor(port: number, setting: string, options: ErrorOptions) {
    super(`Expected port ${port} on ${ADDRESS} to be free, got one in use. Stop its owner, or set ${setting}.`, options)
    this.port = port
  }
}
