import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { KNOWN_ERRORS } from '#client/errors.ts'
import { revertText } from '#client/revert-text.ts'
import { CONFIG_FIELDS } from '#node/config'
import { commandNames } from '../reference/commands.ts'
import { ELSEWHERE, jsonCommands } from '../reference/json.ts'
import { REFERENCES } from '../reference/references.ts'
import { contractErrors, namedErrorsIn, thrownIn } from '../reference/source-errors.ts'
import { shapeOf } from '../reference/shape.ts'
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

test('the reference of settings has every one, with its meaning', () => {
  const rows = readFileSync('docs/reference/settings.md', 'utf8')
    .split('\n## ')
    .slice(1)
    .flatMap((section) => {
      const [, name] = /^Table (\w+)\n/.exec(section) ?? []
      const found = [...section.matchAll(/^\| `(\w+)` \| ([^|]*) \|/gm)]
      return found.map(([, field = '', meaning = '']) => [name === undefined ? field : `${name}.${field}`, meaning])
    })
  expect(rows.map(([field]) => field)).toEqual(CONFIG_FIELDS)
  expect(rows.filter(([, meaning]) => meaning === '')).toEqual([])
})

test('the reference of JSON has the document of every command that prints one, each with its version', async () => {
  const sections = readFileSync('docs/reference/json.md', 'utf8').split('\n## ').slice(1)
  const shown = sections.flatMap((section) => /^assize (.*)$/m.exec(section.split('\n')[0] ?? '')?.[1] ?? [])
  // Those that print nothing but their document need no --json.
  const speaking = await jsonCommands()
  const wordless = ['keys bind', 'evidence export'].filter((name) => !speaking.includes(name))
  expect([...shown, ...Object.keys(ELSEWHERE)].toSorted()).toEqual([...speaking, ...wordless].toSorted())
  const unversioned = sections.filter(
    (section) => section.startsWith('assize ') && !/`version` \| number 1|#what-every-action-prints/.test(section),
  )
  expect(unversioned.map((section) => section.split('\n')[0])).toEqual([])
})

test('the reference of JSON has no field that is null and nothing else: nobody could read it', () => {
  const lines = readFileSync('docs/reference/json.md', 'utf8').split('\n')
  expect(lines.filter((line) => /\| null(?:;.*)? \|$/.test(line))).toEqual([])
})

test('a shape says what is in every document, and what only in some', () => {
  const documents = [
    { a: { b: '1' }, c: [{ value: '2.5' }, { value: '3', d: null }], e: '0x' },
    { a: { b: '1.5' }, c: [], e: null },
  ]
  expect(shapeOf(documents).map(({ path, is, isAlways }) => [path, is, isAlways])).toEqual([
    ['a', 'object', true],
    ['a.b', 'decimal as text', true],
    ['c', 'list', true],
    ['c[]', 'object', true],
    ['c[].value', 'value', true],
    ['c[].d', 'null', false],
    ['e', 'hex or null', true],
  ])
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

  test('is what libraries and tokens revert with, too: nobody is sent to the page for what it does not say', () => {
    const page = readFileSync('docs/reference/errors.md', 'utf8')
    const sent = KNOWN_ERRORS.flatMap((item) => {
      if (item.type !== 'error') return []
      const { hint } = revertText(item.name, [])
      return hint.includes('docs/reference/errors.md') ? [item.name] : []
    })
    expect(sent).toContain('FailedCall')
    expect(sent).toContain('NotLeaving')
    expect(sent.filter((name) => !new RegExp(`^\\| \`${name}\\([^|]*\\| [^|]+ \\| [^| ]`, 'm').test(page))).toEqual([])
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
