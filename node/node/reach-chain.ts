import { hostOf } from '#client/chain.ts'
import { openChain } from '../chain/adapter.ts'
import { openEndpoints } from '../chain/endpoints.ts'
import type { ChainPort } from '../chain/port.ts'
import type { SendingAccount } from '../chain/sender.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'
import type { LoopState } from './loop.ts'

type Reaching = {
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  readonly state: Pick<LoopState, 'outvoted'>
  /** Who signs transactions; undefined: the node only watches. */
  readonly account: SendingAccount | undefined
}

/** The chain through the configured endpoints. Throws the adapter's errors. */
export function reachChain(config: Config, { clock, log, signal, state, account }: Reaching): Promise<ChainPort> {
  const endpoints = config.rpcUrls.map((url) => ({
    url,
    open: () => openChain({ ...config, rpcUrl: url, account: account?.address }),
  }))
  return openEndpoints(endpoints, {
    agreement: config.rpcAgreement,
    clock,
    signal,
    account,
    contracts: { oracle: config.oracle, registry: config.registry },
    caps: config.fees,
    onOutvoted(url, what) {
      state.outvoted += 1
      log.warn({ endpoint: hostOf(url), what }, 'an endpoint says something else than the others')
    },
  })
}
