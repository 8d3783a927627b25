import { smaller } from '#protocol/rational.ts'
import { type AttestDecision, type AttestView, decideAttest, maxGasCost } from '../cosign/attest.ts'
import { proposalRank, proposeOn, type ProposalView, type Way } from '../propose.ts'
import type { Quorum } from '../quorum.ts'
import { aggregateOf, ask, ensureRoster, isObsolete } from './attesting.ts'
import { readMeans, UNTOLD_MEANS } from '../stake.ts'
import { ownPlace } from './cosigning.ts'
import { proposalRoom, spendable } from './exposure.ts'
import { reportValue } from './held.ts'
import { catchUp } from './network-wait.ts'
import type { Parts } from './parts.ts'
import type { Ripe, Tracked } from './tracked.ts'

/** Proposes when it is this node's turn, co-signed if that is worth its gas and enough reporters sign. */
export async function propose(
  parts: Parts,
  tracked: Tracked,
  refreshQuorum: () => Quorum | undefined,
): Promise<'acted' | 'idle'> {
  const { chain, collateral, journal, config } = parts
  const { id, fixing, ripe, snapshot } = tracked
  if (ripe === undefined || snapshot === undefined || chain.account === undefined) return 'idle'
  const signers = ripe.reporters.map(({ signer }) => signer)
  const rank = proposalRank(id, signers, chain.account)
  const bond = await chain.bond(fixing)
  const means = await readMeans({ spendable: () => spendable(parts), collateral })
  if (means === undefined) {
    await journal.write({ stage: 'propose', fixingId: id, action: 'wait', reason: UNTOLD_MEANS })
    return 'idle'
  }
  const { maxBondWei, perFixingWei, stageDelaySeconds } = config.policy
  const maxBond = [maxBondWei, perFixingWei, means()].reduce(smaller)
  const look = (): ProposalView => ({
    fixing,
    now: snapshot.atTime,
    rank,
    own: parts.reporter.view(id).observation?.value,
    reportValue: reportValue(refreshQuorum()),
    bond,
    maxBond,
    stageDelaySeconds,
  })
  const components = {
    chain,
    collateral,
    journal,
    // Peers were heard before the co-signatures were asked for.
    catchUp: async () => (tracked.asked === undefined ? catchUp(parts) : undefined),
    room: () => proposalRoom(config.policy.totalWei, parts.elsewhere(id)),
    chooseWay: () => chooseWay(parts, tracked, ripe),
    onRefused: () => void (tracked.isPlain = true),
  }
  return proposeOn(components, id, look)
}

async function chooseWay(parts: Parts, tracked: Tracked, ripe: Ripe): Promise<Way> {
  const { chain, config } = parts
  const { snapshot, fixing } = tracked
  const view: AttestView = {
    policy: config.policy.attest,
    incentives: await chain.incentives(fixing),
    places: ripe.reporters.length,
    asked: progressOf(parts, tracked, ripe),
    cosignMs: config.gossip.cosignMs,
    now: snapshot?.atTime ?? 0n,
    maturity: fixing.maturity,
  }
  const allowance = config.policy.maxGasWei
  const plain: Way = { kind: 'plain', maxGasCost: maxGasCost(view, 'plain', allowance) }
  const maySign = parts.store.restoration.maySign(fixing.maturity)
  if (tracked.isPlain || !maySign || ownPlace(parts, ripe) === undefined) return plain
  const decision = await asking(parts, tracked, ripe, decideAttest(view))
  if (decision.action === 'wait') {
    // Whoever signs makes us look again; so does the end of the wait.
    tracked.isDirty = true
    return { kind: 'wait', reason: decision.reason }
  }
  const cosigned = decision.action === 'attest' ? aggregateOf(parts, tracked, tracked.asked) : undefined
  if (cosigned === undefined) return giveUp(parts, tracked, plain, decision.reason)
  const budget = maxGasCost(view, 'attest', allowance)
  const left = await ensureRoster(parts, tracked, view, 'proposeAttested', budget)
  if (left === undefined) return giveUp(parts, tracked, plain, 'The roster costs more gas than attesting brings.')
  return { kind: 'attest', maxGasCost: left, cosigned, reason: decision.reason }
}

async function giveUp({ journal }: Parts, tracked: Tracked, plain: Way, reason: string): Promise<Way> {
  await journal.write({ stage: 'attest', fixingId: tracked.id, action: 'none', reason })
  // Once asked, later signatures do not bring it back: the plain proposal is on its way.
  tracked.isPlain = tracked.asked !== undefined
  return plain
}

/** Asks for co-signatures if that is what was decided on, and signs first. */
async function asking(parts: Parts, tracked: Tracked, ripe: Ripe, decision: AttestDecision): Promise<AttestDecision> {
  if (decision.action !== 'ask') return decision
  const refusal = await ask(parts, tracked, ripe)
  return refusal === undefined ? { ...decision, action: 'wait' } : { action: 'plain', reason: refusal }
}

function progressOf(parts: Parts, tracked: Tracked, ripe: Ripe): AttestView['asked'] {
  const { id, asked } = tracked
  if (asked === undefined) return undefined
  return {
    signed: parts.book.partials(id, asked.digest).length,
    elapsedMs: parts.clock.monotonicMs() - asked.atMs,
    isObsolete: isObsolete(parts, tracked, ripe),
  }
}
