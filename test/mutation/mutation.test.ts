import { appendFileSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyParts, type Mutant } from './mutant.ts'
import { reportOn } from './report.ts'
import { sampleOf } from './sample.ts'
import { buildSchema } from './schema-build.ts'
import { ROOT } from './scratch.ts'
import { isOpen, type Outcome, readState, recordOutcome } from './state.ts'
import { faultsInSurvivors, readSurvivors, type Survivor } from './survivors.ts'
import { faultsOf, readSource } from './syntax.ts'
import { DEFAULT_FILES, enumerate, pathsFor } from './targets.ts'

const FILE = 'contracts/src/Small.sol'
const SMALL = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// “Above” is more bytes than characters.

library Small {
    uint256 private constant LIMIT = 5;

    function above(uint256 a, uint256 b) internal pure returns (bool) {
        return a > b + LIMIT;
    }

    function least(uint256[] storage values, uint256 index) internal {
        if (index == 0) delete values[index];
        values.push(1 << index);
    }
}
`

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'assize-mutants-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function mutantsOfText(text: string): readonly Mutant[] {
  mkdirSync(dirname(join(root, FILE)), { recursive: true })
  writeFileSync(join(root, FILE), text)
  return enumerate(root, [FILE]).mutants
}

describe('the mutants of a small library', () => {
  test('are one change each, of a constant, an operator, a condition, a return value or a statement', () => {
    const found = mutantsOfText(SMALL).map(({ line, before, after }) => `${line}: ${before} → ${after}`)
    expect(found).toEqual([
      '7: 5 → (5 + 1)',
      '7: 5 → (5 - 1)',
      '7: 5 → 0',
      '10: a > b + LIMIT → true',
      '10: a > b + LIMIT → false',
      '10: a > b + LIMIT → a >= b + LIMIT',
      '10: a > b + LIMIT → a <= b + LIMIT',
      '10: b + LIMIT → b - LIMIT',
      '10: b + LIMIT → b * LIMIT',
      '14: index == 0 → true',
      '14: index == 0 → false',
      '14: index == 0 → index != 0',
      '14: 0 → 1',
      '15: values.push(1 << index); → ',
      '15: 1 << index → 1 >> index',
      '15: 1 → 2',
      '15: 1 → 0',
    ])
  })

  test('keep their ids when another function changes, and lose them when their own does', () => {
    const proper = mutantsOfText(SMALL)
    const ofAbove = (mutants: readonly Mutant[]): string[] =>
      mutants.filter(({ line }) => line === 10).map(({ id }) => id)
    expect(new Set(proper.map(({ id }) => id)).size).toBe(proper.length)
    expect(ofAbove(mutantsOfText(SMALL.replace('1 << index', '3 << index')))).toEqual(ofAbove(proper))
    const changed = ofAbove(mutantsOfText(SMALL.replace('a > b + LIMIT', 'a > b - LIMIT')))
    expect(changed.filter((id) => ofAbove(proper).includes(id))).toEqual([])
  })

  test('all share one build that the compiler accepts', () => {
    const mutants = mutantsOfText(SMALL)
    const { sources } = enumerate(root, [FILE])
    const { shared, apart, texts } = buildSchema(root, sources, mutants)
    expect(apart).toEqual([])
    expect(shared).toHaveLength(mutants.length)
    const text = texts.get(FILE) ?? ''
    expect(shared.filter(({ number }) => !text.includes(`isMutant(${number})`))).toEqual([])
    expect(text).toContain('b + LIMIT_chosen()')
    // A shifted number has the type of the result, or a chosen one would lose its high bits.
    expect(text).toContain('uint256(0) : uint256(1))) << index')
  })

  test('a mutant that fits no choice is left to be built alone', () => {
    const mutants = mutantsOfText(SMALL)
    const { sources } = enumerate(root, [FILE])
    const broken = mutants
      .filter(({ after }) => after === 'b - LIMIT')
      .map((mutant): Mutant => ({
        ...mutant,
        guard: { form: 'expression', parts: mutant.parts.map((part) => ({ ...part, text: '"no"' })) },
      }))
    const { apart, shared } = buildSchema(root, sources, [...broken, ...mutants.slice(0, 6)])
    expect(apart).toEqual(broken)
    expect(shared).toHaveLength(6)
    expect(broken).toHaveLength(1)
  })

  test('a mutated source is the source with the change, bytes and all', () => {
    const mutants = mutantsOfText(SMALL)
    const shifted = mutants.find(({ after }) => after === '1 >> index')
    const text = applyParts(readSource(root, FILE), shifted?.parts ?? [])
    expect(Buffer.from(text, 'latin1').toString()).toBe(SMALL.replace('1 << index', '1 >> index'))
    expect(faultsOf(root, new Map([[FILE, text]]))).toEqual([])
    expect(faultsOf(root, new Map([[FILE, text.replace('1 >>', 'x >>')]]))).toMatchObject([{ file: FILE }])
  })
})

const ASSEMBLY = `// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

library Small {
    uint256 private constant WORD = 32;

    function rounded(uint256 size) internal pure returns (uint256 words) {
        assembly ("memory-safe") {
            let most := sub(size, WORD)
            if gt(most, 7) {
                revert(0, WORD)
            }
            for { } lt(words, size) { } {
                words := add(words, WORD)
            }
        }
    }
}
`

test('the mutants of assembly share the build, but for those in the head of a loop', () => {
  const mutants = mutantsOfText(ASSEMBLY)
  const { sources } = enumerate(root, [FILE])
  const { shared, apart, texts } = buildSchema(root, sources, mutants)
  expect(apart.map(({ before, after }) => `${before} → ${after}`)).toEqual(['lt → gt'])
  const numberOf = (line: number, wanted: string): number | undefined =>
    shared.find(({ mutant }) => mutant.line === line && mutant.after === wanted)?.number
  const [smaller, larger, none] = [numberOf(5, '(32 - 1)'), numberOf(5, '(32 + 1)'), numberOf(5, '0')]
  const word = [
    [larger, 'add(32, 1)'],
    [smaller, 'sub(32, 1)'],
    [none, '0'],
  ].reduce((sum, [number, other]) => `add(${sum}, mul(eq(coinbase(), ${number}), sub(${other}, WORD)))`, 'WORD')
  const text = texts.get(FILE) ?? ''
  expect(text).toContain(
    `let most switch coinbase() case ${numberOf(9, 'add')} { most := add(size, WORD) } default { most := sub(size, ${word}) }`,
  )
  expect(text).toContain(`case ${numberOf(10, 'lt')} { decision_`)
  expect(text).toMatch(/default \{ (decision_\d+) := {2}gt\(most, 7\) \} if \1 \{/)
  expect(text).toContain(`switch coinbase() case ${numberOf(14, '')} {  } case ${numberOf(14, 'sub')} `)
})

describe('the state of a run', () => {
  const outcome = (id: string, status: Outcome['status'], tests = 'now'): Outcome => ({
    id,
    status,
    by: '',
    seconds: 1,
    tests,
  })

  test('has the last outcome of each mutant, whatever the last line looks like', () => {
    const path = join(root, 'state', 'a.jsonl')
    expect(readState(path).size).toBe(0)
    recordOutcome(path, outcome('a', 'alive'))
    recordOutcome(path, outcome('b', 'killed'))
    recordOutcome(path, outcome('a', 'survived'))
    appendFileSync(path, '{"id":"b","sta')
    expect([...readState(path).values()]).toEqual([outcome('a', 'survived'), outcome('b', 'killed')])
  })

  test('tries again what is not tried to the end, and what survived other tests', () => {
    expect(isOpen(undefined, 'now')).toBe(true)
    expect(isOpen(outcome('a', 'alive'), 'now')).toBe(true)
    expect(isOpen(outcome('a', 'survived'), 'now')).toBe(false)
    expect(isOpen(outcome('a', 'survived', 'before'), 'now')).toBe(true)
    expect(isOpen(outcome('a', 'killed', 'before'), 'now')).toBe(false)
  })
})

test('the score counts what differs and compiles, and a listed equivalent does not', () => {
  const mutants = mutantsOfText(SMALL).slice(0, 7)
  const statuses: readonly Outcome['status'][] = [
    'killed',
    'killed',
    'timeout',
    'uncompilable',
    'identical',
    'survived',
    'survived',
  ]
  const outcomes = new Map(
    mutants.map(({ id }, i) => [id, { id, status: statuses[i] ?? 'alive', by: '', seconds: 0, tests: '' }]),
  )
  const entry = (i: number, kind: Survivor['kind']): Survivor => {
    const { id = '', file = '', before = '', after = '' } = mutants[i] ?? {}
    return { id, kind, file, before, after, reason: 'as the next line decides the same' }
  }
  expect(reportOn(mutants, outcomes, [])).toMatchObject({ score: 60, total: { survived: 2, equivalent: 0 } })
  expect(reportOn(mutants, outcomes, [entry(5, 'equivalent')])).toMatchObject({ score: 75, total: { survived: 1 } })
  expect(reportOn(mutants, outcomes, [entry(5, 'accepted')])).toMatchObject({ score: 60, total: { accepted: 1 } })
  expect(reportOn(mutants, outcomes, [entry(0, 'equivalent')]).needless).toHaveLength(1)
})

test('whoever knows the registry is tried on its mutants', () => {
  const known = globSync('test/contracts/**/*.t.sol', { cwd: ROOT }).filter((path) =>
    /RegistryFixture|RegistryHandler|ReporterRegistry|(?:Bls|Roster|Consent)Lib/.test(
      readFileSync(join(ROOT, path), 'utf8'),
    ),
  )
  const tried = pathsFor('contracts/src/registry/Membership.sol').flatMap((paths) => globSync(paths, { cwd: ROOT }))
  expect(known.length).toBeGreaterThan(10)
  expect(known.filter((path) => !tried.includes(path))).toEqual([])
})

test('whoever knows the jury or an adapter is tried on their mutants', () => {
  const known = globSync('test/contracts/**/*.t.sol', { cwd: ROOT }).filter((path) =>
    /JuryFixture|JuryHandler|JuryArbitrator|UmaFixture|Erc792Fixture|VerdictLib/.test(
      readFileSync(join(ROOT, path), 'utf8'),
    ),
  )
  const files = ['arbitrators/jury/JurorPool', 'arbitrators/UmaArbitrator', 'libraries/TurnLib']
  for (const file of files) {
    const tried = pathsFor(`contracts/src/${file}.sol`).flatMap((paths) => globSync(paths, { cwd: ROOT }))
    expect(known.filter((path) => !tried.includes(path))).toEqual([])
  }
  expect(known.length).toBeGreaterThan(8)
})

test('a sample is the same for the same seed, and in order', () => {
  const items = Array.from({ length: 100 }, (_, i) => ({ id: `${i}` }))
  expect(sampleOf(items, 5, 1)).toEqual(sampleOf(items, 5, 1))
  expect(sampleOf(items, 5, 1)).not.toEqual(sampleOf(items, 5, 2))
  expect(sampleOf(items, 200, 1)).toEqual(items)
})

test('every survivor that is listed is a mutant of the contracts as they are, with a reason', () => {
  const survivors = readSurvivors()
  const files = [...new Set([...DEFAULT_FILES, ...survivors.map(({ file }) => file)])]
  const { mutants } = enumerate(ROOT, files)
  expect(mutants.length).toBeGreaterThan(1_000)
  expect(faultsInSurvivors(survivors, mutants, files)).toEqual([])
  const [gone] = mutants.map(({ file, before, after }) => ({
    id: 'no',
    kind: 'accepted' as const,
    file,
    before,
    after,
    reason: '',
  }))
  expect(faultsInSurvivors(gone === undefined ? [] : [gone], mutants, files)).toHaveLength(1)
})
