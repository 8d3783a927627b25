import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below what systems give to whoever asks for any port or calls out: nobody comes between who asked and who listens. */
const FIRST_PORT = 20_000
const LAST_PORT = 32_000

const GIVEN = new Set<number>()

/** A port of this machine that nobody has, and that was not given to anybody of the same test file before. */
export async function freePort(): Promise<number> {
  const port = randomInt(FIRST_PORT, LAST_PORT)
  if (GIVEN.has(port) || !(await isFree(port))) return freePort()
  GIVEN.add(port)
  return port
}

function isFree(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
