import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

test('the contract of docs/integrators.md is the one that the tests run', () => {
  const [, shown = ''] = /```solidity\n([^`]*)```/.exec(read('docs/integrators.md')) ?? []
  const tested = read('test/contracts/consumers/Bet.t.sol')
  const imported = shown.split('\n').filter((line) => line.startsWith('import'))
  expect(imported).toHaveLength(4)
  for (const line of imported) expect(tested).toContain(line.replace('assize/contracts/src/', 'src/'))
  const contract = shown.slice(shown.indexOf('contract Bet'))
  expect(contract.length).toBeGreaterThan(400)
  expect(tested).toContain(contract)
})

test('how collateral is approved is what the tests do', () => {
  const [, section = ''] = read('docs/integrators.md').split('\n## P and N\n')
  const [, shown = ''] = /```ts\n([^`]*)```/.exec(section) ?? []
  const lines = shown.trim().split('\n')
  expect(lines).toHaveLength(2)
  const tested = read('test/client/token-reverts.test.ts').replaceAll(/\n +/g, '\n')
  expect(tested).toContain(shown)
})
