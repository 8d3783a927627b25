import { multiaddr } from '@multiformats/multiaddr'
import { base58btc } from 'multiformats/bases/base58'
import { CID } from 'multiformats/cid'
import { decode } from 'multiformats/hashes/digest'
import { z } from 'zod'

const PLACE = 'a multiaddr such as /dns4/me.example/tcp/4001, with no peer id at its end but the own one'
const PEER = 'a multiaddr with /p2p/ and a peer id at its end, such as /ip4/192.0.2.1/tcp/4001/p2p/12D3KooW…'

/** Where this node listens, or is called: multiaddrs. */
export const places = z.array(z.string().refine(isPlace, PLACE))

/** Peers of others: multiaddrs that say whose they are. */
export const peers = z.array(z.string().refine(isPeer, PEER))

/** The last part of a multiaddr, such as the peer's; undefined for what is none. */
function lastOf(text: string): { readonly name: string; readonly value?: string } | undefined {
  try {
    return multiaddr(text).getComponents().at(-1)
  } catch {
    return undefined
  }
}

/** Whether it is where a node may listen or be called; whose it is may stand at its end, as libp2p prints it. */
export function isPlace(text: string): boolean {
  const last = lastOf(text)
  return last !== undefined && (last.name !== 'p2p' || isPeer(text))
}

/** Whether it is where a peer may be called, with its id. */
export function isPeer(text: string): boolean {
  const last = lastOf(text)
  return last?.name === 'p2p' && last.value !== undefined && isPeerId(last.value)
}

/** Whether it is the hash of a key, or a key that is as short as one: multiaddrs take any text of base 58 for a peer id. */
function isPeerId(text: string): boolean {
  try {
    const { code } = /^[1Q]/.test(text) ? decode(base58btc.decode(`z${text}`)) : CID.parse(text).multihash
    return code === IDENTITY || code === SHA2_256
  } catch {
    return false
  }
}

/** Codes of multihashes, of https://github.com/multiformats/multicodec. */
const [IDENTITY, SHA2_256] = [0x00, 0x12]
