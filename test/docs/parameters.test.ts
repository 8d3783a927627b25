import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DEFAULT_PARAMETERS, type Fixing, ParameterOutOfBoundsError, validateFixing } from '#protocol/fixing.ts'

const VALID: Fixing = {
  ...DEFAULT_PARAMETERS,
  indexId: `0x${'01'.repeat(32)}`,
  maturity: 1_800_000_000n,
  arbitrator: `0x${'01'.repeat(20)}`,
  backup: `0x${'02'.repeat(20)}`,
  openInterest: `0x${'00'.repeat(20)}`,
}

type Row = {
  readonly name: string
  readonly unit: string
  readonly preset: string
  readonly bound: string
  readonly reason: string
}

/** The rows of the tables of parameters. */
const ROWS: readonly Row[] = readFileSync('docs/parameters.md', 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && /^`\w+`$/.test(cells[1] ?? ''))
  .map(([, name = '', unit = '', preset = '', bound = '', reason = '']) => {
    return { name: name.replaceAll('`', ''), unit, preset, bound, reason }
  })

/** `2 592 000`, `2^80`, or a formula of the defaults. */
function amount(text: string): bigint {
  if (text === 'bandPpm') return BigInt(DEFAULT_PARAMETERS.bandPpm)
  if (text === 'floor(2 minBond / 5)') return (2n * DEFAULT_PARAMETERS.minBond) / 5n
  const [base = '', exponent] = text.replaceAll(' ', '').split('^')
  return exponent === undefined ? BigInt(base) : BigInt(base) ** BigInt(exponent)
}

function isAccepted(name: string, value: bigint): boolean {
  const isNumber = typeof VALID[name as keyof Fixing] === 'number'
  const edges = name === 'bandPpm' ? { separationPpm: 1 } : name === 'minBond' ? { arbitrationFee: 1n } : {}
  try {
    validateFixing({ ...VALID, ...edges, [name]: isNumber ? Number(value) : value })
    return true
  } catch (error) {
    if (error instanceof ParameterOutOfBoundsError) return false
    throw error
  }
}

test('docs/parameters.md has every field of a fixing once, with its unit and a reason', () => {
  expect(ROWS.map(({ name }) => name).toSorted()).toEqual(Object.keys(VALID).toSorted())
  expect(ROWS.filter(({ unit, reason }) => unit === '' || reason.length < 30)).toEqual([])
})

describe.each(ROWS.filter(({ bound }) => bound.includes(' .. ')))('docs/parameters.md, $name', ({ name, bound }) => {
  const [min = 0n, max = 0n] = bound.split(' .. ').map(amount)

  test('is accepted at its bounds and refused beyond', () => {
    expect([isAccepted(name, min), isAccepted(name, max), isAccepted(name, max + 1n)]).toEqual([true, true, false])
    if (min > 0n) expect(isAccepted(name, min - 1n)).toBe(false)
  })
})

test.each(Object.entries(DEFAULT_PARAMETERS))('docs/parameters.md has the default of %s', (name, value) => {
  const row = ROWS.find((each) => each.name === name)
  expect(amount(row?.preset ?? '')).toBe(BigInt(value))
})
