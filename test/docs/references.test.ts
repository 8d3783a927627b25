import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const DOCUMENTS = filesIn('docs', /\.md$/)

/** Every function of a forge test, by its name. */
const FUNCTIONS = functionsOf(filesIn('test', /\.t\.sol$/))

/** The library and the property of every proof, as documents write them. */
const PROOFS = filesIn('test/contracts/proofs', /\.proof\.sol$/).flatMap((path) => {
  const library = /(\w+)\.proof\.sol$/.exec(path)?.[1] ?? ''
  return [...functionsOf([path])].map((name) => `${library}.${name.replace('prove_', '')}`)
})

/** The titles of vitest's tests: what stands first in a call of a test's file. */
const TITLES = filesIn('test', /\.test\.ts$/).flatMap((path) =>
  [...readFileSync(path, 'utf8').matchAll(/\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1\s*,/g)].map(([, , title = '']) =>
    title.replaceAll(/\\(.)/g, '$1'),
  ),
)

describe.each(DOCUMENTS)('%s', (path) => {
  const text = readFileSync(path, 'utf8')

  test('names forge tests that exist', () => {
    const names = quoted(text).filter((name) => /^(test|testFuzz|invariant)_\w+$/.test(name))
    expect(names.filter((name) => !FUNCTIONS.has(name))).toEqual([])
  })

  test('names tests of TypeScript by their title, or by its beginning and an ellipsis', () => {
    const names = listings(text, 'Tests:').flatMap(quoted).filter(isSentence)
    expect(names.filter((name) => !isTitle(name))).toEqual([])
  })

  test('names proofs that exist', () => {
    const anywhere = quoted(text).filter((name) => /^\w+Lib\.\w+_\w+$/.test(name))
    const names = [...anywhere, ...listings(text, 'Proofs:').flatMap(quoted)]
    expect(names.filter((name) => !isProof(name))).toEqual([])
  })

  test('names files of tests and contracts that exist', () => {
    const paths = [...text.matchAll(/(?<!@openzeppelin\/)\b(?:test|contracts)\/[\w/.-]+\.(?:ts|sol|json)\b/g)].map(
      ([name]) => name,
    )
    expect(paths.filter((name) => !isReadable(name))).toEqual([])
  })
})

test('the documents that argue from tests and proofs name them', () => {
  const sentences = (path: string): number =>
    listings(readFileSync(path, 'utf8'), 'Tests:').flatMap(quoted).filter(isSentence).length
  const functions = (path: string): number =>
    quoted(readFileSync(path, 'utf8')).filter((name) => FUNCTIONS.has(name)).length
  const proofs = (path: string): number => listings(readFileSync(path, 'utf8'), 'Proofs:').flatMap(quoted).length
  expect(sentences('docs/spec.md')).toBeGreaterThan(15)
  expect(sentences('docs/economics.md')).toBeGreaterThan(3)
  expect(functions('docs/spec.md')).toBeGreaterThan(100)
  expect(functions('docs/economics.md')).toBeGreaterThan(15)
  expect(functions('docs/evidence.md')).toBeGreaterThan(15)
  expect(functions('docs/invariants.md')).toBeGreaterThan(15)
  expect(proofs('docs/economics.md')).toBeGreaterThan(3)
})

test('neither a part of a name nor a comment passes for a test', () => {
  expect(FUNCTIONS.has('test_contribute')).toBe(false)
  expect(isTitle('R-402 the median')).toBe(false)
  expect(isTitle('R-402 the median…')).toBe(true)
  expect(isTitle('Every function of a forge test')).toBe(false)
  expect(isProof('BondLib.potNeed')).toBe(false)
})

/** What stands in backticks, blocks of code left out. */
function quoted(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, '').replaceAll('\n', ' ')
  return [...prose.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
}

/** The paragraphs that begin with a word. */
function listings(text: string, word: string): readonly string[] {
  return text.split('\n\n').filter((part) => part.startsWith(word))
}

function isSentence(name: string): boolean {
  return / .* /.test(name)
}

function isTitle(name: string): boolean {
  return name.endsWith('…') ? TITLES.some((title) => title.startsWith(name.slice(0, -1))) : TITLES.includes(name)
}

/** A cut name stands for all proofs that begin so. */
function isProof(name: string): boolean {
  return name.endsWith('…') ? PROOFS.some((proof) => proof.startsWith(name.slice(0, -1))) : PROOFS.includes(name)
}

function functionsOf(paths: readonly string[]): ReadonlySet<string> {
  const names = paths.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/^\s*function (\w+)\(/gm)])
  return new Set(names.map(([, name = '']) => name))
}

function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => pattern.test(path))
}

function isReadable(path: string): boolean {
  try {
    return readFileSync(path).length > 0
  } catch {
    return false
  }
}
