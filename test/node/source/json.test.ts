import { expect, test } from 'vitest'
import { parseExactJson } from '../../../node/source/exact-json.ts'
import { pointTo } from '../../../node/source/pointer.ts'

/** The document and the pointers of RFC 6901, section 5. */
const RFC = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
}

test.each<[string, unknown]>([
  ['', RFC],
  ['/foo', ['bar', 'baz']],
  ['/foo/0', 'bar'],
  ['/', 0],
  ['/a~1b', 1],
  ['/c%d', 2],
  ['/e^f', 3],
  ['/g|h', 4],
  ['/i\\j', 5],
  ['/k"l', 6],
  ['/ ', 7],
  ['/m~0n', 8],
])('points to what RFC 6901 says of "%s"', (pointer, value) => {
  expect(pointTo(RFC, pointer)).toEqual(value)
})

test.each([
  '/nothing',
  '/foo/2',
  '/foo/-',
  '/foo/01',
  '/foo/bar',
  '/foo/0/x',
  '/toString',
  '/constructor',
  '/foo/length',
])('points to nothing at "%s"', (pointer) => {
  expect(pointTo(RFC, pointer)).toBe(undefined)
})

test('keeps every digit of a number as it was written', () => {
  const text = '[0.1, 1e-7, 20156.550000000000000001, 123456789012345678901234567890, -0.0, "0.10", null, true]'
  expect(parseExactJson(text)).toEqual([
    '0.1',
    '1e-7',
    '20156.550000000000000001',
    '123456789012345678901234567890',
    '-0.0',
    '0.10',
    null,
    true,
  ])
})
