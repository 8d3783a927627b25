import { type Address, encodeFunctionData, type Hex, parseEventLogs } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import type { Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { send, type SendOptions } from './send.ts'

/** A reporter of the registry at some time. */
export type RegisteredReporter = {
  readonly index: number
  readonly signer: Address
  /** Binary libp2p peer id. */
  readonly peerId: Hex
}

/** Registers `signer`, staking `stake` wei of approved bond token from the account. Returns the reporter's index. */
export async function register(
  chain: WritableChain,
  registry: Address,
  reporter: { readonly signer: Address; readonly peerId: Hex; readonly stake: bigint },
  options?: SendOptions,
): Promise<number> {
  const { signer, peerId, stake } = reporter
  const data = encodeFunctionData({ abi, functionName: 'register', args: [signer, peerId, stake] })
  const receipt = await send(chain, { name: 'register', to: registry, data }, options)
  const [registered] = parseEventLogs({ abi, logs: receipt.logs, eventName: 'Registered' })
  if (registered === undefined) throw new RegistrationUnseenError(receipt.transactionHash)
  return Number(registered.args.index)
}

/** The reporters at `time` (Unix seconds) in index order, read at the latest block. Throws DeadRpcError. */
export async function readReporters(chain: Chain, registry: Address, time: bigint): Promise<RegisteredReporter[]> {
  return explained(chain.rpcUrl, 'reportersAt', async () => {
    const [signers, indices, peerIds] = await chain.publicClient.readContract({
      address: registry,
      abi,
      functionName: 'reportersAt',
      args: [time],
    })
    return signers.map((signer, i) => ({ index: Number(indices[i]), signer, peerId: peerIds[i] ?? '0x' }))
  })
}

/** The registry's epoch that contains `time` (Unix seconds). Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError. */
export async function readEpoch(chain: Chain, registry: Address, time: bigint): Promise<bigint> {
  return explained(chain.rpcUrl, 'epoch', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'epoch', args: [time] }),
  )
}

/** The least stake to register with, bond-token wei. */
export async function readMinStake(chain: Chain, registry: Address): Promise<bigint> {
  return explained(chain.rpcUrl, 'MIN_STAKE', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'MIN_STAKE' }),
  )
}

/** The registry took the registration and logged nothing: it is another contract. */
export class RegistrationUnseenError extends Error {
  override readonly name = 'Registry.RegistrationUnseenError'
  readonly hash: Hex
  readonly hint = 'Check the address of the registry.'
  constructor(hash: Hex) {
    super(`Expected a Registered event in transaction ${hash}, got none.`)
    this.hash = hash
  }
}
