import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { multiaddr } from '@multiformats/multiaddr'
import type { Hex } from 'viem'
import { quorumSize } from '#protocol/report.ts'
import { systemClock } from '../../../node/clock.ts'
import { createHost, type Host } from '../../../node/gossip/host.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import { Random } from '../../model/random.ts'
import { LOOPBACK, openStation, type Station, TOPICS } from '../../network/station.ts'
import { dialling } from '../../network/topology.ts'
import { FIXING_ID, reportedBy, reporterKey } from '../../node/reporters.ts'
import type { Say } from './bench.ts'
import { type Figure, quantile, type Result } from './figures.ts'

const MEMORY = fileURLToPath(new URL('burst-memory.ts', import.meta.url))
/** Every peer dials so many, so that it has about twice as many connections. */
const DIALS = 6
/** gossipsub grafts its mesh once a second. */
const SETTLE_MS = 3_000
/** After the last delivery nothing more is expected. */
const PATIENCE_MS = 30_000
const POLL_MS = 20
const SEED = 5
const MEGABYTE = 2 ** 20

/** What one burst of all reporters took; times in milliseconds since it began. */
type Burst = {
  /** Of every delivery of a message to somebody else. */
  readonly deliveries: readonly number[]
  /** Of every peer: when it held the observations of a quorum. */
  readonly quorums: readonly number[]
  /** The same two by the program's own processor time, which other programs do not disturb. */
  readonly cpuDeliveries: readonly number[]
  readonly cpuQuorums: readonly number[]
  readonly cpuMs: number
}

/** A crowd that can all speak at once. */
type Crowd = {
  /** Everybody publishes; `heard` is told of each delivery. */
  speak(heard: (peer: number) => void): void
  stop(): Promise<void>
}

/**
 * All of `reporters` observe at one instant, in one program and on one machine: how long until everybody has a quorum of
 * verified observations, beside gossipsub alone with the same options and connections and no validator. Both take turns
 * `rounds` times. Bare deliveries are counted where a message is delivered, a node's where it is verified and stored.
 */
export async function burst(
  { reporters, rounds }: { readonly reporters: number; readonly rounds: number },
  say: Say,
): Promise<Result> {
  const { observations, graph } = await casting(reporters)
  const bare: Burst[] = []
  const node: Burst[] = []
  for (let round = 1; round <= rounds; round += 1) {
    bare.push(await measured(await bareCrowd(observations, graph), reporters))
    say(`burst of ${reporters}, round ${round} of ${rounds}: bare gossipsub ${lineOf(bare.at(-1))}`)
    node.push(await measured(await nodeCrowd(observations, graph), reporters))
    say(`burst of ${reporters}, round ${round} of ${rounds}: nodes ${lineOf(node.at(-1))}`)
  }
  const memory = { bare: await memoryApart('bare', reporters), node: await memoryApart('node', reporters) }
  say(`burst of ${reporters}: ${memory.node.toFixed(1)} MB a node, ${memory.bare.toFixed(1)} MB a bare one`)
  return { bench: `burst of ${reporters} reporters`, figures: figuresOf(reporters, bare, node, memory) }
}

/** Whose memory is measured: gossipsub alone, or nodes. */
export type CrowdKind = 'bare' | 'node'

/**
 * Megabytes that each peer of a crowd adds to a program that holds nothing else, by the most that it ever had: in a process of its
 * own, since one that has held a crowd before gives little of its memory back.
 */
async function memoryApart(kind: CrowdKind, reporters: number): Promise<number> {
  const child = spawn(process.execPath, [MEMORY, kind, String(reporters)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code !== 0) throw new Error(`Expected the memory of a crowd, got exit code ${String(code)}.`)
  return Number(printed)
}

/** What a crowd of `reporters` adds to the memory of this program, megabytes for each, with a burst of all of them. */
export async function memoryHere(kind: CrowdKind, reporters: number): Promise<number> {
  const { observations, graph } = await casting(reporters)
  const before = process.memoryUsage().rss
  await measured(await (kind === 'bare' ? bareCrowd : nodeCrowd)(observations, graph), reporters)
  return (process.resourceUsage().maxRSS * 1_024 - before) / reporters / MEGABYTE
}

async function casting(reporters: number) {
  const observations = await Promise.all(Array.from({ length: reporters }, (_, i) => reportedBy(i)))
  return { observations, graph: dialling(reporters, DIALS, new Random(SEED)) }
}

function figuresOf(
  reporters: number,
  bare: readonly Burst[],
  node: readonly Burst[],
  memory: Readonly<Record<CrowdKind, number>>,
): readonly Figure[] {
  const of = (all: readonly Burst[], list: Exclude<keyof Burst, 'cpuMs'>, share: number): number =>
    quantile(
      all.map((one) => quantile(one[list], share)),
      0.5,
    )
  const beside = (what: string, share: number, list: 'deliveries' | 'quorums'): Figure => ({
    what,
    value: of(node, list, share),
    unit: 'ms',
    raw: { what: 'bare delivery', value: of(bare, 'deliveries', share) },
  })
  const expected = reporters * (reporters - 1) * node.length
  const delivered = node.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
  const bareDelivered = bare.reduce((sum, { deliveries }) => sum + deliveries.length, 0)
  const isJudged = reporters === 50
  const p99 = of(node, 'quorums', 0.99)
  return [
    beside('verified delivery, p50', 0.5, 'deliveries'),
    beside('verified delivery, p99', 0.99, 'deliveries'),
    beside('verified quorum, p50', 0.5, 'quorums'),
    { ...beside('verified quorum, p99', 0.99, 'quorums'), ...(isJudged ? { goal: { atMost: 1_000 } } : {}) },
    {
      what: 'verified quorum p99 / bare delivery p99',
      value: p99 / of(bare, 'deliveries', 0.99),
      unit: '',
      ...(isJudged ? { goal: { atMost: 1.15 } } : {}),
    },
    {
      what: 'verified delivery p99 / bare delivery p99',
      value: of(node, 'deliveries', 0.99) / of(bare, 'deliveries', 0.99),
      unit: '',
    },
    {
      what: 'the same of quorum and delivery, by processor time',
      value: of(node, 'cpuQuorums', 0.99) / of(bare, 'cpuDeliveries', 0.99),
      unit: '',
    },
    {
      what: 'delivered',
      value: (100 * delivered) / expected,
      unit: '%',
      raw: { what: 'bare', value: (100 * bareDelivered) / expected },
      goal: { atLeast: 100 },
    },
    {
      what: 'CPU of one burst',
      value: quantile(
        node.map(({ cpuMs }) => cpuMs),
        0.5,
      ),
      unit: 'ms',
      raw: {
        what: 'bare',
        value: quantile(
          bare.map(({ cpuMs }) => cpuMs),
          0.5,
        ),
      },
    },
    {
      what: 'RSS of each, all in one program, at most',
      value: memory.node,
      unit: 'MB',
      raw: { what: 'bare', value: memory.bare },
    },
  ]
}

function lineOf(one: Burst | undefined): string {
  if (one === undefined) return ''
  const [p50, p99] = [quantile(one.deliveries, 0.5), quantile(one.deliveries, 0.99)]
  return `${one.deliveries.length} deliveries, p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`
}

async function measured(crowd: Crowd, reporters: number): Promise<Burst> {
  const need = quorumSize(reporters)
  const deliveries: number[] = []
  const quorums: number[] = []
  const cpuDeliveries: number[] = []
  const cpuQuorums: number[] = []
  // Everybody holds its own.
  const counts = Array.from({ length: reporters }, () => 1)
  const cpu = process.cpuUsage()
  const start = performance.now()
  crowd.speak((peer) => {
    const ms = performance.now() - start
    const cpuMs = processorMs(cpu)
    deliveries.push(ms)
    cpuDeliveries.push(cpuMs)
    const count = (counts[peer] ?? 0) + 1
    counts[peer] = count
    if (count !== need) return
    quorums.push(ms)
    cpuQuorums.push(cpuMs)
  })
  const expected = reporters * (reporters - 1)
  while (deliveries.length < expected && performance.now() - start < PATIENCE_MS) await wait(POLL_MS)
  const cpuMs = processorMs(cpu)
  await crowd.stop()
  return { deliveries, quorums, cpuDeliveries, cpuQuorums, cpuMs }
}

function processorMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1_000
}

async function nodeCrowd(
  observations: readonly VerifiedObservation[],
  graph: readonly (readonly number[])[],
): Promise<Crowd> {
  const indexOf = new Map(observations.map((_, i) => [reporterKey(i).address.toLowerCase(), i]))
  let heard: (peer: number) => void = () => undefined
  const stations: Station[] = []
  for (const [i] of observations.entries()) {
    const held = new Map<Hex, VerifiedObservation[]>([[FIXING_ID, []]])
    stations.push(await openStation({ indexOf, held, onHeld: () => heard(i) }))
  }
  for (const [i, others] of graph.entries()) {
    for (const other of others) stations[i]?.network.peers.add(stations[other]?.address ?? '')
  }
  await settled(graph, (i) => stations[i]?.network.peers.connected ?? 0)
  return {
    speak(tell) {
      heard = tell
      for (const [i, observation] of observations.entries()) stations[i]?.say(observation)
    },
    stop: async () => void (await Promise.all(stations.map((station) => station.stop()))),
  }
}

async function bareCrowd(
  observations: readonly VerifiedObservation[],
  graph: readonly (readonly number[])[],
): Promise<Crowd> {
  const hosts: Host[] = []
  for (const _ of observations) hosts.push(await bareHost())
  for (const [i, others] of graph.entries()) {
    for (const other of others) await hosts[i]?.dial(multiaddr(hosts[other]?.getMultiaddrs()[0]?.toString() ?? ''))
  }
  await settled(graph, (i) => hosts[i]?.getPeers().length ?? 0)
  return {
    speak(heard) {
      for (const [i, host] of hosts.entries()) {
        host.services.pubsub.addEventListener('message', () => heard(i))
        const { bytes } = observations[i] ?? { bytes: new Uint8Array() }
        host.services.pubsub.publish(TOPICS.observation, bytes).catch(() => undefined)
      }
    },
    stop: async () => void (await Promise.all(hosts.map(async (host) => host.stop()))),
  }
}

async function bareHost(): Promise<Host> {
  const host = await createHost({
    clock: systemClock(),
    privateKey: await generateKeyPair('Ed25519'),
    listen: LOOPBACK,
    topics: TOPICS,
    isRegistered: () => false,
    isQuarantined: () => false,
    test: true,
  })
  await host.start()
  for (const topic of [TOPICS.observation, TOPICS.evidence, TOPICS.report]) host.services.pubsub.subscribe(topic)
  return host
}

/** Waits until everybody has the connections of `graph`, and for a mesh over them. */
async function settled(graph: readonly (readonly number[])[], connected: (i: number) => number): Promise<void> {
  const degrees = graph.map((own, i) => own.length + graph.filter((others, j) => j !== i && others.includes(i)).length)
  while (degrees.some((degree, i) => connected(i) < degree)) await wait(POLL_MS)
  await wait(SETTLE_MS)
}
