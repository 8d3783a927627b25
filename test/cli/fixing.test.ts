import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Hex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { readCreated } from '#client/fixing-log.ts'
import { contribute } from '#client/oracle-writer.ts'
import { DEFAULT_PARAMETERS, fixingId } from '#protocol/fixing.ts'
import { indexId, parseIndexDocument } from '#protocol/index-document.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { documentJson, sourceJson } from '../protocol/index-documents.ts'
import { BOND, type Court, type Disputer, FALSE, openCourt, TRUE, typing, withoutChance } from './disputer.ts'
import { startProxy } from './rpc-proxy.ts'

const INDEX_DOCUMENT = documentJson([sourceJson('kraken')])

let court: Court
let ann: Disputer

beforeAll(async () => {
  court = await openCourt()
  ann = await court.disputer('ann at home', ETHER)
})
afterAll(() => court.close())

const NOBODY = `0x${'00'.repeat(20)}`
/** When a fixing with the default grace of 3 d and limit of 30 d is INVALID if nobody proposes, after its maturity. */
const UNPROPOSED = 33n * 86_400n

function creating(...flags: string[]): string[] {
  const { council, backupCouncil } = court.stage.deployments
  return [
    'fixing',
    'create',
    '--maturity',
    String(MATURITY),
    '--arbitrator',
    council,
    '--backup',
    backupCouncil,
    ...flags,
  ]
}

test('creates a fixing from an index document with the default parameters', async () => {
  const { oracle, council, backupCouncil } = court.stage.deployments
  const file = join(court.folder, 'index.json')
  writeFileSync(file, JSON.stringify(INDEX_DOCUMENT))
  const fixing = {
    ...DEFAULT_PARAMETERS,
    indexId: indexId(parseIndexDocument(INDEX_DOCUMENT)),
    maturity: MATURITY,
    arbitrator: council,
    backup: backupCouncil,
    openInterest: '0x0000000000000000000000000000000000000000' as const,
  }
  const id = fixingId(fixing, { chainId: 31_337, oracle })
  const made = await ann.run(creating('--index', file), typing('y'))
  expect(made.err).toContain('create the fixing: in block ')
  expect(made.exitCode).toBe(0)
  expect(made.out).toContain(`fixing    ${id}`)
  expect(made.out).toContain('settled   at the latest 2025-04-11 01:00:00 UTC')
  expect(made.out).toContain(`Created. Next: assize fixing show ${id}`)
  expect(await readCreated(ann.chain, oracle, 0n)).toContainEqual(expect.objectContaining({ id, fixing }))

  const again = await ann.run(creating('--index', file, '--json'))
  expect(again.exitCode).toBe(0)
  expect(JSON.parse(again.out)).toMatchObject({
    version: 1,
    id,
    worstCase: Number(MATURITY) + 100 * 86_400,
    parameters: { minBond: '100000000000000000', firstWindow: 86_400 },
    sent: [],
  })
})

test('sends nothing with --dry-run, nor where nobody can be asked, nor when the answer is no', async () => {
  const args = creating('--index', `0x${'77'.repeat(32)}`)
  const count = async (): Promise<number> => (await readCreated(ann.chain, court.stage.deployments.oracle, 0n)).length
  const before = await count()
  expect(await ann.run([...args, '--dry-run'])).toMatchObject({ exitCode: 0 })
  expect(await ann.run(args)).toMatchObject({
    exitCode: 2,
    err: 'error: Expected --yes where nobody can be asked, got none. Add --yes to send, or --dry-run to only simulate.',
  })
  expect(await ann.run(args, typing('n'))).toMatchObject({ exitCode: 130, err: 'error: Nothing was sent.' })
  expect(await count()).toBe(before)
})

test.each([
  [['--fee', '1eth'], 2, 'Expected --fee from 1 wei to 0.04 ETH, got 1 ETH.'],
  [['--fee', '0.0400001'], 2, 'Expected --fee from 1 wei to 0.04 ETH, got 0.0400001 ETH.'],
  [['--first-window', '5min'], 2, 'Expected --first-window from 10 min to 30 d, got 5 min.'],
  [['--separation-ppm', '20000'], 2, 'Expected --separation-ppm from 1 to 10000, got 20000.'],
  [['--backup', NOBODY], 2, `Expected --backup to be an address other than zero, got ${NOBODY}.`],
  [['--maturity', 'tomorrow'], 2, 'Expected Unix seconds, or UTC such as 2025-03-28T08:00Z, got "tomorrow".'],
  [['--min-bond', '3 dollars'], 2, 'Expected an amount in eth, ether, weth, gwei, wei, got "3 dollars".'],
  [['--index', '/nowhere.json'], 2, 'Expected an index document at /nowhere.json, got no readable file.'],
  [['--index', 'package-lock.json'], 2, 'Expected a valid index document in package-lock.json, got '],
  [['--index', 'README.md'], 2, 'Expected JSON in README.md, got something else. JSON has no comments.'],
  [
    ['--index', '0x12'],
    2,
    "Expected an index by its document's file or its id, got 0x12. An id is 0x and 64 digits of hex.",
  ],
])('refuses to create a fixing with %j, exit %i', async (flags, exitCode, message) => {
  const result = await ann.run(creating('--index', `0x${'78'.repeat(32)}`, '--dry-run', ...flags))
  expect(result).toMatchObject({ exitCode, out: '' })
  expect(result.err).toContain(message)
})

test('says what a fixing is safe for, and warns of one that is safe for nothing', async () => {
  const nobody = `0x${'77'.repeat(20)}`
  const made = await ann.run(creating('--index', `0x${'79'.repeat(32)}`, '--yes', '--backup', nobody))
  expect(made.exitCode).toBe(0)
  expect(made.out).toContain('Its arbitrators secure nothing: no vault takes collateral for it.')
  const [id = ''] = /0x[0-9a-f]{64}/.exec(made.out) ?? []
  const shown = await ann.run(['fixing', 'show', id])
  expect(shown.out).toContain('secured   up to 0 ETH, by what its arbitrators say of themselves')
  expect(shown.out).toContain('Its arbitrators secure nothing: no vault takes collateral for it.')

  const safe = await ann.run(creating('--index', `0x${'79'.repeat(32)}`, '--yes'))
  expect(safe.out).not.toContain('secure nothing')
  const [safeId = ''] = /0x[0-9a-f]{64}/.exec(safe.out) ?? []
  const json = await ann.run(['fixing', 'show', safeId, '--json'])
  expect(JSON.parse(json.out)).toMatchObject({ fixing: { securedUpTo: `${1000n * 10n ** 18n}`, openInterest: '0' } })
})

test('names the arbitrator that was given as backup as well', async () => {
  const { council } = court.stage.deployments
  const { exitCode, err } = await ann.run(creating('--index', `0x${'78'.repeat(32)}`, '--backup', council, '--dry-run'))
  expect(exitCode).toBe(2)
  expect(err).toContain(`Expected --backup to differ from --arbitrator, got ${council}.`)
})

test('refuses a fixing that is INVALID from the beginning, and only from then on', async () => {
  const { time } = await latestBlock(ann.chain)
  const run = (maturity: bigint) =>
    ann.run(creating('--index', `0x${'79'.repeat(32)}`, '--maturity', String(maturity), '--dry-run'), {
      now: () => time,
    })
  const dead = await run(time - UNPROPOSED)
  expect(dead.exitCode).toBe(2)
  expect(dead.err).toMatch(
    /^error: Expected a maturity, grace and limit that end after now, got .* UTC \(0 s ago\): it would be INVALID from the beginning\./,
  )
  expect((await run(time - UNPROPOSED + 1n)).exitCode).toBe(0)
})

test('refuses a fixing whose open interest cannot be read, and shows of one that it cannot be proposed', async () => {
  const { vault } = court.stage.deployments
  const run = (source: string) =>
    ann.run(creating('--index', `0x${'7a'.repeat(32)}`, '--open-interest', source, '--dry-run'))
  const wrong = await run(ann.account.address)
  expect(wrong).toMatchObject({
    exitCode: 2,
    err:
      `error: Expected the open interest of ${ann.account.address}, got no readable number. ` +
      'Nobody could propose a value. Name a contract that reports the open interest in --open-interest, or none.',
  })
  expect((await run(vault)).exitCode).toBe(0)

  const { id } = await court.fixing({ openInterest: ann.account.address })
  const shown = await ann.run(['fixing', 'show', id])
  expect(shown.out).toContain(
    `cannot be proposed as it stands. Expected the open interest of ${ann.account.address}, got no readable number.`,
  )
  expect(shown.out).toContain('at stake  not readable: the source of the open interest gives no number')
  expect(shown.out).not.toContain(`assize propose ${id}`)
  expect(shown.out).toContain(`assize request ${id}`)
  const { fixing } = JSON.parse((await ann.run(['fixing', 'show', id, '--json'])).out)
  expect(fixing).toMatchObject({ bond: null, unproposable: 'OpenInterestUnreadable', openInterest: 'unreadable' })
})

test('advises an appeal before a contribution, and warns who has stake on the leader', async () => {
  const { oracle } = court.stage.deployments
  const { fixing, id } = await court.fixing({}, FALSE)
  const ben = await court.stage.as('ben')
  await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: 2n * BOND })
  const shown = await ann.run(['fixing', 'show', id, '--account', ben.account.address])
  const done = shown.out.split('What can be done\n')[1]?.split('\n') ?? []
  expect(done[0]).toBe('  own       0.2 ETH of the account stand on 2500.1, which leads: a dispute bets against them')
  expect(done[1]).toContain(`assize verify ${id}`)
  expect(done[2]).toContain(`assize appeal ${id} 3000 rest`)
  expect(done[3]).toContain(`assize contribute ${id} 3000 rest`)
  expect((await ann.run(['fixing', 'show', id])).out).not.toContain('bets against')

  const bet = (account: string) => ann.run(['appeal', id, '3000', '0.01eth', '--dry-run', '--account', account])
  expect((await bet(ben.account.address)).out).toContain('own       0.2 ETH of the account stand on 2500.1')
  const mallory = await court.stage.as('mallory')
  expect((await bet(mallory.account.address)).out).not.toContain('bets against')

  // Stake in a pot that did not fill is not at stake, though its value leads later by another pot.
  const other = await court.fixing({}, FALSE)
  await contribute(ben, oracle, other.fixing, { round: 1, value: TRUE, amount: BOND / 2n })
  await contribute(mallory, oracle, other.fixing, { round: 1, value: TRUE / 2n, amount: 2n * BOND })
  await contribute(mallory, oracle, other.fixing, { round: 2, value: TRUE, amount: 6n * BOND })
  const unfilled = await ann.run(['fixing', 'show', other.id, '--account', ben.account.address])
  expect(unfilled.out).toContain('leader    2500.1')
  expect(unfilled.out).not.toContain('bets against')
})

test('lists fixings on plain lines, and the same for scripts', async () => {
  const { id } = await court.fixing({}, FALSE)
  const listed = await ann.run(['fixing', 'list'])
  expect(listed.exitCode).toBe(0)
  expect(withoutChance(listed.out.split('\n').find((line) => line.startsWith(id)) ?? '', { ID: id })).toMatch(
    /^ID {2}active 1 {2}3000 {2}100\.0 % {2}settles TIME \(in (1 d|23 h 59 min)\)$/,
  )
  const document = JSON.parse((await ann.run(['fixing', 'list', '--json'])).out)
  expect((await ann.run(['fixing', 'list', '--phase', 'settled'])).out).toBe('No fixing is settled.')
  expect((await ann.run(['fixing', 'list', '--phase', 'active'])).out).toContain(id)
  expect(document.fixings.at(-1)).toMatchObject({ id, phase: 'active', leader: '3000' })
})

test('shows everything of a disputed fixing without a key: pots, receipts of an account, commands to paste', async () => {
  const { oracle } = court.stage.deployments
  const { fixing, id } = await court.fixing({}, FALSE)
  const ben = await court.stage.as('ben')
  await contribute(ben, oracle, fixing, { round: 1, value: TRUE, amount: BOND / 2n })
  const shown = await ann.run(['fixing', 'show', id, '--account', ben.account.address])
  expect(shown.exitCode).toBe(0)
  const lines = shown.out.split('\n').map((line) => withoutChance(line, { ID: id }))
  expect(lines).toContain('  make it lead  2500.1       0.05 ETH of 0.2 ETH  0.15 ETH missing')
  expect(lines).toContain('  make it lead  a new value  0 ETH of 0.2 ETH     0.2 ETH missing')
  expect(lines).toContain('  stake on 2500.1, round 1  0.05 ETH  its pot can still fill')
  expect(lines.slice(lines.indexOf('What can be done') + 1)).toEqual([
    '  compute the value again, from its sources  assize verify ID',
    '  make another value lead                    assize contribute ID VALUE rest',
  ])
  expect(lines).toContain('  bond      at least 0.1 ETH, 0.25 % of the open interest (0x…)')

  const document = JSON.parse((await ann.run(['fixing', 'show', id, '--json', '--account', ben.account.address])).out)
  expect(document).toMatchObject({
    version: 1,
    token: { symbol: 'WETH', decimals: 18 },
    fixing: {
      id,
      parameters: { arbitrationFee: '40000000000000000' },
      openPots: [
        { kind: 'stake', value: '2500.1', filled: '50000000000000000', need: '200000000000000000' },
        { kind: 'stake', value: null, filled: '0', need: '200000000000000000' },
      ],
    },
    account: ben.account.address,
    receipts: [
      { kind: 'stake', round: 1, value: '2500.1', amount: '50000000000000000', pays: null, refusal: 'PotLive' },
    ],
  })
})

test('reads the log in the ranges that the endpoint allows, halving until one passes, and longer ones again where they pass', async () => {
  const { id } = await court.fixing({}, FALSE)
  const spans: bigint[] = []
  const proxy = await startProxy(court.stage.embedded.rpcUrl, (method, [filter]) => {
    if (method !== 'eth_getLogs') return undefined
    const { fromBlock, toBlock } = filter as { fromBlock: Hex; toBlock: Hex }
    const span = BigInt(toBlock) - BigInt(fromBlock) + 1n
    if (span > 5n) return 'query exceeds max block range 5'
    spans.push(span)
    return undefined
  })
  const direct = await ann.run(['fixing', 'list'])
  const chunked = await ann.run(['fixing', 'list', '--rpc', proxy.url])
  await proxy.close()
  expect(chunked).toEqual(direct)
  expect(chunked.out).toContain(id)
  expect(spans.length).toBeGreaterThan(2)
  // As a rule more than half of what is allowed.
  expect(spans.filter((span) => span > 2n).length).toBeGreaterThan(spans.length / 2)
  const { number } = await latestBlock(ann.chain)
  // What was asked for ahead of a range that failed is asked for once more.
  expect(spans.reduce((sum, span) => sum + span, 0n)).toBeGreaterThanOrEqual(number + 1n)
})

test('names a fixing that was never created, exit 2', async () => {
  const id = `0x${'ab'.repeat(32)}`
  expect(await ann.run(['fixing', 'show', id])).toMatchObject({
    exitCode: 2,
    err:
      `error: Expected fixing ${id} at oracle ${court.stage.deployments.oracle}, got no Created event of it. ` +
      'List what is there with "assize fixing list", or look further back with --from-block.',
  })
})

test('says how far it is with many fixings, on stderr, once a second of this machine', async () => {
  const { length } = JSON.parse((await ann.run(['fixing', 'list', '--json'])).out).fixings
  expect(length).toBeGreaterThan(8)
  let second = 0n
  const slow = await ann.run(['fixing', 'list', '--json'], { now: () => (second += 1n) })
  expect(slow.err.split('\n')).toContain(`looked at 8 of ${length} fixings ...`)
  expect(JSON.parse(slow.out).fixings).toHaveLength(length)
  expect((await ann.run(['fixing', 'list', '--json'])).err).toBe('')
})
