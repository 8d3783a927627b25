import { expect, test } from 'vitest'
import { createSpan, type Span } from '#client/span.ts'

/** How many requests it takes to read `blocks` of a log that gives at most `most` at once. */
function requestsFor(span: Span, blocks: bigint, most: bigint): number {
  let requests = 0
  for (let left = blocks; left > 0n; requests += 1) {
    const asked = span.within(left)
    if (asked > most) span.failed(asked)
    else {
      span.worked(asked)
      left -= asked
    }
  }
  return requests
}

test('a sparse log is read in large ranges soon after a dense one, however long that was', () => {
  for (const dense of [1_000n, 100_000n]) {
    const span = createSpan()
    requestsFor(span, dense, 8n)
    // 32 at most until more is asked for, then three for each doubling.
    expect(requestsFor(span, 100_000n, 100_000n)).toBeLessThan(80)
  }
})

test('a refusal of what was asked for before less was allowed changes nothing', () => {
  const span = createSpan()
  // Two readers ask for everything; one of them hears sooner.
  for (const asked of [1_024n, 512n, 256n]) span.failed(asked)
  expect(span.within(4_096n)).toBe(128n)
  span.failed(1_024n)
  expect(span.within(4_096n)).toBe(128n)
  span.failed(128n)
  expect(span.within(4_096n)).toBe(64n)
})

test('the rest of a log that is refused is halved, though it is less than was allowed', () => {
  const span = createSpan()
  span.failed(1_024n)
  expect(span.within(100n)).toBe(100n)
  span.failed(100n)
  expect(span.within(100n)).toBe(50n)
})
