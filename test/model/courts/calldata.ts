import { type Address, type Hex, toHex } from 'viem'
import { type Account, signDigest } from '../accounts.ts'
import { encode } from '../arena.ts'
import type { CourtArtifacts } from '../artifacts.ts'
import { type Fixing, word } from '../terms.ts'
import type { CourtAction, Signed } from './terms.ts'

/** The order of secp256k1: of s and this less s both fit, for the other parity. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** What turns an action into bytes. */
export type Writer = {
  readonly artifacts: CourtArtifacts
  readonly fixings: readonly Fixing[]
  readonly accounts: ReadonlyMap<Address, Account>
}

/** The calldata of a call of the arbitrator or of its court. */
export function encodeCourtAction({ artifacts, fixings, accounts }: Writer, action: CourtAction): Hex {
  switch (action.name) {
    case 'submit': {
      const { fixing, value, signatures } = action
      const brought = signatures.map(({ index, signed }) => ({ index, signature: signatureBytes(accounts, signed) }))
      return encode(artifacts.council.abi, 'submit', [fixings[fixing], value, brought])
    }
    case 'withdraw':
      return encode(artifacts.council.abi, 'withdraw', [])
  }
}

/** The bytes of a signature; of an account that cannot sign, which is asked itself, any. */
function signatureBytes(accounts: ReadonlyMap<Address, Account>, { by, digest, form }: Signed): Hex {
  const account = accounts.get(by)
  const plain = account === undefined ? (`0x${'11'.repeat(65)}` as const) : signDigest(account, digest)
  if (form === 'plain') return plain
  if (form === 'short') return plain.slice(0, -2) as Hex // still hexadecimal
  const s = BigInt(`0x${plain.slice(66, 130)}`)
  const v = 55 - Number(`0x${plain.slice(130)}`)
  return `${plain.slice(0, 66)}${word(ORDER - s)}${toHex(v).slice(2)}` as Hex // concatenation
}
