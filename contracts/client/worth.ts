import type { Hex } from 'viem'
import { appealPayout, byRuling, type Division, stakePayout } from '#protocol/payout.ts'
import {
  appealProspects,
  contributionProspects,
  type Prospect,
  type Stand,
  stakeProspects,
} from '#protocol/prospects.ts'
import type { LoggedPot, OracleEvent } from './fixing-log.ts'
import type { FixingSnapshot } from './oracle-reader.ts'
import type { Holding } from './receipts.ts'

/** What receipts of stake pay if their value wins, bond-token wei, rounded down as the oracle does. */
export type Worth = {
  readonly ifRight: bigint
  /** Whether `ifRight` is the least of several ways to win: more stake can still come. */
  readonly isLeast: boolean
}

/**
 * What `holding` of a fixing that is not settled pays if its value wins. Undefined for what can win nothing: a pot that did not
 * fill in its round, a fund, a request, and everything of a settled fixing; a claim says what that pays.
 */
export function worthOf(holding: Holding, snapshot: FixingSnapshot, events: readonly OracleEvent[]): Worth | undefined {
  const own = events.filter((event) => 'id' in event.args && event.args.id === snapshot.id)
  if (snapshot.phase === 'active') return worthWhileActive(holding, snapshot, own)
  if (snapshot.phase === 'arbitration') return worthInArbitration(holding, snapshot, own)
  return undefined
}

/**
 * What all stake on the candidate at `index` pays if its value wins, by deadline or ruling, whoever stakes until then. `pots`
 * are those of the round. Undefined once settled.
 */
export function worthOfCandidate(
  index: number,
  snapshot: FixingSnapshot,
  pots: readonly LoggedPot[],
): Worth | undefined {
  const { phase, candidates, fixing } = snapshot
  const { value, stake } = candidates[index] ?? { value: 0n, stake: 0n }
  if (phase === 'active') {
    return worthIn(
      stakeProspects({
        stand: standOf(snapshot),
        candidate: index,
        amount: stake,
        arbitrationFee: fixing.arbitrationFee,
      }),
    )
  }
  if (phase !== 'arbitration') return undefined
  // All appeals of a round need the same, which only the one that filled has.
  const [appeal] = pots.filter(({ kind }) => kind === 'appeal').toSorted((a, b) => (a.filled > b.filled ? -1 : 1))
  return { ifRight: stakePayout(stake, splitIfRight(value, snapshot, appeal)), isLeast: false }
}

/** Whether a pot of fixing `id` filled, and its value led because of it; a proposal's always did. */
export function isInstalled({ round, value }: Holding, id: Hex, events: readonly OracleEvent[]): boolean {
  return (
    round === 0 ||
    events.some(
      ({ eventName, args }) =>
        eventName === 'Led' && args.id === id && args.value === value && args.round === round + 1,
    )
  )
}

function standOf({ facts, leaderIndex = 0, candidates }: FixingSnapshot): Stand {
  return { round: facts.round, leader: leaderIndex, stakes: candidates.map(({ stake }) => stake) }
}

function worthWhileActive(
  holding: Holding,
  snapshot: FixingSnapshot,
  events: readonly OracleEvent[],
): Worth | undefined {
  const { candidates, facts, fixing } = snapshot
  const { kind, round, value, amount } = holding
  const known = candidates.findIndex((candidate) => candidate.value === value)
  const move = {
    stand: standOf(snapshot),
    candidate: known === -1 ? candidates.length : known,
    amount,
    arbitrationFee: fixing.arbitrationFee,
  }
  if (kind === 'stake' && isInstalled(holding, snapshot.id, events)) return worthIn(stakeProspects(move))
  if (round !== facts.round) return undefined
  if (kind === 'stake') return worthIn(contributionProspects(move))
  return kind === 'appeal' ? worthIn(appealProspects(move)) : undefined
}

function worthInArbitration(
  holding: Holding,
  snapshot: FixingSnapshot,
  events: readonly OracleEvent[],
): Worth | undefined {
  const { kind, round, value, amount } = holding
  const appeal = appealIn(events)
  const isAppeal = kind === 'appeal' && round === snapshot.facts.round && value === appeal?.value
  if (!isAppeal && !(kind === 'stake' && isInstalled(holding, snapshot.id, events))) return undefined
  const split = splitIfRight(value, snapshot, appeal)
  return { ifRight: isAppeal ? appealPayout(amount, split) : stakePayout(amount, split), isLeast: false }
}

function splitIfRight(
  value: bigint,
  { candidates, staked, fixing }: FixingSnapshot,
  appeal: { readonly value: bigint; readonly filled: bigint } | undefined,
): Division {
  return byRuling({
    total: staked,
    winnerStake: candidates.find((candidate) => candidate.value === value)?.stake,
    appealStakeOfRound: appeal === undefined ? 0n : appeal.filled - fixing.arbitrationFee,
    arbitrationFee: fixing.arbitrationFee,
    appealedWins: appeal?.value === value,
  })
}

/** The appeal that sent the fixing to its arbitrator: what was staked last before that. Undefined after a request. */
function appealIn(events: readonly OracleEvent[]): { readonly value: bigint; readonly filled: bigint } | undefined {
  const end = events.findIndex(({ eventName }) => eventName === 'Arbitrated')
  const last = events.slice(0, Math.max(0, end)).findLast(({ eventName }) => eventName === 'Contributed')
  return last?.eventName === 'Contributed' ? last.args : undefined
}

/** The least that comes back of these when the value wins; at least one of them must be that it does. */
export function worthIn(prospects: readonly Prospect[]): Worth {
  const good = prospects.filter(({ end }) => end === 'undisputed' || end === 'right')
  const ifRight = good.map(({ paid }) => paid).reduce((low, paid) => (paid < low ? paid : low))
  return { ifRight, isLeast: good.some(({ isLeast }) => isLeast) }
}
