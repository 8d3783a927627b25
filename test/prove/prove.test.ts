import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Remark } from './compiler.ts'
import { loadProperties } from './harness.ts'
import { planted, PLANTS } from './plants.ts'
import { CHECKER, prove } from './prove.ts'
import { together } from './together.ts'
import { judge } from './verdict.ts'

const FILE = 'test/contracts/proofs/BondLib.proof.sol'
const LIBRARY = 'src/libraries/BondLib.sol'
const CHEAPEST = 'BondLib.potNeed_isBetweenOnceAndTwiceAllStake'

const properties = await loadProperties()

/** A remark on byte `start` of `file`. */
function remark(code: string, message: string, file = FILE, start = 10): Remark {
  return { severity: code === '2961' ? 'info' : 'warning', code, message, file, start }
}

const SAFE = remark('2961', 'BMC: Assertion violation check is safe!')
const LIBRARY_SAFE = remark('2961', 'BMC: Overflow (resulting value larger than 2**256 - 1) check is safe!', LIBRARY, 5)
const DEPRECATED = remark('3993', 'The BMC engine of the SMTChecker is deprecated', '', -1)

describe('a property is', () => {
  const cases: readonly (readonly [
    what: string,
    remarks: readonly Remark[],
    asserts: readonly number[],
    want: string,
  ])[] = [
    ['proven if every assertion and condition is safe', [SAFE, LIBRARY_SAFE, DEPRECATED], [10], 'proven'],
    [
      'refuted by a counterexample in the library',
      [SAFE, remark('2661', 'BMC: Overflow (resulting value larger than 2**256 - 1) happens here.', LIBRARY)],
      [10],
      'refuted',
    ],
    [
      'not proven if the solver cannot tell',
      [SAFE, remark('7812', 'BMC: Assertion violation might happen here.')],
      [10],
      'unknown',
    ],
    ['not proven if one of its assertions was not looked at', [SAFE], [10, 20], 'broken'],
    [
      'not proven if only a condition of a library was safe there',
      [{ ...LIBRARY_SAFE, file: FILE, start: 10 }],
      [10],
      'broken',
    ],
    ['not proven if the same place of another file was safe', [{ ...SAFE, file: LIBRARY }], [10], 'broken'],
    ['not proven if nothing was asserted', [LIBRARY_SAFE], [], 'broken'],
    ['not proven if nothing was said', [], [10], 'broken'],
    [
      'not proven without a solver',
      [SAFE, remark('7649', 'BMC analysis was not possible since no SMT solver was found and enabled.')],
      [10],
      'broken',
    ],
    [
      'not proven if it does not compile',
      [SAFE, { ...remark('7576', 'Undeclared identifier.'), severity: 'error' }],
      [10],
      'broken',
    ],
    [
      'not proven if assembly that it calls is not understood',
      [SAFE, remark('7737', 'Inline assembly may cause SMTChecker to produce spurious warnings', LIBRARY)],
      [10],
      'broken',
    ],
  ]

  test.each(cases)('%s', (_what, remarks, asserts, want) => {
    expect(judge(remarks, { file: FILE, asserts, unread: [] }).status).toBe(want)
  })

  test('proven beside assembly that it does not call, but not against a finding there', () => {
    const assembly = remark('7737', 'Inline assembly may cause SMTChecker to produce spurious warnings', LIBRARY)
    const finding = remark('2661', 'BMC: Overflow (resulting value larger than 2**256 - 1) happens here.', LIBRARY)
    const judged = { file: FILE, asserts: [10], unread: [LIBRARY] }
    expect(judge([SAFE, assembly], judged).status).toBe('proven')
    expect(judge([SAFE, assembly, finding], judged).status).toBe('refuted')
  })
})

describe('the harnesses', () => {
  test('assert something in every property, and name each once', () => {
    const ids = properties.map(({ id }) => id)
    expect(ids.length).toBeGreaterThan(35)
    expect(new Set(ids).size).toBe(ids.length)
    expect(properties.filter(({ asserts }) => asserts.length === 0)).toEqual([])
  })

  test('run together keep every assertion', () => {
    const asserts = properties.flatMap(({ asserts: starts }) => starts)
    expect(together(properties).flatMap(({ asserts: starts }) => starts)).toEqual(asserts)
    expect(together(properties).flatMap(({ others }) => others)).toEqual([])
  })
})

describe('every property', () => {
  test.each(properties.map(({ id }) => id))('%s has a plant that breaks it', (id) => {
    expect(PLANTS.filter(({ breaks }) => breaks.includes(id))).not.toEqual([])
  })

  test('that a plant names exists, and every plant still applies', () => {
    const ids = properties.map(({ id }) => id)
    expect(PLANTS.flatMap(({ breaks }) => breaks).filter((id) => !ids.includes(id))).toEqual([])
    for (const plant of PLANTS) expect(planted(plant)).not.toEqual({})
  })
})

describe('the documents', () => {
  const evidence = readFileSync('docs/evidence.md', 'utf8')

  test('list every property with its claim and range, and no other', () => {
    const listed = [...evidence.matchAll(/^\| `(\w+Lib\.\w+_\w+)` \| ([^|]+) \| ([^|]+) \|/gm)].map(
      ([, id, claim, range]) => {
        return { id, claim: `${claim}.`, range: range?.split('; given ')[0] }
      },
    )
    expect(listed).toEqual(properties.map(({ id, claim, range }) => ({ id, claim, range })))
  })

  test('list every plant with the proofs that it breaks', () => {
    const rows = PLANTS.map(({ library, bug, breaks }) => {
      const broken = properties.filter(({ id }) => breaks.includes(id))
      const proofs = broken.map(({ id }) => `\`${id.replace(`${library}.`, '')}\``)
      return `| ${library} | ${bug} | ${proofs.join(', ')} |`
    })
    expect(rows.filter((row) => !evidence.includes(row))).toEqual([])
  })

  test('cite properties that exist', () => {
    const economics = readFileSync('docs/economics.md', 'utf8').split('\n\n')
    const cited = economics
      .filter((part) => part.startsWith('Proofs'))
      .flatMap((part) => [...part.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name.replace('…', '')))
    expect(cited.length).toBeGreaterThan(15)
    expect(cited.filter((name) => properties.every(({ id }) => !id.endsWith(name)))).toEqual([])
  })
})

describe('the solver in the compiler', () => {
  const property = properties.find(({ id }) => id === CHEAPEST)
  if (property === undefined) throw new Error(`Expected ${CHEAPEST} among the properties, got none.`)

  test('proves a property', async () => {
    expect(await prove(property)).toMatchObject({ status: 'proven', reason: '' })
  })

  test('refutes it with a bug in the library', async () => {
    const plant = PLANTS.find(({ breaks }) => breaks.includes(CHEAPEST))
    expect(await prove(property, plant === undefined ? {} : planted(plant))).toMatchObject({ status: 'refuted' })
  })

  test('refutes that its end cannot be reached', async () => {
    expect(await prove(property, {}, 'assert(false);')).toMatchObject({ status: 'refuted' })
  })

  test('proves nothing if it is not there', async () => {
    expect(await prove(property, {}, '', { ...CHECKER, solvers: ['cvc5'] })).toMatchObject({ status: 'broken' })
    expect(await prove(property, {}, '', { ...CHECKER, engine: 'none' })).toMatchObject({ status: 'broken' })
  })
})
