import { type Address, type Hex, hexToString, type LocalAccount, type TypedDataDomain } from 'viem'
import { councilArbitratorAbi as abi } from '#protocol/abi/council-arbitrator.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { callOf } from './call-of.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained, isOfAnotherContract, OracleRevertError, SilentRevertError } from './errors.ts'
import { type Call, send, type SendOptions } from './send.ts'

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
  const receipt = await send(chain, submitRulingCall(council, fixing, ruling), options)
  return receipt.transactionHash
}

/** The transaction of {@link submitRuling}. */
export function submitRulingCall(
  council: Address,
  fixing: Fixing,
  { value, signatures }: { readonly value: bigint; readonly signatures: readonly RulingSignature[] },
): Call {
  const ordered = signatures.toSorted((a, b) => a.index - b.index)
  return callOf(council, abi, 'submit', [fixing, value, ordered])
}

/**
 * Whether `index` signed the ruling, as the council sees it now: an account with code may say one thing today and another
 * tomorrow. Throws DeadRpcError.
 */
export async function isRulingSigned(
  chain: Chain,
  council: Address,
  ruling: { readonly fixingId: Hex; readonly value: bigint },
  { index, signature }: RulingSignature,
): Promise<boolean> {
  try {
    return await explained(chain.rpcUrl, 'isSignedBy', async () => {
      const contract = { address: council, abi } as const
      const digest = await chain.publicClient.readContract({
        ...contract,
        functionName: 'rulingDigest',
        args: [ruling.fixingId, ruling.value],
      })
      const args = [BigInt(index), digest, signature] as const
      return chain.publicClient.readContract({ ...contract, functionName: 'isSignedBy', args })
    })
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return false
    throw error
  }
}

/** Whether a council is at the address. Throws DeadRpcError. */
export async function isCouncil(chain: Chain, address: Address): Promise<boolean> {
  try {
    await explained(chain.rpcUrl, 'THRESHOLD', () =>
      chain.publicClient.readContract({ address, abi, functionName: 'THRESHOLD' }),
    )
    return true
  } catch (error) {
    if (isOfAnotherContract(error)) return false
    throw error
  }
}

/** Pays the account its shares of the fees. */
export async function withdrawFees(chain: WritableChain, council: Address, options?: SendOptions): Promise<void> {
  await send(chain, withdrawFeesCall(council), options)
}

/** The transaction of {@link withdrawFees}. */
export function withdrawFeesCall(council: Address): Call {
  return callOf(council, abi, 'withdraw', [])
}

/** What a member can withdraw, bond-token wei. Throws DeadRpcError. */
export async function readOwed(chain: Chain, council: Address, member: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'owed', () =>
    chain.publicClient.readContract({ address: council, abi, functionName: 'owed', args: [member] }),
  )
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
