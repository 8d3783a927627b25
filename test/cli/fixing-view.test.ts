import { expect, test } from 'vitest'
import type { LoggedPot } from '#client/fixing-log.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { DEFAULT_PARAMETERS, INVALID } from '#protocol/fixing.ts'
import { parameterLines } from '../../cli/fixing/fixing-parameters.ts'
import { renderView, viewOf } from '../../cli/fixing/fixing-view.ts'
import { ETHER, formatIndexValue } from '../../cli/format.ts'

const ETH = 10n ** 18n
const FIXING = {
  ...DEFAULT_PARAMETERS,
  indexId: `0x${'11'.repeat(32)}`,
  maturity: 1_000n,
  arbitrator: `0x${'01'.repeat(20)}`,
  backup: `0x${'02'.repeat(20)}`,
  openInterest: `0x${'00'.repeat(20)}`,
  minBond: 3n * ETH,
  // As much as the stake of an appeal against 9 ether, so that half of what an appeal's pot holds is stake.
  arbitrationFee: ETH,
} as const
const SNAPSHOT: FixingSnapshot = {
  id: `0x${'ab'.repeat(32)}`,
  fixing: FIXING,
  atBlock: 1n,
  atTime: 2_000n,
  facts: { bond: 3n * ETH, round: 2, leader: 3_000n * ETH, deadline: 90_000n, arbitratedAt: 0n, ruling: 0n },
  phase: 'active',
  staked: 9n * ETH,
  candidates: [
    { value: 2_500n * ETH, stake: 3n * ETH },
    { value: 3_000n * ETH, stake: 6n * ETH },
  ],
  leaderIndex: 1,
  settlement: undefined,
  outcome: 'none',
  winner: undefined,
  currentArbitrator: undefined,
}

test('a new value has one row, whatever pots it has, and the fee that an appeal brings is no stake on it', () => {
  const one: LoggedPot[] = [{ kind: 'stake', value: 2_700n * ETH, filled: ETH }]
  const two: LoggedPot[] = [
    { kind: 'stake', value: 2_700n * ETH, filled: ETH / 2n },
    { kind: 'appeal', value: 2_700n * ETH, filled: ETH },
  ]
  expect(viewOf(SNAPSHOT, two).odds).toEqual(viewOf(SNAPSHOT, one).odds)
  expect(viewOf(SNAPSHOT, one).odds.map(({ value, sharePpm }) => [value / ETH, sharePpm])).toEqual([
    [2_500n, 300_000n],
    [3_000n, 600_000n],
    [2_700n, 100_000n],
  ])
  const rows = renderView(viewOf(SNAPSHOT, two), ETHER, { isTerminal: false }).split('\n')
  expect(rows.filter((row) => row.startsWith('2700'))).toEqual([
    expect.stringMatching(/^2700 +0 ETH +1\.5 ETH .*not a candidate yet$/),
  ])
})

test('pots of a candidate are part of its row', () => {
  const pots: LoggedPot[] = [
    { kind: 'stake', value: 2_500n * ETH, filled: ETH / 2n },
    { kind: 'appeal', value: 2_500n * ETH, filled: ETH },
  ]
  expect(viewOf(SNAPSHOT, pots).odds.map(({ sharePpm }) => sharePpm)).toEqual([400_000n, 600_000n])
})

test.each([
  [1_840_698_096_131_179_409_272n, '1840.698'],
  [20_156_550_000_000_000_000_000n, '20156.55'],
  [2n ** 128n - 2n, '340282366920938463463.3746'],
  // 1 ppm apart, and told apart.
  [1_000_000_000_000_000_000n, '1'],
  [1_000_001_000_000_000_000n, '1.000001'],
  [32_520_000_000_000_000n, '0.03252'],
  [32_560_000_000_000_000n, '0.03256'],
  [1_234_567_890_123n, '0.000001234567'],
  [1n, '0.000000000000000001'],
  [INVALID, 'INVALID'],
])('%d is shown as %s', (value, shown) => {
  expect(formatIndexValue(value)).toBe(shown)
})

test('a distance of 1 ppm is not shown as none', () => {
  const lines = parameterLines({ ...FIXING, separationPpm: 1, bandPpm: 12_345 }, ETHER)
  expect(lines).toContain('distance  candidates 0.0001 % apart, a ruling counts within 1.2345 %')
})
