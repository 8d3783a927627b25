import { execFileSync } from 'node:child_process'
import process from 'node:process'

/** A network of namespaces on this machine: a public segment, hosts on it, and hosts behind gateways that translate addresses. */
export type Namespaces = {
  /** A host of the public segment. */
  host(name: string, address: string): string
  /** A host with a private address, behind a gateway with a public one that lets nothing in that was not asked for. */
  hidden(name: string, gateway: string, net: string): string
  /** Deletes all of them, with whatever still runs there. */
  remove(): void
}

/** Length of the public segment's prefix. */
const PREFIX = 24

/** Needs root, iproute2 and nftables. Addresses look public, and leave no namespace. */
export function createNamespaces(): Namespaces {
  const base = `assize${process.pid}`
  const made: string[] = []
  let links = 0
  const add = (name: string): string => {
    const namespace = `${base}-${name}`
    run('ip', 'netns', 'add', namespace)
    made.push(namespace)
    inside(namespace, 'ip', 'link', 'set', 'lo', 'up')
    return namespace
  }
  const segment = add('segment')
  inside(segment, 'ip', 'link', 'add', 'bridge0', 'type', 'bridge')
  inside(segment, 'ip', 'link', 'set', 'bridge0', 'up')
  /** A cable between two namespaces; gives the names of its ends. */
  const connect = (from: string, to: string): readonly [string, string] => {
    links += 1
    const ends = [`a${links}`, `b${links}`] as const
    run('ip', 'link', 'add', ends[0], 'netns', from, 'type', 'veth', 'peer', 'name', ends[1], 'netns', to)
    inside(from, 'ip', 'link', 'set', ends[0], 'up')
    inside(to, 'ip', 'link', 'set', ends[1], 'up')
    return ends
  }
  const join = (namespace: string, address: string): string => {
    const [own, other] = connect(namespace, segment)
    inside(segment, 'ip', 'link', 'set', other, 'master', 'bridge0')
    inside(namespace, 'ip', 'address', 'add', `${address}/${PREFIX}`, 'dev', own)
    return own
  }
  return {
    host(name, address) {
      const namespace = add(name)
      join(namespace, address)
      return namespace
    },
    hidden(name, gateway, net) {
      const [namespace, router] = [add(name), add(`${name}-gateway`)]
      const outside = join(router, gateway)
      const [own, other] = connect(namespace, router)
      inside(namespace, 'ip', 'address', 'add', `${net}.2/${PREFIX}`, 'dev', own)
      inside(namespace, 'ip', 'route', 'add', 'default', 'via', `${net}.1`)
      inside(router, 'ip', 'address', 'add', `${net}.1/${PREFIX}`, 'dev', other)
      inside(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
      translate(router, outside)
      return namespace
    },
    remove() {
      for (const namespace of made.splice(0).toReversed()) run('ip', 'netns', 'delete', namespace)
    },
  }
}

/** What leaves by `outside` has the gateway's address; what comes in there must belong to what went out. */
function translate(router: string, outside: string): void {
  const rules = `
table ip gateway {
  chain out { type nat hook postrouting priority 100; oifname "${outside}" masquerade; }
  chain in { type filter hook input priority 0; iifname "${outside}" ct state established,related accept; iifname "${outside}" drop; }
  chain through { type filter hook forward priority 0; iifname "${outside}" ct state established,related accept; iifname "${outside}" drop; }
}`
  execFileSync('ip', ['netns', 'exec', router, 'nft', '-f', '-'], { input: rules, stdio: ['pipe', 'ignore', 'pipe'] })
}

function inside(namespace: string, ...command: readonly string[]): void {
  run('ip', 'netns', 'exec', namespace, ...command)
}

function run(program: string, ...args: readonly string[]): void {
  execFileSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
