import { createHash, timingSafeEqual } from 'node:crypto'
import { chmod, lstat, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import process from 'node:process'
import Fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { SigningService } from '../sign/service.ts'
import { HttpPortError } from './server.ts'

/** Where a signer listens: a port of this machine's loopback, or a socket of the file system, for its owner only. */
export type Listening = { readonly port: number } | { readonly socket: string }

/** A signer that listens. */
export interface SigningServer {
  /** As a node's `signer.url` has it. */
  readonly url: string
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
const MAX_BODY_BYTES = 131_072
const OWNER_ONLY = 0o600
const OTHERS_NOTHING = 0o077
const CALL = z.object({
  jsonrpc: z.literal('2.0'),
  id: z.union([z.string(), z.number(), z.null()]),
  method: z.string(),
  params: z.unknown(),
})
const INVALID_REQUEST = { code: -32_600, message: 'Expected one JSON-RPC 2.0 call, got something else.' }

/**
 * Serves `service` as JSON-RPC by POST to `/` for whoever has `token`, and `GET /upcheck` for anyone. Port 0 lets the system
 * choose. Throws {@link HttpPortError}, {@link SocketInUseError}.
 */
export async function startSigningServer(
  service: SigningService,
  token: string,
  listening: Listening,
): Promise<SigningServer> {
  const server = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true })
  server.setErrorHandler(async (error: Error & { statusCode?: number }, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ jsonrpc: '2.0', id: null, error: INVALID_REQUEST }),
  )
  server.get('/upcheck', async () => 'OK')
  server.post('/', async (request, reply) => {
    if (!isToken(request.headers.authorization, token)) return reply.code(401).send({ error: 'Expected its token.' })
    const call = CALL.safeParse(request.body)
    if (!call.success) return reply.code(400).send({ jsonrpc: '2.0', id: null, error: INVALID_REQUEST })
    const { id, method, params } = call.data
    return { jsonrpc: '2.0', id, ...(await answer(service, method, params)) }
  })
  const url = 'socket' in listening ? await listenOn(server, listening.socket) : await listenAt(server, listening.port)
  return { url, close: () => server.close() }
}

async function answer(service: SigningService, method: string, params: unknown): Promise<object> {
  try {
    return { result: await service(method, params) }
  } catch (error) {
    const code = error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : -32_603
    return { error: { code, message: error instanceof Error ? error.message : 'An unknown failure.' } }
  }
}

/** In a time that does not say how much of it was right. */
function isToken(header: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${token}`))
}

async function listenAt(server: FastifyInstance, port: number): Promise<string> {
  try {
    return await server.listen({ host: LOOPBACK, port })
  } catch (cause) {
    await server.close()
    throw new HttpPortError(port, '--port', { cause })
  }
}

async function listenOn(server: FastifyInstance, socket: string): Promise<string> {
  const there = await lstat(socket).catch(() => undefined)
  if (there !== undefined && !there.isSocket()) throw new SocketInUseError(socket, 'a file that is no socket')
  if (await isAnswered(socket)) throw new SocketInUseError(socket, 'another signer')
  // Left behind by one that was killed.
  await rm(socket, { force: true })
  // From its first moment: between listening and a chmod others could connect.
  const before = process.umask(OTHERS_NOTHING)
  try {
    await server.listen({ path: socket })
  } finally {
    process.umask(before)
  }
  await chmod(socket, OWNER_ONLY)
  return `unix:${socket}`
}

function isAnswered(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })
}

/** Another signer answers on the socket, or something else is in its place. */
export class SocketInUseError extends Error {
  override readonly name = 'Http.SocketInUseError'
  readonly socket: string
  constructor(socket: string, got: string) {
    super(`Expected nobody at ${socket}, got ${got}. Remove it, or name another with --socket.`)
    this.socket = socket
  }
}
