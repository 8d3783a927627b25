import type { Address, Hex } from 'viem'
import { concatHex, keccak256 } from 'viem/utils'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { agreesWith } from '#protocol/report.ts'
import type { ChainPort } from './chain/port.ts'
import type { Collateral } from './chain/collateral.ts'
import type { Journal } from './journal.ts'

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

/** By which way a proposal goes to the oracle: plainly, or co-signed through the registry; or that it is not ready. */
export type Way =
  | { readonly kind: 'plain'; readonly maxGasCost: bigint }
  | {
      readonly kind: 'attest'
      readonly maxGasCost: bigint
      readonly cosigned: CosignedReport
      readonly reason: string
    }
  | { readonly kind: 'wait'; readonly reason: string }

/** What proposing works with. */
export type ProposeComponents = {
  readonly chain: Pick<ChainPort, 'snapshot' | 'head' | 'propose' | 'proposeAttested'>
  readonly collateral: Collateral
  readonly journal: Journal
  /** Hears what peers know, so that the report is not made of less. */
  readonly catchUp: () => Promise<void>
  /** What policy leaves for all fixings together, wei. */
  readonly room: () => bigint
  /** Decides on the way; asks for co-signatures and prepares for them where it must. */
  readonly chooseWay: () => Promise<Way>
  /** The registry or the gas stood in the way of the co-signed proposal: the next is to go plainly. */
  readonly onRefused: () => void
}

/**
 * Proposes if it is time to; looks at the chain once more right before, since another may have been first. Throws
 * DeadRpcError.
 */
export async function proposeOn(
  components: ProposeComponents,
  fixingId: Hex,
  look: () => ProposalView,
): Promise<'acted' | 'idle'> {
  const { chain, journal, catchUp } = components
  const stay = async (reason: string): Promise<'idle'> => {
    await journal.write({ stage: 'propose', fixingId, action: 'none', reason })
    return 'idle'
  }
  const proposal = decideProposal(look())
  if (proposal.action === 'none') return stay(proposal.reason)
  await catchUp()
  const view = look()
  const confirmed = decideProposal(view)
  if (confirmed.action === 'none' || confirmed.value !== proposal.value) return 'idle'
  const room = components.room()
  if (proposal.bond > room) return stay(crowded(proposal.bond, room))
  const way = await components.chooseWay()
  if (way.kind === 'wait') return stay(way.reason)
  const fresh: FixingSnapshot = await chain.snapshot(view.fixing, await chain.head())
  if (fresh.phase !== 'open') return stay(`The fixing is ${fresh.phase} by now.`)
  // Others may have staked meanwhile; from here on it is held for this one.
  const left = components.room()
  if (proposal.bond > left) return stay(crowded(proposal.bond, left))
  return carryOut(components, fixingId, view, proposal, way)
}

async function carryOut(
  { chain, collateral, journal, onRefused }: ProposeComponents,
  fixingId: Hex,
  { fixing, now }: ProposalView,
  proposal: Extract<Proposal, { readonly action: 'propose' }>,
  way: Exclude<Way, { readonly kind: 'wait' }>,
): Promise<'acted' | 'idle'> {
  const { bond } = proposal
  const value = way.kind === 'attest' ? way.cosigned.report.value : proposal.value
  const plan = { fixingId, action: 'propose', kind: 'stake', round: 0, value, amount: bond, at: now } as const
  const sent = await collateral.stake(plan, way.kind === 'attest' ? 'registry' : 'oracle', (terms) => {
    const limited = { ...terms, maxGasCost: way.maxGasCost }
    return way.kind === 'attest'
      ? chain.proposeAttested(fixing, way.cosigned, bond, limited)
      : chain.propose(fixing, value, bond, limited)
  })
  if (sent.kind === 'later') return 'idle'
  const how = way.kind === 'attest' ? `${proposal.reason} ${way.reason}` : proposal.reason
  const said =
    sent.kind === 'done'
      ? {
          action: way.kind === 'attest' ? 'propose-attested' : 'propose',
          reason: `${how} Staked ${sent.moved} wei on ${value}.`,
        }
      : { action: 'refused', reason: `Proposal of ${value}: ${sent.reason}.` }
  await journal.write({ stage: 'propose', fixingId, ...said })
  if (sent.kind === 'refused' && way.kind === 'attest') onRefused()
  return sent.kind === 'done' ? 'acted' : 'idle'
}

/**
 * The place of `self` in the order in which reporters propose a fixing: ascending keccak256(fixing ‖ signer), the same
 * for everyone and different for every fixing. The last place if `self` is no reporter.
 */
export function proposalRank(fixingId: Hex, signers: readonly Address[], self: Address): number {
  const keyOf = (signer: Address): Hex => keccak256(concatHex([fixingId, signer]))
  const own = keyOf(self)
  return signers.filter((signer) => keyOf(signer) < own).length
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
  if (!agreesWith(own, reportValue, fixing.separationPpm)) {
    return none('The report is not within a quarter of the separation of the own observation.')
  }
  if (bond === undefined) return none('The open interest, and so the bond, cannot be read.')
  if (bond > view.maxBond) return none(`The bond of ${bond} wei is above what policy and balance allow.`)
  return { action: 'propose', value: reportValue, bond, reason: `Rank ${view.rank}, and the report agrees.` }
}

function crowded(bond: bigint, room: bigint): string {
  return `The bond of ${bond} wei is more than policy.total_wei leaves for all fixings together, ${room} wei.`
}

function none(reason: string): Proposal {
  return { action: 'none', reason }
}
