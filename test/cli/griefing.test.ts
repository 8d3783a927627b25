import { expect, test } from 'vitest'
import { assize } from './command-line.ts'

test('griefing prints what delays cost, where a lie wins and what honest capital is needed', async () => {
  const { exitCode, out } = await assize(['griefing', '--fixings', '30', '--capital', '10'])
  expect(exitCode).toBe(0)
  const lines = out.split('\n')
  expect(lines).toContain('Bond d 0.1 ETH, arbitration fee F 0.04 ETH, open interest 0 ETH.')
  expect(lines).toContain('Settled at the latest 100 d after maturity; undisputed 1 d after the proposal.')
  expect(lines).toContain('4        ruling   67 d           0.2533    1.3733')
  expect(lines).toContain(
    'Honest capital: 0.54 ETH (5 d + F) answers anything; of it 0.2 ETH (2 d) within 1 d of a lie.',
  )
  expect(lines.filter((line) => line.includes('lie 1 → truth → lie 1'))).toHaveLength(4)
  expect(lines).toContain('30 fixings that mature together need 16.2 ETH, of it 6 ETH within 1 d.')
  // 18 x 0.54 = 9.72 ETH; 0.28 ETH are 2.8 d, below 2.667 d + F = 3.067 d: 4 d there, d in each of 11 others.
  expect(lines.slice(-2)).toEqual([
    '10 ETH defends 18 of them against any attacker. A lie can win in the other 12, for stakes of 1.5 ETH that come back.',
    'Of it 0.4 ETH where the 0.28 ETH that are left answer.',
  ])
  expect(lines).toContain('0        ruling   93 d           0.04      0.04')
})

test('griefing says the same to scripts, amounts in wei as text and times in seconds', async () => {
  const args = [
    'griefing',
    '--json',
    '--open-interest',
    '10000',
    '--window',
    '12h',
    '--limit',
    '7d',
    '--first-window',
    '3600',
  ]
  const { exitCode, out } = await assize(args)
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    version: 1,
    honest: {
      bond: '25000000000000000000',
      firstAnswer: '50000000000000000000',
      total: '125040000000000000000',
      lockedSeconds: 3_600 + 3 * 43_200 + 14 * 86_400,
    },
    worstCaseSeconds: 3_600 + 3 * 43_200 + 21 * 86_400 + 72 * 3_600,
    crowd: { fixings: '1', total: '125040000000000000000', firstAnswers: '50000000000000000000' },
  })
})

test.each([
  [
    ['--capital', '0.53'],
    '0.53 ETH does not defend it against any attacker. A lie can win, for stakes of 2.5 ETH that come back.',
  ],
  [['--capital', '0.54'], '0.54 ETH defends it against any attacker. No lie wins by the clock.'],
  [
    ['--fixings', '2', '--capital', '1'],
    '1 ETH defends 1 of them against any attacker. A lie can win in the other, for stakes of 2.2 ETH that come back.',
  ],
])('griefing %j prices a lie by the capital that is left', async (args, last) => {
  const { out } = await assize(['griefing', ...args])
  expect(out.split('\n').at(-1)).toBe(last)
  expect(out).not.toContain('1 fixings')
})

test('griefing prints what corruption costs, over all fixings of the arbitrator', async () => {
  const { out } = await assize(['griefing', '--corruption', '31', '--fixings', '50'])
  // The best: the lie leads again, the truth is appealed with a = ceil(0.6 / 9), and 0.2 + a - 40 % of that are gained:
  // 0.160000000000000001 and F = 0.04 in each of 50.
  expect(out).toContain(
    'At 31 ETH, with 50 fixings x 0.2 ETH from the game, lies cost 20.9999 ETH: ' +
      'they pay whoever gains more by all of them together.\n' +
      'No open interest above that is guarded, summed over all fixings that this arbitrator or backup serves, these and others.',
  )
  expect(out).toMatch(/^0\.4 +0\.3066 +0\.16 +honest +lie 1 → truth → lie 1$/m)
  const cheap = await assize(['griefing', '--corruption', '1', '--fixings', '50'])
  expect(cheap.out).toContain(
    'At 1 ETH, with 50 fixings x 0.2 ETH from the game, corruption pays for itself: nothing is guarded.',
  )
  const unknown = await assize(['griefing'])
  expect(unknown.out).toContain('Lies cost the price of corruption less 1 fixing x 0.2 ETH; give the price with')
  const json = (await assize(['griefing', '--json', '--corruption', '31', '--fixings', '50'])).out
  expect(JSON.parse(json).boughtRulings).toMatchObject({
    corruption: '31000000000000000000',
    fixings: '50',
    gain: '160000000000000001',
    gainAsArbitrator: '200000000000000001',
    netCost: '20999999999999999950',
  })
})

test.each(['1', '1eth', '1 ETH', '1weth', '1000000000gwei'])(
  'griefing reads --min-bond %j as the other commands do',
  async (bond) => {
    const { out } = await assize(['griefing', '--min-bond', bond])
    expect(out).toContain('Bond d 1 ETH,')
  },
)

test('griefing has a help text with its defaults', async () => {
  const { exitCode, out } = await assize(['griefing', '--help'])
  expect(exitCode).toBe(0)
  expect(out).toContain('(default: 0.1 ETH)')
})

test.each([
  [['--fee', '5'], 'Expected --fee from 1 wei to 0.04 ETH, got 5 ETH.'],
  [
    ['--open-interest', '99999999999', '--bond-ppm', '100000'],
    'Expected a bond of at most 1208925.819614629174706176 ETH, got 9999999999.9 ETH: the oracle refuses more.',
  ],
  [['--window', '5x'], 'Expected a time such as 600s, 24h or 30d, got "5x".'],
  [['--capital', 'much'], 'Expected ETH such as 0.1, got "much".'],
  [['--fixings', '0'], 'Expected at least 1, got 0.'],
])('griefing refuses %j, exit 2', async (args, message) => {
  const { exitCode, out, err } = await assize(['griefing', ...args])
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(message)
})
