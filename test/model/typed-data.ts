import { type Address, type Hex, keccak256, toHex } from 'viem'
import { word } from './terms.ts'

/** Where a signature counts (EIP-712), in version 1: one contract on one chain. */
export type TypedDomain = { readonly name: string; readonly chainId: bigint; readonly contract: Address }

const DOMAIN = hashText('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)')

/** EIP-712: 0x1901, the domain's separator, the struct's hash; `type` is the hash of the type's text. */
export function typedDigest(domain: TypedDomain, type: Hex, fields: readonly (Hex | bigint)[]): Hex {
  const { name, chainId, contract } = domain
  const separator = structHash(DOMAIN, [hashText(name), hashText('1'), chainId, contract])
  return keccak256(`0x1901${separator.slice(2)}${structHash(type, fields).slice(2)}`)
}

export function hashText(text: string): Hex {
  return keccak256(toHex(text))
}

function structHash(type: Hex, fields: readonly (Hex | bigint)[]): Hex {
  return keccak256(`${type}${fields.map((field) => word(BigInt(field))).join('')}`)
}
