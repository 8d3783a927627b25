import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Hex } from 'viem'
import type { Fixing } from '#protocol/fixing.ts'
import { systemClock } from '../../node/clock.ts'
import { createBook } from '../../node/cosign/book.ts'
import type { Evidence } from '../../node/gossip/evidence.ts'
import { topicsOf } from '../../node/gossip/topics.ts'
import type { VerifiedObservation } from '../../node/gossip/validate.ts'
import type { Verification } from '../../node/ground/verify/verification.ts'
import type { Log } from '../../node/log.ts'
import { joinNetwork, type Network } from '../../node/node/network.ts'
import { servedSamples } from '../../node/node/served-samples.ts'
import { createRoll } from '../../node/presence/roll.ts'
import { VERIFICATION } from '../node/ground/verify/found.ts'
import { contextOf, FIXING } from '../node/reporters.ts'
import { SILENT } from '../node/silent-log.ts'

export const DEPLOYMENT = { chainId: 31_337, oracle: '0x00000000000000000000000000000000000000cc' } as const
export const TOPICS = topicsOf(DEPLOYMENT)
export const LOOPBACK = ['/ip4/127.0.0.1/tcp/0']

/** A node's whole part of the network over real TCP, with a store in memory: for crowds of them in one program. */
export type Station = {
  readonly network: Network
  readonly address: string
  /** Verified observations by fixing, in the order in which they came. */
  readonly held: ReadonlyMap<Hex, VerifiedObservation[]>
  readonly proofs: readonly Evidence[]
  /** First holds it itself, then publishes it. */
  say(observation: VerifiedObservation): void
  stop(): Promise<void>
}

export type StationOptions = {
  /** Registry index by lower-case signer. */
  readonly indexOf: ReadonlyMap<string, number>
  /** Fixings that are open, each with what is held of it at the start. */
  readonly held: ReadonlyMap<Hex, readonly VerifiedObservation[]>
  /** Fixings that have not matured yet. */
  readonly ahead?: ReadonlyMap<Hex, Fixing>
  readonly schedule?: { readonly afterMs: readonly number[]; readonly everyMs: number }
  readonly verification?: Verification
  /** An observation was verified and kept, other than the own. */
  readonly onHeld?: (observation: VerifiedObservation) => void
  /** A peer brought something provably bad. */
  readonly onRefused?: (peer: string, code: string) => void
}

/** By what the samples behind any observation of a station are asked for. */
export const SAMPLES_ROOT: Hex = `0x${'5a'.repeat(32)}`
const OPENS = Array.from({ length: 30 }, (_, i) => String(60 * i))
/** What is archived of a fixing with four sources of thirty candles, as a store has it. */
const RECORD = JSON.stringify({
  opens: OPENS,
  samples: ['alpha', 'beta', 'gamma', 'delta'].map((sourceId) => ({ sourceId, quote: 'USD', closes: OPENS })),
  observation: { sourcesRoot: SAMPLES_ROOT },
})

/** Peers a message should reach at once, as a node of many reporters wants it. */
const WANTED_PEERS = 4
/** Gossip alone: no sync repeats. */
const NEVER = { afterMs: [], everyMs: 3_600_000 }

export async function openStation(options: StationOptions): Promise<Station> {
  const { indexOf, onHeld, ahead = new Map<Hex, Fixing>() } = options
  const held = new Map([...options.held].map(([id, known]) => [id, [...known]]))
  const fixings = [...held.keys(), ...ahead.keys()]
  const proofs: Evidence[] = []
  const book = createBook()
  const roll = createRoll()
  const controller = new AbortController()
  const defaults = contextOf()
  const known = (id: Hex): boolean => held.has(id)
  const network = await joinNetwork(
    {
      clock: systemClock(),
      log: options.onRefused === undefined ? SILENT : refusals(options.onRefused),
      signal: controller.signal,
      privateKey: await generateKeyPair('Ed25519'),
      verification: options.verification ?? VERIFICATION,
      context: contextOf({
        fixing: (id) => (known(id) ? FIXING : ahead.get(id)),
        reporters: (id) => (known(id) ? indexOf : undefined),
        roster: (id) => (known(id) ? defaults.roster(id) : undefined),
        expected: () => indexOf,
        roll,
        isSigner: (address) => indexOf.has(address),
        observations: (id) => held.get(id) ?? [],
        book,
      }),
      store: {
        async add(observation) {
          held.get(observation.signed.fixingId)?.push(observation)
          onHeld?.(observation)
        },
        evidence: (id) => proofs.filter(({ first }) => first.signed.fixingId === id),
        addEvidence: async (evidence) => void proofs.push(evidence),
        addTwiceSigned: ({ signed, reporterIndex }) => book.addTwiceSigned(signed.fixingId, reporterIndex),
        addRequest: (request) => book.addRequest(request),
        addPartial: (partial) => book.addPartial(partial),
        addPresence: (presence) => roll.add(presence),
      },
      openFixings: () => fixings,
      isRegistered: () => false,
      // Somebody whom nobody can call: the others are strangers.
      registered: () => ['0x00'],
      onEvidence: () => undefined,
      samples: servedSamples({ changes: 0, get: async () => JSON.parse(RECORD) }),
    },
    { deployment: DEPLOYMENT, listen: LOOPBACK, bootstrap: [], test: true, schedule: options.schedule ?? NEVER },
  )
  return {
    network,
    address: network.multiaddrs[0] ?? '',
    held,
    proofs,
    say(observation) {
      held.get(observation.signed.fixingId)?.push(observation)
      network.publish(observation, WANTED_PEERS)
    },
    async stop() {
      controller.abort()
      await network.stop()
    },
  }
}

/** A log that listens for who is blamed for what. */
function refusals(onRefused: (peer: string, code: string) => void): Log {
  return {
    ...SILENT,
    debug(fields) {
      if ('peer' in fields && 'code' in fields) onRefused(String(fields.peer), String(fields.code))
    },
  }
}
