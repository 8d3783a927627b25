import type { Address } from 'viem'
import { addressIn } from '#protocol/address.ts'
import type { Context } from './context.ts'
import { InputError } from './errors.ts'

/**
 * The environment without variables of ours that are empty, which count as not set, as they do for a node: unit files and containers pass
 * on those that nobody filled in. INVARIANT: commands see no other.
 */
export function filledIn(env: Context['env']): Context['env'] {
  return Object.fromEntries(Object.entries(env).filter(([name, text]) => text !== '' || !name.startsWith('ASSIZE_')))
}

/** The address that a variable of the environment names; undefined if it is unset. Throws InputError for anything else. */
export function addressFrom(env: Context['env'], name: string): Address | undefined {
  const text = env[name]
  if (text === undefined) return undefined
  const found = addressIn(text)
  if (found !== undefined) return found
  throw new InputError(`Expected an address in ${name}, got "${text}".`, 'Correct it: every digit and capital counts.')
}
