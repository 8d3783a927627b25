import { expect, test } from 'vitest'
import { streamIo } from '../../cli/io.ts'
import { assize } from './command-line.ts'

/** Four reporters who are always there, a whole year: what it is made of is round. */
const ROUND =
  'income --fixings 400 --reward 0.04eth --proposal-reward 0.001 --reporters 4 --attendance 100 --others 100% ' +
  '--gas-price 1gwei --bond 1 --bond-time 1d --capital 2 --stake 3 --interest 4 --years 2 --rosters 10 --disputed 1 ' +
  '--dispute-stake 2 --dispute-return 40 --slashing 0.1 --server 0.01eth'

const run = (line: string) => assize(line.split(' '))

test('income prints what a year is made of, what breaks even, and what gas and reward change', async () => {
  const { exitCode, out, err } = await run(ROUND)
  expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
  const lines = out.split('\n')
  expect(lines.slice(0, 17)).toEqual([
    "A reporter's year: 400 fixings with 0.04 ETH for 4 reporters, gas at 1 gwei.",
    '',
    '  rewards       4          400 shares, each 1/4 of a reward',
    '  proposals     0.1        100 turns at 0.001 ETH',
    '  disputes      3.2        4 disputes, 2 ETH at 40 %',
    '  registration  -0.000231  gas, once in 2 years',
    '  rosters       -0.000433  gas, a share of 10 rosters',
    // 100 x 352 591, 400 x 71 678 and 4 x 163 523 gas.
    '  proposing     -0.035264  gas, 100 turns and their claims',
    '  claiming      -0.028671  gas, 400 shares at 71678',
    '  disputing     -0.000653  gas, 4 disputes and their claims',
    '  server        -0.12      12 months at 0.01 ETH',
    '  slashing      -0.003     0.1 % of 3 ETH',
    '  interest      -0.2       4 % of 5 ETH',
    '  net           6.911745',
    '',
    'Stake and capital of 5 ETH earn 142.2349 % a year, against 4 % elsewhere.',
    'A share of 0.01 ETH costs 0.000071 ETH of gas to claim.',
  ])
  // 6.977 ETH less 0.0652549671 ETH of gas; a fourth to four times the gas, and 1 to 16 ETH of rewards.
  expect(lines.slice(-6)).toEqual([
    '  gas   0.01      0.02      0.04      0.08       0.16',
    '  0.25  3.960686  4.960686  6.960686  10.960686  18.960686',
    '  0.5   3.944372  4.944372  6.944372  10.944372  18.944372',
    '  1     3.911745  4.911745  6.911745  10.911745  18.911745',
    '  2     3.84649   4.84649   6.84649   10.84649   18.84649',
    '  4     3.71598   4.71598   6.71598   10.71598   18.71598',
  ])
})

test('income says what breaks even, rounded so that it does', async () => {
  // No disputes, no rosters, no server: 0.2 ETH of interest, 463 360 gas once and 159 839 gas a fixing.
  const alone = `${ROUND} --disputed 0 --proposal-reward 0 --years 1 --rosters 0 --slashing 0 --server 0eth`
  const { out } = await run(alone)
  const lines = out.split('\n')
  const [, reward, gas, fixings] = lines.slice(lines.indexOf('What breaks even, all else unchanged:'))
  // (0.2 + 64 398 960 gwei) / 100; a share of 0.01 ETH / 216 930; 0.20046336 / (0.01 - 0.000159839).
  expect([reward, gas, fixings]).toEqual([
    '  a reward of 0.002644 ETH or more a fixing',
    '  gas at 46.0978 gwei or less',
    '  21 fixings or more a year',
  ])
  // Attested at any price: 3.8 ETH / 64 398 960.
  expect((await run(`${alone} --attest always`)).out).toContain('\n  gas at 59.0071 gwei or less\n')
})

test('income says the same to scripts, amounts in wei as text', async () => {
  const { exitCode, out } = await run(`${ROUND} --json`)
  expect(exitCode).toBe(0)
  const document = JSON.parse(out)
  expect(document).toMatchObject({
    version: 1,
    terms: { fixings: '400', reward: '40000000000000000', attendancePpm: '1000000', bondSeconds: '86400' },
    paid: '400',
    signers: '4',
    turns: '100',
    revenue: { rewards: '4000000000000000000', proposals: '100000000000000000', disputes: '3200000000000000000' },
    costs: { registration: '231680000000000', server: '120000000000000000', interest: '200000000000000000' },
    net: '6911745032900000000',
    locked: '5000000000000000000',
    returnPpm: 1_422_349,
  })
  expect(document.sensitivity).toHaveLength(5)
  expect(document.sensitivity[2].nets[2]).toEqual({ reward: '40000000000000000', net: document.net })
})

test('income shows tables to a person', async () => {
  const lines: string[] = []
  const stdout = { isTTY: true, on: () => stdout, write: (text: string) => lines.push(text) }
  const io = streamIo({ stdout, stderr: stdout } as never, { NO_COLOR: '1' })
  await assize(ROUND.split(' '), {}, { io })
  const text = lines.join('')
  expect(text).toContain('│ rewards      │         4 │ 400 shares, each 1/4 of a reward')
  expect(text).toContain('│  gas │     0.01 │')
})

test('income says plainly when it is a loss, and what does not help', async () => {
  const { exitCode, out } = await run('income --gas-price 100gwei --attest always')
  expect(exitCode).toBe(0)
  // 0.1 / 90.1 ETH against 71 678 x 100 gwei.
  expect(out).toContain('A share of 0.001109 ETH costs 0.007167 ETH of gas to claim: it can wait for cheaper gas.')
  expect(out).toMatch(/^A loss\. Stake and capital of 1\.1 ETH earn -\d+\.\d+ % a year, less than 3 % elsewhere\.$/m)
  expect(out).toContain('\n  no number of fixings\n')
  const paid = await run('income --gas-price 100gwei')
  // 100 reporters x 216 930 gas at 100 gwei; 0.1 ETH / 100 / 216 930.
  expect(paid.out).toContain(
    'Nobody attests, so there are no rewards: a share does not pay for the gas of it. It takes a reward of 2.1693 ETH or more, or gas at 4.6097 gwei or less.',
  )
  expect(paid.out).toContain('\n  rewards       0          0 shares')
  const free = JSON.parse((await run('income --reward 0 --json')).out)
  expect(free.breakEven).toMatchObject({ gasPrice: null, fixings: null })
  // The same reward whatever it was.
  expect(free.breakEven.reward).toBe(JSON.parse((await run('income --json')).out).breakEven.reward)
})

test('income takes the cost of a server in the currency in which ETH is given', async () => {
  const server = async (flags: string) => JSON.parse((await run(`income ${flags} --json`)).out).terms.server
  expect(await server('--server 20usd --eth-in 2500usd')).toBe('8000000000000000')
  expect(await server('--server 5000000gwei')).toBe('5000000000000000')
  // A third of a wei is paid as a whole one.
  expect(await server('--server 1usd --eth-in 3usd')).toBe('333333333333333334')
})

test('income pays for claims alone, for a part of one for many, or what it is told', async () => {
  const claiming = async (flags: string) => JSON.parse((await run(`${ROUND} --json${flags}`)).out).costs.claiming
  // 400 shares at 1 gwei.
  expect(await claiming('')).toBe('28671200000000000')
  expect(await claiming(' --claims alone')).toBe('28671200000000000')
  expect(await claiming(' --claims batched')).toBe('6120800000000000')
  expect(await claiming(' --claim-gas 0')).toBe('0')
})

test('income has a help text with its defaults', async () => {
  const { exitCode, out } = await run('income --help')
  expect(exitCode).toBe(0)
  expect(out).toContain('(default: 0.1 ETH)')
  expect(out.replaceAll(/\s+/g, ' ')).toContain('alone: 71678 gas a share; batched: 15302, if 88 split one transaction')
  expect(out).toContain('Examples:\n  assize income\n')
})

test.each([
  ['--gas-price 2', 'Expected a gas price such as 2gwei, got "2".'],
  ['--gas-price 2moon', 'Expected ETH such as 0.1, got "2moon".'],
  ['--reward 0.5wei', 'Expected ETH such as 0.1, got "0.5wei".'],
  ['--attendance all', 'Expected a percentage such as 99.5, got "all".'],
  ['--attendance 0', 'Expected --attendance from 0.0001 % to 100 %, got 0 %.'],
  ['--others 60', 'Expected --others from 66.33 % to 100 %, got 60 %. More than two thirds sign a report.'],
  ['--reporters 181', 'Expected --reporters from 1 to 180, got 181.'],
  ['--stake 0', 'Expected --stake from 0.000000000000000001 ETH to 79228162514.264337593543950335 ETH, got 0 ETH.'],
  ['--disputed 1 --dispute-stake 2', 'Expected --dispute-stake from 0 ETH to 0.1 ETH, got 2 ETH. It is paid from'],
  ['--capital 0', 'Expected --capital from 0.001'],
  ['--claims all', "'all' is invalid. Allowed choices are alone, batched."],
  ['--claims alone --claim-gas 0', "'--claim-gas <gas>' cannot be used with option '--claims <how>'."],
  ['--server 20usd', 'Expected --server in ETH or, with --eth-in, in the currency of that, got "20usd" and nothing.'],
  ['--server 20usd --eth-in 2500eur', 'got "20usd" and "2500eur".'],
  ['--server 20usd --eth-in 0usd', 'Expected --eth-in above 0, got "0usd".'],
])('income refuses %s, exit 2', async (flags, message) => {
  const { exitCode, out, err } = await run(`income ${flags}`)
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(message)
})
