import { expect, test } from 'vitest'
import { repeatedName } from '#protocol/json.ts'

test.each([
  ['{"a":1,"a":1}', 'a'],
  ['{"a":{"b":1},"c":[{"d":1 , "d" :2}]}', 'd'],
  ['{"a":{"a":1},"b":{},"a":2}', 'a'],
  [String.raw`{"a\"b":1,"\u0061\u0022b":2}`, 'a"b'],
  [String.raw`{"\\":1,"\\":2}`, '\\'],
  ['{"":1,"":2}', ''],
])('R-450 finds the name that an object has twice: %s', (text, name) => {
  expect(repeatedName(text)).toBe(name)
})

test.each([
  '[]',
  '"a"',
  '{"a":{"a":1},"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"b","b":"a"}',
  String.raw`{"a":"\",\"a\":1","b":"}{","c":["a","a"]}`,
  '{"__proto__":1,"toString":2}',
])('finds none where names are unique: %s', (text) => {
  expect(repeatedName(text)).toBe(undefined)
})
