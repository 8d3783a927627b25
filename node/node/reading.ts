import { isAddressEqual } from 'viem/utils'
import { isSeparated } from '#protocol/distance.ts'
import { lastSeen } from '../ground/last-seen.ts'
import type { Reading } from '../metrics.ts'
import { spendable } from './exposure.ts'
import type { LoopState } from './loop.ts'
import { isAllowed, isObserving, isUnsigned } from './observing.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/** What the account can stake is read from the chain this often at most, milliseconds. */
const SPENDABLE_MS = 60_000

/** The node as its metrics show it; `read` whenever somebody looks. */
export function createReading(
  parts: Parts,
  state: LoopState,
  isStoreSound: () => Promise<boolean>,
): () => Promise<Reading> {
  const readSpendable = createSpendable(parts)
  return async () => ({
    isChainUp: state.failure?.of !== 'chain' && state.head !== undefined,
    head: state.head,
    now: parts.clock.now(),
    isStoreSound: await isStoreSound(),
    isSignerUp: (await parts.keys?.problem()) === undefined,
    isRegistered: state.isRegistered,
    peers: parts.network.peers.connected,
    reporterPeers: parts.network.peers.reporters,
    unread: state.unread.size,
    ...countsOf(parts, [...state.tracked.values()]),
    ...seatsOf(parts),
    spendable: await readSpendable(),
    lines: parts.journal.counts(),
    verdicts: parts.network.intake.counts,
    waited: parts.network.waited(),
    isHalted: parts.halt.reason() !== undefined,
    hasUnknownTransactions: parts.transactions.unknownNonce() !== undefined,
    failedPasses: state.failedPasses,
    outvoted: state.outvoted,
    clockOffset: parts.rollCall.clockOffset(),
  })
}

function seatsOf({ juror }: Parts) {
  const { seats, late, unread, deadline, failing, dear, unserved } = juror.view()
  return {
    jurySeats: seats,
    jurySeatsLate: late,
    jurySeatsUnread: unread,
    juryDeadline: deadline,
    juryPassesFailing: failing,
    juryCasesDear: dear,
    juryUnserved: unserved.length,
  }
}

type Counts = Pick<
  Reading,
  | 'fixings'
  | 'unobserved'
  | 'unsigned'
  | 'shortOfQuorum'
  | 'shortOfPresence'
  | 'shortOfSources'
  | 'contested'
  | 'nextDeadline'
  | 'equivocators'
  | 'ownEquivocations'
  | 'pendingTransactions'
>

function countsOf(parts: Parts, tracked: readonly Tracked[]): Counts {
  const { reporter, store, transactions, rollCall, keys } = parts
  const live = tracked.filter(isLive)
  const due = live.filter((one) => isObserving(parts, one))
  const fixings = new Map<string, number>()
  for (const one of tracked) fixings.set(phaseOf(one), (fixings.get(phaseOf(one)) ?? 0) + 1)
  const evidence = tracked.flatMap(({ id }) => store.observations.evidence(id))
  const deadlines = live.filter(isDisputable).map(({ snapshot }) => snapshot?.facts.deadline ?? 0n)
  return {
    fixings,
    unobserved: due.filter(({ id }) => reporter.view(id).observation === undefined).length,
    unsigned: live.filter((one) => isUnsigned(parts, one)).length,
    shortOfQuorum: live.filter((one) => isAllowed(parts.config, one.fixing) && one.quorum?.kind !== 'report').length,
    shortOfPresence: tracked.filter((one) => rollCall.attendance(one)?.isShort === true).length,
    shortOfSources: tracked.filter((one) => rollCall.unready(one) !== undefined).length,
    contested: live.filter((one) => isContested(parts, one)).length,
    nextDeadline: deadlines.toSorted((a, b) => (a < b ? -1 : 1))[0],
    equivocators: evidence.length,
    // Another store signs with this key, which the guard of this one cannot see.
    ownEquivocations:
      keys === undefined ? 0 : evidence.filter(({ first }) => isAddressEqual(first.signer, keys.address)).length,
    pendingTransactions: tracked.reduce(
      (sum, { id }) => sum + transactions.of(id).filter(({ state }) => state === 'signed').length,
      0,
    ),
  }
}

/** Before its maturity nothing is asked of a fixing, and nothing was read. */
function phaseOf({ snapshot, ripe }: Tracked): string {
  if (snapshot !== undefined) return snapshot.phase
  return ripe === undefined ? 'pending' : 'unknown'
}

function isLive({ ripe, snapshot }: Tracked): boolean {
  return ripe !== undefined && snapshot?.phase !== 'settled'
}

function isDisputable({ snapshot }: Tracked): boolean {
  return snapshot?.phase === 'active'
}

function isContested({ reporter }: Parts, { id, fixing, snapshot }: Tracked): boolean {
  const own = reporter.view(id).observation?.value
  if (snapshot?.phase !== 'active' || own === undefined) return false
  return isSeparated(own, snapshot.facts.leader, fixing.separationPpm)
}

/** An endpoint that does not answer leaves what was read last. */
function createSpendable({
  chain,
  clock,
  juror,
  collateral,
}: Pick<Parts, 'chain' | 'clock' | 'juror' | 'collateral'>): () => Promise<bigint | undefined> {
  let last: bigint | undefined
  if (chain.account === undefined) return async () => undefined
  const look = async (): Promise<bigint | undefined> => {
    last = (await spendable({ chain, juror, collateral }).catch(() => undefined)) ?? last
    return last
  }
  return lastSeen(clock, look, { freshMs: SPENDABLE_MS, overdue: () => last })
}
