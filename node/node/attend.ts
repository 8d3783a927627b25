import type { Head } from '../chain/port.ts'
import { ledgerOf } from '../chain/ledger.ts'
import { decideOn, isTrusted, unsureness } from '../decide.ts'
import { claimOwn } from '../keeper.ts'
import { claimShares, isClaimed, worthOf } from '../keeper/shares.ts'
import type { Quorum } from '../quorum.ts'
import { ownStake, stakeOn } from '../stake.ts'
import type { KnownDue } from '../store/due-table.ts'
import type { Decision } from '#protocol/policy.ts'
import { attestLate } from './attesting.ts'
import { spendable } from './exposure.ts'
import { cosign, ownPlace } from './cosigning.ts'
import { quorumOfHeld, reportValue } from './held.ts'
import { catchUp } from './network-wait.ts'
import { isAllowed } from './observing.ts'
import type { Parts } from './parts.ts'
import { propose } from './proposing.ts'
import { ripen } from './ripen.ts'
import { standingOf } from './standing.ts'
import type { Tracked } from './tracked.ts'

const ZERO_ADDRESS = '0x0000000000000000000000000000000000000000'
/** How long a fixing that is settled stays open because it cannot be read what attests it, chain time. */
const UNREAD_SECONDS = 86_400n

/**
 * One pass over one matured fixing at the block `head`: reporters, snapshot, report, then whatever the phase and this
 * node's roles call for. Throws DeadRpcError; the next pass then repeats it.
 */
export async function attend(parts: Parts, tracked: Tracked, head: Head): Promise<void> {
  if (tracked.over !== undefined && tracked.over.log !== logOf(parts, tracked)) {
    tracked.over = undefined
    tracked.dues = undefined
  }
  if (isAtRest(parts, tracked, head)) {
    if (tracked.dues !== undefined) await collect(parts, tracked, tracked.dues, head)
    return
  }
  // An endpoint that lagged may have had something refused: the second time it is tried, whenever that was.
  if (tracked.over !== undefined) parts.transactions.forget(tracked.id)
  const version = parts.watch.version(tracked.id)
  const kept = await lookAt(parts, tracked, head)
  if (tracked.snapshot?.phase !== 'settled' || kept !== 'done') {
    tracked.over = undefined
    tracked.dues = undefined
    return
  }
  // The second time: its blocks cannot be undone any more.
  if (tracked.over !== undefined) return close(parts, tracked, tracked.over, head)
  const over = { block: head.number, time: head.time, log: logOf(parts, tracked) }
  const dues = await duesOf(parts, tracked, head.time)
  // Meanwhile its log was read anew, perhaps since the chain was undone: what was seen may be of another.
  if (parts.watch.version(tracked.id) !== version) return
  tracked.dues = dues === 'unread' ? undefined : dues
  tracked.over = over
  if (tracked.dues !== undefined) await collect(parts, tracked, tracked.dues, head)
}

/** How many entries its log has; the claims of others change nothing. */
function logOf({ watch }: Parts, { id }: Tracked): number {
  return watch.events(id).filter(({ name }) => name !== 'claimed').length
}

/** Whether nothing is left to be done, unless the block in which that was seen is undone. */
function isAtRest({ config }: Parts, { over }: Tracked, head: Head): boolean {
  return over !== undefined && head.number < over.block + BigInt(config.confirmations)
}

async function lookAt(parts: Parts, tracked: Tracked, head: Head): Promise<'done' | 'waiting' | 'acted'> {
  const { chain, watch, network, transactions } = parts
  const { id, fixing } = tracked
  await ripen(parts, tracked, head)
  tracked.snapshot = await chain.snapshot(fixing, head)
  tracked.ledger = ledgerOf(watch.events(id), chain.account)
  refreshQuorum(parts, tracked)
  if (!isAllowed(parts.config, fixing)) {
    const reason = 'Its arbitrator or backup is not in policy.arbitrators, and policy.observe is "trusted": not signed.'
    await parts.journal.write({ stage: 'observe', fixingId: id, action: 'none', reason })
  }
  if (tracked.snapshot.phase === 'settled') network.close(id)
  // Also of one that was settled on another chain.
  else if (tracked.ripe !== undefined) network.sync.open(id)
  await cosign(parts, tracked)
  if (chain.account !== undefined) {
    // A transaction of ours may still be mined, or was since: whatever we decided now could double it.
    if ((await transactions.settle(id, tracked.snapshot.atBlock)) === 'wait') return 'waiting'
    if ((await act(parts, tracked)) === 'acted') tracked.isDirty = true
  }
  const kept = await keep(parts, tracked)
  if (kept === 'acted') tracked.isDirty = true
  return kept
}

/** Claims what reporting earned, until the fixing is closed: of one that is settled nothing else is looked at. */
async function collect(parts: Parts, tracked: Tracked, dues: KnownDue, head: Head): Promise<void> {
  if ((await parts.transactions.settle(tracked.id, head.number)) === 'wait') return
  const { stageDelaySeconds } = parts.config.policy
  const result = await claimShares(parts, { ...dues, stageDelaySeconds }, head.time)
  // What was refused for good one endpoint alone may say, which lags: it is left to whoever asks twice.
  if (result !== 'acted' && !isClaimed(parts.transactions.of(tracked.id))) return
  tracked.dues = undefined
  tracked.isDirty = true
}

/** Unless it cannot be read, and not for long enough, what it earned. */
async function close(
  parts: Parts,
  tracked: Tracked,
  over: NonNullable<Tracked['over']>,
  { number, time }: Head,
): Promise<void> {
  const { store, watch, chain, collateral, config } = parts
  // Meanwhile the chain may be found undone: then it is looked at again, whatever was seen.
  const isMoot = (): boolean => tracked.over !== over || watch.isStartingOver()
  // Read again: what was read first may have been undone.
  const due = isClaimed(parts.transactions.of(tracked.id)) ? undefined : await duesOf(parts, tracked, over.time)
  if (isMoot()) return
  const unreadSince = over.unreadSince ?? time
  if (due === 'unread' && time < unreadSince + UNREAD_SECONDS) {
    tracked.over = { ...over, block: number, unreadSince }
    return
  }
  // What was seen to be due once is asked for again, whatever cannot be read since.
  const left = due === 'unread' ? tracked.dues : due
  if (config.policy.revoke === 'settled' && chain.account !== undefined) {
    const plan = { fixingId: tracked.id, at: tracked.snapshot?.atTime ?? 0n }
    for (const spender of ['oracle', 'registry'] as const) await collateral.revoke(plan, spender)
  }
  if (due === 'unread' && left === undefined) {
    const reason = 'A share may be left: for a day it could not be read what attests it. Claim it by hand.'
    await parts.journal.write({ stage: 'keep', fixingId: tracked.id, subject: 'reward', action: 'leave', reason })
  }
  if (isMoot()) return
  // Before it is on disk: from now on a look that finds that finds this fixing, too.
  watch.forget(tracked.id)
  if (left === undefined) await store.fixings.close(tracked.id)
  else await parts.dues.close(left)
  tracked.dues = undefined
  tracked.isClosed = true
}

function refreshQuorum({ store, chain }: Parts, tracked: Tracked): Quorum | undefined {
  const { id, ripe, quorumOf } = tracked
  if (ripe === undefined) return undefined
  const [observations, evidence] = [store.observations.all(id), store.observations.evidence(id)]
  if (quorumOf?.ripe === ripe && quorumOf.observations === observations && quorumOf.evidence === evidence) {
    return tracked.quorum
  }
  tracked.quorum = quorumOfHeld({ store }, id, ripe, observations, chain.account ?? ZERO_ADDRESS)
  tracked.quorumOf = { ripe, observations, evidence }
  return tracked.quorum
}

async function act(parts: Parts, tracked: Tracked): Promise<'acted' | 'idle'> {
  const { roles, policy } = parts.config
  const phase = tracked.snapshot?.phase
  const isProposing = phase === 'open' && roles.includes('proposer')
  const isDisputing = phase === 'active' && roles.includes('watchtower')
  const isAttesting = (phase === 'active' || phase === 'arbitration') && roles.includes('proposer')
  if (!isProposing && !isDisputing && !isAttesting) return 'idle'
  if (!isTrusted(tracked.fixing, policy.arbitrators)) {
    const reason = 'Its arbitrator or backup is not in policy.arbitrators: no stake of ours.'
    await parts.journal.write({ stage: 'stake', fixingId: tracked.id, action: 'none', reason })
    return 'idle'
  }
  const halted = parts.halt.reason()
  if (halted !== undefined) {
    const reason = `The operator has stopped all new stake: ${halted}`
    await parts.journal.write({ stage: 'stake', fixingId: tracked.id, action: 'none', reason })
    return 'idle'
  }
  if (parts.juror.view().unseen > 0) {
    const reason = 'It is not seen yet what the seats in juries have to send: no stake of ours.'
    await parts.journal.write({ stage: 'stake', fixingId: tracked.id, action: 'none', reason })
    return 'idle'
  }
  const { observation, confidence } = parts.reporter.view(tracked.id)
  const { minSources } = tracked.document.aggregation
  const unsure = observation === undefined ? undefined : unsureness(confidence, minSources, policy)
  if (unsure !== undefined) {
    await parts.journal.write({ stage: 'stake', fixingId: tracked.id, action: 'none', reason: unsure })
    return 'idle'
  }
  if (isProposing) return propose(parts, tracked, () => refreshQuorum(parts, tracked))
  // The dispute first: its window may be short.
  if (isDisputing && (await dispute(parts, tracked)) === 'acted') return 'acted'
  return isAttesting ? attestLate(parts, tracked) : 'idle'
}

async function dispute(parts: Parts, tracked: Tracked): Promise<'acted' | 'idle'> {
  const { chain, transactions, collateral, journal, config } = parts
  const { id, snapshot, ledger, document } = tracked
  if (snapshot === undefined || ledger === undefined) return 'idle'
  const { perPotWei, perFixingWei, totalWei, noisePpm } = config.policy
  const decide = (): Decision => {
    return decideOn(snapshot, ledger.pots, {
      own: parts.reporter.view(id).observation?.value,
      reportValue: reportValue(refreshQuorum(parts, tracked)),
      noisePpm: noisePpm ?? document.noisePpm,
    })
  }
  const budget = { perPotWei, perFixingWei, totalWei }
  const elsewhere = (): bigint => parts.elsewhere(id)
  const paid = { chain, spendable: () => spendable(parts), transactions, collateral, budget, elsewhere }
  return stakeOn({ ...paid, journal, catchUp: () => catchUp(parts) }, snapshot, ledger, decide)
}

async function keep(parts: Parts, tracked: Tracked): Promise<'done' | 'waiting' | 'acted'> {
  const { chain, watch, transactions, journal, config } = parts
  const { id, snapshot, ledger } = tracked
  if (chain.account === undefined || !config.roles.includes('keeper')) return 'done'
  if (snapshot === undefined || ledger === undefined) return 'waiting'
  if (snapshot.phase !== 'settled') return claimOwn({ chain, transactions, journal }, snapshot, ledger.own)
  // An endpoint may have kept back for good what our own transactions were given.
  const { own } = ledgerOf(watch.events(id), chain.account, ownStake(ledger, transactions.of(id)))
  return claimOwn({ chain, transactions, journal }, snapshot, own)
}

/**
 * What our co-signature earned of a fixing that was first seen settled at `settledTime`; undefined for nothing, 'unread' if that
 * cannot be told.
 */
async function duesOf(parts: Parts, tracked: Tracked, settledTime: bigint): Promise<KnownDue | 'unread' | undefined> {
  const { ripe, snapshot, fixing, id } = tracked
  const { chain, config } = parts
  const place = ripe === undefined ? undefined : ownPlace(parts, ripe)
  if (place === undefined || !config.roles.includes('keeper')) return undefined
  if (snapshot?.settlement === undefined) return undefined
  const attestation = await standingOf(parts, tracked, 'keep')
  if (attestation === undefined || attestation === 'unread') return attestation
  const owner = ripe?.reporters[place]?.owner.toLowerCase()
  const places = (ripe?.reporters ?? []).flatMap((one, i) => (one.owner.toLowerCase() === owner ? [i] : []))
  const reward = await chain.attestersReward(fixing)
  const { settlement } = snapshot
  const due = { fixingId: id, fixing, settlement, settledTime, attestation, place, places, reward }
  return worthOf(due) === 0n ? undefined : due
}
