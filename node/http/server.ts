import swagger from '@fastify/swagger'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, type FastifySchema } from 'fastify'
import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import type { VerifiedObservation } from '../gossip/validate.ts'
import { VERSION } from '../ground/version.ts'
import type { NodeView } from './node-view.ts'
import { type Route, schemaOf } from './routes.ts'
import { fixingIn, PEER } from './schemas.ts'

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
  const server = await serverOf(view)
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

async function serverOf(view: NodeView): Promise<FastifyInstance> {
  const server = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true })
  server.addHook('onRequest', requireLocalHost)
  server.setReplySerializer((payload) => JSON.stringify(payload, decimals))
  // Schemas describe: whoever asks for what cannot be is answered by the route in words.
  server.setValidatorCompiler(() => () => true)
  server.setSerializerCompiler(() => (payload) => JSON.stringify(payload, decimals))
  server.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  )
  await server.register(swagger, { openapi: { ...DESCRIPTION } })
  addRoutes(server, view)
  addFixingRoutes(server, view)
  await server.ready()
  return server
}

function addRoutes(server: FastifyInstance, view: NodeView): void {
  server.get('/healthz', about('/healthz'), async () => ({ ok: true }))
  server.get('/readyz', about('/readyz'), async (_request, reply) => {
    const readiness = await view.readiness()
    return reply.code(readiness.ready ? 200 : 503).send(readiness)
  })
  server.get('/metrics', about('/metrics'), async (_request, reply) => {
    const { contentType, text } = await view.metrics()
    return reply.type(contentType).send(text)
  })
  server.get('/status', about('/status'), async () => view.status())
  server.get('/journal', about('/journal'), async (request) =>
    view.journal(limitOf(request), textIn(request.query, 'fixing')),
  )
  server.get('/openapi.json', about('/openapi.json'), async () => server.swagger())
  server.post('/peers', about('/peers'), async (request, reply) => {
    const peer = PEER.safeParse(request.body)
    if (!peer.success) return reply.code(400).send({ error: 'Expected {"multiaddr": "…"}.' })
    const { multiaddr } = peer.data
    try {
      view.addPeer(multiaddr)
    } catch (error) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : String(error) })
    }
    return { added: multiaddr }
  })
}

function addFixingRoutes(server: FastifyInstance, view: NodeView): void {
  server.get<OfFixing>('/fixings/:id/observations', about('/fixings/:id/observations'), async (request, reply) => {
    const observations = view.observations(idOf(request))
    return observations === undefined ? unknown(reply) : observations.map(shown)
  })
  server.get<OfFixing>('/fixings/:id/evidence', about('/fixings/:id/evidence'), async (request, reply) => {
    const evidence = view.evidence(idOf(request))
    return evidence === undefined
      ? unknown(reply)
      : evidence.map(({ first, second }) => ({ first: shown(first), second: shown(second) }))
  })
  server.get<OfFixing>('/fixings/:id/report', about('/fixings/:id/report'), async (request, reply) => {
    const id = idOf(request)
    return view.report(id) ?? missing(reply, view, id, NO_REPORT)
  })
  server.get<OfFixing>('/fixings/:id/samples', about('/fixings/:id/samples'), async (request, reply) => {
    const id = idOf(request)
    return (await view.samples(id)) ?? missing(reply, view, id, NO_SAMPLES)
  })
  server.get<OfFixing>('/fixings/:id/differences', about('/fixings/:id/differences'), async (request, reply) => {
    const id = idOf(request)
    const signer = textIn(request.query, 'signer') ?? ''
    return (await view.differences(id, signer)) ?? missing(reply, view, id, noneOf(signer))
  })
}

type OfFixing = { Params: { readonly id: string } }

function about(route: Route): { readonly schema: FastifySchema } {
  return { schema: schemaOf(route) }
}

/** Of 3.1 schemas are JSON Schema as zod writes it. */
const DESCRIPTION = {
  openapi: '3.1.0',
  info: {
    title: 'The local interface of an Assize node',
    description:
      'JSON on 127.0.0.1 at http_port, without a password. Amounts, times and block numbers are decimal strings; values are scaled by 1e18.',
    version: VERSION,
  },
  servers: [{ url: 'http://127.0.0.1:{port}', variables: { port: { default: '8080', description: 'http_port' } } }],
}

function shown({ signed, signer, reporterIndex, bytes }: VerifiedObservation) {
  return { ...signed, signer, reporterIndex, bytes: bytesToHex(bytes) }
}

/** A page of another site must not reach this interface by pointing its own name at 127.0.0.1. */
async function requireLocalHost(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.hostname === ADDRESS || request.hostname === 'localhost') return undefined
  return reply.code(403).send({ error: `Expected host ${ADDRESS}, got ${request.hostname}.` })
}

function idOf({ params }: FastifyRequest<OfFixing>): Hex {
  return fixingIn(params.id)
}

function limitOf(request: FastifyRequest): number {
  const { query } = request
  const limit = typeof query === 'object' && query !== null && 'limit' in query ? Number(query.limit) : 100
  return Number.isInteger(limit) && limit > 0 ? Math.min(limit, MAX_JOURNAL) : 100
}

function textIn(query: unknown, name: string): string | undefined {
  const text: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, name) : undefined
  return typeof text === 'string' ? text : undefined
}

const NO_REPORT =
  'Expected observations to make a report of, got none looked at yet. Ask again once the fixing has matured.'
const NO_SAMPLES = 'Expected samples of the fixing, got none yet. See /journal, stage observe.'

function noneOf(signer: string): string {
  return `Expected a signer whose observation is held, got "${signer}". See /fixings/:id/observations.`
}

/** Of a fixing that is followed `error` says what there is not. */
function missing(reply: FastifyReply, view: NodeView, id: Hex, error: string): FastifyReply {
  return view.observations(id) === undefined ? unknown(reply) : reply.code(404).send({ error })
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
