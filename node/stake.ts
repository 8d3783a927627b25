import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { appealStake, potNeed } from '#protocol/bond.ts'
import { sufficientCapital } from '#protocol/griefing.ts'
import type { Decision } from '#protocol/policy.ts'
import { larger, smaller } from '#protocol/rational.ts'
import type { Ledger, Line } from './chain/ledger.ts'
import type { ChainPort } from './chain/port.ts'
import type { Collateral } from './chain/collateral.ts'
import type { Transactions } from './chain/transactions.ts'
import { takesStake } from './ground/takes-stake.ts'
import type { Journal } from './journal.ts'
import type { Intent } from './store/intent-table.ts'

/** How much this node may put at risk, bond-token wei. */
export type Budget = {
  readonly perPotWei: bigint
  readonly perFixingWei: bigint
  /** In all fixings together that are not settled. */
  readonly totalWei: bigint
}

/** What there is to stake with, wei. */
export type Means = {
  /** What the account has and has not committed. */
  readonly spendable: bigint
  /** What is at stake, or about to be, in other fixings. */
  readonly elsewhere: bigint
}

/** Stake of this node, bond-token wei. */
type OwnStake = Line & { readonly amount: bigint }

/** Why nothing is staked that might be there no more. */
export const UNTOLD_MEANS = 'It cannot be told yet what the last transaction has left: the endpoint is behind.'

/** What staking works with. */
export type StakeComponents = {
  readonly chain: Pick<ChainPort, 'stake'>
  /** What the account has to stake with, wei; undefined while that cannot be told. Throws DeadRpcError. */
  readonly spendable: () => Promise<bigint | undefined>
  readonly transactions: Transactions
  readonly collateral: Collateral
  readonly journal: Journal
  readonly budget: Budget
  /** What is at stake, or about to be, in other fixings, wei. */
  readonly elsewhere: () => bigint
  /** Hears what peers know, so that the decision is not made on less. */
  readonly catchUp: () => Promise<void>
}

/**
 * Carries out the policy's decision on an active fixing as far as the budget goes; small nodes pool by themselves. It is
 * made twice, the second time after asking peers: only the same decision is carried out. What
 * the chain refuses (a stale round, a pot that another filled) is an outcome for the journal. Throws DeadRpcError.
 */
export async function stakeOn(
  components: StakeComponents,
  snapshot: FixingSnapshot,
  ledger: Ledger,
  decide: () => Decision,
): Promise<'acted' | 'idle'> {
  const { chain, transactions, collateral, journal, budget } = components
  const { id: fixingId, fixing, facts } = snapshot
  const say = (action: string, reason: string): Promise<void> =>
    journal.write({ stage: 'stake', fixingId, action, reason })
  const decision = decide()
  if (decision.action === 'none') {
    await say('none', decision.reason)
    return 'idle'
  }
  const { action, value } = decision
  const line: Line = { kind: action === 'contribute' ? 'stake' : 'appeal', round: facts.round, value }
  const own = ownStake(ledger, transactions.of(fixingId))
  const open = openInPot(snapshot, ledger, line)
  const amountOf = (means: () => bigint): bigint =>
    amountFor(budget, own, line, open, { spendable: means(), elsewhere: components.elsewhere() })
  const wait = async (): Promise<'idle'> => {
    await say('wait', UNTOLD_MEANS)
    return 'idle'
  }
  const stay = async (): Promise<'idle'> => {
    const total = components.elsewhere() + atRisk(own)
    const why = total < budget.totalWei ? '' : ` All fixings together have ${total} wei at stake (policy.total_wei).`
    await say('none', `${decision.reason} Nothing is left of the budget or the pot for ${action} ${value}.${why}`)
    return 'idle'
  }
  const before = await readMeans(components)
  if (before === undefined) return wait()
  if (amountOf(before) === 0n) return stay()
  await components.catchUp()
  const confirmed = decide()
  if (confirmed.action !== action || confirmed.value !== value) return 'idle'
  // Stakes in other fixings may have been mined meanwhile.
  const means = await readMeans(components)
  if (means === undefined) return wait()
  // INVARIANT: nothing is awaited until it is held for this one.
  const amount = amountOf(means)
  if (amount === 0n) return stay()
  const plan = { ...line, fixingId, action, amount, at: snapshot.atTime, deadline: facts.deadline }
  const sent = await collateral.stake(plan, 'oracle', (terms) => chain.stake(fixing, { ...line, amount }, terms))
  if (sent.kind === 'later') return 'idle'
  const alone = own.length === 0 ? aloneText(budget, snapshot) : ''
  if (sent.kind === 'done') await say(action, `${decision.reason} Put ${sent.moved} wei on ${value}.${alone}`)
  else await say('refused', `${action} of ${amount} wei on ${value} in round ${facts.round}: ${sent.reason}.`)
  return sent.kind === 'done' ? 'acted' : 'idle'
}

/**
 * What the account can spend, wei, less what is promised already when it is called, and less what was when this was read: that may be mined since.
 * Undefined while it cannot be told. Throws DeadRpcError.
 */
export async function readMeans({
  spendable,
  collateral,
}: Pick<StakeComponents, 'spendable'> & { readonly collateral: Pick<Collateral, 'committed'> }): Promise<
  (() => bigint) | undefined
> {
  const before = collateral.committed()
  const held = await spendable()
  return held === undefined ? undefined : () => held - larger(before, collateral.committed())
}

/** What a node that may spend too little to see a dispute through must count on, said with its first stake in a fixing. */
function aloneText({ perFixingWei }: Budget, { facts, fixing }: FixingSnapshot): string {
  const enough = sufficientCapital(facts.bond, fixing.arbitrationFee)
  if (perFixingWei >= enough) return ''
  return ` Others have to add: it takes up to ${enough} wei (5 d + F) to see a dispute through, and the limit is ${perFixingWei} wei.`
}

/** What is still open of the pot of `value`, bond-token wei: what completes it less what it holds. */
export function openInPot(
  snapshot: FixingSnapshot,
  ledger: Ledger,
  { kind, value }: Pick<Line, 'kind' | 'value'>,
): bigint {
  const { round } = snapshot.facts
  const held = snapshot.candidates.find((candidate) => candidate.value === value)?.stake ?? 0n
  const need =
    kind === 'stake' ? potNeed(snapshot.staked, held) : snapshot.fixing.arbitrationFee + appealStake(snapshot.staked)
  const pot = ledger.pots.find((line) => line.kind === kind && line.round === round && line.value === value)
  return need - (pot?.filled ?? 0n)
}

/**
 * How much to put into the pot of `line`: what is `open` of it, limited by what policy leaves for the pot, for the
 * fixing and for all of them, and by what the account has. Everything of ours that is not claimed is at risk. 0 = nothing is left.
 */
export function amountFor(
  budget: Budget,
  own: readonly OwnStake[],
  line: Line,
  open: bigint,
  { spendable, elsewhere }: Means,
): bigint {
  const inPot = own.find((stake) => isSameLine(stake, line))?.amount ?? 0n
  const here = atRisk(own)
  const left = [budget.perPotWei - inPot, budget.perFixingWei - here, budget.totalWei - elsewhere - here]
  const limits = [open, ...left, spendable]
  const least = limits.reduce(smaller)
  return least > 0n ? least : 0n
}

/** The sum of what this node has in the fixing, bond-token wei. */
export function atRisk(own: readonly OwnStake[]): bigint {
  return own.reduce((sum, { amount }) => sum + amount, 0n)
}

/**
 * What this node has in the fixing and has not claimed, per receipt the larger of what the log and what its own intents
 * say: an endpoint that lags behind our last transaction must not make us exceed the budget.
 */
export function ownStake(ledger: Ledger, intents: readonly Intent[]): OwnStake[] {
  const sums: OwnStake[] = ledger.own.map(({ kind, round, value, amount }) => ({ kind, round, value, amount }))
  const isClaimed = (line: Line): boolean =>
    ledger.claimed.some((claimed) => isSameLine(claimed, line)) ||
    intents.some((intent) => intent.action === 'claim' && intent.state === 'done' && isSameLine(intent, line))
  const staked = intents.filter((intent) => takesStake(intent) && intent.state !== 'failed')
  for (const { kind, round, value } of staked) {
    const line = { kind, round, value }
    if (isClaimed(line)) continue
    const ours = staked.filter((intent) => isSameLine(intent, line))
    const amount = ours.reduce((sum, intent) => sum + (intent.moved ?? intent.amount), 0n)
    const at = sums.findIndex((stake) => isSameLine(stake, line))
    const known = sums[at]
    if (known === undefined) sums.push({ ...line, amount })
    else if (known.amount < amount) sums[at] = { ...line, amount }
  }
  return sums
}

function isSameLine(a: Line, b: Line): boolean {
  return a.kind === b.kind && a.round === b.round && a.value === b.value
}
