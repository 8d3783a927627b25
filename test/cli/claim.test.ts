import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, propose } from '#client/oracle-writer.ts'
import { wethBalance, wrap } from '#client/weth.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'
import { startProxy } from './rpc-proxy.ts'

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

  test('makes ETH of what was claimed as WETH, by the command that it names', async () => {
    const { weth } = court.stage.deployments
    const ann = await somebody()
    const id = await wonBy(ann)
    const { address } = ann.account
    const left = `${address} holds 0.29 WETH. To have it as ETH: assize claim ${id} --unwrap`
    const claimed = await ann.run(['claim', id, '--yes'])
    expect(claimed.out.split('\n').slice(-2)).toEqual(['Claimed 0.29 ETH (as WETH).', left])
    expect((await ann.run(['claim', id, '--yes'])).out).toBe(
      `${address} holds no receipts there: nothing to claim.\n${left}`,
    )
    const words = left.split(': assize ')[1]?.split(' ') ?? []
    expect(await ann.run(words)).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected --yes') })
    expect(await ann.run(words, typing('n'))).toMatchObject({ exitCode: 130 })
    const simulated = await ann.run([...words, '--dry-run', '--json'])
    const unwrap = { amount: String((29n * ETHER) / 100n), transaction: null }
    expect(JSON.parse(simulated.out)).toMatchObject({ claims: [], paid: '0', unwrap, isSent: false })
    expect(await wethBalance(ann.chain, weth, address)).toBe((29n * ETHER) / 100n)
    const { exitCode, out } = await ann.run(words, typing('y'))
    expect(exitCode).toBe(0)
    expect(out.split('\n')).toEqual([
      `unwrap    0.29 WETH, all that ${address} holds`,
      'steps     unwrap 0.29 ETH',
      expect.stringMatching(/^gas /),
      'Unwrapped 0.29 ETH.',
    ])
    expect(await wethBalance(ann.chain, weth, address)).toBe(0n)
  })

  test('names for WETH beside what is not due yet the command that makes ETH of it, since that for the one fixing waits', async () => {
    const { weth } = court.stage.deployments
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    await wrap(ann.chain, weth, ETHER / 5n)
    const left = `${ann.account.address} holds 0.2 WETH. To have it as ETH: assize claim --all --unwrap`
    const { exitCode, out } = await ann.run(['claim', id, '--unwrap', '--yes'])
    expect(exitCode).toBe(8)
    expect(out.split('\n').slice(-2)).toEqual(['Nothing pays now.', left])
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER / 5n)
    await ann.run([...(left.split(': assize ')[1]?.split(' ') ?? []), '--yes'])
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)
  })

  test('says where the WETH is if it is interrupted before it is unwrapped', async () => {
    const ann = await somebody()
    const id = await wonBy(ann)
    const interruption = new AbortController()
    let sent = 0
    const proxy = await startProxy(court.stage.embedded.rpcUrl, (method) => {
      if (method === 'eth_sendRawTransaction') sent += 1
      if (sent === 2) interruption.abort()
      return undefined
    })
    const args = ['claim', id, '--unwrap', '--yes', '--rpc', proxy.url]
    const { exitCode, err } = await ann.run(args, { signal: interruption.signal })
    await proxy.close()
    expect(exitCode).toBe(130)
    expect(err).toContain(
      `Not done: unwrap 0.29 ETH. What was paid is in ${ann.account.address} as WETH; ` +
        `once nothing pays any more assize claim --all --unwrap --rpc ${proxy.url} makes ETH of it.`,
    )
    expect((await ann.run(['claim', '--all', '--unwrap', '--yes'])).out).toContain('Unwrapped 0.29 ETH.')
  })

  test('makes ETH of what contribute had wrapped, while nothing is due yet', async () => {
    const ann = await somebody()
    const { weth } = court.stage.deployments
    const { id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    await wrap(ann.chain, weth, ETHER / 5n)
    // Of one fixing it is repeated until it pays, and takes nothing from what is held for others.
    expect((await ann.run(['claim', id, '--unwrap', '--yes'])).exitCode).toBe(8)
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER / 5n)
    const { exitCode, out } = await ann.run(['claim', '--all', '--unwrap', '--yes', '--json'])
    expect(exitCode).toBe(8)
    expect(JSON.parse(out)).toMatchObject({
      claims: [],
      skipped: [{ fixing: id }],
      unwrap: { amount: String(ETHER / 5n), transaction: expect.stringMatching(/^0x[0-9a-f]{64}$/) },
      isSent: true,
    })
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)
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
