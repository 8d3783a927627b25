import type { Address, Hex } from 'viem'
import { concatHex, keccak256 } from 'viem/utils'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { ChainPort } from './chain/port.ts'
import type { Transactions } from './chain/transactions.ts'
import type { Journal } from './journal.ts'

const PPM = 1_000_000n

/** What a proposer looks at. Amounts are bond-token wei, times Unix seconds. */
export type ProposalView = {
  readonly fixing: Fixing
  /** The latest block's. */
  readonly now: bigint
  /** This node's place in {@link proposalRank}. */
  readonly rank: number
  readonly own: bigint | undefined
  readonly reportValue: bigint | undefined
  /** What the proposal would cost; undefined while it cannot be read. */
  readonly bond: bigint | undefined
  readonly maxBond: bigint
  readonly stageDelaySeconds: number
}

/** Whether to propose now, and why not. */
export type Proposal =
  | { readonly action: 'propose'; readonly value: bigint; readonly bond: bigint; readonly reason: string }
  | { readonly action: 'none'; readonly reason: string }

/** What proposing works with. */
export type ProposeComponents = {
  readonly chain: Pick<ChainPort, 'snapshot' | 'head' | 'propose'>
  readonly transactions: Transactions
  readonly journal: Journal
  /** Hears what peers know, so that the report is not made of less. */
  readonly catchUp: () => Promise<void>
}

/**
 * Proposes if it is time to; looks at the chain once more right before, since another may have been first. Throws
 * DeadRpcError.
 */
export async function proposeOn(
  { chain, transactions, journal, catchUp }: ProposeComponents,
  fixingId: Hex,
  look: () => ProposalView,
): Promise<'acted' | 'idle'> {
  const proposal = decideProposal(look())
  if (proposal.action === 'none') {
    await journal.write({ stage: 'propose', fixingId, action: 'none', reason: proposal.reason })
    return 'idle'
  }
  await catchUp()
  const view = look()
  const confirmed = decideProposal(view)
  if (confirmed.action === 'none' || confirmed.value !== proposal.value) return 'idle'
  const fresh: FixingSnapshot = await chain.snapshot(view.fixing, (await chain.head()).number)
  if (fresh.phase !== 'open') {
    await journal.write({ stage: 'propose', fixingId, action: 'none', reason: `The fixing is ${fresh.phase} by now.` })
    return 'idle'
  }
  const { value, bond } = proposal
  const plan = { fixingId, action: 'propose', kind: 'stake', round: 0, value, amount: bond, at: view.now } as const
  const sent = await transactions.attempt(plan, (beforeSend) => chain.propose(view.fixing, value, bond, beforeSend))
  if (sent.kind === 'later') return 'idle'
  const said =
    sent.kind === 'done'
      ? { action: 'propose', reason: `${proposal.reason} Staked ${sent.moved} wei on ${value}.` }
      : { action: 'refused', reason: `Proposal of ${value}: ${sent.reason}.` }
  await journal.write({ stage: 'propose', fixingId, ...said })
  return sent.kind === 'done' ? 'acted' : 'idle'
}

/**
 * The place of `self` in the order in which reporters propose a fixing: ascending keccak256(fixing ‖ signer), the same
 * for everyone and different for every fixing. The last place if `self` is no reporter.
 */
export function proposalRank(fixingId: Hex, signers: readonly Address[], self: Address): number {
  const keyOf = (signer: Address): Hex => keccak256(concatHex([fixingId, signer]))
  const own = keyOf(self)
  return signers.filter((signer) => signer.toLowerCase() !== self.toLowerCase() && keyOf(signer) < own).length
}

/**
 * Whether to propose the report's median of an open fixing: when this node's turn has come, its own observation agrees
 * (within a quarter of the separation, as when joining a pot) and the bond is within its policy.
 */
export function decideProposal(view: ProposalView): Proposal {
  const { fixing, own, reportValue, bond } = view
  if (own === undefined) return none('No own observation to compare the report with.')
  if (reportValue === undefined) return none('No quorum yet.')
  const turn = fixing.maturity + BigInt(view.rank) * BigInt(view.stageDelaySeconds)
  if (view.now < turn) return none(`The turn of rank ${view.rank} begins at ${turn}.`)
  if (!isAgreed(own, reportValue, fixing.separationPpm)) {
    return none('The report is not within a quarter of the separation of the own observation.')
  }
  if (bond === undefined) return none('The open interest, and so the bond, cannot be read.')
  if (bond > view.maxBond) return none(`The bond of ${bond} wei is above what policy and balance allow.`)
  return { action: 'propose', value: reportValue, bond, reason: `Rank ${view.rank}, and the report agrees.` }
}

/** `|own - report| <= separation/4`, by ratio and exactly. */
function isAgreed(own: bigint, reportValue: bigint, separationPpm: number): boolean {
  const [low, high] = own < reportValue ? [own, reportValue] : [reportValue, own]
  return 4n * (high - low) * PPM <= BigInt(separationPpm) * low
}

function none(reason: string): Proposal {
  return { action: 'none', reason }
}
