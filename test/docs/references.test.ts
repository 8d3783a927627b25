import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const TESTS = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(test\.ts|t\.sol)$/.test(path))
  .map((path) => readFileSync(join('test', path), 'utf8'))
  .join('\n')

/** Names in backticks in the paragraphs that list tests, and everywhere in tables: functions, or sentences cut at an ellipsis. */
function namedTests(text: string): readonly string[] {
  const listing = text.split('\n\n').filter((part) => part.startsWith('Tests:') || part.includes('| tests |'))
  const names = listing.flatMap((part) =>
    [...part.replaceAll('\n', ' ').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  )
  const isTest = (name: string): boolean => /^(test|testFuzz|invariant)_\w+$/.test(name) || / .* /.test(name)
  return names.map((name) => name.replace(/…$/, '')).filter(isTest)
}

test.each(['docs/economics.md', 'docs/evidence.md', 'docs/invariants.md', 'docs/spec.md'])(
  '%s names tests that exist',
  (path) => {
    const names = namedTests(readFileSync(path, 'utf8'))
    expect(names.length).toBeGreaterThan(15)
    expect(names.filter((name) => !TESTS.includes(name))).toEqual([])
  },
)

test.each(['docs/economics.md', 'docs/evidence.md', 'docs/invariants.md'])('%s names files that exist', (path) => {
  const paths = [...readFileSync(path, 'utf8').matchAll(/\b(?:test|contracts)\/[\w/.-]+\.(?:ts|sol)\b/g)].map(
    ([name]) => name,
  )
  expect(paths.filter((name) => !isReadable(name))).toEqual([])
})

function isReadable(path: string): boolean {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}
