import { createServer } from 'node:net'

const GIVEN = new Set<number>()

/** A port of this machine that nobody has, and that was not given to anybody here before. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  const port = typeof address === 'object' && address !== null ? address.port : 0
  if (GIVEN.has(port)) return freePort()
  GIVEN.add(port)
  return port
}
