import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { appeal, claim, contribute } from '#client/oracle-writer.ts'
import { wethBalance, wrap } from '#client/weth.ts'
import { formatValue } from '#protocol/decimal.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'
import { startProxy } from './rpc-proxy.ts'

let court: Court
let people = 0

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

/** Somebody new, with so much ETH and nothing else. */
function somebody(wei = ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`disputer ${people}`, wei)
}

function held(disputer: Disputer): Promise<bigint> {
  return wethBalance(disputer.chain, court.stage.deployments.weth, disputer.account.address)
}

function balance({ chain, account }: Disputer): Promise<bigint> {
  return chain.publicClient.getBalance({ address: account.address })
}

describe('assize contribute', () => {
  test('takes somebody from ETH to leading in one step, and what it promised is what the claim pays', async () => {
    const { oracle, weth } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const { exitCode, out, err } = await ann.run(['contribute', id, '2500.10', 'rest'], typing('y'))
    expect(err.split('\n').at(-1)).toMatch(/^contribute 0\.2 ETH for 2500\.1: in block /)
    expect(exitCode).toBe(0)
    const lines = withoutChance(out, { ID: id }).split('\n')
    expect(lines[0]).toMatch(/^value {5}2500\.1 for fixing ID, round 1, until TIME \(in .*\)$/)
    expect(lines).toContain('stake     0.2 ETH of 0.2 ETH that the pot still needs: 2500.1 then leads instead of 3000')
    expect(lines).toContain('  2500.1 leads for 2 d, undisputed  0.28 ETH            +0.08 ETH (+40.0 %)')
    expect(lines).toContain('  2500.1 is disputed, and wins      at least 0.28 ETH   +0.08 ETH (+40.0 %)')
    expect(lines).toContain('  another value wins                0 ETH               -0.2 ETH (-100.0 %)')
    expect(lines.join('\n')).not.toContain('does not fill')
    expect(lines).toContain('steps     wrap 0.2 ETH; let the oracle take 0.2 WETH; contribute 0.2 ETH for 2500.1')
    expect(lines.at(-1)).toBe('Afterwards: assize claim ID --unwrap')

    const { facts, candidates } = await readFixing(ann.chain, oracle, fixing)
    expect({ facts, candidates }).toMatchObject({
      facts: { leader: TRUE, round: 2 },
      candidates: [
        { value: FALSE, stake: BOND },
        { value: TRUE, stake: 2n * BOND },
      ],
    })
    expect(await held(ann)).toBe(0n)
    await court.stage.embedded.mineAt(facts.deadline)
    const { paid } = await claim(ann.chain, oracle, fixing, { kind: 'stake', round: 1, value: TRUE })
    expect(paid).toBe((28n * ETHER) / 100n)
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe((28n * ETHER) / 100n)
  })

  test('warns in the question, and in the document, of a value whose decimal point is forgotten', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, TRUE)
    const warning = '250010 is 100 times 2500.1, the nearest candidate: is its decimal point where it belongs?'
    const asked: string[] = []
    const ask = (question: string): Promise<string> => (asked.push(question), Promise.resolve('n'))
    const { exitCode, out } = await ann.run(['contribute', id, '250010', '0.1eth'], {
      terminal: { ask, askSecret: ask },
    })
    expect(exitCode).toBe(130)
    expect(asked).toEqual([`WARNING: ${warning} Stake 0.1 ETH on 250010? [y/N] `])
    expect(out.split('\n')).toContain(`WARNING: ${warning}`)
    const warnings = async (value: string): Promise<unknown> =>
      JSON.parse((await ann.run(['contribute', id, value, '0.1eth', '--dry-run', '--json'])).out).warnings
    expect(await warnings('250010')).toEqual([warning])
    expect(await warnings('3000')).toEqual([])
    // It is not refused.
    expect(await ann.run(['contribute', id, '250010', '0.1eth', '--yes'])).toMatchObject({ exitCode: 0 })
  })

  test('joins a pot that others have begun, says how much is missing, and caps what is too much', async () => {
    const { oracle } = court.stage.deployments
    const [ann, ben] = [await somebody(), await somebody()]
    const { fixing, id } = await court.fixing({}, FALSE)
    const part = await ann.run(['contribute', id, '2500.1', '0.05 eth', '--yes'])
    expect(part.exitCode).toBe(0)
    expect(withoutChance(part.out, { ID: id }).split('\n').slice(-6)).toEqual([
      'Staked 0.05 ETH on 2500.1.',
      expect.stringMatching(/^The pot holds 0\.05 ETH of 0\.2 ETH; it must fill before TIME \(in .*\)\.$/),
      'Anyone can add: assize contribute ID 2500.1 rest',
      'If it does not fill, your stake comes back whole, by the claim.',
      'Look again: assize fixing show ID',
      'Afterwards: assize claim ID --unwrap',
    ])
    expect(part.out).toContain('  the pot does not fill in time     0.05 ETH            0 ETH')
    const rest = await ben.run(['contribute', id, '2500.1', '0.5eth', '--yes', '--json'])
    expect(rest.exitCode).toBe(0)
    expect(rest.err).toContain('capped    at what the pot still needs: 0.15 ETH of the 0.5 ETH')
    expect(JSON.parse(rest.out)).toMatchObject({
      version: 1,
      action: 'contribute',
      fixing: id,
      value: '2500.1',
      round: 1,
      amount: '150000000000000000',
      taken: '150000000000000000',
      isSent: true,
      steps: [{ call: 'deposit' }, { call: 'approve' }, { call: 'contribute' }],
    })
    expect(await readFixing(ben.chain, oracle, fixing)).toMatchObject({ facts: { leader: TRUE, round: 2 } })
    expect(await held(ben)).toBe(0n)
  })

  test('says what is left over when others fill part of the pot while the question stands', async () => {
    const { oracle } = court.stage.deployments
    const [ann, ben] = [await somebody(), await court.stage.as('ben')]
    const { fixing, id } = await court.fixing({}, FALSE)
    const meanwhile = (): Promise<unknown> => contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: BOND })
    const { exitCode, out } = await ann.run(['contribute', id, '2500.1', 'rest'], typing('y', meanwhile))
    expect(exitCode).toBe(0)
    expect(out).toContain(
      'Staked 0.1 ETH on 2500.1; others came first with the rest, and 0.1 ETH are in your account as WETH.\n2500.1 leads.',
    )
    expect(await held(ann)).toBe(BOND)
  })

  test('points to a pot for nearly the same value instead of opening another', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const other = TRUE + ETHER / 10n
    await contribute(await court.stage.as('ben'), oracle, fixing, { round: 1, value: other, amount: BOND })
    const { out } = await ann.run(['contribute', id, '2500.1', '0.1eth', '--dry-run'])
    expect(out).toContain(
      `others    collect for 2500.2 (0.1 ETH), nearly the same; pots do not add up: assize contribute ${id} 2500.2 AMOUNT`,
    )
  })

  test('does not cap an amount that can hardly be meant: wei without a unit, swapped arguments, more than --max', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const account = ['--dry-run', '--account', ann.account.address]
    const beyond = (got: string, text: string) =>
      `error: Expected at most 0.2 ETH, all that the pot still takes, got ${got} ETH: "${text}" is without a unit. ` +
      'The value comes before the amount. For all of it say "rest"; with its unit, such as 0.05eth or 50000000gwei, more is capped.'
    for (const how of [['--yes'], account]) {
      expect(await ann.run(['contribute', id, '2500.1', '50000000000000000', ...how])).toMatchObject({
        exitCode: 2,
        out: '',
        err: beyond('50000000000000000', '50000000000000000'),
      })
      expect(await ann.run(['contribute', id, '0.05', '2500.10', ...how])).toMatchObject({
        exitCode: 2,
        err: beyond('2500.1', '2500.10'),
      })
      expect(await ann.run(['contribute', id, '2500.1', '5eth', '--max', '1eth', ...how])).toMatchObject({
        exitCode: 2,
        err: 'error: Expected to spend at most 1 ETH, got 5 ETH. Raise --max, or stake less.',
      })
    }
    expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(0)
    const most = await ann.run(['contribute', id, '2500.1', '0.2', ...account])
    expect(most).toMatchObject({ exitCode: 0 })
    const capped = await ann.run(['contribute', id, '2500.1', '5eth', '--max', '5eth', ...account])
    expect(capped.out).toContain('capped    at what the pot still needs: 0.2 ETH of the 5 ETH')
  })

  test.each(['contribute', 'appeal'] as const)('%s says what of the account is in the pot already', async (kind) => {
    const { oracle } = court.stage.deployments
    const [ann, ben] = [await somebody(), await court.stage.as('ben')]
    const { fixing, id } = await court.fixing({}, FALSE)
    // An appeal is for a value that does not lead in a dispute.
    const value = kind === 'contribute' ? TRUE : FALSE
    if (kind === 'appeal') await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    const { facts } = await readFixing(ann.chain, oracle, fixing)
    const stakeOn = kind === 'contribute' ? contribute : appeal
    await stakeOn(ben, oracle, fixing, { round: facts.round, value, amount: BOND / 10n })
    const args = [kind, id, formatValue(value), '0.02eth', '--yes']
    const first = await ann.run(args)
    expect(first).toMatchObject({ exitCode: 0 })
    expect(first.out).not.toContain('own  ')
    const second = await ann.run(args)
    expect(second).toMatchObject({ exitCode: 0 })
    expect(second.out).toContain('\nown       0.02 ETH of the account are in this pot already\n')
  })

  test('uses WETH that is there, and an allowance that is there, before it wraps', async () => {
    const ann = await somebody()
    const { weth } = court.stage.deployments
    await wrap(ann.chain, weth, (15n * ETHER) / 100n)
    const { id } = await court.fixing({}, FALSE)
    const first = await ann.run(['contribute', id, '2500.1', '0.1eth', '--yes'])
    expect(first.out).toContain('steps     let the oracle take 0.1 WETH; contribute 0.1 ETH for 2500.1')
    expect(await held(ann)).toBe((5n * ETHER) / 100n)
    const second = await ann.run(['contribute', id, '2500.1', '0.1eth', '--yes'])
    expect(second.out).toContain('steps     wrap 0.05 ETH; let the oracle take 0.1 WETH; contribute 0.1 ETH for 2500.1')
    expect(await held(ann)).toBe(0n)
  })

  test('simulates without a key, and sends nothing', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, '2500.1', 'rest', '--dry-run', '--account', ann.account.address]
    const { exitCode, out } = await ann.run(args)
    expect(exitCode).toBe(0)
    expect(out.split('\n').at(-1)).toBe('Nothing was sent.')
    expect(await balance(ann)).toBe(ETHER)
  })

  test('works with an endpoint that cannot simulate several calls at once', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const asked: string[] = []
    const proxy = await startProxy(ann.env['ASSIZE_RPC_URL'] ?? '', (method) => {
      asked.push(method)
      return method === 'eth_simulateV1' ? 'the method does not exist' : undefined
    })
    const { exitCode } = await ann.run(['contribute', id, '2500.1', 'rest', '--yes', '--rpc', proxy.url])
    await proxy.close()
    expect(exitCode).toBe(0)
    expect(asked).toContain('eth_simulateV1')
  })

  test('says to hurry when little time is left, and that INVALID is a value like others', async () => {
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    const args = ['contribute', id, 'INVALID', '0.01eth', '--dry-run']
    const early = await ann.run(args)
    expect(early.exitCode).toBe(0)
    expect(early.out).toContain('INVALID leads for 2 d, undisputed  0.014 ETH')
    expect(early.out).not.toContain('hurry')
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, fixing)
    await court.stage.embedded.mineAt(facts.deadline - 119n)
    expect((await ann.run(args)).out).toContain('hurry     what comes after the deadline costs gas and stakes nothing')
  })

  test('says that gas eats the gain', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    const { out } = await ann.run(['contribute', id, '2500.1', '0.0001eth', '--dry-run'])
    expect(out).toMatch(/Gas eats the gain: about 0\.000\d+ ETH of gas to win 0\.00004 ETH\./)
  })
})

describe('assize appeal', () => {
  test('sends a fixing to the arbitrator, and what it promised is what the claim pays', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const [ben, mallory] = [await court.stage.as('ben'), await court.stage.as('mallory')]
    const { fixing, id } = await court.fixing({}, FALSE)
    await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    await contribute(mallory, oracle, fixing, { round: 2, value: FALSE, amount: ETHER })
    const { exitCode, out } = await ann.run(['appeal', id, '2500.1', 'rest', '--yes', '--json'])
    expect(exitCode).toBe(0)
    const document = JSON.parse(out)
    // A = 0.6, so a = ceil(0.6 / 9), and F = 0.04.
    expect(document).toMatchObject({ action: 'appeal', round: 3, taken: '106666666666666667' })
    expect(await readFixing(ann.chain, oracle, fixing)).toMatchObject({ phase: 'arbitration' })
    await court.rule(fixing, id, TRUE)
    const { paid } = await claim(ann.chain, oracle, fixing, { kind: 'appeal', round: 3, value: TRUE })
    const right = document.prospects.find(({ end }: { end: string }) => end === 'right')
    expect(right).toEqual({ end: 'right', paid: String(paid), isLeast: false })
  })

  test('promises what a ruling far from every candidate leaves', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    await contribute(await court.stage.as('ben'), oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    const { out } = await ann.run(['appeal', id, '3000', '0.01eth', '--yes', '--json'])
    const half = JSON.parse(out).prospects.find(({ end }: { end: string }) => end === 'noWinner')
    await appeal(await court.stage.as('mallory'), oracle, fixing, { round: 2, value: FALSE, amount: ETHER })
    await court.rule(fixing, id, 9_000n * ETHER)
    const { paid } = await claim(ann.chain, oracle, fixing, { kind: 'appeal', round: 2, value: FALSE })
    expect(half).toEqual({ end: 'noWinner', paid: String(paid), isLeast: false })
  })

  test('is what is left when no value can lead any more', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const [ben, mallory] = [await court.stage.as('ben'), await court.stage.as('mallory')]
    const { fixing, id } = await court.fixing({}, FALSE)
    for (const [round, chain, value] of [
      [1, ben, TRUE],
      [2, mallory, FALSE],
      [3, ben, TRUE],
    ] as const) {
      await contribute(chain, oracle, fixing, { round, value, amount: 9n * ETHER })
    }
    expect(await ann.run(['contribute', id, '3000', 'rest', '--yes'])).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected a round before 4, got round 4: no value can lead after this one. ' +
        `Instead: assize appeal ${id} 3000 rest`,
    })
    const shown = await ann.run(['fixing', 'show', id])
    expect(shown.out).not.toContain('assize contribute')
    expect(shown.out).toContain(`assize appeal ${id} 3000 rest`)
  })

  test('is refused before a dispute, with the command to use instead', async () => {
    const ann = await somebody()
    const { id } = await court.fixing({}, FALSE)
    expect(await ann.run(['appeal', id, '2500.1', '0.1 eth', '--yes'])).toMatchObject({
      exitCode: 1,
      err:
        'error: Expected a disputed proposal, got one that nobody disputed yet. ' +
        `Instead: assize contribute ${id} 2500.1 '0.1 eth'`,
    })
  })
})
