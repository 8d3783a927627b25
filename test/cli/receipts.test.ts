import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { claim, contribute } from '#client/oracle-writer.ts'
import { accountOf, ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, withoutChance } from './disputer.ts'

let court: Court
let people = 0

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

function somebody(wei = 2n * ETHER): Promise<Disputer> {
  people += 1
  return court.disputer(`holder ${people}`, wei)
}

type Listed = { readonly kind: string; readonly value: string; readonly ifRight: string | null }

async function listed(holder: Disputer, id: string): Promise<(Listed & Record<string, unknown>)[]> {
  const { out } = await holder.run(['receipts', id, '--json'])
  return JSON.parse(out).receipts
}

describe('assize receipts', () => {
  test('says what stake pays if it wins, and a claim pays that', async () => {
    const ann = await somebody()
    const { fixing, id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2600', '0.01eth', '--yes'])
    await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    const { exitCode, out } = await ann.run(['receipts'])
    expect(exitCode).toBe(0)
    expect(withoutChance(out, { ID: id }).split('\n')).toEqual([
      'ID  stake on 2600, round 1    0.01 ETH  pays 0.01 ETH',
      // Stakes of 0.2 and 0.1 return 40 % and 160 %: 1/1.4 against 1/2.6.
      'ID  stake on 2500.1, round 1  0.2 ETH   not settled yet; at least 0.28 ETH if it wins (odds 65.0 %)',
      'Take what pays: assize claim --all --unwrap',
      'Hand one on: assize receipts transfer ID ADDRESS',
    ])
    const promised = (await listed(ann, id)).find(({ value }) => value === '2500.1')
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, fixing)
    await court.stage.embedded.mineAt(facts.deadline)
    expect(await listed(ann, id)).toMatchObject([{}, { pays: promised?.ifRight, ifRight: null, oddsPpm: null }])
  })

  test('promises before the arbitrator exactly what it pays, to stake and to the appeal', async () => {
    const { oracle } = court.stage.deployments
    const ann = await somebody()
    const [ben, mallory] = [await court.stage.as('ben'), await court.stage.as('mallory')]
    const { fixing, id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2500.1', '0.05eth', '--yes'])
    await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: ETHER })
    await contribute(mallory, oracle, fixing, { round: 2, value: FALSE, amount: ETHER })
    await ann.run(['appeal', id, '2500.1', '0.03eth', '--yes'])
    const before = await listed(ann, id)
    expect(before).toMatchObject([
      { kind: 'stake', isLeast: true },
      { kind: 'appeal', isLeast: false },
    ])
    await (await court.disputer('rest', ETHER)).run(['appeal', id, '2500.1', 'rest', '--yes'])
    const due = await listed(ann, id)
    // What an appeal was promised does not change; stake was promised the least.
    expect(due[1]?.ifRight).toBe(before[1]?.ifRight)
    expect(BigInt(due[0]?.ifRight ?? 0)).toBeGreaterThanOrEqual(BigInt(before[0]?.ifRight ?? 0))
    await court.rule(fixing, id, TRUE)
    const stake = await claim(ann.chain, oracle, fixing, { kind: 'stake', round: 1, value: TRUE })
    const appealed = await claim(ann.chain, oracle, fixing, { kind: 'appeal', round: 3, value: TRUE })
    expect(due.map(({ ifRight }) => ifRight)).toEqual([String(stake.paid), String(appealed.paid)])
  })

  test('wants to know whose, and says when there are none', async () => {
    const ann = await somebody(0n)
    const nobody = await ann.run(['receipts', '--account', accountOf('nobody').address])
    expect(nobody).toMatchObject({ exitCode: 0, out: `${accountOf('nobody').address} holds no receipts there.` })
    const unknown = await ann.run(['receipts'], { env: { ...ann.env, ASSIZE_KEYSTORE: '' } })
    expect(unknown).toMatchObject({
      exitCode: 2,
      err: 'error: Expected an account, got none. Give it with --account, or in ASSIZE_ACCOUNT.',
    })
  })
})

describe('assize receipts transfer', () => {
  test('hands a part on, and whoever has it claims it', async () => {
    const [ann, ben] = [await somebody(), await somebody()]
    const { fixing, id } = await court.fixing({}, FALSE)
    await ann.run(['contribute', id, '2500.1', 'rest', '--yes'])
    const dry = await ann.run(['receipts', 'transfer', id, ben.account.address, '--dry-run'])
    expect(dry.out.split('\n').at(-1)).toBe('Nothing was sent.')
    const part = ['--amount', '0.05eth', '--yes']
    const { exitCode, out } = await ann.run(['receipts', 'transfer', id, ben.account.address, ...part])
    expect(exitCode).toBe(0)
    expect(out).toContain('receipt   0.05 ETH of stake on 2500.1, round 1')
    expect(await listed(ben, id)).toMatchObject([{ amount: String(BOND / 2n), value: '2500.1' }])
    expect(await listed(ann, id)).toMatchObject([{ amount: String((3n * BOND) / 2n) }])
    const { facts } = await readFixing(ann.chain, court.stage.deployments.oracle, fixing)
    await court.stage.embedded.mineAt(facts.deadline)
    const claimed = await ben.run(['claim', id, '--yes', '--json'])
    expect(JSON.parse(claimed.out)).toMatchObject({ paid: String((7n * ETHER) / 100n) })
  })

  test('asks which of several, and takes no other recipient, amount or fixing', async () => {
    const ann = await somebody()
    const to = accountOf('ben').address
    const { id } = await court.fixing({}, FALSE)
    const none = await ann.run(['receipts', 'transfer', id, to, '--yes'])
    expect(none.err).toBe(
      'error: Expected a receipt of that fixing that the account holds, got none. See assize receipts',
    )
    await ann.run(['contribute', id, '2600', '0.01eth', '--yes'])
    await ann.run(['contribute', id, '2500.1', '0.02eth', '--yes'])
    const several = await ann.run(['receipts', 'transfer', id, to, '--yes'])
    expect(several.err).toBe(
      'error: Expected one receipt, got 2. Say which: --kind stake --round 1 --value 2600; --kind stake --round 1 --value 2500.1',
    )
    const value = ['--value', '2600']
    const tooMuch = await ann.run(['receipts', 'transfer', id, to, ...value, '--amount', '1eth', '--yes'])
    expect(tooMuch.err).toContain('Expected an amount above zero and at most 0.01 ETH, got 1 ETH.')
    const other = await ann.run(['receipts', 'transfer', id, to, '--value', '7', '--yes'])
    expect(other.err).toContain('It holds: --kind stake --round 1 --value 2600; ')
    const recipients = {
      nobody: `0x${'00'.repeat(20)}`,
      'the oracle': court.stage.deployments.oracle,
      itself: ann.account.address,
    }
    for (const [got, recipient] of Object.entries(recipients)) {
      const { exitCode, err } = await ann.run(['receipts', 'transfer', id, recipient, ...value, '--yes'])
      expect(exitCode).toBe(2)
      expect(err).toContain(`Expected another account to hand it to, got ${got}.`)
    }
    expect(await listed(ann, id)).toHaveLength(2)
  })
})
