import type { Address } from 'viem'
import { isAddressEqual } from 'viem/utils'

/** Whether `one` is there and is one of `others`, however either is spelt. */
export function isAmong(one: Address | undefined, others: readonly (Address | undefined)[]): boolean {
  return one !== undefined && others.some((other) => other !== undefined && isAddressEqual(one, other))
}
