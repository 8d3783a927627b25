import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { generateKeyPair, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import type { Hex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createNamespaces, type Namespaces } from './nat-namespaces.ts'
import type { NatNodeState } from './nat-node.ts'

const SOON = { interval: 100 }
const NODE = fileURLToPath(new URL('nat-node.ts', import.meta.url))
const RELAY_ADDRESS = '45.10.0.10'

type Identity = { readonly privateKey: Hex; readonly peerId: Hex; readonly name: string }
type Running = { readonly state: () => NatNodeState | undefined; say(reporter: number): void; stop(): Promise<void> }

let namespaces: Namespaces
let places: Readonly<Record<'relay' | 'public' | 'hidden' | 'other', string>>
const running: Running[] = []

beforeAll(() => {
  namespaces = createNamespaces()
  places = {
    relay: namespaces.host('relay', RELAY_ADDRESS),
    public: namespaces.host('public', '45.10.0.20'),
    hidden: namespaces.hidden('hidden', '45.10.0.30', '10.1.0'),
    other: namespaces.hidden('other', '45.10.0.40', '10.2.0'),
  }
})

afterAll(async () => {
  await Promise.all(running.map((node) => node.stop()))
  namespaces.remove()
})

async function identity(): Promise<Identity> {
  const key = await generateKeyPair('Ed25519')
  const id = peerIdFromPrivateKey(key)
  const privateKey = bytesToHex(privateKeyToProtobuf(key))
  return { privateKey, peerId: bytesToHex(id.toMultihash().bytes), name: id.toString() }
}

/** Runs a node in a namespace until the end of the check. */
function run(namespace: string, options: Record<string, unknown>): Running {
  const args = ['netns', 'exec', namespace, process.execPath, NODE, JSON.stringify(options)]
  const child: ChildProcessWithoutNullStreams = spawn('ip', args, { stdio: ['pipe', 'pipe', 'pipe'] })
  let state: NatNodeState | undefined
  let said = ''
  createInterface({ input: child.stdout }).on('line', (line) => (state = JSON.parse(line) as NatNodeState))
  child.stderr.on('data', (text: Buffer) => (said += text.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const node: Running = {
    state() {
      if (child.exitCode !== null) throw new Error(`Expected a node in ${namespace}, got its end: ${said}`)
      return state
    },
    say: (reporter) => void child.stdin.write(`${reporter}\n`),
    async stop() {
      child.stdin.end()
      await ended
    },
  }
  running.push(node)
  return node
}

/** Whether a call from the namespace is answered there. */
function answers(namespace: string, address: string, port: number): boolean {
  const call = `require('node:net').connect(${port}, '${address}').on('connect', () => process.exit(0))`
  const args = ['netns', 'exec', namespace, process.execPath, '-e', `${call}; setTimeout(() => process.exit(3), 2000)`]
  return spawnSync('ip', args, { stdio: 'ignore' }).status === 0
}

/** How `node` is connected to `peer`: all of its connections. */
function waysTo(node: Running, { name }: Identity): string[] {
  const all = node.state()?.connections.filter(({ peer }) => peer === name) ?? []
  return all.map(({ isRelayed }) => (isRelayed ? 'relayed' : 'direct'))
}

/** A relay that serves these reporters. */
async function openRelay(port: number, reporters: readonly Identity[]): Promise<{ node: Running; address: string }> {
  const key = await identity()
  const registered = reporters.map(({ peerId }) => peerId)
  const listen = [`/ip4/${RELAY_ADDRESS}/tcp/${port}`]
  const node = run(places.relay, { privateKey: key.privateKey, listen, serve: true, registered })
  await expect.poll(() => node.state()?.peerId, SOON).toBe(key.name)
  return { node, address: `${listen[0]}/p2p/${key.name}` }
}

test('a reporter behind a NAT is called through a relay, calls back directly, and both hear each other', async () => {
  const [ann, bob] = [await identity(), await identity()]
  const relay = await openRelay(4001, [ann, bob])
  const registered = [ann.peerId, bob.peerId]
  const hidden = run(places.hidden, {
    privateKey: ann.privateKey,
    listen: ['/ip4/10.1.0.2/tcp/4001'],
    via: [relay.address],
  })
  await expect.poll(() => hidden.state()?.multiaddrs.some((one) => one.includes('p2p-circuit')), SOON).toBe(true)
  const node = run(places.public, {
    privateKey: bob.privateKey,
    listen: ['/ip4/45.10.0.20/tcp/4001'],
    bootstrap: [relay.address],
    registered,
  })
  expect(answers(places.public, '45.10.0.30', 4001)).toBe(false)
  expect(answers(places.public, RELAY_ADDRESS, 4001)).toBe(true)
  await expect.poll(() => waysTo(node, ann), SOON).toEqual(['direct'])
  hidden.say(0)
  await expect.poll(() => node.state()?.held, SOON).toEqual([0])
  node.say(1)
  await expect.poll(() => hidden.state()?.held, SOON).toEqual([0, 1])
})

test('two reporters behind NATs of their own hear each other over the relay', async () => {
  const [ann, bob] = [await identity(), await identity()]
  const relay = await openRelay(4002, [ann, bob])
  const registered = [ann.peerId, bob.peerId]
  const hidden = run(places.hidden, {
    privateKey: ann.privateKey,
    listen: ['/ip4/10.1.0.2/tcp/4002'],
    via: [relay.address],
    registered,
  })
  const other = run(places.other, {
    privateKey: bob.privateKey,
    listen: ['/ip4/10.2.0.2/tcp/4002'],
    via: [relay.address],
    registered,
  })
  await expect.poll(() => waysTo(hidden, bob).length, SOON).toBeGreaterThan(0)
  hidden.say(2)
  await expect.poll(() => other.state()?.held, SOON).toEqual([2])
  other.say(3)
  await expect.poll(() => hidden.state()?.held, SOON).toEqual([2, 3])
  process.stdout.write(`two NATs: ${waysTo(hidden, bob).join(', ')}\n`)
})
