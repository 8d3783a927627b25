import { keccak256, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { openChain } from '../../../node/chain/adapter.ts'
import { openEndpoints } from '../../../node/chain/endpoints.ts'
import type { FeeLimits } from '../../../node/config/fees.ts'
import type { ChainPort, EndpointPort } from '../../../node/chain/port.ts'
import { systemClock } from '../../../node/clock.ts'
import type { Stage } from '../../client/chain-fixture.ts'

/** What a test's node offers at most. */
export const CAPS: FeeLimits = { maxFeePerGas: 100n * 10n ** 9n, maxPriorityFeePerGas: 20n * 10n ** 9n }

/** The chain as the node of `name` sees it, through one endpoint or those that `doors` make of it. */
export function openNodeChain(
  stage: Stage,
  name: string,
  options: {
    readonly caps?: FeeLimits
    readonly agreement?: number
    readonly doors?: readonly ((port: EndpointPort) => EndpointPort)[]
  } = {},
): Promise<ChainPort> {
  const { oracle, registry } = stage.deployments
  const account = privateKeyToAccount(keccak256(stringToHex(`test ${name}`)))
  const { rpcUrl } = stage.embedded
  const open = (): Promise<EndpointPort> =>
    openChain({ rpcUrl, oracle, registry, chainId: undefined, account: account.address })
  const doors = options.doors ?? [(port: EndpointPort) => port]
  return openEndpoints(
    doors.map((door, i) => ({ url: `door ${i}`, open: async () => door(await open()) })),
    {
      agreement: options.agreement ?? 1,
      clock: systemClock(),
      signal: new AbortController().signal,
      onOutvoted: () => undefined,
      account,
      contracts: { oracle, registry },
      caps: options.caps ?? CAPS,
    },
  )
}
