import { agreedWire } from './agreed-wire.ts'
import { type Circle, type CircleOptions, createCircle, type Endpoint } from './circle.ts'
import type { FeeLimits } from '../config/fees.ts'
import type { ChainPort, ChainReads } from './port.ts'
import { reached } from './reached.ts'
import { agreedCourt } from './court.ts'
import { createSender, type SendingAccount } from './sender.ts'
import { type Contracts, sendingBy, writesOf } from './writes.ts'

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
 * when `agreement` endpoints say the same; amounts that change with every block are what as many say at least. A
 * transaction is tried out at all, and sent through all. Throws, as every read later, DeadRpcError while too few answer,
 * DisagreementError while too few agree.
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
    ...readsOf(circle, chainId, agreement),
    ...writesOf({ ...contracts, bondToken }, sender),
    outlook: () => wire.outlook(),
    court: (jury) => ({ ...agreedCourt(circle, jury, agreement), send: sendingBy(sender) }),
  }
}

function readsOf(circle: Circle, chainId: number, agreement: number): ChainReads {
  const { agreed, poll } = circle
  return {
    chainId,
    head: () => circle.head(),
    finalized: () => circle.finalized(),
    events: (from, to, wanted) =>
      agreed(`the events of blocks ${from} to ${to}`, (port) => port.events(from, to, wanted)),
    snapshot: (fixing, block) => agreed(`a fixing at block ${block.number}`, (port) => port.snapshot(fixing, block)),
    panel: (time) => agreed(`the reporters at ${time}`, (port) => port.panel(time)),
    block: (number) => agreed(`block ${number}`, (port) => port.block(number)),
    attestation: (fixing) => agreed('an attestation', (port) => port.attestation(fixing)),
    async bond(fixing) {
      return reachedIfKnown((await poll((port) => port.bond(fixing))).answers, agreement)
    },
    async spendable(keptGas, since) {
      return reachedIfKnown((await poll((port) => port.spendable(keptGas, since))).answers, agreement)
    },
    async holdings(spender, since) {
      const { answers: all } = await poll((port) => port.holdings(spender, since))
      const answers = all.flatMap((answer) => answer ?? [])
      if (answers.length < agreement) return undefined
      return { held: most(answers, 'held', agreement), allowance: most(answers, 'allowance', agreement) }
    },
    async incentives(fixing) {
      const { answers } = await poll((port) => port.incentives(fixing))
      return {
        rewardPot: most(answers, 'rewardPot', agreement),
        attestersReward: most(answers, 'attestersReward', agreement),
        isRosterPublished: answers.filter(({ isRosterPublished }) => isRosterPublished).length >= agreement,
        gasFee: most(answers, 'gasFee', agreement),
      }
    },
    attestersReward: (fixing) => agreed('a reward', (port) => port.attestersReward(fixing)),
    async unpaid(fixing, attestation, places) {
      return reachedIfKnown((await poll((port) => port.unpaid(fixing, attestation, places))).answers, agreement)
    },
  }
}

/** Undefined where fewer than must agree have an amount. */
function reachedIfKnown(answers: readonly (bigint | undefined)[], agreement: number): bigint | undefined {
  const amounts = answers.flatMap((amount) => amount ?? [])
  return amounts.length < agreement ? undefined : reached(amounts, agreement)
}

function most<Key extends string>(
  answers: readonly Readonly<Record<Key, bigint>>[],
  key: Key,
  agreement: number,
): bigint {
  return reached(
    answers.map((answer) => answer[key]),
    agreement,
  )
}
