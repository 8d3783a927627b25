import { connect, createServer } from 'node:net'
import type { Config } from '#node/config'
import { takenPortRemedy } from '#node/taken-port'
import type { Check } from './check.ts'

/** Whether the node that this configuration is of runs now; `unknown` where it cannot be asked. */
export type Running = 'yes' | 'no' | 'unknown'

type Place = { readonly host: string; readonly port: number }

const TCP = /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)\/tcp\/(\d+)/
const LOOPBACK = /^(?:127\.|::1$|localhost$)/
/** Who has not taken a connection by then is taken for gone, milliseconds. */
const DIAL_MS = 5_000

/** Whether the node can listen, and whether others can call it. */
export async function listenChecks(
  { listen, announce, relay }: Pick<Config, 'listen' | 'announce' | 'relay'>,
  running: Running,
): Promise<Check[]> {
  const ports = await Promise.all(listen.map((address) => portCheck(address, running)))
  const isLocal = listen.every((address) => LOOPBACK.test(placeOf(address)?.host ?? ''))
  if (!isLocal || announce.length > 0 || relay.via.length > 0) return ports
  const fix =
    'Set listen = ["/ip4/0.0.0.0/tcp/4001"], and let that port through the firewall; behind a router also announce, or relay.via.'
  return [
    ...ports,
    { what: 'reachable', state: 'warn', found: 'it listens to this machine only: no peer can call it', fix },
  ]
}

async function portCheck(address: string, running: Running): Promise<Check> {
  const what = `port ${address}`
  const place = placeOf(address)
  if (place === undefined) return { what, state: 'ok', found: 'not TCP: not tried' }
  if (place.port === 0) return { what, state: 'ok', found: 'any that is free' }
  const error = await bindError(place)
  switch (error) {
    case undefined:
      return { what, state: 'ok', found: 'free' }
    case 'EADDRINUSE':
      return takenCheck(what, place.port, running)
    case 'EACCES':
      return { what, state: 'bad', found: 'not for this user', fix: 'Take one above 1023 in listen.' }
    default:
      return { what, state: 'bad', found: error, fix: 'Correct listen: it must be an address of this machine.' }
  }
}

function takenCheck(what: string, port: number, running: Running): Check {
  if (running === 'yes') return { what, state: 'ok', found: 'taken, as the node runs' }
  const fix = takenPortRemedy(port, 'in listen')
  if (running === 'no') return { what, state: 'bad', found: 'taken by another program', fix }
  return { what, state: 'warn', found: 'taken: by the node if it runs, which cannot be asked without http_port', fix }
}

/** Whether a local port is taken although no node answers there. */
export async function isTaken(port: number): Promise<boolean> {
  return (await bindError({ host: '127.0.0.1', port })) === 'EADDRINUSE'
}

/** Calls every peer that the configuration names; `others`: how many reporters there are beside this node's. */
export async function peerChecks(
  { bootstrap, relay, discovery }: Pick<Config, 'bootstrap' | 'relay' | 'discovery'>,
  others: number,
): Promise<Check[]> {
  const named = [...new Set([...bootstrap, ...relay.via])]
  if (bootstrap.length === 0 && !discovery.mdns && others > 0) {
    const found = `bootstrap names none of the peers of ${others} other reporters: it waits to be called`
    const fix = 'Name some in bootstrap, as their operators give them: /ip4/…/tcp/…/p2p/… (assize keys peer has ours).'
    return [{ what: 'peers', state: 'warn', found, fix }, ...(await callChecks(named))]
  }
  return callChecks(named)
}

async function callChecks(named: readonly string[]): Promise<Check[]> {
  const called = await Promise.all(
    named.map(async (address) => {
      const place = placeOf(address)
      return { address, place, reason: place === undefined ? undefined : await dialError(place) }
    }),
  )
  const isAnySilent = called.some(({ reason }) => reason !== undefined)
  const isAnyThere = called.some(({ place, reason }) => place !== undefined && reason === undefined)
  const fix = 'Ask its operator for its address now, and whether its firewall lets you in; or name another.'
  return called.map(({ address, place, reason }) => {
    const what = `peer ${address}`
    if (place === undefined) return { what, state: 'ok', found: 'no host and TCP port: not tried' }
    if (reason === undefined) return { what, state: 'ok', found: 'takes connections' }
    return { what, state: isAnySilent && !isAnyThere ? 'bad' : 'warn', found: `does not answer: ${reason}`, fix }
  })
}

/** Why no connection came about; undefined: one did. */
function dialError(place: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...place, timeout: DIAL_MS })
    const end = (reason: string | undefined): void => {
      socket.destroy()
      resolve(reason)
    }
    socket.once('connect', () => end(undefined))
    socket.once('timeout', () => end(`nothing within ${DIAL_MS / 1_000} s`))
    socket.once('error', (error) => end(codeOf(error)))
  })
}

/** Why nothing can listen there; undefined: it can. */
function bindError({ host, port }: Place): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(codeOf(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

function placeOf(address: string): Place | undefined {
  const [, host, port] = TCP.exec(address) ?? []
  return host === undefined ? undefined : { host, port: Number(port) }
}
