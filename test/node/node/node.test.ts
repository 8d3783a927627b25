import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Config } from '#node/config'
import { openStore } from '#node/store'
import { DeadRpcError } from '#client/chain.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { haltStaking, resumeStaking } from '../../../node/ground/halt.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { UNTOLD_MEANS } from '../../../node/stake.ts'
import { FIXING, FIXING_ID, keyOf, MATURITY, reporterKey, ROOT, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { networkIdentity } from '../gossip/peer.ts'
import { configOf, connected, fixingOf, introduce, run, scene, SOON, status, stop } from './scene.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'

const JOURNAL = z.array(z.object({ reason: z.string() }))

test('four nodes observe at maturity and reach one report, to the last digit; the first of them proposes it', async () => {
  const { world, configOf: config } = await scene(4)
  const nodes = await Promise.all([0, 1, 2, 3].map(async (i) => run(await config(i), world)))
  await connected(nodes)
  world.mine(MATURITY - 1n)
  expect((await fixingOf(nodes[0] as RunningNode))?.observations ?? 0).toBe(0)
  world.mine(MATURITY)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.report?.signers), SOON)
    .toEqual(nodes.map(() => [0, 1, 2, 3]))
  const fixings = await Promise.all(nodes.map(fixingOf))
  expect(new Set(fixings.map((fixing) => fixing?.report?.observationsRoot)).size).toBe(1)
  // The cube root of 2500.25³, rounded down to 1e-18.
  expect(new Set(fixings.map((fixing) => fixing?.report?.value))).toEqual(new Set(['2500250000000000000000']))
  expect(fixings[0]?.observation).toMatchObject({ value: '2500250000000000000000', observedAt: `${MATURITY}` })
  await expect.poll(() => world.sent, SOON).toEqual([`propose ${2_500_250n * 10n ** 15n}`])
  world.mine(MATURITY + 60n)
  await expect
    .poll(async () => (await Promise.all(nodes.map(fixingOf))).map((fixing) => fixing?.lastDecision?.reason), SOON)
    .toEqual(nodes.map(() => 'The leader is surely the nearest to the own observation.'))
  // Nobody else proposed.
  expect(world.sent).toHaveLength(1)
})

test('a node that was stopped before maturity completes itself, and its observation joins the report', async () => {
  const { world, configOf: config } = await scene(3)
  const configs = await Promise.all([0, 1, 2].map(config))
  const [first, second] = [await run(configs[0] as Config, world), await run(configs[1] as Config, world)]
  await connected([first, second])
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(first))?.observations, SOON).toBe(2)
  expect((await fixingOf(first))?.report).toBe(undefined)
  const third = await run(configs[2] as Config, world)
  await introduce(third, first)
  await expect
    .poll(async () => [(await fixingOf(third))?.report?.signers, (await fixingOf(first))?.report?.signers], SOON)
    .toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ])
})

test('a restarted node signs nothing anew and knows what it knew', async () => {
  const { world, configOf: config, venue } = await scene(1)
  const settings = await config(0)
  const node = await run(settings, world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  const before = await fixingOf(node)
  await stop(node)
  venue.isBroken = true
  world.mine(MATURITY + 500n)
  const again = await run(settings, world)
  await expect.poll(async () => (await fixingOf(again))?.report, SOON).toEqual(before?.report)
  await expect.poll(async () => (await fixingOf(again))?.observation, SOON).toEqual(before?.observation)
})

test('abstains with the reason while the sources are bad, and observes when they are back', async () => {
  const { world, configOf: config, venue } = await scene(1)
  venue.isBroken = true
  const node = await run(await config(0), world)
  world.mine(MATURITY)
  await expect
    .poll(async () => (await fixingOf(node))?.abstained, SOON)
    .toEqual({
      reason: expect.stringContaining('missing: a'),
      dropped: [{ sourceId: 'a', reason: expect.stringContaining('Expected JSON') }],
    })
  expect(world.sent).toEqual([])
  venue.isBroken = false
  world.mine(MATURITY + 5n)
  await expect.poll(async () => (await fixingOf(node))?.observation?.observedAt, SOON).toBe(`${MATURITY + 5n}`)
  expect((await fixingOf(node))?.abstained).toBe(undefined)
})

test('disputes a lie on its own as soon as it has observed', async () => {
  const { world, configOf: config } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const node = await run(await config(0), world)
  world.mine(MATURITY)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
  await expect
    .poll(async () => (await fixingOf(node))?.actions, SOON)
    .toMatchObject([{ action: 'contribute', state: 'done' }])
})

test('does not act again while a transaction from before a crash may still be mined', async () => {
  const { world, configOf: config } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  world.fate = { kind: 'pending' }
  const settings = await config(0)
  const line = { kind: 'stake', round: 1, value: 2_500_250n * 10n ** 15n } as const
  const store = await openStore(settings.dataDir)
  await store.intents.put({
    ...line,
    key: `${FIXING_ID}:000000`,
    fixingId: FIXING_ID,
    action: 'contribute',
    amount: 1n,
    at: 1n,
    state: 'signed',
    hash: FIXING_ID,
    nonce: 0,
  })
  await store.close()
  const node = await run(settings, world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  world.mine(MATURITY + 5n)
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  expect(world.sent).toEqual([])
  world.fate = { kind: 'refused', reason: 'cancelled' }
  world.mine(MATURITY + 6n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${line.value}`])
  await expect
    .poll(async () => (await fixingOf(node))?.actions.map(({ state }) => state), SOON)
    .toEqual(['failed', 'done'])
})

test('stakes nothing while the operator has stopped it, says so everywhere, and goes on when it is over', async () => {
  const { world, configOf: config } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const settings = await config(0)
  haltStaking(settings.dataDir, 'drill')
  const first = await run(settings, world)
  world.mine(MATURITY)
  await expect
    .poll(async () => (await fixingOf(first))?.lastDecision?.reason, SOON)
    .toContain('stopped all new stake: drill')
  await expect.poll(async () => (await fixingOf(first))?.report?.signers, SOON).toEqual([0])
  await stop(first)
  const node = await run(settings, world)
  await expect
    .poll(async () => (await fixingOf(node))?.lastDecision?.reason, SOON)
    .toContain('stopped all new stake: drill')
  const ask = async (path: string): Promise<string> => (await fetch(`http://127.0.0.1:${node.httpPort}${path}`)).text()
  expect(JSON.parse(await ask('/status'))).toMatchObject({ halted: 'drill' })
  expect(await ask('/readyz')).toContain('Nothing new is staked: drill. End the halt with assize resume.')
  expect(await ask('/metrics')).toContain('assize_halted 1')
  expect(await ask('/journal')).toContain('"action":"halt","reason":"Nothing new is staked: drill"')
  expect(world.sent).toEqual([])
  resumeStaking(settings.dataDir)
  world.mine(MATURITY + 5n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
  expect(await ask('/journal')).toContain('"action":"resume"')
  expect(await ask('/metrics')).toContain('assize_halted 0')
})

test('stakes nothing after a start until it has seen what its seats in juries have to send, and then at once', async () => {
  const { world, configOf: config } = await scene(1)
  const settings = await config(0)
  const own = { ...settings, juror: { ...settings.juror, juries: [FIXING.arbitrator] } }
  let terms: CourtPort['terms'] = () => Promise.reject(new DeadRpcError('http://127.0.0.1:1', 'no answer'))
  const court: Partial<CourtPort> = { terms: () => terms(), opened: async () => [] }
  world.court = court as CourtPort // nothing else is asked of a jury without cases
  world.facts = { round: 1, bond: FIXING.minBond, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: FIXING.minBond }]
  const node = await run(own, world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.lastDecision?.reason, SOON).toContain('seats in juries')
  const ready = await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('1 of its juries')])
  const answer = Promise.withResolvers<Awaited<ReturnType<CourtPort['terms']>>>()
  let asked = 0
  terms = () => {
    asked += 1
    return answer.promise
  }
  world.mine(MATURITY + 12n)
  await expect.poll(() => asked, SOON).toBeGreaterThan(0)
  expect(world.sent).toEqual([])
  answer.resolve(SMALL_JURY)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
})

test('proposes nothing while it cannot be told what its last transaction has left, says so, and then does', async () => {
  const { world, configOf: config } = await scene(1)
  const as = world.as.bind(world)
  let held: bigint | undefined
  world.as = (account) => ({ ...as(account), spendable: async () => held })
  const node = await run(await config(0), world)
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.lastDecision, SOON).toMatchObject({ reason: UNTOLD_MEANS })
  expect(world.sent).toEqual([])
  held = 100n * WAD
  world.mine(MATURITY + 12n)
  await expect.poll(() => world.sent, SOON).toEqual([`propose ${2_500_250n * 10n ** 15n}`])
})

test('puts no money where it does not trust the arbitrator, and says so', async () => {
  const { world, indexDir } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const node = await run(await configOf(0, indexDir, [FIXING.arbitrator]), world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  world.mine(MATURITY + 5n)
  await expect
    .poll(async () => (await fixingOf(node))?.lastDecision, SOON)
    .toEqual({ action: 'none', reason: 'Its arbitrator or backup is not in policy.arbitrators: no stake of ours.' })
  expect(world.sent).toEqual([])
})

test('R-405 signs only for fixings of arbitrators that it trusts, if it is told to, and says why it does not', async () => {
  const { world, configOf: config, indexDir } = await scene(1)
  const [strict, trusting] = [await configOf(0, indexDir, [FIXING.arbitrator]), await config(0)]
  const told = (settings: Config): Config => ({ ...settings, policy: { ...settings.policy, observe: 'trusted' } })
  const node = await run(told(strict), world)
  world.mine(MATURITY)
  world.mine(MATURITY + 5n)
  const said = async (): Promise<unknown[]> => {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal`)
    return JOURNAL.parse(await response.json()).map(({ reason }) => reason)
  }
  await expect
    .poll(said, SOON)
    .toContain('Its arbitrator or backup is not in policy.arbitrators, and policy.observe is "trusted": not signed.')
  world.mine(MATURITY + 10n)
  expect(await fixingOf(node)).toMatchObject({ observations: 0 })
  const metrics = await (await fetch(`http://127.0.0.1:${node.httpPort}/metrics`)).text()
  expect(metrics).toMatch(/^assize_fixings_unobserved 0$/m)
  expect(metrics).toMatch(/^assize_fixings_short_of_quorum 0$/m)
  await stop(node)
  const second = await run(told(trusting), world)
  world.mine(MATURITY + 15n)
  await expect.poll(async () => (await fixingOf(second))?.report?.signers, SOON).toEqual([0])
})

test('puts no money on an observation that is not sure enough, signs it all the same, and says why', async () => {
  const { world, configOf: config } = await scene(1)
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const settings = await config(0)
  const careful = { ...settings, policy: { ...settings.policy, spareSources: 1 } }
  const node = await run(careful, world)
  world.mine(MATURITY)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  world.mine(MATURITY + 5n)
  await expect
    .poll(async () => (await fixingOf(node))?.lastDecision?.reason, SOON)
    .toBe('The own observation is of 1 sources, policy.spare_sources wants 2: no stake on it.')
  expect(world.sent).toEqual([])
  await stop(node)
  // Kept through a restart; with what the index itself asks for it is enough.
  const bold = await run(settings, world)
  world.mine(MATURITY + 10n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${2_500_250n * 10n ** 15n}`])
  await stop(bold)
})

test('keeps a share that gas is too dear for, through a restart, until it is cheap', async () => {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  const settled = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader, deadline: settled }
  world.candidates = [{ value: leader, stake: WAD }]
  world.incentives = { ...world.incentives, attestersReward: WAD }
  const signers = 1n
  const observationsRoot: Hex = `0x${'5a'.repeat(32)}`
  world.attestation = { value: leader, observationsRoot, proposer: reporterKey(0).address, signers, count: 1 }
  world.isGasDear = true
  const settings = await config(0)
  const first = await run(settings, world)
  world.mine(settled)
  const refusal = 'A share of 1000000000000000000 wei for our co-signature: Client.DearGasError.'
  const journal = async (node: RunningNode): Promise<readonly unknown[]> => {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal`)
    return JOURNAL.parse(await response.json()).map(({ reason }) => reason)
  }
  await expect.poll(() => journal(first), SOON).toContain(refusal)
  await stop(first)

  const node = await run(settings, world)
  const refusals = async (): Promise<number> => (await journal(node)).filter((reason) => reason === refusal).length
  await expect.poll(refusals, SOON).toBe(2)
  world.isGasDear = false
  world.mine(settled + 601n)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
  expect(await refusals()).toBe(2)
})

/** A fixing that settled, of whose reward the one reporter has all, and a node that closes after two blocks. */
async function settledScene() {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  const settled = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader, deadline: settled }
  world.candidates = [{ value: leader, stake: WAD }]
  world.incentives = { ...world.incentives, attestersReward: WAD }
  const proposer = reporterKey(0).address
  world.attestation = { value: leader, observationsRoot: ROOT, proposer, signers: 1n, count: 1 }
  const settings = { ...(await config(0)), confirmations: 2 }
  /** Mines so many blocks from `time` on, `apart` seconds from one to the next, each of which the node sees. */
  const mine = async (node: RunningNode, time: bigint, blocks: number, apart = 12n): Promise<void> => {
    for (let i = 0n; i < blocks; i += 1n) {
      world.mine(time + apart * i)
      await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
    }
  }
  const kept = async (): Promise<readonly [number, number]> => {
    const store = await openStore(settings.dataDir)
    const [open, dues] = [await store.fixings.open(), await store.dues.all()]
    await store.close()
    return [open.length, dues.length]
  }
  return { world, settings, settled, mine, kept }
}

test('closes a fixing whose share gas is too dear for, and claims that after a restart when gas is cheap', async () => {
  const { world, settings, settled, mine } = await settledScene()
  world.isGasDear = true
  const first = await run(settings, world)
  await mine(first, settled, 12)
  await stop(first)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  expect(await store.dues.all()).toMatchObject([{ fixingId: FIXING_ID, reward: WAD, place: 0 }])
  await store.close()
  expect(world.sent).toEqual([])

  world.isGasDear = false
  const node = await run(settings, world)
  world.mine(settled + 10_000n)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
  expect((await status(node)).fixings).toEqual([])
  // It is forgotten when its blocks cannot be undone any more.
  await mine(node, settled + 20_000n, 6, 60n)
  await stop(node)
  const after = await openStore(settings.dataDir)
  expect(await after.dues.all()).toEqual([])
  await after.close()
  expect(world.sent).toEqual(['reward 0'])
})

test('what the sources gave is kept for as many days after a fixing was closed as the operator says', async () => {
  const { world, settings, settled, mine } = await settledScene()
  const hasSamples = async (): Promise<boolean> => {
    const store = await openStore(settings.dataDir)
    const found = await store.samples.get(FIXING_ID)
    await store.close()
    return found !== undefined
  }
  world.mine(MATURITY + 1n)
  const first = await run(settings, world)
  await expect.poll(async () => (await fixingOf(first))?.observation, SOON).toBeDefined()
  await mine(first, settled, 12)
  await stop(first)
  expect(await hasSamples()).toBe(true)
  const second = await run(settings, world)
  await mine(second, settled + 3_600n, 1)
  await mine(second, settled + 172_800n, 1)
  await stop(second)
  expect(await hasSamples()).toBe(true)
  const last = await run({ ...settings, keepSamplesDays: 1 }, world)
  await mine(last, settled + 180_000n, 1)
  await stop(last)
  expect(await hasSamples()).toBe(false)
})

test('a share that one endpoint refused before the fixing was closed is tried for again after it', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.rewardRefusal = 'RewardAlreadyPaid'
  const first = await run(settings, world)
  await mine(first, settled, 12, 1n)
  await stop(first)
  expect([await kept(), world.sent]).toEqual([[0, 1], []])
  world.rewardRefusal = undefined
  const node = await run(settings, world)
  await mine(node, settled + 10_000n, 1)
  await expect.poll(() => world.sent, SOON).toEqual(['reward 0'])
})

test('what attests a settled fixing is asked for a day by an endpoint that has dropped it, not at every block', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isUnread = true
  const first = await run(settings, world)
  await mine(first, settled, 12)
  await expect.poll(async () => (await status(first)).fixings, SOON).toHaveLength(1)
  expect(world.attestationsAsked).toBeGreaterThan(1)
  expect(world.attestationsAsked).toBeLessThan(8)
  await stop(first)
  expect(await kept()).toEqual([1, 0])
  const second = await run(settings, world)
  await mine(second, settled + 86_400n, 12)
  await mine(second, settled + 3n * 86_400n, 12)
  const journal = await (await fetch(`http://127.0.0.1:${second.httpPort}/journal`)).text()
  expect(journal).toContain('What attests it cannot be read')
  expect(journal).toContain('A share may be left')
  await stop(second)
  expect([await kept(), world.sent]).toEqual([[0, 0], []])
})

test('a settled fixing that could not be read at first closes with what is due of it', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isUnread = true
  const node = await run(settings, world)
  await mine(node, settled, 12)
  world.isUnread = false
  world.isGasDear = true
  await mine(node, settled + 1_000n, 12)
  await stop(node)
  expect(await kept()).toEqual([0, 1])
})

test('what was once seen to be due is kept, however long after it cannot be read again', async () => {
  const { world, settings, settled, mine, kept } = await settledScene()
  world.isGasDear = true
  const node = await run(settings, world)
  await mine(node, settled, 1)
  await expect.poll(() => world.attestationsAsked, SOON).toBeGreaterThan(0)
  world.isUnread = true
  await mine(node, settled + 2n * 86_400n, 12)
  await mine(node, settled + 4n * 86_400n, 12)
  await stop(node)
  expect(await kept()).toEqual([0, 1])
})

test('what cannot be read of an attestation keeps no stake from being claimed', async () => {
  const { world, configOf: config } = await scene(1)
  const leader = 2_500_250n * 10n ** 15n
  world.facts = { round: 2, bond: WAD, leader, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: leader, stake: WAD }]
  const pot = { name: 'contributed', kind: 'stake', round: 1, value: 3n, taken: WAD, filled: WAD } as const
  world.events.push({ ...pot, block: 1n, id: FIXING_ID, from: reporterKey(0).address })
  world.isUnread = true
  await run(await config(0), world)
  world.mine(MATURITY + 1n)
  await expect.poll(() => world.sent, SOON).toEqual(['claim 3'])
  expect(world.attestationsAsked).toBe(1)
})

test.each<[string, boolean, readonly string[]]>([
  ['was handed on keeps no fixing open', true, []],
  ['an endpoint did not know of for long is claimed before the fixing is closed', false, ['claim 3']],
])('a receipt that %s', async (_what, isGone, sent) => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 2, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const pot = { name: 'contributed', kind: 'stake', round: 1, value: 3n, taken: WAD, filled: WAD } as const
  world.events.push({ ...pot, block: 1n, id: FIXING_ID, from: reporterKey(0).address })
  world.isHandedOn = true
  const settings = { ...(await config(0)), confirmations: 6 }
  const node = await run(settings, world)
  // The oftener it was refused, the longer it is left alone.
  for (let i = 1; i <= 12; i += 1) {
    world.mine(i === 12 ? deadline : MATURITY + 1_000n * BigInt(i))
    await expect.poll(() => world.claims, SOON).toBe(i)
  }
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  world.isHandedOn = isGone
  for (let i = 1n; i <= 30n; i += 1n) {
    world.mine(deadline + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  await stop(node)
  expect(world.sent).toEqual(sent)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
})

test('what an endpoint kept back of its own stake a node claims all the same, before the fixing is closed', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  world.facts = { round: 1, bond: WAD, leader: 3_000n * WAD, deadline: MATURITY + 86_400n }
  world.candidates = [{ value: 3_000n * WAD, stake: WAD }]
  const settings = { ...(await config(0)), confirmations: 2 }
  const first = await run(settings, world)
  world.mine(MATURITY + 1n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
  await stop(first)
  // No event tells of it, nor that its pot filled.
  expect(world.events.map(({ name }) => name)).toEqual(['created'])
  const deadline = MATURITY + 2n * 86_400n
  world.facts = { round: 2, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const node = await run(settings, world)
  for (let i = 0n; i < 12n; i += 1n) {
    world.mine(deadline + i)
    await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  }
  await stop(node)
  expect([world.sent, world.claims]).toEqual([[`stake ${truth}`, `claim ${truth}`], 1])
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
})

test('a fixing that is settled and done with is looked at again when the log is not the same, until it cannot be', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const node = await run(await config(0), world)
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  world.mine(deadline)
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  for (let i = 1n; i < 60n; i += 1n) world.mine(deadline + i)
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  // Those blocks are undone: in others the proposal was a lie, and came later.
  const lie = 3_000n * WAD
  const from = keyOf('mallory').address
  world.events.push({ name: 'proposed', block: 3n, id: FIXING_ID, from, value: lie, bond: WAD })
  world.facts = { round: 1, bond: WAD, leader: lie, deadline: deadline + 86_400n }
  world.candidates = [{ value: lie, stake: WAD }]
  world.mine(deadline + 60n)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
})

test('a fixing that was closed is looked at again when the blocks are undone that it was closed on', async () => {
  const { world, configOf: config } = await scene(1)
  const truth = 2_500_250n * 10n ** 15n
  const deadline = MATURITY + 86_400n
  world.facts = { round: 1, bond: WAD, leader: truth, deadline }
  world.candidates = [{ value: truth, stake: WAD }]
  const settings = { ...(await config(0)), confirmations: 2 }
  const node = await run(settings, world)
  const seen = async (): Promise<void> =>
    expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  world.mine(MATURITY + 1n)
  await expect.poll(async () => (await fixingOf(node))?.report?.signers, SOON).toEqual([0])
  const { number } = world.head
  for (let i = 0n; i < 8n; i += 1n) {
    world.mine(deadline + i)
    await seen()
  }
  await expect.poll(async () => (await fixingOf(node))?.phase, SOON).toBe('settled')
  await stop(node)
  const store = await openStore(settings.dataDir)
  expect(await store.fixings.open()).toEqual([])
  await store.close()
  // It is off; in other blocks the proposal was a lie, and came later.
  const lie = 3_000n * WAD
  world.undo(number)
  world.facts = { round: 1, bond: WAD, leader: lie, deadline: deadline + 86_400n }
  world.candidates = [{ value: lie, stake: WAD }]
  for (let i = 0n; i < 12n; i += 1n) world.mine(deadline + 5n * i)
  const again = await run(settings, world)
  await expect.poll(() => world.sent, SOON).toEqual([`stake ${truth}`])
  const journal = await (await fetch(`http://127.0.0.1:${again.httpPort}/journal`)).text()
  expect(journal).toContain('"stage":"watch","action":"undone"')
  await stop(again)
  const reopened = await openStore(settings.dataDir)
  expect((await reopened.fixings.open()).map(({ id }) => id)).toEqual([FIXING_ID])
  await reopened.close()
})

test('survives a dead chain: not ready, not gone, and back by itself', async () => {
  const { world, configOf: config } = await scene(1)
  const node = await run(await config(0), world)
  const readiness = async (): Promise<number> => (await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)).status
  await expect.poll(readiness, SOON).toBe(200)
  world.isDead = true
  await expect.poll(readiness, SOON).toBe(503)
  expect((await fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).status).toBe(200)
  world.isDead = false
  world.mine(MATURITY)
  await expect.poll(readiness, SOON).toBe(200)
  await expect.poll(async () => (await fixingOf(node))?.observations, SOON).toBe(1)
})

test('refuses a second node on the same store, and leaves nothing of it behind', async () => {
  const { world, configOf: config } = await scene(1)
  const settings = await config(0)
  const node = await run(settings, world)
  await expect(run(settings, world)).rejects.toMatchObject({ name: 'Store.StoreLockedError' })
  expect((await fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).status).toBe(200)
  await stop(node)
  await run(settings, world)
})

test('stops when its signal aborts, also twice', async () => {
  const { world, configOf: config } = await scene(1)
  const controller = new AbortController()
  const node = await startNode(await config(0), {
    log: SILENT,
    signal: controller.signal,
    openChain: async (key) => world.as(key?.address),
  })
  controller.abort()
  await node.stopped
  await node.stop()
  await expect(fetch(`http://127.0.0.1:${node.httpPort}/healthz`)).rejects.toThrow('fetch failed')
})

test('is not ready alone, or among strangers alone, while the registry names other reporters', async () => {
  const { world, configOf: config } = await scene(2)
  const { peerId } = await networkIdentity()
  world.panel = { ...world.panel, reporters: world.panel.reporters.map((one) => ({ ...one, peerId })) }
  const [node, stranger] = [await run(await config(0), world), await run(await config(1), world)]
  const problems = async (): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)
    return ((await response.json()) as { readonly problems: unknown }).problems
  }
  await expect.poll(async () => (await status(node)).block, SOON).toBe(world.head.number.toString())
  const alone = 'name one in bootstrap, and open the port of listen.'
  expect(await problems()).toEqual([`No peer is connected, and 1 other reporters are registered: ${alone}`])
  await introduce(node, stranger)
  await expect
    .poll(problems, SOON)
    .toEqual(['None of 1 peers is a reporter, of 1 that are registered: name one in bootstrap.'])
})
