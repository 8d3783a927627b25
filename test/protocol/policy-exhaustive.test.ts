import { expect, test } from 'vitest'
import { INVALID } from '#protocol/fixing.ts'
import { decide, type PolicyView } from '#protocol/policy.ts'

/**
 * P1 restated from the specification without looking at its code: definitions over all candidates instead of
 * sorting, cross-multiplied integers instead of rationals. In every market of the grid both must decide alike.
 */
const OWN = 1_000_000n
const M = 1_000_000n
const SEPARATION = 1_000n

/** Distances from o at which something changes, and one unit beside them: near, close, separated, out of reach. */
const STEPS = [0n, 1n, 99n, 100n, 101n, 199n, 200n, 201n, 399n, 400n, 401n, 500n, 600n, 700n, 999n, 1_000n, 1_001n]
const FAR = [1_199n, 1_200n, 1_201n, 1_202n, 2_000n, 9_000n]
const PLACES = [...STEPS, ...FAR].flatMap((step) => [OWN + step, OWN - step]).concat(INVALID)

type Market = { readonly values: readonly bigint[]; readonly leader: number; readonly stakes: readonly bigint[] }

/** Every order of leaders that three values can have, with the stakes that it brings, in bonds. */
const ENDINGS: readonly Omit<Market, 'values'>[] = [
  { leader: 0, stakes: [1n] },
  { leader: 1, stakes: [1n, 2n] },
  { leader: 0, stakes: [4n, 2n] },
  { leader: 1, stakes: [4n, 8n] },
  { leader: 2, stakes: [1n, 2n, 6n] },
  { leader: 2, stakes: [4n, 2n, 12n] },
  { leader: 0, stakes: [16n, 2n, 6n] },
  { leader: 1, stakes: [1n, 14n, 6n] },
]
const ROUNDS = new Map([
  [1n, 1],
  [3n, 2],
  [6n, 3],
  [12n, 4],
  [9n, 3],
  [18n, 4],
  [24n, 4],
  [21n, 4],
])

test.each([0n, 100n, 200n, 249n])(
  'P1 decides as the specification says in every market of the grid (R-310, R-312): noise of %s ppm',
  (noise) => {
    let markets = 0
    const wrong: string[] = []
    for (const ending of ENDINGS) {
      for (const values of placements(ending.stakes.length)) {
        markets += 1
        const market = { values, ...ending }
        const got = staked(market, noise)
        const want = restated(market, noise)
        if (got !== want && wrong.length < 5)
          wrong.push(`${values.join()} led by ${ending.leader}: ${got}, not ${want}`)
      }
    }
    expect(wrong).toEqual([])
    expect(markets).toBeGreaterThan(30_000)
  },
)

/** Values that can be candidates together. */
function placements(count: number): bigint[][] {
  if (count === 0) return [[]]
  return placements(count - 1).flatMap((before) =>
    PLACES.filter((place) => before.every((other) => isApart(place, other))).map((place) => [...before, place]),
  )
}

/** What the product's policy stakes on; undefined for nothing. */
function staked({ values, leader, stakes }: Market, noise: bigint): bigint | undefined {
  const candidates = values.map((value, index) => ({ value, stake: stakes[index] ?? 0n }))
  const round = roundOf(stakes)
  const view: PolicyView = { round, candidates, leaderIndex: leader, pots: [], separationPpm: Number(SEPARATION) }
  const decision = decide({ view, own: OWN, noisePpm: Number(noise), reportValue: undefined })
  if (decision.action === 'none') return undefined
  expect(decision.action).toBe(round === 1 ? 'contribute' : 'appeal')
  return decision.value
}

function restated({ values, leader, stakes }: Market, noise: bigint): bigint | undefined {
  if (values.every((value) => isApart(value, OWN))) return OWN
  const numbers = [...values.keys()].filter((index) => values[index] !== INVALID)
  const at = (index: number): bigint => values[index] ?? 0n
  const stakeOn = (index: number): bigint => stakes[index] ?? 0n
  const isSure = (one: number): boolean =>
    numbers.every((other) => other === one || isFartherBy(at(other), at(one), noise)) &&
    (roundOf(stakes) > 1 || isClose(at(one), noise))
  const sure = numbers.find(isSure)
  if (sure !== undefined) return sure === leader ? undefined : at(sure)
  if (numbers.includes(leader) && !isOutOfReach(at(leader), noise)) return undefined
  const near = numbers.filter((one) => numbers.every((other) => !isFartherBy(at(one), at(other), noise)))
  const least = near.filter((one) => near.every((other) => stakeOn(one) <= stakeOn(other)))
  const [first] = least.filter((one) => least.every((other) => !isFartherBy(at(one), at(other), 0n)))
  return first === undefined ? undefined : at(first)
}

function roundOf(stakes: readonly bigint[]): number {
  return ROUNDS.get(stakes.reduce((sum, stake) => sum + stake, 0n)) ?? 0
}

function isApart(a: bigint, b: bigint): boolean {
  if (a === INVALID || b === INVALID) return a !== b
  return (larger(a, b) - smaller(a, b)) * M >= SEPARATION * smaller(a, b)
}

/** q(far, o) > q(near, o) (1 + noise)^2. */
function isFartherBy(far: bigint, near: bigint, noise: bigint): boolean {
  const left = larger(far, OWN) * smaller(near, OWN) * M * M
  return left > larger(near, OWN) * smaller(far, OWN) * (M + noise) * (M + noise)
}

/** q(value, o) <= 1 + separation/2 - noise. */
function isClose(value: bigint, noise: bigint): boolean {
  return 2n * M * larger(value, OWN) <= (2n * M + SEPARATION - 2n * noise) * smaller(value, OWN)
}

/** q(value, o) > (1 + separation) (1 + noise)^2. */
function isOutOfReach(value: bigint, noise: bigint): boolean {
  return larger(value, OWN) * M * M * M > smaller(value, OWN) * (M + SEPARATION) * (M + noise) * (M + noise)
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
