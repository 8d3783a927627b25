import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAddress, type Hex, size, stringToHex } from 'viem'
import { weth9Bytecode } from '#client/bytecode/weth-9.ts'
import { latestBlock } from '#client/chain.ts'
import { deployVault } from '#client/deploy.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { propose } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { createSeriesCall, legId, readLegs, split, splitCall, togetherCall, transferLeg } from '#client/vault.ts'
import { approveCall, transferWeth, wethAllowance, wethBalance, wrap } from '#client/weth.ts'
import { type Fixing, worstCase } from '#protocol/fixing.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { impatiently } from '../client/impatience.ts'
import { startProxy } from './rpc-proxy.ts'
import { type Court, type Disputer, openCourt, typing, withoutChance } from './disputer.ts'
import type { Run } from './command-line.ts'

let court: Court
let people = 0

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

/** Somebody with so much ether, who has named a vault: that of WETH unless `vault` is another. */
async function somebody(vault = court.stage.deployments.vault, wei = 10n * ETHER): Promise<Disputer> {
  people += 1
  const ann = await court.disputer(`holder ${people}`, wei)
  return { ...ann, run: (args, world) => ann.run([...args, '--vault', vault], world) }
}

type Announced = { readonly id: Hex; readonly fixing: Fixing; readonly fixingId: Hex }

/** A series of strike 2500, of whose unit P gets 40 % at INVALID, on a fixing that matures in an hour. */
async function announced(ann: Disputer, changes: Partial<Fixing> = {}): Promise<Announced> {
  const maturity = (await latestBlock(ann.chain)).time + 3_600n
  const { fixing, id: fixingId } = await court.fixing({ maturity, ...changes })
  return { ...(await seriesOn(ann, fixingId, '2500')), fixing }
}

async function seriesOn(ann: Disputer, fixingId: Hex, strike: string): Promise<Omit<Announced, 'fixing'>> {
  const { out } = await ann.run(['series', 'create', fixingId, strike, '--invalid-share', '40%', '--yes', '--json'])
  return { id: (JSON.parse(out) as { series: Hex }).series, fixingId }
}

/** Has the value settle undisputed. */
async function settle({ fixing }: Announced, value: bigint): Promise<void> {
  const { oracle } = court.stage.deployments
  await court.stage.embedded.mineAt(fixing.maturity)
  const bob = await court.stage.as('bob')
  await propose(bob, oracle, fixing, { value, maxBond: ETHER })
  const { facts } = await readFixing(bob, oracle, fixing)
  await court.stage.embedded.mineAt(facts.deadline)
}

/** Without what differs from run to run, and without the gas. */
function said(text: string, { id, fixingId }: Pick<Announced, 'id' | 'fixingId'>): string[] {
  const { vault } = court.stage.deployments
  const shown = withoutChance(text, { SERIES: id, FIXING: fixingId, ' --vault VAULT': ` --vault ${vault}` })
  return shown
    .replaceAll(' --vault VAULT', '')
    .replaceAll(/\((?:in )?[\d a-z]+?(?: ago)?\)/g, '(WHEN)')
    .replaceAll(/(?:about|at most) (?:~0|0\.\d+) ETH/g, 'GAS')
    .split('\n')
}

const sentBy = ({ chain, account }: Disputer): Promise<number> =>
  chain.publicClient.getTransactionCount({ address: account.address })

const etherOf = ({ chain, account }: Disputer): Promise<bigint> =>
  chain.publicClient.getBalance({ address: account.address })

const legsOf = ({ chain, account }: Disputer, { id }: Pick<Announced, 'id'>, vault = court.stage.deployments.vault) =>
  readLegs(chain, vault, id, account.address)

const errorOf = ({ err }: Run): string => err.split('\n').at(-1) ?? ''

/** What every view of {@link announced} begins with, before the maturity. */
const PENDING = [
  'series    SERIES',
  'fixing    FIXING, matures TIME (WHEN)',
  'strike    2500: settled at x, 1 P pays min(1, 2500 / x) ETH, 1 N the rest',
  'INVALID   if no value is settled: 1 P pays 40 % of a unit, 1 N 60 %',
  'room      for 1000 ETH more: up to 1000 ETH is secured, 0 ETH is taken',
]

describe('a vault of WETH', () => {
  test('splits ether after one question that says what is given and got, and merges it back', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    const { exitCode, out } = await ann.run(['split', series.id, '2 eth'], typing('y'))
    expect({ exitCode, lines: said(out, series) }).toEqual({
      exitCode: 0,
      lines: [
        ...PENDING,
        'held      nothing',
        'give      2 ETH',
        'get       2 P and 2 N, which together merge into 2 ETH at any time',
        'steps     split 2 ETH',
        'gas       GAS, GAS',
        'Split. You hold 2 P and 2 N. Back, both together: assize merge SERIES all',
      ],
    })
    expect(await legsOf(ann, series)).toEqual({ p: 2n * ETHER, n: 2n * ETHER })
    expect(await etherOf(ann)).toBeLessThan(8n * ETHER)

    const part = await ann.run(['merge', series.id, '0.5eth', '--yes', '--json'])
    expect(JSON.parse(part.out)).toMatchObject({
      version: 1,
      oracle: court.stage.deployments.oracle,
      action: 'merge',
      amount: String(ETHER / 2n),
      vault: court.stage.deployments.vault,
      collateral: { address: court.stage.deployments.weth, symbol: 'WETH', decimals: 18 },
      legs: [{ series: series.id, fixing: series.fixingId, p: String(ETHER / 2n), n: String(ETHER / 2n) }],
      isSent: true,
      steps: [{ call: 'mergeToEther' }],
    })
    const all = await ann.run(['merge', series.id, 'all'], typing('y'))
    expect(said(all.out, series)).toContain('get       1.5 ETH')
    expect(said(all.out, series).at(-1)).toBe('Merged into 1.5 ETH.')
    expect(await legsOf(ann, series)).toEqual({ p: 0n, n: 0n })
    expect(await etherOf(ann)).toBeGreaterThan(10n * ETHER - ETHER / 100n)
  })

  test('asks, and sends nothing at no, with --dry-run, or where nobody can be asked', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    const before = await sentBy(ann)
    const args = ['split', series.id, '1eth']
    expect(await ann.run(args, typing('n'))).toMatchObject({ exitCode: 130, err: 'error: Nothing was sent.' })
    expect(await ann.run(args)).toMatchObject({ exitCode: 2, err: expect.stringContaining('Expected --yes') })
    const dry = await ann.run([...args, '--dry-run', '--account', ann.account.address])
    expect(dry).toMatchObject({ exitCode: 0, out: expect.stringContaining('Nothing was sent.') })
    expect(await sentBy(ann)).toBe(before)
  })

  test('takes and pays WETH itself where that is wanted', async () => {
    const ann = await somebody()
    const { weth, vault } = court.stage.deployments
    const series = await announced(ann)
    await wrap(ann.chain, weth, ETHER)
    const { out } = await ann.run(['split', series.id, '1.5eth', '--weth', '--yes'])
    expect(out).toContain('steps     wrap 0.5 ETH; let the vault take 1.5 WETH; split 1.5 ETH')
    expect(await wethAllowance(ann.chain, weth, ann.account.address, vault)).toBe(0n)
    const merged = await ann.run(['merge', series.id, '1eth', '--weth', '--yes'])
    expect(merged.out.split('\n').at(-1)).toBe('Merged into 1 ETH (as WETH).')
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe(ETHER)
    await settle(series, 3_000n * ETHER)
    const redeemed = await ann.run(['redeem', series.id, '--weth', '--yes'])
    expect(redeemed.out.split('\n').at(-1)).toBe('Redeemed for 0.5 ETH (as WETH).')
    expect(await wethBalance(ann.chain, weth, ann.account.address)).toBe((3n * ETHER) / 2n)
  })
})

describe('assize redeem', () => {
  test('pays one leg, or both, by the settlement', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    await ann.run(['split', series.id, '3eth', '--yes'])
    await settle(series, 3_000n * ETHER)
    const { exitCode, out } = await ann.run(['redeem', series.id, '--p', '1.2eth'], typing('y'))
    expect({ exitCode, lines: said(out, series) }).toEqual({
      exitCode: 0,
      lines: [
        'series    SERIES',
        'fixing    FIXING, settled at 3000',
        'strike    2500: settled at x, 1 P pays min(1, 2500 / x) ETH, 1 N the rest',
        'worth     1 P pays 0.833333 ETH, 1 N 0.166666 ETH',
        'held      3 P and 3 N',
        'give      1.2 P',
        'get       1 ETH',
        'steps     redeem 1.2 P',
        'gas       GAS, GAS',
        'Redeemed for 1 ETH.',
      ],
    })
    const rest = await ann.run(['redeem', series.id, '--yes', '--json'])
    // 1.8 pairs one to one, and 1.2 N at a sixth.
    expect(JSON.parse(rest.out)).toMatchObject({
      action: 'redeem',
      legs: [{ series: series.id, p: '1800000000000000000', n: '3000000000000000000', pays: '2000000000000000000' }],
      skipped: [],
      amount: '2000000000000000000',
      paid: '2000000000000000000',
      isSent: true,
      steps: [{ call: 'redeemToEther' }],
    })
    expect(await legsOf(ann, series)).toEqual({ p: 0n, n: 0n })
    expect(errorOf(await ann.run(['redeem', series.id, '--yes']))).toBe(
      `error: Expected legs to redeem of series ${series.id}, got nothing. ` +
        'Leave --p and --n out for all that is held, or name the account that holds some.',
    )
  })

  test('of several series in one transaction, and with --all of those that pay, saying why it skips the rest', async () => {
    const ann = await somebody()
    const first = await announced(ann)
    const second = await seriesOn(ann, first.fixingId, '4000')
    const third = await seriesOn(ann, first.fixingId, '5000')
    const { vault, oracle } = court.stage.deployments
    for (const { id } of [first, second, third]) await ann.run(['split', id, '1eth', '--yes'])
    // Of the third only the worthless leg is left.
    await transferLeg(ann.chain, vault, legId(third.id, 'P'), oracle, ETHER)
    await settle(first, 3_000n * ETHER)
    const open = await announced(ann)
    await ann.run(['split', open.id, '0.25eth', '--yes'])
    const before = await sentBy(ann)

    const two = await ann.run(['redeem', first.id, second.id, '--dry-run', '--json'])
    expect(JSON.parse(two.out)).toMatchObject({ amount: String(2n * ETHER), steps: [{ call: 'multicall' }] })
    const { exitCode, out } = await ann.run(['redeem', '--all'], typing('y'))
    expect(exitCode).toBe(0)
    const lines = out.split('\n')
    expect(lines).toContain(`skipped   1 N of ${third.id}: worth nothing`)
    expect(lines).toContain(`skipped   0.25 P and 0.25 N of ${open.id}: not settled yet`)
    expect(lines).toContain('total     2 ETH')
    expect(lines.at(-1)).toBe('Redeemed for 2 ETH.')
    expect(await sentBy(ann)).toBe(before + 1)

    // The worthless one is burned where it is named; nothing that pays is left.
    expect((await ann.run(['redeem', third.id, '--n', 'all', '--yes'])).out.split('\n').at(-1)).toBe(
      'Redeemed for 0 ETH.',
    )
    const rest = await ann.run(['redeem', '--all', '--yes', '--json'])
    expect(rest.exitCode).toBe(8)
    expect(JSON.parse(rest.out)).toMatchObject({
      version: 1,
      action: 'redeem',
      legs: [],
      skipped: [{ series: open.id, p: String(ETHER / 4n), n: String(ETHER / 4n), reason: 'NotSettled' }],
      gas: { likely: '0', most: '0' },
      isSent: false,
    })
    const nobody = await somebody()
    expect(await nobody.run(['redeem', '--all', '--yes'])).toMatchObject({
      exitCode: 0,
      out: 'Nothing is held there: nothing to redeem.',
    })
  })

  test('says what INVALID means for both legs', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    await ann.run(['split', series.id, '1eth', '--yes'])
    await court.stage.embedded.mineAt(worstCase(series.fixing))
    const { out } = await ann.run(['redeem', series.id, '--n', 'all', '--yes'])
    const lines = said(out, series)
    expect(lines).toContain('fixing    FIXING, settled INVALID')
    expect(lines).toContain('INVALID   no value was settled: 1 P pays 40 % of a unit, 1 N 60 %')
    expect(lines).toContain('worth     1 P pays 0.4 ETH, 1 N 0.6 ETH')
    expect(lines.at(-1)).toBe('Redeemed for 0.6 ETH.')
  })
})

describe('a vault of another token', () => {
  test('is counted in the token, with its decimals, and allowed just what it takes', async () => {
    const dealer = await court.stage.as('dealer')
    const hash = await dealer.walletClient.sendTransaction({ data: TOKEN })
    const { contractAddress } = await dealer.publicClient.waitForTransactionReceipt({ hash })
    const token = getAddress(contractAddress ?? '0x')
    const { oracle } = court.stage.deployments
    const vault = await deployVault(dealer, oracle, { collateral: token, bondRate: 10n ** 27n })
    const ann = await somebody(vault)
    const series = await announced(ann, { openInterest: vault })
    const dear = await ann.run(['split', series.id, '12.5', '--yes'])
    expect(errorOf(dear)).toBe(
      'error: Expected 12.5 USDX, got 0 USDX: 12.5 USDX short. ETH cannot be wrapped into USDX: get it elsewhere first.',
    )
    await wrap(dealer, token, 20_000_000n)
    await transferWeth(dealer, token, ann.account.address, 20_000_000n)
    const bounded = await ann.run(['split', series.id, '12.5usdx', '--max', '12.4usdx', '--yes'])
    expect(errorOf(bounded)).toBe(
      'error: Expected to spend at most 12.4 USDX, got 12.5 USDX. Raise --max, or split less.',
    )
    expect(errorOf(await ann.run(['split', series.id, '1eth', '--yes']))).toBe(
      'error: Expected an amount in usdx, wei, got "1eth". It is counted in USDX.',
    )
    expect(errorOf(await ann.run(['split', series.id, '1', '--weth', '--yes']))).toBe(
      'error: Expected a vault of WETH with --weth, got one of USDX. Leave --weth out.',
    )
    // Some tokens let nobody raise an allowance that is left.
    await send(ann.chain, approveCall(token, vault, 1n))
    const { out } = await ann.run(['split', series.id, '12.5 usdx', '--max', '12.5', '--yes'])
    expect(out).toContain('steps     let the vault take nothing; let the vault take 12.5 USDX; split 12.5 USDX')
    expect(out).toContain('get       12.5 P and 12.5 N, which together merge into 12.5 USDX at any time')
    expect(await legsOf(ann, series, vault)).toEqual({ p: 12_500_000n, n: 12_500_000n })
    expect(await wethAllowance(ann.chain, token, ann.account.address, vault)).toBe(0n)
    expect((await ann.run(['merge', series.id, '2.5', '--yes'])).out.split('\n').at(-1)).toBe('Merged into 2.5 USDX.')
    await settle(series, 3_000n * ETHER)
    const redeemed = await ann.run(['redeem', series.id, '--p', 'all', '--yes'])
    expect(redeemed.out.split('\n').at(-1)).toBe('Redeemed for 8.333333 USDX.')
    expect(await wethBalance(ann.chain, token, ann.account.address)).toBe(10_000_000n + 8_333_333n)
  })
})

describe('more series than one transaction takes', () => {
  test('are redeemed in several, and say how far it is', async () => {
    const ann = await somebody()
    const { vault, weth } = court.stage.deployments
    const { fixing, fixingId } = await announced(ann)
    const all = Array.from({ length: 65 }, (_, i) => ({
      fixing,
      strike: 3_000n * ETHER + BigInt(i),
      invalidSharePpm: 0,
    }))
    await wrap(ann.chain, weth, 65n * 7n)
    await send(ann.chain, approveCall(weth, vault, 65n * 7n))
    await send(
      ann.chain,
      togetherCall(
        vault,
        all.flatMap((series) => [createSeriesCall(vault, series), splitCall(vault, series, 7n)]),
      ),
    )
    await settle({ id: fixingId, fixingId, fixing }, 3_000n * ETHER)
    const before = await sentBy(ann)
    let { time } = await latestBlock(ann.chain)
    const { exitCode, out, err } = await ann.run(['redeem', '--all', '--yes', '--json', '--max-age', '30d'], {
      now: () => (time += 1n),
    })
    expect(exitCode).toBe(0)
    const counts = [...err.matchAll(/^looked at \d+ of (\d+) series \.\.\.$/gm)].map(([, of]) => Number(of))
    // Of all that were announced, and of those that are held once more, before they are redeemed.
    expect(counts.some((of) => of > all.length)).toBe(true)
    expect(counts).toContain(all.length)
    const { paid, steps } = JSON.parse(out) as { paid: string; steps: { call: string; transaction: Hex }[] } // as documented
    expect({ paid, calls: steps.map(({ call }) => call) }).toEqual({
      paid: '455',
      calls: ['multicall', 'redeemToEther'],
    })
    expect(await sentBy(ann)).toBe(before + 2)
    // As the bound of a transaction reckons.
    const { gasUsed } = await ann.chain.publicClient.getTransactionReceipt({ hash: steps[0]?.transaction ?? '0x' })
    const { input } = await ann.chain.publicClient.getTransaction({ hash: steps[0]?.transaction ?? '0x' })
    expect(gasUsed).toBeLessThan(64n * 100_000n)
    expect(size(input)).toBeLessThan(64 * 700)
  })
})

describe('assize series', () => {
  test('announces one, lists them, and shows what one stands at', async () => {
    const ann = await somebody()
    const { vault, oracle, weth } = court.stage.deployments
    const maturity = (await latestBlock(ann.chain)).time + 3_600n
    const { id: fixingId, fixing } = await court.fixing({ maturity })
    const create = ['series', 'create', fixingId, '2500', '--invalid-share', '40']
    const { out } = await ann.run(create, typing('y'))
    const id = /Announced series (0x\w+)\./.exec(out)?.[1] as Hex
    const series = { id, fixingId, fixing }
    expect(said(out, series)).toEqual([
      ...PENDING,
      'steps     announce the series',
      'gas       GAS, GAS',
      'Announced series SERIES. Next: assize split SERIES AMOUNT',
    ])
    expect(errorOf(await ann.run([...create, '--yes']))).toMatch(
      /^error: Expected terms that were not announced, got those of series 0x\w+, announced in block \d+\. Use it: assize series show 0x/,
    )
    await ann.run(['split', id, '2eth', '--yes'])
    await ann.run(['merge', id, '0.5eth', '--yes'])
    const shown = await ann.run(['series', 'show', id])
    expect(said(shown.out, series)).toEqual([
      ...PENDING.slice(0, -1),
      'room      for 998.5 ETH more: up to 1000 ETH is secured, 1.5 ETH is taken',
      'held      1.5 P and 1.5 N',
    ])
    await settle(series, 2_000n * ETHER)
    const document = JSON.parse((await ann.run(['series', 'list', '--json'])).out) as { series: object[] }
    expect(document).toMatchObject({ version: 1, chainId: 31_337, oracle, vault, account: ann.account.address })
    expect(document).toMatchObject({ collateral: { address: weth, symbol: 'WETH', decimals: 18 } })
    const own = {
      series: id,
      fixing: fixingId,
      strike: '2500',
      invalidSharePpm: 400_000,
      maturity: Number(maturity),
      phase: 'settled',
      settlement: '2000',
      pays: { p: String(ETHER), n: '0' },
      capacity: null,
      legs: { p: String((3n * ETHER) / 2n), n: String((3n * ETHER) / 2n) },
    }
    expect(document.series.at(-1)).toEqual(own)
    expect(JSON.parse((await ann.run(['series', 'show', id, '--json'])).out)).toMatchObject(own)
    expect((await ann.run(['series', 'list'])).out.split('\n').at(-1)).toBe(
      `${id}  strike 2500  settled, 1 P pays 1 ETH, 1 N 0 ETH; holds 1.5 P and 1.5 N`,
    )
  })

  test('wants a strike, a share and a fixing before its maturity, and says if no bond grows with the vault', async () => {
    const ann = await somebody()
    const maturity = (await latestBlock(ann.chain)).time + 3_600n
    const { id } = await court.fixing({ maturity, openInterest: `0x${'00'.repeat(20)}` })
    const create = (strike: string, share: string, fixing = id): Promise<Run> =>
      ann.run(['series', 'create', fixing, strike, '--invalid-share', share, '--dry-run'])
    expect(errorOf(await create('INVALID', '40'))).toBe(
      'error: Expected a value as the strike, got INVALID. Give it in index units.',
    )
    expect(errorOf(await create('2500', '100.1'))).toBe(
      'error: Expected --invalid-share from 0 to 100 %, got 100.1 %. Correct it.',
    )
    expect((await create('2500', '100')).out).toContain(
      'uncounted the fixing does not ask this vault: no bond grows with what it holds',
    )
    const past = await court.fixing()
    expect(errorOf(await create('2500', '40', past.id))).toMatch(
      /^error: Expected a fixing before its maturity, got one that matured .*\. Nothing could be split any more\. Choose another: assize fixing list --phase pending$/,
    )
  })
})

describe('a mistake names what was expected, what was found and the next step:', () => {
  test('no vault, one of another oracle, another contract', async () => {
    const ann = await court.disputer('lost', ETHER)
    const { vault, oracle, registry } = court.stage.deployments
    expect(errorOf(await ann.run(['series', 'list']))).toBe(
      'error: Expected the address of the vault, got none. Give it with --vault, or in ASSIZE_VAULT.',
    )
    expect(await ann.run(['series', 'list', '--vault', vault, '--oracle', registry])).toMatchObject({
      exitCode: 2,
      err: `error: Expected a vault of oracle ${registry}, got one of ${oracle}. Correct --vault or --oracle, or what the environment says of them.`,
    })
    expect(await ann.run(['series', 'list', '--vault', oracle])).toMatchObject({
      exitCode: 2,
      err: `error: Expected a SplitVault at ${oracle}, got another contract. Check the address, and that the RPC endpoint is of the right chain.`,
    })
  })

  test('a series that was not announced', async () => {
    const ann = await somebody()
    const id = `0x${'ab'.repeat(32)}`
    const { vault } = court.stage.deployments
    for (const args of [
      ['split', id, '1eth'],
      ['merge', id, 'all'],
      ['redeem', id],
    ]) {
      expect(await ann.run([...args, '--yes'])).toMatchObject({
        exitCode: 2,
        err:
          `error: Expected series ${id} at vault ${vault}, got no SeriesCreated event of it. ` +
          `List what is there with "assize series list --vault ${vault}", or look further back with --from-block.`,
      })
    }
  })

  test('too early to redeem, too late to split', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    await ann.run(['split', series.id, '1eth', '--yes'])
    const early = await ann.run(['redeem', series.id, '--yes'])
    expect(early.exitCode).toBe(1)
    expect(said(errorOf(early), series)).toEqual([
      'error: Expected a series whose fixing has settled, got one that matures TIME (WHEN) and is pending. ' +
        'P and N together are paid at any time: assize merge SERIES all. How it stands: assize fixing show FIXING',
    ])
    await court.stage.embedded.mineAt(series.fixing.maturity)
    const late = await ann.run(['split', series.id, '1eth', '--yes'])
    expect(late.exitCode).toBe(1)
    expect(said(errorOf(late), series)).toEqual([
      'error: Expected a series before its maturity, got one that matured TIME (WHEN). ' +
        'Splitting ended then: buy P or N, or split a later series. What they pay: assize series show SERIES',
    ])
  })

  test('more than is secured, held, meant or there', async () => {
    const ann = await somebody()
    const { vault } = court.stage.deployments
    const series = await announced(ann)
    await split(
      await court.stage.as('bob'),
      vault,
      { fixing: series.fixing, strike: 2_500n * ETHER, invalidSharePpm: 400_000 },
      3n * ETHER,
    )
    const above = await ann.run(['split', series.id, '998eth', '--yes'])
    expect(above.exitCode).toBe(1)
    expect(said(errorOf(above), series)).toEqual([
      'error: Expected at most 997 ETH more, got 998 ETH: the arbitrators of the fixing secure 1000 ETH, and 3 ETH is taken. ' +
        'Split less. How much is left: assize series show SERIES',
    ])
    expect(errorOf(await ann.run(['split', series.id, '0', '--yes']))).toBe(
      'error: Expected an amount above zero, got 0. Split any amount.',
    )
    expect(errorOf(await ann.run(['split', series.id, '11eth', '--yes']))).toMatch(
      /^error: Expected 11 ETH to split and up to 0\.\d+ ETH for gas, got 9\.\d+ ETH: 1\.\d+ ETH short\. Split at most 9\.\d+ ETH, or send the account more ETH\.$/,
    )
    expect(errorOf(await ann.run(['split', series.id, '1eth', '--max', '1eth', '--yes']))).toMatch(
      /^error: Expected to spend at most 1 ETH, got 1(?:\.\d+)? ETH with gas \(at most .* ETH\)\. Raise --max, or split less\.$/,
    )
    await ann.run(['split', series.id, '2eth', '--yes'])
    await transferLeg(ann.chain, vault, legId(series.id, 'N'), court.stage.deployments.oracle, ETHER)
    const more = await ann.run(['merge', series.id, '1.5eth', '--yes'])
    expect(said(errorOf(more), series)).toEqual([
      'error: Expected as much P as N to merge, 1.5 P and 1.5 N, got 2 P and 1 N. As much as there is of both: assize merge SERIES all',
    ])
    await ann.run(['merge', series.id, 'all', '--yes'])
    const alone = await ann.run(['merge', series.id, 'all', '--yes'])
    expect(said(errorOf(alone), series)).toEqual([
      'error: Expected as much P as N to merge, got 1 P. One leg alone is paid once there is a settlement: assize redeem SERIES',
    ])
    await settle(series, 3_000n * ETHER)
    expect(errorOf(await ann.run(['redeem', series.id, '--p', '2eth', '--yes']))).toBe(
      `error: Expected 2 P of series ${series.id}, got 1 P. Leave --p and --n out for all that is held, or name the account that holds some.`,
    )
  })

  test('no series, or two ways to say which', async () => {
    const ann = await somebody()
    const id = `0x${'ab'.repeat(32)}`
    const other = `0x${'cd'.repeat(32)}`
    expect(errorOf(await ann.run(['redeem']))).toBe(
      'error: Expected a series or --all, got neither. Name those to redeem, or say --all.',
    )
    expect(errorOf(await ann.run(['redeem', id, '--all']))).toContain('Expected a series or --all, got both.')
    expect(errorOf(await ann.run(['redeem', id, other, '--p', 'all']))).toBe(
      'error: Expected one series with --p or --n, got 2. Name one, or leave both out to redeem all of both legs.',
    )
  })

  test('arbitrators whom the environment does not name', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    const { oracle } = court.stage.deployments
    expect(errorOf(await ann.run(['split', series.id, '1eth', '--arbitrators', oracle, '--yes']))).toContain(
      `Expected a fixing ruled on by ${oracle}, got `,
    )
  })
})

describe('what happens while the question stands', () => {
  test('is looked at before anything is sent', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    const before = (await ann.run(['split', series.id, '1eth', '--yes'])).exitCode
    expect(before).toBe(0)
    const meanwhile = (args: readonly string[]) => typing('y', () => ann.run([...args, '--yes']))
    const sent = await sentBy(ann)
    const twice = await ann.run(['split', series.id, '1eth'], meanwhile(['split', series.id, '1eth']))
    expect(twice.exitCode).toBe(1)
    expect(said(errorOf(twice), series)).toEqual([
      'error: Expected the account to hold 1 P and 1 N as it did, got 2 P and 2 N. Nothing was sent. Look before you repeat: assize series show SERIES',
    ])
    const late = await ann.run(
      ['split', series.id, '1eth'],
      typing('y', () => court.stage.embedded.mineAt(series.fixing.maturity)),
    )
    expect(errorOf(late)).toContain('Expected a series before its maturity')
    expect(await sentBy(ann)).toBe(sent + 1)
  })

  test('what is in flight is named, with the command that takes it back', async () => {
    const ann = await somebody()
    const series = await announced(ann)
    const proxy = await startProxy(court.stage.embedded.rpcUrl, (method) =>
      method === 'eth_getTransactionReceipt' ? 'nothing to see here' : undefined,
    )
    const args = ['split', series.id, '1eth', '--yes', '--rpc', proxy.url]
    const { exitCode, err } = await impatiently(() => ann.run(args))
    await proxy.close()
    expect(exitCode).toBe(1)
    expect(err.split('\n').at(-1)).toMatch(
      /^error: Expected a receipt of splitEther, got none: transaction 0x\w+ may be mined yet\. In flight: split 1 ETH\. .* take it back, unless a node runs with this key: assize cancel --nonce \d+ --rpc /,
    )
  })
})

/** The code of a token that takes deposits, of six decimals, that does not call itself WETH. */
const TOKEN = weth9Bytecode
  .replace(stringToHex('WETH').slice(2), stringToHex('USDX').slice(2))
  .replace('6012600260', '6006600260') as Hex
