import { expect, test } from 'vitest'
import { printable } from '#protocol/printable.ts'

test('what a terminal obeys or hides is shown by the escape of JSON, all else as it is', () => {
  const plain = 'ETH/USD, 1.5 Ξ “ü” 🙂\\'
  expect(printable(plain)).toBe(plain)
  expect(printable('\u001b[2J\u0007\t\r\n\u007f\u0085\u009b')).toBe(
    String.raw`\u001b[2J\u0007\u0009\u000d\u000a\u007f\u0085\u009b`,
  )
  // Reversed, joined by nothing, ends of a line and of a paragraph; a tag, which has two units of UTF-16.
  expect(printable('\u202e\u200b\u2028\u2029\u{e0041}')).toBe(String.raw`\u202e\u200b\u2028\u2029\udb40\udc41`)
})
