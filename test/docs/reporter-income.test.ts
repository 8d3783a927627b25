import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { assize } from '../cli/command-line.ts'

const TEXT = readFileSync('docs/reporter-income.md', 'utf8')
/** As it stands in paragraphs, however they are broken. */
const PROSE = TEXT.replaceAll(/\s+/g, ' ')
const MILLIONTH = 1e-6

type Document = {
  readonly paid: string
  readonly signers: string
  readonly turns: string
  readonly revenue: Readonly<Record<string, string>>
  readonly costs: Readonly<Record<string, string>>
  readonly net: string
  readonly breakEven: Readonly<Record<'reward' | 'gasPrice' | 'fixings', string | null>>
}

async function documentOf(flags = ''): Promise<Document> {
  const { out } = await assize(['income', '--json', ...flags.split(' ').filter((flag) => flag !== '')])
  return JSON.parse(out) as Document
}

const inEther = (wei: string | null | undefined): number => Number(wei) / 1e18

/** The rows of a table as cells, from below its head on. */
function tableUnder(head: string): string[][] {
  const [, rest = ''] = TEXT.split(`\n${head}\n`)
  const [table = ''] = rest.split('\n\n')
  const [, ...rows] = table.split('\n')
  return rows.map((row) => row.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$|`/g, '')))
}

/** The worth of sums, differences, products and quotients of numbers, with brackets. */
function worthOf(expression: string): number {
  const tokens = expression.replaceAll(/(\d) (?=\d{3})/g, '$1').split(/\s+|(?<=\()|(?=\))/)
  const atom = (): number => {
    const token = tokens.shift() ?? ''
    if (token !== '(') return Number(token)
    const inner = sum()
    tokens.shift()
    return inner
  }
  const chain = (next: () => number, rules: Readonly<Record<string, (a: number, b: number) => number>>) => () => {
    let worth = next()
    for (let rule = rules[tokens[0] ?? '']; rule !== undefined; rule = rules[tokens[0] ?? '']) {
      tokens.shift()
      worth = rule(worth, next())
    }
    return worth
  }
  const product = chain(atom, { x: (a, b) => a * b, '/': (a, b) => a / b })
  const sum = chain(product, { '+': (a, b) => a + b, '-': (a, b) => a - b })
  return sum()
}

test('docs/reporter-income.md shows what the command prints', async () => {
  const [, command = '', output = ''] =
    /^```sh\nnpm run --silent cli -- (.*?)\n```\n\n```text\n(.*?)```$/ms.exec(TEXT) ?? []
  const { out } = await assize(command.split(' '))
  expect(`${out}\n`).toBe(output)
})

test('every line of the example’s arithmetic is worth what stands beside it, and what the command says', async () => {
  const { paid, signers, turns, revenue, costs, net } = await documentOf()
  const rows = tableUnder('| part | what it is | in the example | ETH |')
  const counts = { paid, signers, turns }
  const amounts = { ...revenue, ...costs, net }
  expect(rows.map(([name]) => name)).toEqual([...Object.keys(counts), ...Object.keys(amounts)])
  for (const [name = '', , expression = '', stated = ''] of rows) {
    expect(Math.abs(worthOf(expression) - Number(stated)), name).toBeLessThan(MILLIONTH)
  }
  const said = rows.map(([, , , stated]) => Number(stated))
  const wanted = [...Object.values(counts).map(Number), ...Object.values(amounts).map(inEther)]
  const apart = wanted.map((want, i) => Math.abs(want - (said[i] ?? NaN)))
  // Counts are cut to two decimals.
  expect(apart.slice(0, 3).every((by) => by < 0.01)).toBe(true)
  expect(apart.slice(3).every((by) => by < MILLIONTH)).toBe(true)
})

test('the gas in the example is what was measured', () => {
  const measured = JSON.parse(readFileSync('test/bench/gas.json', 'utf8')) as Record<string, { gas: number }>
  const steps = [
    'register',
    'publish the roster of 100',
    'propose attested, 90 of 100 reporters',
    'attest, 90 of 100 reporters',
    'claim, undisputed',
    'claim a reward',
    'claim the rewards of 88',
    'contribute, fills a pot alone, round 1, new value',
    'claim, winner after one dispute',
    'fund reporters',
  ]
  const texts = steps.map((step) =>
    (measured[step]?.gas ?? 0)
      .toString()
      .replace(/(?=\d{6}$)|(?=\d{3}$)/g, ' ')
      .trim(),
  )
  const written = texts.map((text) => text.replace(/^(\d)(\d{3} \d{3})$/, '$1 $2'))
  expect(written.filter((text) => !PROSE.includes(text))).toEqual([])
})

test('the table of losses is what the command says', async () => {
  const rows = tableUnder('| reporters | gas price, gwei | net, ETH | least reward, ETH | fewest fixings |')
  expect(rows.length).toBeGreaterThan(6)
  for (const [reporters = '', gwei = '', net = '', reward = '', fixings = ''] of rows) {
    const found = await documentOf(`--reporters ${reporters} --gas-price ${gwei}gwei`)
    expect(inEther(found.net).toFixed(3)).toBe(net)
    const above = Number(reward) - inEther(found.breakEven.reward)
    expect(above >= 0 && above < 1e-4, `${reporters}, ${gwei}`).toBe(true)
    expect(found.breakEven.fixings ?? 'none').toBe(fixings)
  }
})

test('what claiming together changes is what the command says', async () => {
  const rows = tableUnder('| gas price, gwei | net, ETH | least reward, ETH | fewest fixings |')
  expect(rows.length).toBeGreaterThan(4)
  for (const [gwei = '', net = '', reward = '', fixings = ''] of rows) {
    const found = await documentOf(`--claims batched --gas-price ${gwei}gwei`)
    expect(inEther(found.net).toFixed(3)).toBe(net)
    const above = Number(reward) - inEther(found.breakEven.reward)
    expect(above >= 0 && above < 1e-4, gwei).toBe(true)
    expect(found.breakEven.fixings ?? 'none').toBe(fixings)
  }
  const { net, breakEven } = await documentOf('--claims batched')
  const gwei = Math.floor(Number(breakEven.gasPrice) / 1e8) / 10
  expect(PROSE).toContain(`the example's net is ${inEther(net).toFixed(3)} ETH, at ${gwei} gwei or less it earns`)
  const reward = Math.ceil(inEther(breakEven.reward) * 1e4) / 1e4
  expect(PROSE).toContain(`and ${breakEven.fixings} fixings or a reward of ${reward} ETH suffice`)
  expect(PROSE).toContain(`which is ${Math.ceil(1_346_567 / 88)} for each`.replace(/(?=\d{3} )/, ' '))
  const ofNine = (71_678 + (8 * (1_346_567 - 71_678)) / 87) / 9
  expect(PROSE).toContain(`(\`--claim-gas ${Math.round(ofNine / 1e3)}000\`)`)
  const monthly = await documentOf('--claims batched --fixings 12 --gas-price 20gwei')
  expect(PROSE).toContain(`, ${inEther(monthly.net).toFixed(3)} ETH together)`)
})

test('what the text says of losses is so', async () => {
  const [example, waiting, monthly, large, staked] = await Promise.all(
    [
      '',
      '--claim-gas 0 --gas-price 100gwei --attest always',
      '--fixings 12 --gas-price 20gwei',
      '--fixings 12 --gas-price 20gwei --reward 3',
      '--stake 32',
    ].map(documentOf),
  )
  const gwei = Math.floor(Number(example?.breakEven.gasPrice) / 1e8) / 10
  expect(PROSE).toContain(`a loss above ${gwei} gwei**, since nobody attests.`)
  const always = await documentOf('--attest always')
  const dearest = Math.floor(Number(always.breakEven.gasPrice) / 1e8) / 10
  expect(PROSE).toContain(`above ${dearest} gwei, if each claims alone.`)
  expect(PROSE).toContain(`a reward of ${((100 * 216_930 * 2) / 1e9).toFixed(4)} ETH at 2 gwei`)
  // 0.1 ETH / 100 / 216 930 gas.
  expect(PROSE).toContain(`attested above ${Math.floor(1e7 / 216_930) / 10} gwei`)
  expect(PROSE).toContain(`a share, ${(0.1 / 90.1).toFixed(4)} ETH, is worth less`)
  // At 20 gwei a claim costs more.
  expect(71_678 * 20e-9).toBeGreaterThan(0.1 / 90.1)
  expect(PROSE).toContain(`90 claims are ${((90 * 71_678) / 1e6).toFixed(2)} million gas a fixing`)
  expect(inEther(waiting?.net)).toBeGreaterThan(0)
  expect(PROSE).toContain(`-gas-price 20gwei\`: ${inEther(monthly?.net).toFixed(3)} ETH, `)
  expect(PROSE).toContain(`ETH together); with 3 ETH each they do`)
  expect(PROSE).toContain(`(\`--reward 3\`: ${inEther(large?.net).toFixed(3)} ETH)`)
  expect(PROSE).toContain(`with \`--stake 32\` it is ${inEther(staked?.costs['interest']).toFixed(3)} ETH a year`)
  expect(inEther(staked?.net)).toBeLessThan(0)
  const earned = inEther(example?.net) + inEther(example?.costs['interest'])
  expect(PROSE).toContain(
    `= ${(Math.floor(earned * 1e6) / 1e6).toFixed(6)} / 1.1 = ${((100 * earned) / 1.1).toFixed(2)} %`,
  )
})

test('docs/reporter-income.md names every field of the JSON document', async () => {
  const document = await documentOf()
  const rows = tableUnder('| field | meaning |')
  expect(rows.flatMap(([names = '']) => names.split(', '))).toEqual(Object.keys(document))
  for (const field of ['revenue', 'costs', 'breakEven'] as const) {
    const meaning = rows.find(([name]) => name === field)?.[1] ?? ''
    expect(meaning.split(';')[0]?.split(', ')).toEqual(Object.keys(document[field]))
  }
})
