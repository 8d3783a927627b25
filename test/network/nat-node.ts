/** One node's part of the network as a process of its own: `node nat-node.ts '<options as JSON>'`. */
import process from 'node:process'
import { createInterface } from 'node:readline'
import { privateKeyFromProtobuf } from '@libp2p/crypto/keys'
import { hexToBytes } from 'viem/utils'
import { z } from 'zod'
import { systemClock } from '../../node/clock.ts'
import { createBook } from '../../node/cosign/book.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import { joinNetwork } from '../../node/node/network.ts'
import { VERIFICATION } from '../node/ground/verify/found.ts'
import { contextOf, FIXING_ID, reportedBy } from '../node/reporters.ts'
import { SILENT } from '../node/silent-log.ts'
import { DEPLOYMENT } from './station.ts'

const HEX = z.templateLiteral(['0x', z.string()])
const OPTIONS = z.strictObject({
  privateKey: HEX,
  listen: z.array(z.string()),
  bootstrap: z.array(z.string()).default([]),
  via: z.array(z.string()).default([]),
  serve: z.boolean().default(false),
  registered: z.array(HEX).default([]),
})

/** What the process prints, one line of JSON every 100 ms. */
export type NatNodeState = {
  readonly peerId: string
  readonly multiaddrs: readonly string[]
  readonly connections: readonly { readonly peer: string; readonly isRelayed: boolean }[]
  readonly held: readonly number[]
}

const options = OPTIONS.parse(JSON.parse(process.argv[2] ?? '{}'))
const registered = new Set(options.registered)
const held: VerifiedObservation[] = []
const book = createBook()
const controller = new AbortController()
const network = await joinNetwork(
  {
    clock: systemClock(),
    log: SILENT,
    signal: controller.signal,
    privateKey: privateKeyFromProtobuf(hexToBytes(options.privateKey)),
    verification: VERIFICATION,
    context: contextOf({ observations: (id) => (id === FIXING_ID ? held : []), book }),
    store: {
      add: async (observation) => void held.push(observation),
      evidence: () => [],
      addEvidence: async () => undefined,
      addTwiceSigned: () => undefined,
      addRequest: (request) => book.addRequest(request),
      addPartial: (partial) => book.addPartial(partial),
      addPresence: () => undefined,
    },
    // Gossip alone: nothing is synced.
    openFixings: () => [],
    isRegistered: (peerId) => registered.has(peerId),
    registered: () => registered,
    onEvidence: () => undefined,
    samples: async () => undefined,
  },
  {
    deployment: DEPLOYMENT,
    listen: options.listen,
    bootstrap: options.bootstrap,
    test: false,
    schedule: { afterMs: [], everyMs: 3_600_000 },
    relay: { serve: options.serve, reservations: 16, via: options.via },
  },
)

async function say(reporter: number): Promise<void> {
  const observation = await reportedBy(reporter)
  held.push(observation)
  network.publish(observation, 1)
}

const timer = setInterval(() => {
  const state: NatNodeState = {
    peerId: network.peerId,
    multiaddrs: network.multiaddrs,
    connections: network.peers.connections(),
    held: held.map(({ reporterIndex }) => reporterIndex),
  }
  process.stdout.write(`${JSON.stringify(state)}\n`)
}, 100)

// Each line is the index of a reporter whose observation is to be said.
const lines = createInterface({ input: process.stdin })
lines.on('line', (line) => void say(Number(line)))
lines.on('close', () => {
  clearInterval(timer)
  controller.abort()
  void network.stop()
})
