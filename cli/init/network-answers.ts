import { createServer } from 'node:net'
import { isPeer, isPlace } from '#node/places'
import { port as parsePort } from '../arguments.ts'
import { InputError } from '../errors.ts'
import { parts, read } from './questions.ts'

/** A port that nothing else listens on, 1 .. 65535. Throws InputError. */
export async function checkPort(text: string, host: string): Promise<number> {
  const port = read(parsePort, text)
  if (port === 0) throw new InputError('Expected a port from 1 to 65535, got 0.', 'Others must know it.')
  const fault = await faultOf(port, host)
  if (fault === undefined) return port
  const got = fault === 'EADDRINUSE' ? 'one that is in use' : `one that cannot be used (${fault})`
  throw new InputError(`Expected a free port, got ${port}, ${got}.`, 'Name another, or stop what listens there.')
}

/** Addresses of libp2p: of peers, which need `/p2p/` and an id, or of this node. Throws InputError naming the wrong one. */
export async function checkMultiaddrs(text: string, of: 'peers' | 'this node'): Promise<string[]> {
  return parts(text).map((address) => {
    const example = of === 'peers' ? '/dns4/node.example/tcp/4001/p2p/12D3KooW…' : '/dns4/me.example/tcp/4001'
    if (of === 'peers' ? isPeer(address) : isPlace(address)) return address
    if (of === 'peers' && isPlace(address)) {
      throw new InputError(`Expected a multiaddr with /p2p/ and a peer id, got "${address}".`, `Such as ${example}.`)
    }
    throw new InputError(`Expected a multiaddr such as ${example}, got "${address}".`, '')
  })
}

/** Why nobody can listen there; undefined if one can. */
function faultOf(port: number, host: string): Promise<string | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', (error) => resolve('code' in error ? String(error.code) : error.message))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}
