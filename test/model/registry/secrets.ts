import { type Hex, keccak256, toHex } from 'viem'
import { BLS_ORDER } from './keys.ts'
import type { Secret } from './action.ts'

/** What the last secret adds up to nothing with: together they make a sum that is the key of nobody. */
const FIRST: Secret = secretOf('first')

/** The secrets that histories play with. */
export const SECRETS: readonly Secret[] = [
  FIRST,
  ...Array.from({ length: 10 }, (_, number) => secretOf(`secret ${number}`)),
  BLS_ORDER - FIRST,
]

function secretOf(text: string): Secret {
  const hash: Hex = keccak256(toHex(text))
  return BigInt(hash) % BLS_ORDER
}
