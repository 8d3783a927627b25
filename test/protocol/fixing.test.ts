import type { Address, Hex } from 'viem'
import { expect, test } from 'vitest'
import {
  DEFAULT_PARAMETERS,
  encodeFixing,
  fixingId,
  KIND_CODE,
  ParameterOutOfBoundsError,
  receiptId,
  validateFixing,
  worstCase,
  type Fixing,
  type Kind,
} from '#protocol/fixing.ts'
import { readVectors, toNumber } from './vectors.ts'

type FixingRow = Record<Exclude<keyof Fixing, 'arbitrator' | 'backup' | 'openInterest'>, Hex> & {
  name: string
  arbitrator: Address
  backup: Address
  openInterest: Address
}

const ids = readVectors<FixingRow & { chainId: Hex; oracle: Address; fixingId: Hex; worstCase: Hex }>('fixing', 'ids')
const bounds = readVectors<FixingRow & { field: string; got: Hex; min: Hex; max: Hex }>('fixing', 'bounds')
const receipts = readVectors<Record<'kind' | 'round' | 'value' | 'fixingId' | 'receiptId', Hex> & { name: string }>(
  'fixing',
  'receipts',
)

function fixingOf(row: FixingRow): Fixing {
  return {
    indexId: row.indexId,
    maturity: BigInt(row.maturity),
    arbitrator: row.arbitrator,
    backup: row.backup,
    openInterest: row.openInterest,
    minBond: BigInt(row.minBond),
    arbitrationFee: BigInt(row.arbitrationFee),
    bondPpm: toNumber(row.bondPpm),
    firstWindow: toNumber(row.firstWindow),
    window: toNumber(row.window),
    separationPpm: toNumber(row.separationPpm),
    bandPpm: toNumber(row.bandPpm),
    proposalGrace: toNumber(row.proposalGrace),
    arbitrationLimit: toNumber(row.arbitrationLimit),
  }
}

test.each(ids)('the id and the worst case of a fixing: $name (section 3, property 4)', (row) => {
  const fixing = fixingOf(row)
  const deployment = { chainId: toNumber(row.chainId), oracle: row.oracle }
  expect({ id: fixingId(fixing, deployment), worstCase: worstCase(fixing) }).toEqual({
    id: row.fixingId,
    worstCase: BigInt(row.worstCase),
  })
})

test('a fixing encodes to its fourteen fields in struct order, a word each', () => {
  const fixing = fixingOf(bounds[0]!)
  const words = encodeFixing(fixing).slice(2).match(/.{64}/g) ?? []
  expect(words.map((word) => BigInt(`0x${word}`))).toEqual(Object.values(fixing).map(BigInt))
})

test.each(receipts)('the receipt id of $name is untruncated (R-300)', (row) => {
  const kinds: Kind[] = ['stake', 'appeal', 'request', 'fund']
  const kind = kinds.find((k) => BigInt(KIND_CODE[k]) === BigInt(row.kind))!
  expect(receiptId(row.fixingId, kind, toNumber(row.round), BigInt(row.value))).toBe(BigInt(row.receiptId))
})

test.each(bounds.filter(({ field }) => field !== ''))('R-101 refuses a fixing: $name', (row) => {
  const { field, got, min, max } = refusal(fixingOf(row))
  expect({ field, got, min, max }).toEqual({
    field: row.field,
    got: BigInt(row.got),
    min: BigInt(row.min),
    max: BigInt(row.max),
  })
})

test.each(bounds.filter(({ field }) => field === ''))('R-101 accepts a fixing within its bounds: $name', (row) => {
  expect(() => validateFixing(fixingOf(row))).not.toThrow()
})

test.each([
  ['arbitrator', '0x11', 'address'],
  ['backup', undefined, 'address'],
  ['openInterest', '0x1234', 'address'],
  ['openInterest', 0n, 'address'],
  ['indexId', '0x11', 'bytes32'],
  ['maturity', 5, 'uint64'],
  ['minBond', 10 ** 17, 'uint128'],
  ['window', 600.5, 'uint32'],
  ['bondPpm', '9', 'uint32'],
] as const)('refuses a fixing whose %s is %s, which is no %s', (field, got, type) => {
  const fixing = { ...fixingOf(ids[0]!), [field]: got } as Fixing // as it may come from plain JavaScript
  expect(() => validateFixing(fixing)).toThrow(
    expect.objectContaining({
      name: 'Fixing.MalformedFieldError',
      message: `Expected ${field} to be of type ${type}, got ${got}.`,
      field,
    }),
  )
})

test('a refusal says what was expected, what was got, and what to do', () => {
  const error = refusal({ ...fixingOf(ids[0]!), arbitrationFee: 10n ** 17n })
  expect(error.name).toBe('Fixing.ParameterOutOfBoundsError')
  expect(error.message).toBe(
    'Expected arbitrationFee from 1 to 40000000000000000, got 100000000000000000. ' +
      'Raise minBond to at least 2.5 times the fee, or lower the fee.',
  )
})

test('the defaults are those of the specification (section 3)', () => {
  expect({ ...fixingOf(ids[0]!), ...DEFAULT_PARAMETERS }).toEqual(fixingOf(ids[0]!))
  expect(Object.keys(DEFAULT_PARAMETERS)).toHaveLength(9)
})

function refusal(fixing: Fixing): ParameterOutOfBoundsError {
  try {
    validateFixing(fixing)
  } catch (error) {
    if (error instanceof ParameterOutOfBoundsError) return error
    throw error
  }
  throw new Error('Expected a refusal, got none.')
}
