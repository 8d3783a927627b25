import { expect, test } from 'vitest'
import type { Config } from '#node/config'
import { openStore } from '#node/store'
import { DeadRpcError } from '#client/chain.ts'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { haltStaking, resumeStaking } from '../../../node/ground/halt.ts'
import { UNTOLD_MEANS } from '../../../node/stake.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { FIXING, FIXING_ID, MATURITY, WAD } from '../reporters.ts'
import { configOf, fixingOf, JOURNAL, run, scene, SOON, status, stop } from './scene.ts'

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

const BOND = FIXING.minBond
const DEAR = `The bond of ${BOND} wei is above what policy and balance allow.`
test.each([
  ['policy.max_bond_wei', { maxBondWei: BOND }, { maxBondWei: BOND - 1n }, DEAR],
  ['policy.per_fixing_wei', { perFixingWei: BOND }, { perFixingWei: BOND - 1n }, DEAR],
  [
    'half of policy.total_wei',
    { totalWei: 2n * BOND },
    { totalWei: 2n * BOND - 1n },
    `The bond of ${BOND} wei is more than policy.total_wei leaves for all fixings together, ${BOND - 1n} wei.`,
  ],
])('proposes for a bond of as much as %s, and for none of a wei more', async (_, enough, less, reason) => {
  const { world, configOf: config } = await scene(1)
  const settings = await config(0)
  const limited = (limit: Partial<Config['policy']>): Config => ({
    ...settings,
    policy: { ...settings.policy, ...limit },
  })
  const node = await run(limited(less), world)
  world.mine(MATURITY + 1n)
  const said = async (): Promise<string> => (await fixingOf(node))?.lastDecision?.reason ?? ''
  await expect.poll(async () => world.sent.length > 0 || (await said()).startsWith('The bond'), SOON).toBe(true)
  expect([world.sent, await said()]).toEqual([[], reason])
  await stop(node)
  await run(limited(enough), world)
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
