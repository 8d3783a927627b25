import { expect, test } from 'vitest'
import { assize } from './command-line.ts'

test('griefing prints what delays cost, where a lie wins and what honest capital is needed', async () => {
  const { exitCode, out } = await assize(['griefing', '--fixings', '30', '--capital', '10'])
  expect(exitCode).toBe(0)
  const lines = out.split('\n')
  expect(lines).toContain('Bond d 0.1 ETH, arbitration fee F 0.04 ETH, open interest 0 ETH.')
  expect(lines).toContain('Settled at the latest 100 d after maturity; undisputed 1 d after the proposal.')
  expect(lines).toContain('│ 4       │ ruling  │          67 d │   0.2533 │     1.3733 │')
  expect(lines).toContain(
    'Honest capital: 0.54 ETH (5 d + F) answers anything; of it 0.2 ETH (2 d) within 1 d of a lie.',
  )
  expect(lines.filter((line) => line.includes('lie 1 → truth → lie 1 '))).toHaveLength(4)
  expect(lines).toContain('30 fixings that mature together need 16.2 ETH, of it 6 ETH within 1 d.')
  expect(lines.at(-1)).toBe(
    '10 ETH defends 18 of them against any attacker. In the other 12 a lie can win, for bonds of 1.2 ETH that come back.',
  )
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

test('griefing prints what corruption costs', async () => {
  const { out } = await assize(['griefing', '--corruption', '31'])
  // The best: the lie leads again, the truth is appealed with a = ceil(0.6 / 9), and 0.2 + a - 40 % of that are gained:
  // 0.160000000000000001.
  expect(out).toContain(
    'At 31 ETH a lie costs 30.8399 ETH: it pays whoever gains more by it, and no open interest above that is guarded.',
  )
  expect(out).toContain(
    '│                 0.4 │                0.3066 │               0.16 │ honest    │ lie 1 → truth → lie 1 ',
  )
  const cheap = await assize(['griefing', '--corruption', '0.16'])
  expect(cheap.out).toContain('At 0.16 ETH corruption pays for itself: nothing is guarded.')
  const unknown = await assize(['griefing'])
  expect(unknown.out).toContain('A lie costs the price of corruption less 0.16 ETH; give the price with --corruption.')
  const { boughtRulings } = JSON.parse((await assize(['griefing', '--json', '--corruption', '31'])).out)
  expect(boughtRulings).toMatchObject({ corruption: '31000000000000000000', netCost: '30839999999999999999' })
})

test('griefing has a help text with its defaults', async () => {
  const { exitCode, out } = await assize(['griefing', '--help'])
  expect(exitCode).toBe(0)
  expect(out).toContain('(default: 0.1)')
})

test.each([
  [['--fee', '5'], 'Expected arbitrationFee from 1 to 40000000000000000, got 5000000000000000000.'],
  [['--window', '5x'], 'Expected a time such as 600s, 24h or 30d, got "5x".'],
  [['--capital', 'much'], 'Expected ETH such as 0.1, got "much".'],
  [['--fixings', '0'], 'Expected at least 1, got 0.'],
])('griefing refuses %j, exit 2', async (args, message) => {
  const { exitCode, out, err } = await assize(['griefing', ...args])
  expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  expect(err).toContain(message)
})
