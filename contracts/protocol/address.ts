import type { Address } from 'viem'
import { getAddress, isAddress } from 'viem/utils'
import { z } from 'zod'

/**
 * The address in `text`, in its checksummed form. In capitals and small letters it must have the checksum of EIP-55, which one
 * wrong digit breaks; in small letters alone, or in capitals alone, it has none. Undefined for anything else.
 */
export function addressIn(text: string): Address | undefined {
  if (isAddress(text)) return getAddress(text)
  return /^0x[0-9A-F]{40}$/.test(text) ? getAddress(`0x${text.slice(2).toLowerCase()}`) : undefined
}

/** A field of a document that holds an address, as {@link addressIn} reads it. */
export const address = z.string().transform((text, context): Address => {
  const found = addressIn(text)
  if (found !== undefined) return found
  const [message, input] = ['an address of 0x and 40 hex digits, with the checksum of its capitals', text]
  context.addIssue({ code: 'custom', message, input })
  return z.NEVER
})
