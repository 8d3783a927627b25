import type { Address } from 'viem'
import { addressIn } from '#protocol/address.ts'
import type { Context } from './context.ts'
import { InputError } from './errors.ts'

/** The address that a variable of the environment names; undefined if it is unset or empty. Throws InputError for anything else. */
export function addressFrom(env: Context['env'], name: string): Address | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const found = addressIn(text)
  if (found !== undefined) return found
  throw new InputError(`Expected an address in ${name}, got "${text}".`, 'Correct it: every digit and capital counts.')
}
