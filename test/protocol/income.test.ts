import { readFileSync } from 'node:fs'
import { fc, test as fuzz } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { breakEvenOf, type Income, incomeOf, returnPpmOf } from '#protocol/income.ts'
import type { IncomeTerms } from '#protocol/income-terms.ts'
import { floorOf, type Rational } from '#protocol/rational.ts'
import { CLAIM_GAS, MEASURED_REPORTERS, MEASURED_SHARES, REPORTER_GAS } from '#protocol/reporter-gas.ts'

const ETHER = 10n ** 18n
const GWEI = 10n ** 9n
const DAY = 86_400n

/** Four reporters who are always there: all shares are round. */
const TERMS: IncomeTerms = {
  fixings: 400n,
  reward: ETHER / 25n,
  proposalReward: ETHER / 1_000n,
  reporters: 4n,
  attendancePpm: 1_000_000n,
  othersAttendancePpm: 1_000_000n,
  gasPrice: GWEI,
  attestGas: 0n,
  claimGas: 71_678n,
  bond: ETHER,
  bondSeconds: DAY,
  capital: 2n * ETHER,
  stake: 3n * ETHER,
  interestPpm: 40_000n,
  years: 2n,
  rosters: 10n,
  disputedPpm: 10_000n,
  disputeStake: 2n * ETHER,
  disputeReturnPpm: 400_000n,
  slashingPpm: 1_000n,
  server: ETHER / 100n,
}

test('a year is what its parts are by hand', () => {
  const income = incomeOf(TERMS)
  // Each signs 400 fixings with three others and proposes every fourth; 1 % of 400 are 4 disputes.
  expect([income.paid, income.signers, income.turns].map(wholeOf)).toEqual([400n, 4n, 100n])
  expect(mapped(income.revenue)).toEqual({
    rewards: 4n * ETHER,
    proposals: ETHER / 10n,
    // 40 % of 2 ETH, four times.
    disputes: (16n * ETHER) / 5n,
  })
  expect(mapped(income.costs)).toEqual({
    registration: (463_360n * GWEI) / 2n,
    // A fourth of ten rosters of four: a tenth of one of a hundred.
    rosters: (4_338_951n * GWEI) / 10n,
    proposing: 100n * (299_758n + 52_886n) * GWEI,
    claiming: 400n * 71_678n * GWEI,
    disputing: 4n * (108_436n + 55_012n) * GWEI,
    server: (12n * ETHER) / 100n,
    slashing: (3n * ETHER) / 1_000n,
    interest: ETHER / 5n,
  })
  // 7.3 ETH less 0.323 ETH and 65 254 967.1 gwei.
  expect(floorOf(income.net)).toBe(6_977_000_000_000_000_000n - 65_254_967_100_000_000n)
  // 7.177 ETH less the gas, on 5 ETH.
  expect(income.locked).toBe(5n * ETHER)
  expect(returnPpmOf(income)).toBe(1_422_349n)
})

test('the others’ absence raises a share, one’s own lowers how many there are', () => {
  const terms = { ...TERMS, attendancePpm: 900_000n, othersAttendancePpm: 800_000n }
  const { paid, signers, turns, revenue } = incomeOf(terms)
  expect(wholeOf(paid)).toBe(360n)
  // 1 + 3 x 0.8 share each.
  expect(signers.n * 10n).toBe(34n * signers.d)
  expect(floorOf(revenue.rewards)).toBe((360n * 10n * ETHER) / (25n * 34n))
  // 0.9 of 0.9 + 3 x 0.8 turns.
  expect(turns.n * 33n).toBe(400n * 9n * turns.d)
})

test('nobody else is needed', () => {
  const { signers, turns } = incomeOf({ ...TERMS, reporters: 1n, othersAttendancePpm: 0n, capital: 3n * ETHER })
  expect([signers, turns].map(wholeOf)).toEqual([1n, 400n])
})

test('what breaks even, by hand', () => {
  const terms = { ...TERMS, disputedPpm: 0n, proposalReward: 0n, years: 1n, rosters: 0n, slashingPpm: 0n, server: 0n }
  // A fixing costs a claim and a fourth of a proposal, 159 839 gas; a year 0.2 ETH of interest and the registration.
  const gas = 463_360n + 100n * 639_356n
  const fixed = ETHER / 5n + 463_360n * GWEI
  const margin = ETHER / 100n - (639_356n * GWEI) / 4n
  expect(breakEvenOf(terms)).toEqual({
    // A hundred rewards a year are the reporter's.
    reward: ceiling(ETHER / 5n + gas * GWEI, 100n),
    gasPrice: (4n * ETHER - ETHER / 5n) / gas,
    fixings: ceiling(fixed, margin),
  })
})

test('nobody attests where a share does not pay for the gas of it, and nobody is rewarded', () => {
  // A fourth of 0.04 ETH pays for 216 930 gas at 46 097 gwei and no more.
  const dearest = ETHER / 100n / 216_930n
  const terms = { ...TERMS, attestGas: 216_930n, gasPrice: dearest }
  expect(incomeOf(terms)).toEqual(incomeOf({ ...terms, attestGas: 0n }))
  for (const change of [{ gasPrice: dearest + 1n }, { reward: 4n * 216_930n * dearest - 1n }]) {
    const { paid, revenue, costs } = incomeOf({ ...terms, ...change })
    const gasPrice = change.gasPrice ?? dearest
    expect(wholeOf(paid)).toBe(0n)
    expect(mapped(revenue)).toEqual({ rewards: 0n, proposals: ETHER / 10n, disputes: (16n * ETHER) / 5n })
    expect(mapped({ rosters: costs.rosters, claiming: costs.claiming, proposing: costs.proposing })).toEqual({
      rosters: 0n,
      claiming: 0n,
      // Plain proposals.
      proposing: 100n * (95_790n + 52_886n) * gasPrice,
    })
  }
})

test('what breaks even is what is attested, where a reward that is not would do', () => {
  const terms = { ...TERMS, attestGas: 216_930n, disputedPpm: 0n, proposalReward: 0n, server: 0n, slashingPpm: 0n }
  const always = { ...terms, attestGas: 0n }
  const { reward, gasPrice } = breakEvenOf({ ...terms, gasPrice: 100n * GWEI })
  expect(reward).toBe(4n * 216_930n * 100n * GWEI)
  expect(gasPrice).toBe(ETHER / 100n / 216_930n)
  const free = breakEvenOf({ ...always, gasPrice: 100n * GWEI })
  expect([reward, free.reward].toSorted((x, y) => Number((x ?? 0n) - (y ?? 0n)))).toEqual([free.reward, reward])
  expect([gasPrice, free.gasPrice].toSorted((x, y) => Number((x ?? 0n) - (y ?? 0n)))).toEqual([gasPrice, free.gasPrice])
})

test('nothing breaks even where a fixing costs more than it pays, or gas is not what costs too much', () => {
  const dear = { ...TERMS, disputedPpm: 0n, reward: 0n, proposalReward: 0n }
  expect(breakEvenOf(dear)).toMatchObject({ gasPrice: undefined, fixings: undefined })
  expect(breakEvenOf({ ...dear, fixings: 0n })).toMatchObject({ reward: undefined })
})

test('a reporter that earns without rewards or fixings needs none', () => {
  const idle = { ...TERMS, gasPrice: 0n, interestPpm: 0n, slashingPpm: 0n, server: 0n }
  expect(breakEvenOf(idle)).toMatchObject({ reward: 0n, fixings: 0n })
})

const amount = (max: bigint) => fc.bigInt({ min: 0n, max })
const anyTerms = fc.record({
  fixings: fc.bigInt({ min: 1n, max: 20_000n }),
  reward: amount(ETHER),
  proposalReward: amount(ETHER / 100n),
  reporters: fc.bigInt({ min: 1n, max: 180n }),
  attendancePpm: fc.bigInt({ min: 1n, max: 1_000_000n }),
  othersAttendancePpm: fc.bigInt({ min: 666_667n, max: 1_000_000n }),
  gasPrice: amount(200n * GWEI),
  attestGas: fc.oneof(fc.constant(0n), fc.constant(216_930n)),
  claimGas: amount(80_000n),
  bond: amount(ETHER),
  bondSeconds: amount(3n * DAY),
  capital: fc.constant(1_000n * ETHER),
  stake: fc.bigInt({ min: 1n, max: 32n * ETHER }),
  interestPpm: amount(100_000n),
  years: fc.bigInt({ min: 1n, max: 9n }),
  rosters: amount(365n),
  disputedPpm: amount(2_000n),
  disputeStake: amount(10n * ETHER),
  disputeReturnPpm: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
  slashingPpm: amount(50_000n),
  server: amount(ETHER / 10n),
})

fuzz.prop([anyTerms])('beyond what breaks even there is a loss, and at it none', (terms) => {
  const { reward, gasPrice, fixings } = breakEvenOf(terms)
  const netAt = (change: Partial<IncomeTerms>): boolean => incomeOf({ ...terms, ...change }).net.n >= 0n
  if (reward !== undefined) expect(netAt({ reward })).toBe(true)
  if (reward !== undefined && reward > 0n) expect(netAt({ reward: reward - 1n })).toBe(false)
  if (gasPrice !== undefined) expect([netAt({ gasPrice }), netAt({ gasPrice: gasPrice + 1n })]).toEqual([true, false])
  if (gasPrice === undefined) expect(netAt({ gasPrice: 0n })).toBe(false)
  if (fixings === undefined) expect(netAt({})).toBe(false)
  if (fixings !== undefined && fixings > 0n && fixings < 1_000_000n) {
    expect([netAt({ fixings }), netAt({ fixings: fixings - 1n })]).toEqual([true, false])
  }
})

fuzz.prop([anyTerms])('there is a loss exactly where stake and capital would earn more elsewhere', (terms) => {
  const income = incomeOf(terms)
  expect(returnPpmOf(income) >= terms.interestPpm).toBe(income.net.n >= 0n)
})

test.each<[Partial<IncomeTerms>, string]>([
  [{ reporters: 181n }, 'Expected reporters from 1 to 180, got 181.'],
  [{ attendancePpm: 0n }, 'Expected attendancePpm from 1 to 1000000, got 0.'],
  [{ stake: 0n }, 'Expected stake from 1 to 79228162514264337593543950335, got 0.'],
  [{ disputeReturnPpm: -1_000_001n }, 'Expected disputeReturnPpm from -1000000 to 10000000, got -1000001.'],
  // 1 + 3 x 5/9 = 2/3 x 4 is no quorum.
  [
    { othersAttendancePpm: 555_555n },
    'Expected othersAttendancePpm from 555556 to 1000000, got 555555. More than two thirds sign a report.',
  ],
  // 100 proposals of a day each bond 100 / 365 ETH on average.
  [
    { capital: ETHER / 5n },
    'Expected capital from 273972602739726028 to 79228162514264337593543950335, got 200000000000000000. So much is bonded on average.',
  ],
  [
    { disputeStake: 2n * ETHER + 1n },
    'Expected disputeStake from 0 to 2000000000000000000, got 2000000000000000001. It is paid from the capital.',
  ],
])('refuses %o', (change, message) => {
  const terms = { ...TERMS, ...change }
  const error = expect.objectContaining({ name: 'Income.TermOutOfBoundsError', message, field: Object.keys(change)[0] })
  expect(() => incomeOf(terms)).toThrow(error)
  expect(() => breakEvenOf(terms)).toThrow(error)
})

test('the gas is what was measured', () => {
  const measured = JSON.parse(readFileSync('test/bench/gas.json', 'utf8')) as Record<string, { gas: number }>
  const gasOf = (step: string): bigint => BigInt(measured[step]?.gas ?? 0)
  expect(REPORTER_GAS).toEqual({
    register: gasOf('register'),
    publishRoster: gasOf(`publish the roster of ${MEASURED_REPORTERS}`),
    propose: gasOf('propose'),
    proposeAttested: gasOf('propose attested, 90 of 100 reporters'),
    attest: gasOf('attest, 90 of 100 reporters'),
    claimProposal: gasOf('claim, undisputed'),
    claimReward: gasOf('claim a reward'),
    claimRewards: gasOf(`claim the rewards of ${MEASURED_SHARES}`),
    contribute: gasOf('contribute, fills a pot alone, round 1, new value'),
    claimContribution: gasOf('claim, winner after one dispute'),
  })
  // 15 301.6 gas each.
  expect(CLAIM_GAS).toEqual({ alone: 71_678n, batched: 15_302n })
})

function mapped<Name extends string>(parts: Readonly<Record<Name, Rational>>): Record<string, bigint> {
  return Object.fromEntries(Object.entries<Rational>(parts).map(([name, part]) => [name, wholeOf(part)]))
}

/** The value of a fraction that is whole. */
function wholeOf({ n, d }: Income['net']): bigint {
  if (n % d !== 0n) throw new RangeError(`Expected a whole number, got ${n} / ${d}.`)
  return n / d
}

function ceiling(n: bigint, d: bigint): bigint {
  return (n + d - 1n) / d
}
