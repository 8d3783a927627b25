import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, propose } from '#client/oracle-writer.ts'
import { wethBalance } from '#client/weth.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'

let court: Court
let people = 0

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

function somebody(wei = 2n * ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`claimant ${people}`, wei)
}

/** A fixing that Ann contributed 0.2 to in full and 0.01 to a pot that never filled, at its deadline. */
async function wonBy(ann: Disputer): Promise<`0x${string}`> {
  const { fixing, id } = await court.fixing({}, FALSE)
  await ann.run(['contribute', id, '2600', '0.01eth', '--yes'])
  expect((await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])).exitCode).toBe(0)
  const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, fixing)
  await court.stage.embedded.mineAt(facts.deadline)
  return id
}

describe('assize claim', () => {
  test('claims every receipt of a fixing that pays, as ETH if wanted', async () => {
    const { weth } = court.stage.deployments
    const ann = await somebody()
    const id = await wonBy(ann)
    const before = await ann.chain.publicClient.getBalance({ address: ann.account.address })
    const { exitCode, out } = await ann.run(['claim', id, '--unwrap'], typing('y'))
    expect(exitCode).toBe(0)
    const lines = withoutChance(out, { ID: id }).split('\n')
    expect(lines).toContain('ID  stake on 2600, round 1    0.01 ETH  pays 0.01 ETH')
    expect(lines).toContain('ID  stake on 2500.1, round 1  0.2 ETH   pays 0.28 ETH')
    expect(lines).toContain('total     0.29 ETH')
    expect(lines.at(-1)).toBe('Claimed 0.29 ETH.')
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)
    const gained = (await ann.chain.publicClient.getBalance({ address: ann.account.address })) - before
    expect(gained > (28n * ETHER) / 100n && gained < (29n * ETHER) / 100n).toBe(true)
    const again = await ann.run(['claim', id, '--yes'])
    expect(again).toMatchObject({
      exitCode: 0,
      out: `${ann.account.address} holds no receipts there: nothing to claim.`,
    })
  })

  test('claims what it can of all fixings, and says why it skips the rest', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const won = await wonBy(ann)
    // Unsettled, with a live pot; and lost, with the proposal overtaken.
    const live = await court.fixing({}, FALSE)
    await ann.run(['contribute', live.id, '2500.1', '0.05eth', '--yes'])
    const lost = await court.fixing({ window: 600 })
    await ann.run(['propose', lost.id, '2400', '--yes'])
    await contribute(await court.stage.as('ben'), oracle, lost.fixing, { round: 1, value: TRUE, amount: ETHER })
    const { facts } = await readFixing(ann.chain, oracle, lost.fixing)
    await court.stage.embedded.mineAt(facts.deadline)

    const { exitCode, out } = await ann.run(['claim', '--all', '--yes', '--json'])
    expect(exitCode).toBe(0)
    const document = JSON.parse(out)
    expect(document).toMatchObject({
      version: 1,
      action: 'claim',
      account: ann.account.address,
      claims: [
        { fixing: won, kind: 'stake', round: 1, value: '2600', pays: String(ETHER / 100n) },
        { fixing: won, kind: 'stake', round: 1, value: '2500.1', pays: String((28n * ETHER) / 100n) },
      ],
      skipped: [
        { fixing: live.id, value: '2500.1', amount: String(BOND / 2n), reason: 'PotLive' },
        { fixing: lost.id, kind: 'stake', round: 0, value: '2400', amount: String(BOND), reason: 'Lost' },
      ],
      paid: String((29n * ETHER) / 100n),
      isSent: true,
    })
  })

  test('exits 8 while nothing is due yet, and sends nothing', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    const sent = await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })
    const { exitCode, out } = await ann.run(['claim', id, '--yes'])
    expect(exitCode).toBe(8)
    expect(withoutChance(out, { ID: id }).split('\n')).toEqual([
      'ID  stake on 2500.1, round 1  0.2 ETH  skipped: not settled yet',
      'Nothing pays now.',
    ])
    expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(sent)
  })

  test('wants a fixing or --all, and not both', async () => {
    const ann = await somebody()
    const hint = 'Name the one whose receipts to claim, or say --all.'
    const message = (got: string): string => `error: Expected a fixing or --all, got ${got}. ${hint}`
    expect(await ann.run(['claim'])).toMatchObject({ exitCode: 2, err: message('neither') })
    const id = `0x${'ab'.repeat(32)}`
    expect(await ann.run(['claim', id, '--all'])).toMatchObject({ exitCode: 2, err: message('both') })
  })
})

test('assize fund adds to the reward, and gives back to the claim what it did not use', async () => {
  const { oracle } = court.stage.deployments
  const ann = await somebody()
  const maturity = (await ann.chain.publicClient.getBlock()).timestamp
  const { fixing, id } = await court.fixing({ maturity })
  const { exitCode, out } = await ann.run(['fund', id, '0.5 eth', '--yes'])
  expect(exitCode).toBe(0)
  expect(out).toContain('steps     wrap 0.5 ETH; let the oracle take 0.5 WETH; fund 0.5 ETH')
  await propose(await court.stage.as('bob'), oracle, fixing, { value: TRUE, maxBond: ETHER })
  const { facts } = await readFixing(ann.chain, oracle, fixing)
  await court.stage.embedded.mineAt(facts.deadline)
  // Within the ramp of 6 h from the maturity, the proposal earned only a part.
  const elapsed = facts.deadline - BigInt(fixing.firstWindow) - maturity
  const used = ((ETHER / 2n) * elapsed) / 21_600n
  const claimed = await ann.run(['claim', id, '--yes', '--json'])
  expect(JSON.parse(claimed.out)).toMatchObject({ paid: String(ETHER / 2n - used), isSent: true })
  expect(await ann.run(['fund', id, '0.1eth', '--yes'])).toMatchObject({ exitCode: 1 })
})

test('assize request pays the fee for a ruling, once the grace is over', async () => {
  const { oracle } = court.stage.deployments
  const ann = await somebody()
  const now = (await ann.chain.publicClient.getBlock()).timestamp
  const { fixing, id } = await court.fixing({ maturity: now })
  const early = await ann.run(['request', id, '--yes'])
  expect(early.exitCode).toBe(1)
  expect(withoutChance(early.err, { ID: id })).toMatch(
    /^error: Expected the proposal grace to be over, got its end at TIME \(in .*\)\. Propose instead: assize propose ID VALUE$/,
  )
  await court.stage.embedded.mineAt(now + BigInt(fixing.proposalGrace))
  const { exitCode, out } = await ann.run(['request', id], typing('y'))
  expect(exitCode).toBe(0)
  expect(out).toContain('  the arbitrator rules  0 ETH       -0.04 ETH (-100.0 %)')
  expect(await readFixing(ann.chain, oracle, fixing)).toMatchObject({ phase: 'arbitration' })
  expect((await ann.run(['request', id, '--yes'])).exitCode).toBe(1)
})

test('assize collect sends the sink its share once', async () => {
  const ann = await somebody()
  const open = await court.fixing({}, FALSE)
  expect(await ann.run(['collect', open.id, '--yes'])).toMatchObject({
    exitCode: 1,
    err: `error: Expected a settled fixing, got one that is active. When it settles: assize fixing show ${open.id}`,
  })
  const id = await wonBy(ann)
  const { exitCode, out } = await ann.run(['collect', id, '--yes'])
  expect(exitCode).toBe(0)
  // 20 % of the 0.1 that lost.
  expect(out.split('\n').at(-1)).toBe('The sink received 0.02 ETH.')
  expect(await ann.run(['collect', id, '--yes'])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('Nothing to do.'),
  })
})

test('assize fixing without more says what it can do, exit 2', async () => {
  const ann = await somebody(0n)
  const { exitCode, err } = await ann.run(['fixing'])
  expect(exitCode).toBe(2)
  expect(err).toContain('create')
  expect(err.split('\n').at(-1)).toBe('error: Expected a command, got none. Run assize fixing --help.')
})
