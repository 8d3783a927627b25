import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hex } from 'viem'
import { readFixing } from '#client/oracle-reader.ts'
import { attest } from '#client/cosigned-report.ts'
import { register } from '#client/registration.ts'
import { publishRoster } from '#client/roster.ts'
import { readReward } from '#client/rewards.ts'
import { wethBalance } from '#client/weth.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { ATTESTED, cosigned, RECRUITS } from '../client/cosigned.ts'
import { type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'

let court: Court
let ann: Disputer

beforeAll(async () => {
  court = await openCourt(async (stage) => {
    const owner = await stage.as('owner')
    for (const recruit of RECRUITS) await register(owner, stage.deployments.registry, recruit)
  })
  await publishRoster(await court.stage.as('owner'), court.stage.deployments.registry, MATURITY)
  const person = await court.disputer('funder', 3n * ETHER)
  const env = { ...person.env, ASSIZE_REGISTRY: court.stage.deployments.registry }
  ann = { ...person, env, run: (args, world = {}) => person.run(args, { env, ...world }) }
})
afterAll(() => court.close())

const rewardOf = (id: Hex): Promise<bigint> => readReward(ann.chain, court.stage.deployments.registry, id)

test('the reporters are funded in ETH, and what none of them earned comes back', async () => {
  const { oracle, weth } = court.stage.deployments
  const { fixing, id } = await court.fixing({}, TRUE)
  const dry = await ann.run(['reporters', 'fund', id, '0.5eth', '--dry-run'])
  expect(dry.exitCode).toBe(0)
  expect(await rewardOf(id)).toBe(0n)
  const said = await ann.run(['reporters', 'fund', id, '0.5eth'], typing('n'))
  expect(said.exitCode).toBe(130)
  const funded = await ann.run(['reporters', 'fund', id, '0.5eth', '--yes', '--max', '0.6eth'])
  expect(funded.exitCode).toBe(0)
  const lines = withoutChance(funded.out, { ID: id }).split('\n')
  expect(lines.filter((line) => !line.startsWith('gas '))).toEqual([
    'reward    0 ETH for the reporters of fixing ID, 0.5 ETH then',
    'used      in equal shares, if a quorum attests a value and the settlement is within its band of it',
    'back      all of it otherwise, to whoever put it in, after the settlement',
    'steps     wrap 0.5 ETH; let the registry take 0.5 WETH; fund 0.5 ETH',
    'Funded. If nobody earns it: assize reporters refund ID',
  ])
  expect(await rewardOf(id)).toBe(ETHER / 2n)
  const early = await ann.run(['reporters', 'refund', id, '--yes'])
  expect(early).toMatchObject({
    exitCode: 1,
    err: `error: Expected a settled fixing, got one that is active: its reward can still be earned. When it settles: assize fixing show ${id}`,
  })

  const { facts } = await readFixing(ann.chain, oracle, fixing)
  await court.stage.embedded.mineAt(facts.deadline)
  const late = await ann.run(['reporters', 'fund', id, '0.5eth', '--yes'])
  expect(late).toMatchObject({ exitCode: 1, err: expect.stringContaining('got one settled at 2500.1') })
  const stranger = await court.disputer('stranger', ETHER)
  const nothing = await stranger.run(['reporters', 'refund', id, '--yes'], { env: { ...ann.env, ...stranger.env } })
  expect(nothing).toMatchObject({ exitCode: 1, err: expect.stringContaining('NothingFunded') })
  const before = await wethBalance(ann.chain, weth, ann.account.address)
  const back = await ann.run(['reporters', 'refund', id, '--yes', '--json'])
  expect(JSON.parse(back.out)).toMatchObject({ action: 'reporters refund', fixing: id, isSent: true })
  expect((await wethBalance(ann.chain, weth, ann.account.address)) - before).toBe(ETHER / 2n)
})

test.each([
  { settled: ATTESTED, ends: { exitCode: 1, err: expect.stringContaining('RewardEarned') }, back: 0n },
  { settled: FALSE, ends: { exitCode: 0 }, back: ETHER / 2n },
])('a reward that was attested for comes back where the settlement is another: $settled', async (row) => {
  const { oracle, registry, weth } = court.stage.deployments
  const { fixing, id } = await court.fixing({}, row.settled)
  expect(await ann.run(['reporters', 'fund', id, '0.5eth', '--yes'])).toMatchObject({ exitCode: 0 })
  await attest(ann.chain, registry, fixing, await cosigned(ann.chain, court.stage, fixing))
  const { facts } = await readFixing(ann.chain, oracle, fixing)
  await court.stage.embedded.mineAt(facts.deadline)
  const before = await wethBalance(ann.chain, weth, ann.account.address)
  expect(await ann.run(['reporters', 'refund', id, '--yes'])).toMatchObject(row.ends)
  expect((await wethBalance(ann.chain, weth, ann.account.address)) - before).toBe(row.back)
})

test('nothing is given beyond --max, of nothing, or to what is no registry', async () => {
  const { id } = await court.fixing()
  const dear = await ann.run(['reporters', 'fund', id, '0.5eth', '--yes', '--max', '0.5eth'])
  expect(dear).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected to spend at most 0.5 ETH') })
  const zero = await ann.run(['reporters', 'fund', id, '0eth', '--yes'])
  expect(zero).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected an amount above zero, got 0.') })
  const wrong = await ann.run(['reporters', 'fund', id, '0.5eth', '--yes', '--registry', court.stage.deployments.weth])
  expect(wrong).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected a ReporterRegistry at') })
  expect(await rewardOf(id)).toBe(0n)
})
