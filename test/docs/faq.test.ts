import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { literalsOf } from '../reference/source-text.ts'

const TEXT = readFileSync('docs/faq.md', 'utf8')
const HEADINGS = [...TEXT.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading)
const QUOTED = HEADINGS.filter((heading) => heading.startsWith('`')).map((heading) => heading.slice(1, -1))

/** Every string of the code that can reach a user, with what varies in ‹›. */
const STRINGS = globSync('{cli,node,contracts/client,contracts/protocol}/**/*.ts')
  .filter((file) => !/\/(?:abi|bytecode)\//.test(file))
  .flatMap((file) => literalsOf(withoutComments(readFileSync(file, 'utf8'))))

/** Comments have apostrophes, which begin no string. */
function withoutComments(source: string): string {
  return source.replaceAll(/^\s*\/\*\*?[^]*?\*\/$/gm, '').replaceAll(/(^|\s)\/\/ .*$/gm, '$1')
}

/** A quoted text as a pattern: … and ‹name› stand for anything. */
function patternOf(text: string): RegExp {
  const parts = text.split(/…|‹[^›]*›/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('.*'))
}

/** Whether the words of a text are together in one string of the code, or in two that are put together. */
function isSaid(text: string): boolean {
  const whole = patternOf(text)
  return STRINGS.some((string, i) => whole.test(string) || whole.test(`${string}${STRINGS[i + 1] ?? ''}`))
}

test('docs/faq.md has at least 25 things that go wrong, most of them by their words', () => {
  expect(QUOTED.length).toBeGreaterThan(30)
  expect(HEADINGS.length).toBeGreaterThanOrEqual(QUOTED.length + 3)
  expect(new Set(HEADINGS).size).toBe(HEADINGS.length)
})

test.each(QUOTED)('the code says: %s', (text) => {
  expect(text.replaceAll(/…|‹[^›]*›|[^a-z]/g, '').length, 'too little of it is quoted').toBeGreaterThan(5)
  expect(isSaid(text)).toBe(true)
})

test('what the code does not say is found', () => {
  expect(isSaid('Expected a value that does not lead, got …, which follows.')).toBe(false)
  expect(isSaid('Expected round …, got the moon')).toBe(false)
})

test('every entry of docs/faq.md says more than that it is wrong, and most name the next command', () => {
  const entries = TEXT.split(/^### /m).slice(1)
  const answers = entries.map((entry) => entry.split('\n').slice(1).join(' ').split('## ')[0] ?? '')
  expect(answers.filter((answer) => answer.trim().length < 60)).toEqual([])
  const named = answers.filter((answer) =>
    /`(?:assize|ASSIZE_|--|timedatectl|data_dir|bootstrap|\[policy\])/.test(answer),
  )
  expect(named.length / answers.length).toBeGreaterThan(0.8)
})
