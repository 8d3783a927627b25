import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { edited } from '../mutation/edit.ts'
import { ROOT } from '../mutation/scratch.ts'
import { idleTests } from './check.ts'
import { EDITS, EXEMPTIONS } from './edits.ts'
import { isForgeTest, readRequirements, requirementsIn } from './specification.ts'

const requirements = readRequirements()

describe('every requirement of docs/spec.md', () => {
  test('names its tests', () => {
    expect(requirements.length).toBeGreaterThan(30)
    expect(requirements.filter(({ tests }) => tests.length === 0).map(({ id }) => id)).toEqual([])
  })

  test('can be turned off by an edit, or is exempt with a reason', () => {
    const known = new Set([...EDITS, ...EXEMPTIONS].map(({ id }) => id))
    expect([...known].toSorted()).toEqual(requirements.map(({ id }) => id).toSorted())
  })

  test('names a test in the language of every edit that turns it off', () => {
    const mute = EDITS.filter(({ id, file }) => {
      const tests = requirements.find((requirement) => requirement.id === id)?.tests ?? []
      return !tests.some((name) => isForgeTest(name) === file.endsWith('.sol'))
    })
    expect(mute).toEqual([])
  })
})

test.each(EDITS)('$id can be turned off: $rule', (edit) => {
  const text = readFileSync(join(ROOT, edit.file), 'utf8')
  expect(edited(text, edit)).not.toBe(text)
})

test('an edit that has no place, or two, is refused', () => {
  const edit = { file: 'a.sol', find: 'x', replace: 'y' }
  expect(() => edited('abc', edit)).toThrow('Expected one place in a.sol for "x", got 0.')
  expect(() => edited('x x', edit)).toThrow('got 2.')
  expect(edited('a x b', edit)).toBe('a y b')
})

test('requirements and their tests are read to the next requirement or heading', () => {
  const text =
    '# A\n\n**R-101** one\n\nmore `code`\n\nTests: `test_a`,\n`a sentence…`.\n\n**R-102 Two.**\n\n## B\n\nTests: `test_b`.\n'
  expect(requirementsIn(text)).toEqual([
    { id: 'R-101', tests: ['test_a', 'a sentence'] },
    { id: 'R-102', tests: [] },
  ])
})

test('a named test that no edit of its requirement makes fail is idle', () => {
  const requirement = { id: 'R-101', tests: ['test_a', 'test_ab', 'R-101 a sentence'] }
  expect(idleTests(requirement, [])).toEqual(['test_a', 'test_ab', 'R-101 a sentence'])
  expect(idleTests(requirement, ['test/A.t.sol:ATest.test_ab'])).toEqual(['test_a', 'R-101 a sentence'])
  expect(idleTests(requirement, ['test/A.t.sol:ATest.test_a', 'about R-101 a sentence, with 3'])).toEqual(['test_ab'])
})
