import { type Address, type Hash, type Hex, size, slice, type TransactionReceipt } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import type { BlsKey } from '#protocol/bls.ts'
import { callOf } from './call-of.ts'
import { keyOf } from './bls-points.ts'
import type { BlockHead, Chain, WritableChain } from './chain.ts'
import { explained } from './errors.ts'
import { blockOf } from './one-block.ts'
import { type Call, send, type SendOptions } from './send.ts'

/** A reporter of the registry at some time. */
export type RegisteredReporter = {
  readonly index: number
  /** Whom its rewards are paid to. */
  readonly owner: Address
  readonly signer: Address
  /** Binary libp2p peer id. */
  readonly peerId: Hex
  /** Bond-token wei; 0 once slashed. */
  readonly stake: bigint
  readonly key: BlsKey
}

/**
 * The reporters at `time` (Unix seconds) in index order, read at the latest block or at the one of that hash. The registry
 * remembers of each the present signer and the one before, and nobody who has withdrawn: read at a block near `time` for those of then, if
 * somebody may have rotated twice or withdrawn since. Throws DeadRpcError.
 */
export async function readReporters(
  chain: Chain,
  registry: Address,
  time: bigint,
  blockHash?: Hash,
): Promise<RegisteredReporter[]> {
  return explained(chain.rpcUrl, 'reportersAt', async () => {
    const reporters = await chain.publicClient.readContract({
      address: registry,
      abi,
      functionName: 'reportersAt',
      args: [time],
      ...(blockHash === undefined ? {} : { blockHash, requireCanonical: true }),
    })
    return reporters.map(({ index, owner, signer, peerId, stake, key }) => {
      return { index, owner, signer, peerId, stake, key: keyOf(key) }
    })
  })
}

/** As `RosterLib.sol` writes a roster: STOP and minus the sum of all keys, then a key and an index for each place. */
const [HEAD_BYTES, KEY_BYTES, ENTRY_BYTES] = [129, 128, 129]

/**
 * The keys of the published roster of the reporters at `time` (Unix seconds), by place, read at `block`: those by which the registry has
 * verified every attestation, whoever has rotated or withdrawn since. Empty before it is published.
 * Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError.
 */
export async function readRosterKeys(
  chain: Chain,
  registry: Address,
  time: bigint,
  block: BlockHead,
): Promise<readonly BlsKey[]> {
  const [, address] = await explained(chain.rpcUrl, 'rosterAt', () =>
    chain.publicClient.readContract({
      address: registry,
      abi,
      functionName: 'rosterAt',
      args: [time],
      ...blockOf(block),
    }),
  )
  const code = await explained(chain.rpcUrl, 'eth_getCode', () =>
    chain.publicClient.getCode({ address, ...blockOf(block) }),
  )
  const places = code === undefined ? 0 : Math.max(0, Math.floor((size(code) - HEAD_BYTES) / ENTRY_BYTES))
  return Array.from({ length: places }, (_, place) => {
    const start = HEAD_BYTES + place * ENTRY_BYTES
    return slice(code ?? '0x', start, start + KEY_BYTES)
  })
}

/** Whether the roster of the reporters at `time` is published. Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError. */
export async function isRosterPublished(chain: Chain, registry: Address, time: bigint): Promise<boolean> {
  const [, roster] = await explained(chain.rpcUrl, 'rosterAt', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'rosterAt', args: [time] }),
  )
  return BigInt(roster) !== 0n
}

/** The registry's epoch that contains `time` (Unix seconds). Throws OracleRevertError('BeforeFirstEpoch'), DeadRpcError. */
export async function readEpoch(chain: Chain, registry: Address, time: bigint): Promise<bigint> {
  return explained(chain.rpcUrl, 'epoch', () =>
    chain.publicClient.readContract({ address: registry, abi, functionName: 'epoch', args: [time] }),
  )
}

/** Publishes the roster of the reporters at `time` (Unix seconds), which attestations read. Anyone may, once. */
export function publishRoster(
  chain: WritableChain,
  registry: Address,
  time: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, publishRosterCall(registry, time), options)
}

/** The transaction of {@link publishRoster}. */
export function publishRosterCall(registry: Address, time: bigint): Call {
  return callOf(registry, abi, 'publishRoster', [time])
}
