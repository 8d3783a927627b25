import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { blocksIn } from './blocks.ts'

const PAGES = globSync('docs/adapters/*.md').toSorted()

/** The example of each page, run by test/contracts/examples/AdapterReaders.t.sol. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'docs/adapters/chainlink-feed.md': 'DollarDebt',
  'docs/adapters/conditional-tokens-reporter.md': 'ScalarMarket',
  'docs/adapters/erc-7726-quote.md': 'DollarInvoice',
  'docs/adapters/morpho-price.md': 'BorrowLimit',
  'docs/adapters/results-by-id.md': 'ThreeReaders',
}

const TESTS = readFileSync('test/contracts/examples/AdapterReaders.t.sol', 'utf8')

/** The lines of a program without their indentation. */
const flush = (text: string): string => text.replaceAll(/^ +/gm, '').trim()

test('every adapter that is deployed has a page, and every page an example', () => {
  expect(PAGES).toEqual(Object.keys(EXAMPLES))
  const sources = globSync('contracts/src/consumers/adapters/*.sol').map((path) => readFileSync(path, 'utf8'))
  const deployed = sources.flatMap((text) => /^contract (\w+)/m.exec(text)?.[1] ?? [])
  const titles = PAGES.map((page) => /^# `(\w+)`/.exec(readFileSync(page, 'utf8'))?.[1])
  expect(new Set(titles)).toEqual(new Set(deployed))
  const guide = readFileSync('docs/integrators.md', 'utf8')
  for (const page of PAGES) expect(guide).toContain(`(adapters/${basename(page)})`)
})

test.each(PAGES)('the programs of %s are the ones that the tests run, to the letter', (page) => {
  const text = readFileSync(page, 'utf8')
  const [deployment, reader, ...others] = blocksIn(page, text).filter(({ info }) => info === 'solidity')
  expect(others).toEqual([])
  expect(deployment?.text).toContain(' = new ')
  expect(flush(TESTS)).toContain(flush(deployment?.text ?? ''))
  const example = readFileSync(`docs/examples/adapters/${EXAMPLES[page]}.sol`, 'utf8')
  expect(reader?.text).toBe(example.slice(example.indexOf('import ')))
  expect(TESTS).toContain(`/docs/examples/adapters/${EXAMPLES[page]}.sol`)
})

test.each(PAGES)('%s names its rule, of which the specification says that it is of this contract', (page) => {
  const text = readFileSync(page, 'utf8')
  const [, contract = ''] = /^# `(\w+)`/.exec(text) ?? []
  const [, rule = ''] = /is (R-\d{3}) of \[spec\.md\]/.exec(text) ?? []
  expect(readFileSync('docs/spec.md', 'utf8')).toContain(`**${rule} \`${contract}\`**`)
})
