import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Random } from '../../model/random.ts'
import { dialling } from '../../network/topology.ts'
import { isMet, quantile, tableLines } from './figures.ts'

const run = promisify(execFile)

type Document = {
  readonly machine: { readonly commit: string }
  readonly results: readonly {
    readonly bench: string
    readonly figures: readonly { readonly what: string; readonly value: number }[]
  }[]
}

test('npm run bench:network measures everything and prints one document', async () => {
  const { stdout } = await run(process.execPath, ['test/bench/network/main.ts', '--small', '--json', ...SMALL])
  const { results } = JSON.parse(stdout) as Document
  expect(results.map(({ bench }) => bench)).toEqual([
    'burst of 4 reporters',
    'verification, one thread',
    'catch-up after a day: 3 fixings of 4 reporters',
    '20 open fixings with 4 observations each',
    'backfill of 2000 logs',
  ])
  for (const { figures } of results) for (const { value } of figures) expect(value).toBeGreaterThan(0)
  const [burst] = results
  expect(burst?.figures.find(({ what }) => what === 'delivered')).toMatchObject({ value: 100, met: true })
})

const SMALL = ['burst-5', 'verify', 'catch-up', 'open-fixings', 'backfill'].flatMap((name) => ['--only', name])

test('npm run bench:network refuses a benchmark that it does not know', async () => {
  await expect(run(process.execPath, ['test/bench/network/main.ts', '--only', 'nothing'])).rejects.toMatchObject({
    code: 2,
    stdout: '',
  })
})

describe('figures', () => {
  test('quantiles are the nearest rank', () => {
    const values = [15, 20, 35, 40, 50]
    expect([0.05, 0.3, 0.4, 0.5, 1].map((share) => quantile(values, share))).toEqual([15, 20, 20, 35, 50])
    expect(quantile([], 0.5)).toBeNaN()
  })

  test('meet their goals at the bound, from either side', () => {
    const figure = { what: 'x', unit: 's', value: 2 }
    expect(isMet(figure)).toBeUndefined()
    expect([1, 2, 3].map((atMost) => isMet({ ...figure, goal: { atMost } }))).toEqual([false, true, true])
    expect([1, 2, 3].map((atLeast) => isMet({ ...figure, goal: { atLeast } }))).toEqual([true, true, false])
  })

  test('are shown beside their raw limit and goal', () => {
    const figures = [
      { what: 'rate', value: 12_345.6, unit: '/s', raw: { what: 'alone', value: 0.125 }, goal: { atLeast: 20_000 } },
      { what: 'lost', value: Number.NaN, unit: 'ms' },
    ]
    expect(tableLines([{ bench: 'b', figures }])).toEqual([
      '         figure  raw           goal',
      'b',
      'rate  12 346 /s  0.13 (alone)  >= 20 000 MISSED',
      'lost    none ms',
      '',
    ])
  })
})

test('everybody is dialled once at most, by one way, and nobody is alone', () => {
  for (const [count, dials] of [
    [2, 6],
    [5, 2],
    [30, 6],
  ] as const) {
    const graph = dialling(count, dials, new Random(1))
    const links = graph.flatMap((others, i) => others.map((other) => [Math.min(i, other), Math.max(i, other)].join()))
    expect(new Set(links).size).toBe(links.length)
    expect(links.every((link) => link.split(',')[0] !== link.split(',')[1])).toBe(true)
    const reached = new Set([0])
    for (let round = 0; round < count; round += 1) {
      for (const [i, others] of graph.entries()) {
        for (const other of others) if (reached.has(i) || reached.has(other)) reached.add(i).add(other)
      }
    }
    expect(reached.size).toBe(count)
  }
})
