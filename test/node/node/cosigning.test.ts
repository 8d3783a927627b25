import { multiaddr } from '@multiformats/multiaddr'
import { expect, test } from 'vitest'
import type { Config } from '#node/config'
import { openStore } from '#node/store'
import { bitmapOf, decodePartial, decodeRequest, encodePartial } from '#protocol/cosigning.ts'
import { decodeObservation, recoverObservationSigner, type SignedObservation } from '#protocol/observation.ts'
import { buildReport, reportDigest } from '#protocol/report.ts'
import { WIRE_KIND } from '#protocol/wire.ts'
import { chainClock } from '../../../node/clock.ts'
import type { Host } from '../../../node/gossip/host.ts'
import { JOURNAL } from '../../../node/http/schemas.ts'
import type { RunningNode } from '../../../node/node.ts'
import { proposalRank } from '../../../node/propose.ts'
import { openHostile, TOPICS } from '../gossip/peer.ts'
import {
  cosignedBy,
  DOMAIN,
  FIXING,
  FIXING_ID,
  MATURITY,
  reportedBy,
  reporterKey,
  requestedBy,
  signedAgain,
  WAD,
} from '../reporters.ts'
import type { FakeWorld } from './fake-world.ts'
import { configOf, connected, fixingOf, run, scene, SOON, status, stop } from './scene.ts'

const VALUE = 2_500_250n * 10n ** 15n
/** Longer than any test. */
const LONG_MS = 3_600_000
const TRUSTED = [FIXING.arbitrator, FIXING.backup]

/** The reporters 0 .. count - 1 in the order in which they propose. */
function ranked(count: number): number[] {
  const signers = Array.from({ length: count }, (_, i) => reporterKey(i).address)
  const rankOf = (i: number): number => proposalRank(FIXING_ID, signers, reporterKey(i).address)
  return signers.map((_, i) => i).toSorted((a, b) => rankOf(a) - rankOf(b))
}

type Cast = {
  /** They trust no arbitrator. */
  readonly silent?: readonly number[]
  /** They want more sources than there are. */
  readonly careful?: readonly number[]
  /** They run no node. */
  readonly absent?: readonly number[]
}

type Play = {
  readonly world: FakeWorld
  /** In the order in which they propose. */
  readonly nodes: readonly RunningNode[]
  /** The time for co-signing is up, everywhere. */
  readonly endWait: () => void
}

/** `count` reporters who are paid for attesting; `prepare` may write to their stores before they start. */
async function play(
  count: number,
  { silent = [], careful = [], absent = [] }: Cast = {},
  prepare: (config: Config, i: number) => Promise<void> = async () => undefined,
): Promise<Play> {
  const { world, indexDir } = await scene(count)
  world.incentives = { ...world.incentives, attestersReward: 10n ** 18n }
  const present = ranked(count).filter((i) => !absent.includes(i))
  let waitedMs = 0
  const nodes = await Promise.all(
    present.map(async (i) => {
      const config = await configOf(i, indexDir, silent.includes(i) ? [] : TRUSTED)
      await prepare(config, i)
      const clock = { ...chainClock(), monotonicMs: () => performance.now() + waitedMs }
      const policy = { ...config.policy, spareSources: careful.includes(i) ? 1 : 0 }
      return run({ ...config, policy, gossip: { ...config.gossip, cosignMs: LONG_MS } }, world, clock)
    }),
  )
  await connected(nodes)
  return { world, nodes, endWait: () => void (waitedMs = LONG_MS) }
}

/** Waits until the first proposer has so many signatures, its own included, and then for no more. */
async function endWaitAt(signed: number, { nodes, endWait }: Play): Promise<void> {
  const [first] = nodes
  if (first === undefined) throw new Error('a node')
  await expect.poll(async () => (await fixingOf(first))?.cosigned, SOON).toBe(signed)
  endWait()
}

/** Every node has every observation, then a block follows: the first proposer asks. */
async function mature(world: FakeWorld, nodes: readonly RunningNode[], observations: number): Promise<void> {
  world.mine(MATURITY)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.observations), SOON)
    .toEqual(nodes.map(() => observations))
  world.mine(MATURITY + 1n)
}

test('R-409 four nodes co-sign one report, and its proposer brings all their signatures', async () => {
  const { world, nodes } = await play(4)
  await mature(world, nodes, 4)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by 0,1,2,3`])
  world.mine(MATURITY + 60n)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.lastDecision?.reason), SOON)
    .toEqual(nodes.map(() => 'The leader is surely the nearest to the own observation.'))
  expect(world.sent).toHaveLength(2)
})

test('R-411 of what attesting may cost the roster that is missing takes its part', async () => {
  const { world, configOf: config } = await scene(1)
  const reward = 10n ** 18n
  world.incentives = { ...world.incentives, attestersReward: reward, gasFee: 3n }
  const limits: (bigint | undefined)[] = []
  const as = world.as.bind(world)
  world.as = (account) => {
    const chain = as(account)
    return {
      ...chain,
      proposeAttested(fixing, cosigned, maxBond, terms) {
        limits.push(terms.maxGasCost)
        return chain.proposeAttested(fixing, cosigned, maxBond, terms)
      },
    }
  }
  const alone = await config(0)
  const node = await run(alone, world)
  await mature(world, [node], 1)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by 0`])
  // All of the reward for one of one; the roster of one takes 143 390 gas.
  expect(limits).toEqual([alone.policy.maxGasWei + reward - 3n * 143_390n])
})

test('R-411 goes on without one who stays silent, and without its roster when that is there', async () => {
  const silent = ranked(4)[2] ?? -1
  const played = await play(4, { silent: [silent] })
  const { world, nodes } = played
  world.incentives = { ...world.incentives, isRosterPublished: true }
  await mature(world, nodes, 4)
  await endWaitAt(3, played)
  const others = [0, 1, 2, 3].filter((i) => i !== silent)
  await expect.poll(() => world.sent, SOON).toEqual([`attest ${VALUE} by ${others.join()}`])
})

test('R-410 whose observation is less sure than its operator asks for signs it, and co-signs nothing', async () => {
  const [, , , last = 0] = ranked(4)
  const played = await play(4, { careful: [last] })
  const { world, nodes } = played
  await mature(world, nodes, 4)
  const careful = nodes.at(-1)
  if (careful === undefined) throw new Error('a node')
  const reasons = async (): Promise<string[]> => {
    const response = await fetch(`http://127.0.0.1:${careful.httpPort}/journal`)
    return JOURNAL.parse(await response.json()).flatMap(({ action, reason }) => (action === 'refuse' ? [reason] : []))
  }
  const why = 'The own observation is of 1 sources, policy.spare_sources wants 2: no stake on it.'
  await expect.poll(reasons, SOON).toEqual([expect.stringContaining(why)])
  await endWaitAt(3, played)
  await expect.poll(() => world.sent.filter((what) => what.startsWith('attest')), SOON).toHaveLength(1)
})

test('R-411 proposes plainly when too few co-sign, and at once when nobody pays for more', async () => {
  const [, second = -1, third = -1] = ranked(4)
  const played = await play(4, { silent: [second, third] })
  const { world, nodes } = played
  await mature(world, nodes, 4)
  await endWaitAt(2, played)
  await expect.poll(() => world.sent, SOON).toEqual([`propose ${VALUE}`])
  await Promise.all(nodes.map(stop))

  const unpaid = await play(4)
  unpaid.world.incentives = { ...unpaid.world.incentives, attestersReward: 0n }
  await mature(unpaid.world, unpaid.nodes, 4)
  await expect.poll(() => unpaid.world.sent, SOON).toEqual([`propose ${VALUE}`])
})

test('R-410 signs one of two reports of one proposer, though both follow from the observations', async () => {
  const hostile = ranked(5)[4] ?? -1
  const played = await play(5, { absent: [hostile] })
  const { world, nodes } = played
  const { host, observations, partials } = await openEavesdropper(nodes)
  await mature(world, nodes, 4)
  await expect.poll(() => observations.size, SOON).toBe(4)
  const own = await reportedBy(hostile, { value: VALUE })
  await host.services.pubsub.publish(TOPICS.observation, own.bytes)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.observations), SOON)
    .toEqual([5, 5, 5, 5])
  const held = [...observations].map(([i, signed]) => ({ reporterIndex: i, signed }))
  const five = [...held, { reporterIndex: hostile, signed: own.signed }]
  const proposer = reporterKey(hostile).address
  const reportOf = (some: typeof five) => {
    const result = buildReport({ epoch: 4n, fixingId: FIXING_ID, observations: some, proposer, reporterCount: 5 })
    if (result.kind === 'short') throw new Error('short')
    return result
  }
  // Both follow from observations that everyone holds; whichever comes first is the only one that is signed.
  const requests = await Promise.all(
    [five, five.slice(1)].map((some) => {
      const { report, signers } = reportOf(some)
      return requestedBy(hostile, report, bitmapOf(signers))
    }),
  )
  for (const { bytes } of requests) await host.services.pubsub.publish(TOPICS.report, bytes)
  const wanted = requests[0]?.digest
  await expect.poll(() => partials.filter(({ digest }) => digest === wanted).length, SOON).toBe(4)
  // Meanwhile the honest proposer's report went its way.
  await endWaitAt(4, played)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', expect.stringMatching(/^attest \d+ by \d,\d,\d,\d$/)])
  expect(partials.some(({ digest }) => digest === requests[1]?.digest)).toBe(false)
})

/** The fixing was proposed plainly, for `value`, before anyone's turn had come. */
function proposedBefore(world: FakeWorld, value = VALUE): void {
  world.facts = { round: 1, bond: WAD, leader: value, deadline: MATURITY + 86_400n }
  world.candidates = [{ value, stake: WAD }]
}

test('R-411 attests what somebody proposed plainly, once, and nothing that is not what was observed', async () => {
  const { world, nodes } = await play(4)
  proposedBefore(world)
  await mature(world, nodes, 4)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by 0,1,2,3 late`])
  world.mine(MATURITY + 3_000n)
  await expect
    .poll(async () => (await Promise.all(nodes.map(status))).map(({ block }) => block), SOON)
    .toEqual(nodes.map(() => world.head.number.toString()))
  expect(world.sent).toHaveLength(2)
  // Nothing else is done about the fixing until they are mined: they have the deadline of whoever would dispute it.
  const actions = (await Promise.all(nodes.map(fixingOf))).flatMap((fixing) => fixing?.actions ?? [])
  expect(actions.map(({ action, deadline }) => [action, deadline])).toEqual(
    ['roster', 'attest'].map((action) => [action, `${MATURITY + 86_400n}`]),
  )
  await Promise.all(nodes.map(stop))

  const lied = await play(4)
  proposedBefore(lied.world, 2n * VALUE)
  await mature(lied.world, lied.nodes, 4)
  lied.world.mine(MATURITY + 3_000n)
  await expect.poll(() => lied.world.sent.length, SOON).toBeGreaterThan(0)
  expect(lied.world.sent.filter((what) => !what.startsWith('stake'))).toEqual([])
})

test('R-411 what attests a fixing is read again with the next block if that failed', async () => {
  const { world, nodes } = await play(1)
  proposedBefore(world)
  world.isUnread = true
  await mature(world, nodes, 1)
  await expect.poll(() => world.attestationsAsked, SOON).toBe(1)
  world.isUnread = false
  world.mine(MATURITY + 2n)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by 0 late`])
})

test('R-411 attests as soon as its own observation is there, though it was not at the first look', async () => {
  const { venue, world, configOf: config } = await scene(1)
  world.incentives = { ...world.incentives, attestersReward: 10n ** 18n }
  proposedBefore(world)
  venue.isBroken = true
  const node = await run(await config(0), world)
  world.mine(MATURITY + 1n)
  const journal = async (): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}/journal`)).text()
  await expect.poll(journal, SOON).toContain('No quorum to attest what was proposed.')
  venue.isBroken = false
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by 0 late`])
})

test('R-411 anyone brings what another asked for, in turn, without asking again', async () => {
  const [first = -1, second = -1] = ranked(5)
  const { world, nodes } = await play(5, { absent: [first] })
  world.incentives = { ...world.incentives, isRosterPublished: true }
  proposedBefore(world)
  const { host, observations, partials } = await openEavesdropper(nodes)
  await mature(world, nodes, 4)
  await expect.poll(() => observations.size, SOON).toBe(4)
  const held = [...observations].map(([i, signed]) => ({ reporterIndex: i, signed }))
  const { address: proposer } = reporterKey(first)
  const made = buildReport({ epoch: 4n, fixingId: FIXING_ID, observations: held, proposer, reporterCount: 5 })
  if (made.kind === 'short') throw new Error('short')
  const request = await requestedBy(first, made.report, bitmapOf(made.signers))
  await host.services.pubsub.publish(TOPICS.report, request.bytes)
  await expect.poll(() => partials.length, SOON).toBe(4)
  // Who is next has heard them too, or would ask for itself when its turn comes, and wait.
  const heard = nodes[0]?.httpPort
  await expect
    .poll(async () => {
      const text = await (await fetch(`http://127.0.0.1:${heard}/metrics`)).text()
      return Number(/^assize_messages_total\{.*verdict="partial".*\} (\d+)$/m.exec(text)?.[1] ?? 0)
    }, SOON)
    .toBeGreaterThanOrEqual(3)
  // Whoever asked is gone, and the turn of the next has not come.
  world.mine(MATURITY + 599n)
  await expect
    .poll(async () => (await Promise.all(nodes.map(status))).map(({ block }) => block), SOON)
    .toEqual(nodes.map(() => world.head.number.toString()))
  expect(world.sent).toEqual([])
  world.mine(MATURITY + 600n)
  const others = [0, 1, 2, 3, 4].filter((i) => i !== first)
  await expect.poll(() => world.sent, SOON).toEqual([`attest ${VALUE} by ${others.join()} late`])
  expect(world.senders).toEqual([reporterKey(second).address])
  expect(new Set(partials.map(({ digest }) => digest))).toEqual(new Set([request.digest]))
})

test('R-410 signs no second report of a proposer after a restart, and goes on', async () => {
  const [first = -1, second = -1] = ranked(4)
  const [signer, proposer] = [reporterKey(second).address, reporterKey(first).address]
  const played = await play(4, {}, async ({ dataDir }, i) => {
    if (i !== second) return
    const store = await openStore(dataDir)
    await store.guard.record({ signer, proposer, fixingId: FIXING_ID, digest: `0x${'77'.repeat(32)}` })
    await store.close()
  })
  const { world, nodes } = played
  world.incentives = { ...world.incentives, isRosterPublished: true }
  await mature(world, nodes, 4)
  await endWaitAt(3, played)
  const others = [0, 1, 2, 3].filter((i) => i !== second)
  await expect.poll(() => world.sent, SOON).toEqual([`attest ${VALUE} by ${others.join()}`])
})

test('R-411 asks again without one who signed two observations after it was asked for', async () => {
  const order = ranked(6)
  const [hostile, silent] = [order[5] ?? -1, order[4] ?? -1]
  const played = await play(6, { absent: [hostile], silent: [silent] })
  const { world, nodes } = played
  world.incentives = { ...world.incentives, isRosterPublished: true }
  const { host, partials, requests } = await openEavesdropper(nodes)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(nodes[0] as RunningNode))?.observations, SOON).toBe(5)
  await host.services.pubsub.publish(TOPICS.observation, (await reportedBy(hostile, { value: VALUE })).bytes)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.observations), SOON)
    .toEqual(nodes.map(() => 6))
  world.mine(MATURITY + 1n)
  await expect.poll(() => requests.length, SOON).toBe(1)
  expect(requests[0]).toMatchObject({ places: 0b111111n, attempt: 0 })
  // Five are needed; four sign, one is silent and one hostile.
  const signedOf = (i: number) => partials.filter(({ digest }) => digest === requests[i]?.digest).length
  await expect.poll(() => signedOf(0), SOON).toBe(4)
  await host.services.pubsub.publish(TOPICS.observation, (await reportedBy(hostile, { value: VALUE + 1n })).bytes)
  await expect.poll(() => requests.length, SOON).toBe(2)
  expect(requests[1]).toMatchObject({ places: 0b111111n ^ (1n << BigInt(hostile)), attempt: 1 })
  await expect.poll(() => signedOf(1), SOON).toBe(4)
  expect(world.sent).toEqual([])
})

test('R-411 leaves out whose observation half of the others hold signed in another way', async () => {
  const hostile = ranked(5)[4] ?? -1
  const [one, other] = [await reportedBy(hostile, { value: VALUE }), await signedAgain(hostile, { value: VALUE })]
  const played = await play(5, { absent: [hostile] }, async ({ dataDir }, i) => {
    const store = await openStore(dataDir)
    await store.observations.load(FIXING_ID)
    const bytes = i % 2 === 0 ? one.bytes : other
    await store.observations.add({ ...one, signed: decodeObservation(bytes), bytes })
    await store.close()
  })
  const { world, nodes } = played
  world.incentives = { ...world.incentives, isRosterPublished: true }
  await mature(world, nodes, 5)
  await endWaitAt(4, played)
  const honest = [0, 1, 2, 3, 4].filter((i) => i !== hostile)
  await expect.poll(() => world.sent, SOON).toEqual([`attest ${VALUE} by ${honest.join()}`])
})

test('R-410 reads the reporters again until they are final, and signs for the places that they have then', async () => {
  const silent = ranked(4)[2] ?? -1
  const played = await play(4, { silent: [silent] })
  const { world, nodes } = played
  const { panel } = world
  world.incentives = { ...world.incentives, isRosterPublished: true }
  world.isFinal = false
  // In the block that is undone they had registered in another order.
  const reporters = panel.reporters.toReversed().map((reporter, index) => ({ ...reporter, index }))
  world.panel = { ...panel, reporters }
  world.mine(MATURITY)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.observations), SOON)
    .toEqual(nodes.map(() => 4))
  world.panel = panel
  await mature(world, nodes, 4)
  await endWaitAt(3, played)
  const others = [0, 1, 2, 3].filter((i) => i !== silent)
  await expect.poll(() => world.sent, SOON).toEqual([`attest ${VALUE} by ${others.join()}`])
})

test('R-409 keeps a bad signature out of the aggregate, and its sender out of the network', async () => {
  const hostile = ranked(5)[4] ?? -1
  const played = await play(5, { absent: [hostile] })
  const { world, nodes } = played
  const { host, digests } = await openEavesdropper(nodes)
  await mature(world, nodes, 4)
  await expect.poll(() => digests.size, SOON).toBe(1)
  const [digest] = digests
  if (digest === undefined) throw new Error('a digest')
  // A point of the subgroup that signs something else.
  const { signature } = await cosignedBy(hostile, await requestedBy(hostile, { value: 1n }))
  const bytes = encodePartial({ fixingId: FIXING_ID, digest, place: hostile, signature })
  await host.services.pubsub.publish(TOPICS.report, bytes)
  await expect.poll(() => host.getConnections().length, SOON).toBe(0)
  await endWaitAt(4, played)
  const honest = [0, 1, 2, 3, 4].filter((i) => i !== hostile)
  await expect.poll(() => world.sent, SOON).toEqual(['roster', `attest ${VALUE} by ${honest.join()}`])
})

type Eavesdropper = {
  readonly host: Host
  /** By reporter index. */
  readonly observations: Map<number, SignedObservation>
  readonly partials: ReturnType<typeof decodePartial>[]
  readonly requests: (ReturnType<typeof decodeRequest> & { readonly digest: string })[]
  /** Of reports that somebody signed. */
  readonly digests: Set<`0x${string}`>
}

/** A peer of all nodes that keeps to no rule and hears everything. */
async function openEavesdropper(nodes: readonly RunningNode[]): Promise<Eavesdropper> {
  const host = await openHostile()
  const heard: Eavesdropper = { host, observations: new Map(), partials: [], requests: [], digests: new Set() }
  const indexOf = new Map(ranked(6).map((i) => [reporterKey(i).address, i]))
  host.services.pubsub.addEventListener('message', ({ detail: { topic, data } }) => {
    if (topic === TOPICS.observation) {
      const signed = decodeObservation(data)
      heard.observations.set(indexOf.get(recoverObservationSigner(DOMAIN, signed)) ?? -1, signed)
    } else if (data[1] === WIRE_KIND.request) {
      const request = decodeRequest(data)
      heard.requests.push({ ...request, digest: reportDigest(DOMAIN, request.report) })
    } else if (data[1] === WIRE_KIND.partial) {
      const partial = decodePartial(data)
      heard.partials.push(partial)
      heard.digests.add(partial.digest)
    }
  })
  for (const node of nodes) await host.dial(multiaddr(node.multiaddrs[0] ?? ''))
  await expect.poll(() => host.services.pubsub.getSubscribers(TOPICS.report).length, SOON).toBe(nodes.length)
  return heard
}
