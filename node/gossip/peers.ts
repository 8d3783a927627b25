import { getNetConfig, isNetworkAddress } from '@libp2p/utils'
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Host } from './host.ts'

/** Peers that the operator named: kept connected for as long as the node runs. */
export interface Peers {
  /** Dials the address, and dials it again whenever its peer is gone. Throws {@link MultiaddrError}. */
  add(address: string): void
  readonly connected: number
}

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 30_000
const CHECK_MS = 1_000
const DIAL_TIMEOUT_MS = 5_000
const MAX_PEERS = 1_000

/** Keeps `addresses` connected until `signal` aborts. */
export function keepPeers(
  host: Host,
  addresses: readonly string[],
  context: { readonly clock: Clock; readonly signal: AbortSignal; readonly log: Log },
): Peers {
  const known = new Set<string>()
  const peers: Peers = {
    add(address) {
      const target = parse(address)
      if (known.has(target.toString())) return
      if (known.size >= MAX_PEERS) throw new MultiaddrError(address, `one of at most ${MAX_PEERS}`)
      known.add(target.toString())
      void keepConnected(host, target, context).catch((error: unknown) => {
        if (!context.signal.aborted) context.log.error({ err: error, address }, 'stopped dialling a peer')
      })
    },
    get connected() {
      return host.getPeers().length
    },
  }
  for (const address of addresses) peers.add(address)
  return peers
}

async function keepConnected(
  host: Host,
  target: Multiaddr,
  { clock, signal, log }: { readonly clock: Clock; readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  const peer = idIn(target)
  let pauseMs = FIRST_RETRY_MS
  while (!signal.aborted) {
    if (host.getPeers().some((connected) => connected.toString() === peer)) {
      pauseMs = FIRST_RETRY_MS
      await clock.sleep(CHECK_MS, signal)
      continue
    }
    try {
      await host.dial(target, { signal: AbortSignal.any([signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]) })
    } catch (error) {
      if (signal.aborted) return
      log.debug({ err: error, peer }, 'a peer cannot be reached')
      await clock.sleep(pauseMs, signal)
      pauseMs = Math.min(2 * pauseMs, LAST_RETRY_MS)
    }
  }
}

function parse(address: string): Multiaddr {
  let target: Multiaddr
  try {
    target = multiaddr(address)
  } catch {
    throw new MultiaddrError(address, 'a multiaddr')
  }
  if (idIn(target) === undefined) throw new MultiaddrError(address, 'a multiaddr with /p2p/ and a peer id')
  return target
}

/** The peer of an address as an operator writes it, and the host that it names. Throws {@link MultiaddrError}. */
export function peerOf(address: string): { readonly peer: string | undefined; readonly host: string | undefined } {
  const target = parse(address)
  return { peer: idIn(target), host: isNetworkAddress(target) ? getNetConfig(target).host : undefined }
}

function idIn(target: Multiaddr): string | undefined {
  return target.getComponents().findLast(({ name }) => name === 'p2p')?.value
}

/** An address is no peer's. */
export class MultiaddrError extends Error {
  override readonly name = 'Gossip.MultiaddrError'
  readonly address: string
  constructor(address: string, want: string) {
    super(`Expected ${want}, got "${address}". An example: /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…`)
    this.address = address
  }
}
