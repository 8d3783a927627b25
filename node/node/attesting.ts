import { deadlineOf } from '#client/oracle-reader.ts'
import type { CosignedReport } from '#client/cosigned-report.ts'
import { sumOfSignatures } from '#protocol/bls.ts'
import { bitmapOf, REQUEST_ATTEMPTS } from '#protocol/cosigning.ts'
import { isWithinBand } from '#protocol/distance.ts'
import type { Report } from '#protocol/report.ts'
import { type AttestView, rosterBudget } from '../cosign/attest.ts'
import {
  decideLate,
  type LateDecision,
  lateGain,
  type LateView,
  LOOK_AGAIN_SECONDS,
  pauseAfter,
} from '../cosign/late.ts'
import { SecondDigestError } from '../guard.ts'
import { proposalRank } from '../propose.ts'
import type { Quorum } from '../quorum.ts'
import { askToCosign, cosign, ownPlace } from './cosigning.ts'
import { quorumOfHeld } from './held.ts'
import type { Parts } from './parts.ts'
import { standingOf } from './standing.ts'
import type { Ripe, Tracked } from './tracked.ts'

/**
 * Attests what was proposed without an attestation, in this node's turn: with the signatures of whatever near report most
 * have signed, asked for by anyone. Throws DeadRpcError.
 */
export async function attestLate(parts: Parts, tracked: Tracked): Promise<'acted' | 'idle'> {
  const { ripe, snapshot } = tracked
  if (ripe === undefined || snapshot === undefined) return 'idle'
  const heard = `${bestOf(parts, tracked)?.signers ?? 0n} ${tracked.quorum?.kind}`
  if (snapshot.atTime < tracked.lateTime && tracked.lateHeard === heard) return 'idle'
  tracked.lateHeard = heard
  const view = await lateView(parts, tracked, ripe)
  if (view === undefined) return 'idle'
  const decision = decideLate(view)
  if (decision.action === 'attest') return bring(parts, tracked, view, decision)
  const refusal = decision.action === 'ask' ? await askNear(parts, tracked, ripe) : undefined
  const said = refusal === undefined ? decision : { action: 'none', reason: refusal }
  // Whoever signs makes us look again; so does the end of the wait.
  if (said.action === 'none') tracked.lateTime = snapshot.atTime + LOOK_AGAIN_SECONDS
  else tracked.isDirty = true
  await parts.journal.write({ stage: 'attest', fixingId: tracked.id, action: said.action, reason: said.reason })
  return 'idle'
}

/**
 * Asks the reporters to co-sign what this node reports without those who signed twice, and signs first. Under a number
 * that it asked for something else with before a restart it asks for nothing. Returns why not, if not.
 */
export async function ask(parts: Parts, tracked: Tracked, ripe: Ripe): Promise<string | undefined> {
  const quorum = askable(parts, tracked, ripe)
  if (quorum?.kind !== 'report') return 'No quorum any more.'
  let refusal = 'It was asked for as often as it may be.'
  for (let attempt = (tracked.asked?.attempt ?? -1) + 1; attempt < REQUEST_ATTEMPTS; attempt += 1) {
    try {
      const request = await askToCosign(parts, ripe, quorum, attempt)
      if (request === undefined) return 'No key to ask with.'
      const { digest, report } = request
      tracked.asked = { digest, report, reporters: quorum.signers, attempt, atMs: parts.clock.monotonicMs() }
      await cosign(parts, tracked)
      return undefined
    } catch (error) {
      if (!(error instanceof SecondDigestError)) throw error
      refusal = error.message
    }
  }
  return refusal
}

/** Whether one of those whose observations were asked for has signed twice since, and others may be asked. */
export function isObsolete(parts: Parts, tracked: Tracked, ripe: Ripe): boolean {
  const { asked } = tracked
  if (asked === undefined || asked.attempt + 1 >= REQUEST_ATTEMPTS) return false
  const quorum = askable(parts, tracked, ripe)
  if (quorum?.kind !== 'report') return false
  const usable = new Set(quorum.signers)
  return asked.reporters.some((index) => !usable.has(index))
}

/** The report of what is held; without those who signed one observation in two ways, if they can be spared. */
function askable(parts: Parts, { id, quorum }: Tracked, ripe: Ripe): Quorum | undefined {
  const twice = parts.book.twiceSigned(id)
  if (quorum?.kind !== 'report' || !quorum.signers.some((index) => twice.has(index))) return quorum
  const once = parts.store.observations.all(id).filter(({ reporterIndex }) => !twice.has(reporterIndex))
  const without = quorumOfHeld(parts, id, ripe, once, quorum.report.proposer)
  return without.kind === 'report' ? without : quorum
}

/** The sum of the signatures that are held of a report; undefined for none. */
export function aggregateOf({ book }: Parts, { id }: Tracked, asked: Asked | undefined): CosignedReport | undefined {
  const partials = asked === undefined ? [] : book.partials(id, asked.digest)
  if (asked === undefined || partials.length === 0) return undefined
  return {
    report: asked.report,
    signature: sumOfSignatures(partials.map(({ signature }) => signature)),
    signers: bitmapOf(partials.map(({ place }) => place)),
  }
}

type Asked = { readonly digest: `0x${string}`; readonly report: Report }

/** Publishes the roster if it is missing. Returns what is left of `budget` for `way`; undefined: not enough. Wei. */
export async function ensureRoster(
  parts: Parts,
  tracked: Tracked,
  view: Pick<AttestView, 'incentives' | 'places'>,
  way: 'attest' | 'proposeAttested',
  budget: bigint,
): Promise<bigint | undefined> {
  if (view.incentives.isRosterPublished) return budget
  const split = rosterBudget(view, way, budget)
  if (split === undefined) return undefined
  return (await publishRoster(parts, tracked, split.roster)) ? split.rest : undefined
}

/** Somebody else may have been first; then nothing is missing. Returns whether it is worth going on. */
async function publishRoster(parts: Parts, tracked: Tracked, maxGasCost: bigint): Promise<boolean> {
  const { chain, transactions, journal } = parts
  const { id, fixing, snapshot } = tracked
  const nothing = { kind: 'stake', round: 0, value: 0n, amount: 0n } as const
  const deadline = snapshot === undefined ? undefined : deadlineOf(snapshot)
  const plan = { ...nothing, fixingId: id, action: 'roster', at: snapshot?.atTime ?? 0n, deadline } as const
  const sent = await transactions.attempt(plan, (terms) =>
    chain.publishRoster(fixing.maturity, { ...terms, maxGasCost }),
  )
  if (sent.kind === 'later') return false
  const reason = sent.kind === 'done' ? 'The roster of the maturity was missing.' : `Refused: ${sent.reason}.`
  await journal.write({ stage: 'roster', fixingId: id, action: sent.kind === 'done' ? 'publish' : 'refused', reason })
  return sent.kind === 'done' || sent.reason !== 'Client.DearGasError'
}

/** Undefined before this node's turn, and while it cannot be read what attests the fixing. */
async function lateView(parts: Parts, tracked: Tracked, ripe: Ripe): Promise<LateView | undefined> {
  const { chain, config, clock } = parts
  const { id, fixing, snapshot, asked } = tracked
  const now = snapshot?.atTime ?? 0n
  tracked.proposedTime ??= now
  const signers = ripe.reporters.map(({ signer }) => signer)
  const rank = proposalRank(id, signers, chain.account ?? '0x')
  const turnTime = tracked.proposedTime + BigInt(rank * config.policy.stageDelaySeconds)
  // Before the turn, and if it never asks, the chain is not asked either.
  if (now < turnTime || now <= fixing.maturity || config.policy.attest === 'never') return undefined
  const standing = await standingOf(parts, tracked, 'attest')
  if (standing === 'unread') {
    tracked.unreadTime ??= now
    tracked.lateTime = now + pauseAfter(now - tracked.unreadTime)
    return undefined
  }
  tracked.unreadTime = undefined
  return {
    policy: config.policy.attest,
    incentives: await chain.incentives(fixing),
    places: ripe.reporters.length,
    place: ownPlace(parts, ripe),
    standing,
    signers: bestOf(parts, tracked)?.signers ?? 0n,
    isObsolete: isObsolete(parts, tracked, ripe),
    askedMs: asked === undefined ? undefined : clock.monotonicMs() - asked.atMs,
    cosignMs: config.gossip.cosignMs,
    now,
    turnTime,
  }
}

/** Of the reports within the band of what leads the one that most have signed. */
function bestOf({ book }: Parts, { id, fixing, snapshot }: Tracked) {
  const leader = snapshot?.facts.leader ?? 0n
  const near = book.requests(id).filter(({ report }) => isWithinBand(report.value, leader, fixing.bandPpm))
  return near
    .map(({ digest, report }) => {
      const places = book.partials(id, digest).map(({ place }) => place)
      return { digest, report, count: places.length, signers: bitmapOf(places) }
    })
    .toSorted((a, b) => b.count - a.count)[0]
}

async function askNear(parts: Parts, tracked: Tracked, ripe: Ripe): Promise<string | undefined> {
  const { quorum, snapshot, fixing } = tracked
  if (!parts.store.restoration.maySign(fixing.maturity)) return 'Restored after its maturity: nothing is asked for.'
  if (quorum?.kind !== 'report') return 'No quorum to attest what was proposed.'
  const isNear = isWithinBand(quorum.report.value, snapshot?.facts.leader ?? 0n, fixing.bandPpm)
  return isNear ? ask(parts, tracked, ripe) : 'What leads is not what was observed.'
}

async function bring(
  parts: Parts,
  tracked: Tracked,
  view: LateView,
  { reason }: LateDecision,
): Promise<'acted' | 'idle'> {
  const { chain, transactions, journal, config } = parts
  const { id, fixing, snapshot } = tracked
  const cosigned = aggregateOf(parts, tracked, bestOf(parts, tracked))
  if (cosigned === undefined) return 'idle'
  const at = snapshot?.atTime ?? 0n
  tracked.lateTime = at + LOOK_AGAIN_SECONDS
  const say = (action: string, words: string): Promise<void> =>
    journal.write({ stage: 'attest', fixingId: id, action, reason: words })
  const budget = config.policy.maxGasWei + lateGain(view)
  const maxGasCost = await ensureRoster(parts, tracked, view, 'attest', budget)
  if (maxGasCost === undefined) {
    await say('none', 'The roster costs more gas than attesting brings.')
    return 'idle'
  }
  const { value } = cosigned.report
  const deadline = snapshot === undefined ? undefined : deadlineOf(snapshot)
  const plan = { fixingId: id, action: 'attest', kind: 'stake', round: 0, value, amount: 0n, at, deadline } as const
  const sent = await transactions.attempt(plan, (terms) => chain.attest(fixing, cosigned, { ...terms, maxGasCost }))
  if (sent.kind === 'later') return 'idle'
  if (sent.kind === 'done') await say('attest', `${reason} Attested ${value}.`)
  // Another was faster, and has as many: that was the aim.
  else if (sent.reason === 'AttestedByMore') await say('none', 'As many attest already.')
  else await say('refused', `${reason} Refused: ${sent.reason}.`)
  return sent.kind === 'done' ? 'acted' : 'idle'
}
