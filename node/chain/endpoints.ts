import { agreedWire } from './agreed-wire.ts'
import { type Circle, type CircleOptions, createCircle, type Endpoint } from './circle.ts'
import type { FeeLimits } from '../config/fees.ts'
import type { ChainPort, ChainReads } from './port.ts'
import { createSender, type SendingAccount } from './sender.ts'
import { type Contracts, writesOf } from './writes.ts'

/** What using several endpoints takes. */
export type EndpointsOptions = CircleOptions & {
  /** Who signs; undefined: the node only watches. */
  readonly account: SendingAccount | undefined
  readonly contracts: Omit<Contracts, 'bondToken'>
  /** The most that transactions offer for gas. */
  readonly caps: FeeLimits
}

/**
 * Several endpoints as one chain. What a node stakes on (blocks, events, fixings, reporters, rewards) is believed only
 * when `agreement` endpoints say the same; everything else comes from the first that answers, those that failed or
 * were outvoted after the others. A transaction is tried out at the first that would take it, and sent through all. Throws,
 * as every read later, DeadRpcError while too few answer, DisagreementError while too few agree.
 */
export async function openEndpoints(endpoints: readonly Endpoint[], options: EndpointsOptions): Promise<ChainPort> {
  const circle = createCircle(endpoints, options)
  const { agreement, account, contracts, caps } = options
  const { chainId, bondToken } = await circle.agreed('the chain', async ({ chainId: id, bondToken: token }) => ({
    chainId: id,
    bondToken: token,
  }))
  const wire = agreedWire(circle, agreement)
  const sender = account === undefined ? undefined : createSender({ wire, chainId, account, caps })
  return {
    account: account?.address,
    ...readsOf(circle, chainId),
    ...writesOf({ ...contracts, bondToken }, sender),
    outlook: () => wire.outlook(),
  }
}

function readsOf(circle: Circle, chainId: number): ChainReads {
  const { agreed, first } = circle
  return {
    chainId,
    head: () => circle.head(),
    finalized: () => circle.finalized(),
    events: (from, to) => agreed(`the events of blocks ${from} to ${to}`, (port) => port.events(from, to)),
    snapshot: (fixing, at) => agreed(`a fixing at block ${at}`, (port) => port.snapshot(fixing, at)),
    panel: (time) => agreed(`the reporters at ${time}`, (port) => port.panel(time)),
    block: (number) => agreed(`block ${number}`, (port) => port.block(number)),
    attestation: (fixing, from) => agreed('an attestation', (port) => port.attestation(fixing, from)),
    bond: (fixing) => first((port) => port.bond(fixing)),
    spendable: () => first((port) => port.spendable()),
    holdings: (spender) => first((port) => port.holdings(spender)),
    incentives: (fixing) => first((port) => port.incentives(fixing)),
    attestersReward: (fixing) => agreed('a reward', (port) => port.attestersReward(fixing)),
    rewardsPaid: (fixing, from) => agreed('rewards that were paid', (port) => port.rewardsPaid(fixing, from)),
  }
}
