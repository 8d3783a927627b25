import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { fund, propose } from '#client/oracle-writer.ts'
import { wethBalance } from '#client/weth.ts'
import { indexId } from '#protocol/index-document.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing } from './disputer.ts'
import { closesOf, DOCUMENT } from './file-index.ts'

let court: Court
let ann: Disputer

beforeAll(async () => {
  court = await openCourt()
  ann = await court.disputer('ann at home', ETHER)
})
afterAll(() => court.close())

test('proposes from ETH alone: wraps, allows exactly the bond, stakes, and says what comes next', async () => {
  const { oracle, weth } = court.stage.deployments
  const { fixing, id } = await court.fixing()
  const { exitCode, out, err } = await ann.run(['propose', id, '2500.10'], typing('yes'))
  expect(err).toContain('propose 2500.1: in block ')
  expect(exitCode).toBe(0)
  const lines = out.split('\n')
  expect(lines).toContain('steps     wrap 0.1 ETH; let the oracle take 0.1 WETH; propose 2500.1')
  expect(lines).toContain('  2500.1 leads for 1 d, undisputed  0.1 ETH             0 ETH')
  expect(lines).toContain('  2500.1 is disputed, and wins      at least 0.14 ETH   +0.04 ETH (+40.0 %)')
  expect(lines).toContain('  another value wins                0 ETH               -0.1 ETH (-100.0 %)')
  expect(lines.at(-1)).toBe(`Afterwards:      assize claim ${id} --unwrap`)
  expect(await readFixing(ann.chain, oracle, fixing)).toMatchObject({ facts: { leader: TRUE, bond: BOND } })
  expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(0n)
})

test('counts the reward that a right proposal earns by now, as a document for scripts', async () => {
  const { oracle } = court.stage.deployments
  const { fixing, id } = await court.fixing()
  await fund(await court.stage.as('bob'), oracle, fixing, 6n * ETHER)
  const { exitCode, out } = await ann.run(['propose', id, '2500.1', '--dry-run', '--json'])
  expect(exitCode).toBe(0)
  const document = JSON.parse(out)
  expect(document).toMatchObject({
    version: 1,
    action: 'propose',
    value: '2500.1',
    amount: String(BOND),
    isSent: false,
  })
  const undisputed = document.prospects.find(({ end }: { end: string }) => end === 'undisputed')
  const { atTime } = await readFixing(ann.chain, oracle, fixing)
  expect(undisputed.paid).toBe(String(BOND + (6n * ETHER * (atTime - fixing.maturity)) / 21_600n))
})

test('refuses, saying why and what to do: led already, over --max, too early', async () => {
  const led = await court.fixing({}, FALSE)
  expect(await ann.run(['propose', led.id, '2500.1', '--yes'])).toMatchObject({
    exitCode: 1,
    err:
      'error: Expected a fixing without a proposal, got one where 3000 leads in round 1. ' +
      `If that is wrong: assize contribute ${led.id} VALUE AMOUNT`,
  })
  const open = await court.fixing()
  expect(await ann.run(['propose', open.id, '2500.1', '--yes', '--max', '0.05eth'])).toMatchObject({
    exitCode: 2,
    err: 'error: Expected a bond of at most 0.05 ETH, got 0.1 ETH. Raise --max, or leave this fixing to others.',
  })
  const early = await court.fixing({ maturity: 2n ** 38n })
  expect(await ann.run(['propose', early.id, '2500.1', '--yes'])).toMatchObject({ exitCode: 1 })
})

test('sends nothing when somebody else proposed while the question stood', async () => {
  const { oracle } = court.stage.deployments
  const { fixing, id } = await court.fixing()
  const rival = await court.stage.as('rival')
  const before = await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })
  const meanwhile = (): Promise<unknown> => propose(rival, oracle, fixing, { value: FALSE, maxBond: ETHER })
  const { exitCode, err } = await ann.run(['propose', id, '2500.1'], typing('y', meanwhile))
  expect(exitCode).toBe(1)
  expect(err).toContain('got one where 3000 leads in round 1.')
  expect(await ann.chain.publicClient.getTransactionCount({ address: ann.account.address })).toBe(before)
})

test('warns of a value far from the own one where it can be read, and proposes without where it cannot', async () => {
  const { id } = await court.fixing({ indexId: indexId(DOCUMENT) })
  const at = (name: string): string => join(court.folder, name)
  for (const folder of ['indices', 'others', 'broken']) mkdirSync(at(folder))
  writeFileSync(at('indices/index.json'), JSON.stringify(DOCUMENT))
  writeFileSync(at('broken/index.json'), '{')
  writeFileSync(at('closes.csv'), closesOf('2500.1'))
  const dry = async (value: string, folder: string): Promise<readonly [warnings: unknown, err: string]> => {
    const reading = ['--index-dir', at(folder), '--prices', at('closes.csv')]
    const { out, err } = await ann.run(['propose', id, value, '--dry-run', '--json', ...reading])
    return [JSON.parse(out).warnings, err]
  }
  const warning = '25001 is 10 times 2500.1, the own value: is its decimal point where it belongs?'
  const [warnings, err] = await dry('25001', 'indices')
  expect(warnings).toEqual([warning])
  expect(err).toContain(`WARNING: ${warning}`)
  expect((await dry('2500.2', 'indices'))[0]).toEqual([])
  for (const folder of ['others', 'broken']) {
    const [none, said] = await dry('25001', folder)
    expect(none).toEqual([])
    expect(said).toContain(`no value for ${id}: `)
  }
  const asked: string[] = []
  const ask = (question: string): Promise<string> => (asked.push(question), Promise.resolve('n'))
  const env = { ...ann.env, ASSIZE_INDEX_DIR: at('indices'), ASSIZE_CSV_FILE: at('closes.csv') }
  await ann.run(['propose', id, '25001'], { env, terminal: { ask, askSecret: ask } })
  expect(asked).toEqual([`WARNING: ${warning} Stake 0.1 ETH on 25001? [y/N] `])
})
