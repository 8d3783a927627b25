import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commandNames } from '../reference/commands.ts'
import { REFERENCES } from '../reference/references.ts'
import { contractErrors, namedErrorsIn, thrownIn } from '../reference/source-errors.ts'
import { argumentsAt, literalsOf, shownText } from '../reference/source-text.ts'

test.each(REFERENCES)('$file is what the code says', async ({ file, write }) => {
  expect(readFileSync(file, 'utf8'), 'run npm run docs:reference').toBe(await write())
})

test('the reference of commands has every command with its examples', async () => {
  const text = readFileSync('docs/reference/commands.md', 'utf8')
  const names = await commandNames()
  expect(names.length).toBeGreaterThan(60)
  const sections = text.split('\n## assize ').slice(1)
  expect(sections.map((section) => section.split('\n')[0])).toEqual(names)
  expect(
    sections.filter((section) => !/Examples?:\n  assize /.test(section)).map((each) => each.split('\n')[0]),
  ).toEqual([])
})

describe('what the reference of errors reads from the source', () => {
  test('is every error of the interfaces, every named class, and most of what commands throw', () => {
    const contracts = contractErrors()
    expect(contracts.filter(({ meaning }) => meaning === '').map(({ name }) => name)).toEqual([])
    expect(contracts).toContainEqual({
      name: 'ValueLeads',
      parameters: 'uint128 value',
      contract: 'IMaturityOracle',
      meaning: '`value` is the leader already.',
    })
    const named = ['cli', 'contracts/client', 'contracts/protocol', 'node'].flatMap(namedErrorsIn)
    expect(named.find(({ name }) => name === 'Client.PoorAccountError')).toEqual({
      name: 'Client.PoorAccountError',
      meaning: 'The account cannot pay for the transaction.',
      message: 'Expected the account to have the ETH that ‹call› costs, got less.',
      hint: 'Send it ETH for the amount and the gas.',
      exitCode: undefined,
    })
    const thrown = [...thrownIn('cli', 'InputError'), ...thrownIn('cli', 'RefusedError')]
    const said = thrown.filter(({ message }) => message !== '')
    expect(said.length / thrown.length).toBeGreaterThan(0.9)
    expect(said.filter(({ message }) => !/Expected|‹/.test(message))).toEqual([])
  })

  test('strings, templates and choices, with what varies by its name', () => {
    const call =
      "f('a, (b', `of ${g(x.name, `${y}`)} and ${token.symbol}: ${formatTime(end)}`, { cause }, n === 'c' ? 'd' : 'e')"
    const found = argumentsAt(call, 2)
    expect(found).toHaveLength(4)
    expect(found.slice(0, 2).map(shownText)).toEqual(['a, (b', 'of ‹…› and ‹symbol›: ‹end›'])
    expect(literalsOf(found[3] ?? '')).toEqual(['d', 'e'])
  })
})
