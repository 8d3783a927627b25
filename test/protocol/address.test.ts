import { expect, test } from 'vitest'
import { addressIn } from '#protocol/address.ts'

// The first example of EIP-55.
const RIGHT = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'

test('takes an address with its checksum, in small letters, or in capitals', () => {
  expect(addressIn(RIGHT)).toBe(RIGHT)
  expect(addressIn(RIGHT.toLowerCase())).toBe(RIGHT)
  expect(addressIn(`0x${RIGHT.slice(2).toUpperCase()}`)).toBe(RIGHT)
})

test.each([
  ['one digit is another', RIGHT.replace('5aAeb', '5aAec')],
  ['one capital is small', RIGHT.replace('5aAeb', '5aaeb')],
  ['it is too short', RIGHT.slice(0, -1)],
  ['it is too long', `${RIGHT}0`],
  ['it is none', 'me'],
])('takes none where %s', (_what, text) => {
  expect(addressIn(text)).toBe(undefined)
})
