import type { LoggedPot } from '#client/fixing-log.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { worthOfCandidate } from '#client/worth.ts'
import { appealStake } from '#protocol/bond.ts'
import { formatValue } from '#protocol/decimal.ts'
import { worstCase } from '#protocol/fixing.ts'
import { type Odds, oddsOf } from '#protocol/odds.ts'
import { arbitrationEnd, graceEnd } from '#protocol/phase.ts'
import { PPM } from '#protocol/rational.ts'
import { formatAmount, formatIndexValue, formatMoment, formatPpm, type Token } from '../format.ts'
import type { Io } from '../io.ts'
import { formatTable } from '../table.ts'

/** A fixing as `assize status` shows it. */
export type FixingView = {
  readonly snapshot: FixingSnapshot
  /** The pots of the current round, also unfilled ones. */
  readonly pots: readonly LoggedPot[]
  readonly odds: readonly Odds[]
  /** What the stake on each candidate earns at least if its value wins, ppm, rounded down; undefined once settled. */
  readonly returnsPpm: readonly (bigint | undefined)[]
}

/** What the snapshot and the pots of its round say together. */
export function viewOf(snapshot: FixingSnapshot, pots: readonly LoggedPot[]): FixingView {
  const isDisputable = snapshot.phase === 'active'
  const live = isDisputable ? pots : []
  const filledFor = (value: bigint): bigint =>
    live.filter((pot) => pot.value === value).reduce((sum, pot) => sum + stakeIn(pot, snapshot), 0n)
  const candidates = snapshot.candidates.map(({ value, stake }) => ({ value, stake, filled: filledFor(value) }))
  const others = live.map(({ value }) => value).filter((value) => candidates.every((one) => one.value !== value))
  const newcomers = [...new Set(others)]
  const staked = [...candidates, ...newcomers.map((value) => ({ value, stake: 0n, filled: filledFor(value) }))]
  const returnsPpm = snapshot.candidates.map(({ stake }, i) => {
    const worth = worthOfCandidate(i, snapshot, pots)
    return worth === undefined ? undefined : returnPpm(worth.ifRight, stake)
  })
  const by = snapshot.facts.arbitratedAt === 0n ? 'timeout' : 'ruling'
  return { snapshot, pots: live, odds: oddsOf(staked, by), returnsPpm }
}

/** What a pot holds of stake, bond-token wei, rounded down: of an appeal's a part is the arbitrator's fee. */
function stakeIn({ kind, filled }: LoggedPot, { staked, fixing }: FixingSnapshot): bigint {
  if (kind === 'stake') return filled
  const stake = appealStake(staked)
  return (filled * stake) / (stake + fixing.arbitrationFee)
}

/** What `staked`, above 0, earns that comes back as `paid`, ppm, rounded down. */
export function returnPpm(paid: bigint, staked: bigint): bigint {
  return (paid * PPM) / staked - PPM
}

/** The view as text for people; `token` is what is staked. */
export function renderView({ snapshot, pots, odds }: FixingView, token: Token, io: Pick<Io, 'isTerminal'>): string {
  const { fixing, facts, phase, atTime, candidates, leaderIndex } = snapshot
  const lines = [
    `fixing    ${snapshot.id}`,
    `index     ${fixing.indexId}`,
    `maturity  ${formatMoment(fixing.maturity, atTime)}`,
    `phase     ${phase}${facts.round === 0 ? '' : `, round ${facts.round}`}`,
    ...nextLines(snapshot),
  ]
  if (odds.length > 0) {
    const rows = odds.map(({ value, probabilityPpm }) => {
      const index = candidates.findIndex((candidate) => candidate.value === value)
      const filled = pots.filter((pot) => pot.value === value).reduce((sum, pot) => sum + pot.filled, 0n)
      const stake = candidates[index]?.stake ?? 0n
      const role = index < 0 ? 'not a candidate yet' : index === leaderIndex ? 'leads' : ''
      const amounts = [formatAmount(stake, token), formatAmount(filled, token)]
      return [formatIndexValue(value), ...amounts, formatPpm(Number(probabilityPpm)), role]
    })
    lines.push(formatTable({ head: ['value', 'stake', 'in pots', 'odds', ''], rows, text: [''] }, io))
  }
  return lines.join('\n')
}

/** The view for scripts: values in index units and amounts in wei as decimal strings, times as Unix seconds. */
export function viewDocument({ snapshot, pots, odds, returnsPpm }: FixingView): Record<string, unknown> {
  const { fixing, facts, candidates, leaderIndex } = snapshot
  return {
    id: snapshot.id,
    indexId: fixing.indexId,
    maturity: Number(fixing.maturity),
    phase: snapshot.phase,
    round: facts.round,
    leader: leaderIndex === undefined ? null : formatValue(facts.leader),
    deadline: facts.round === 0 ? null : Number(facts.deadline),
    arbitratedAt: facts.arbitratedAt === 0n ? null : Number(facts.arbitratedAt),
    arbitrator: snapshot.currentArbitrator ?? null,
    worstCase: Number(worstCase(fixing)),
    staked: snapshot.staked.toString(),
    candidates: candidates.map(({ value, stake }, i) => ({
      value: formatValue(value),
      stake: stake.toString(),
      oddsPpm: Number(odds[i]?.probabilityPpm ?? 0n),
      returnPpm: returnsPpm[i] === undefined ? null : Number(returnsPpm[i]),
      leads: i === leaderIndex,
    })),
    pots: pots.map(({ kind, value, filled }) => ({ kind, value: formatValue(value), filled: filled.toString() })),
    settlement: snapshot.settlement === undefined ? null : formatValue(snapshot.settlement),
    outcome: snapshot.outcome,
    atBlock: Number(snapshot.atBlock),
    atTime: Number(snapshot.atTime),
  }
}

/** What comes next, and when, by phase. */
function nextLines({ fixing, facts, phase, atTime, settlement, outcome, currentArbitrator }: FixingSnapshot): string[] {
  switch (phase) {
    case 'pending':
      return []
    case 'open':
      return [`request   possible from ${formatMoment(graceEnd(fixing), atTime)}`]
    case 'active':
      return [
        `leader    ${formatIndexValue(facts.leader)}`,
        `deadline  ${formatMoment(facts.deadline, atTime)}: the leader settles unless disputed`,
      ]
    case 'arbitration':
      return [
        `arbiter   ${currentArbitrator ?? ''}`,
        `deadline  ${formatMoment(arbitrationEnd(fixing, facts.arbitratedAt), atTime)}: INVALID, everything refunded`,
      ]
    case 'settled':
      return [`settled   ${settlement === undefined ? '' : formatValue(settlement)} by ${outcome}`]
  }
}
