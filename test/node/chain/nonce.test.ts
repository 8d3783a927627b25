import { expect, test } from 'vitest'
import { nextNonce } from '../../../node/chain/nonce.ts'

test('the next nonce is the first that neither the chain nor anything of ours has', () => {
  expect(nextNonce({ mined: 3, pending: 3 }, new Set())).toBe(3)
  // Somebody else's with the same key wait there.
  expect(nextNonce({ mined: 3, pending: 5 }, new Set())).toBe(5)
  // Ours may have been dropped by every pool, and may still be mined.
  expect(nextNonce({ mined: 3, pending: 3 }, new Set([3, 4]))).toBe(5)
  expect(nextNonce({ mined: 3, pending: 4 }, new Set([3, 5]))).toBe(4)
  // What was mined and may be undone.
  expect(nextNonce({ mined: 3, pending: 3 }, new Set([1, 2]))).toBe(3)
})
