import { type Address, zeroAddress } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { callOf } from './call-of.ts'
import { keyOf } from './bls-points.ts'
import type { Chain } from './chain.ts'
import { explained } from './errors.ts'
import type { RegisteredReporter } from './roster.ts'
import type { Call } from './send.ts'

/** A reporter that is not leaving is inactive from then on. */
const NEVER = 2n ** 64n - 1n

/** A place of the registry, whether its reporter is still to begin, reports, or has left. */
export type Membership = RegisteredReporter & {
  /** First instant as a reporter, Unix seconds. */
  readonly activeTime: bigint
  /** First instant no longer as one; undefined until it leaves. */
  readonly inactiveTime: bigint | undefined
}

/** Every place that is taken, in index order, with the keys of `time` (Unix seconds). Throws DeadRpcError. */
export async function readMemberships(chain: Chain, registry: Address, time: bigint): Promise<Membership[]> {
  return explained(chain.rpcUrl, 'reporterAt', async () => {
    const contract = { address: registry, abi } as const
    const places = await chain.publicClient.readContract({ ...contract, functionName: 'reporterCount' })
    const reporters = await chain.publicClient.multicall({
      deployless: true,
      allowFailure: false,
      contracts: Array.from({ length: Number(places) }, (_, index) => ({
        ...contract,
        functionName: 'reporterAt' as const,
        args: [index, time] as const,
      })),
    })
    return reporters
      .filter(({ owner }) => owner !== zeroAddress)
      .map(({ key, inactiveTime, ...rest }) => ({
        ...rest,
        key: keyOf(key),
        inactiveTime: inactiveTime === NEVER ? undefined : inactiveTime,
      }))
  })
}

/** The transaction that adds to the stake of a reporter; its sender must be the owner. */
export function topUpCall(registry: Address, index: number, amount: bigint): Call {
  return callOf(registry, abi, 'topUp', [index, amount])
}

/** The transaction that ends a membership at the next epoch's start; its sender must be the owner. */
export function startLeavingCall(registry: Address, index: number): Call {
  return callOf(registry, abi, 'startLeaving', [index])
}

/** The transaction that pays the stake of a reporter that has left back to its owner; anyone may send it. */
export function withdrawCall(registry: Address, index: number): Call {
  return callOf(registry, abi, 'withdraw', [index])
}
