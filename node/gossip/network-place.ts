import { isIPv6 } from 'node:net'

const GROUPS = 8
/** Whoever has one IPv6 address has the 2^64 of its network. */
const NETWORK_GROUPS = 4

/**
 * By what calls from an IP address are counted: itself, of IPv6 the network of 64 bits; an IPv4 address that is written as IPv6
 * as what it is. Anything else is counted by itself.
 */
export function placeOf(host: string): string {
  const [address = ''] = host.split('%')
  if (!isIPv6(address)) return host
  const groups = groupsOf(address)
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (isMapped) {
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 255])
      .join('.')
  }
  const network = groups.slice(0, NETWORK_GROUPS).map((group) => group.toString(16))
  return `${network.join(':')}::/64`
}

/** The eight groups; `address` is valid. */
function groupsOf(address: string): number[] {
  // A URL has dotted parts in hex, too.
  const { hostname } = new URL(`http://[${address}]/`)
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))))
  return [...head, ...Array.from({ length: GROUPS - head.length - tail.length }, () => 0), ...tail]
}
