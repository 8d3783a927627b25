import { type Address, encodeFunctionData, type Hex, hexToString, type LocalAccount, type TypedDataDomain } from 'viem'
import { councilArbitratorAbi as abi } from '#protocol/abi/council-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { send, type SendOptions } from './send.ts'

/** A member of a council. */
export type CouncilSigner = { readonly account: Address; readonly name: string }

/** One member's signature on a ruling; `index` is the member's place in the council's list. */
export type RulingSignature = { readonly index: number; readonly signature: Hex }

/** EIP-712 types of a council's ruling. */
export const RULING_TYPES = {
  Ruling: [
    { name: 'fixingId', type: 'bytes32' },
    { name: 'value', type: 'uint128' },
  ],
} as const

/** The EIP-712 domain of the council at `council`. */
export function rulingDomain(chainId: number, council: Address): TypedDataDomain {
  return { name: 'Assize Council', version: '1', chainId, verifyingContract: council }
}

/** Signs the ruling `value` on fixing `id` with a member's key. Purely local. */
export function signRuling(
  member: LocalAccount,
  council: { readonly chainId: number; readonly address: Address },
  ruling: { readonly fixingId: Hex; readonly value: bigint },
): Promise<Hex> {
  return member.signTypedData({
    domain: rulingDomain(council.chainId, council.address),
    types: RULING_TYPES,
    primaryType: 'Ruling',
    message: ruling,
  })
}

/** Brings a ruling to the oracle; anyone may. Signatures are put into the order the council asks for. */
export async function submitRuling(
  chain: WritableChain,
  council: Address,
  fixing: Fixing,
  ruling: { readonly value: bigint; readonly signatures: readonly RulingSignature[] },
  options?: SendOptions,
): Promise<Hex> {
  const ordered = ruling.signatures.toSorted((a, b) => a.index - b.index)
  const data = encodeFunctionData({ abi, functionName: 'submit', args: [fixing, ruling.value, ordered] })
  const receipt = await send(chain, { name: 'submit', to: council, data }, options)
  return receipt.transactionHash
}

/** Pays the account its shares of the fees. */
export async function withdrawFees(chain: WritableChain, council: Address, options?: SendOptions): Promise<void> {
  const data = encodeFunctionData({ abi, functionName: 'withdraw', args: [] })
  await send(chain, { name: 'withdraw', to: council, data }, options)
}

/** The members in index order and k, how many of them make a ruling. Throws DeadRpcError. */
export async function readCouncil(
  chain: Chain,
  council: Address,
): Promise<{ readonly signers: CouncilSigner[]; readonly threshold: number }> {
  return explained(chain.rpcUrl, 'signers', async () => {
    const contract = { address: council, abi } as const
    const [signers, threshold] = await Promise.all([
      chain.publicClient.readContract({ ...contract, functionName: 'signers' }),
      chain.publicClient.readContract({ ...contract, functionName: 'THRESHOLD' }),
    ])
    const named = signers.map(({ account, name }) => ({ account, name: hexToString(name, { size: 32 }) }))
    return { signers: named, threshold: Number(threshold) }
  })
}
