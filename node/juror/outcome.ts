import type { Address } from 'viem'
import type { JurySeat } from '#client/jury.ts'
import { formatValue } from '#protocol/decimal.ts'
import { isWithinBand } from '#protocol/distance.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { verdictOf } from '#protocol/jury.ts'
import { seatedRound } from '#protocol/jury-case.ts'
import type { CourtCase } from '../chain/court-port.ts'
import type { ChainPort, Head } from '../chain/port.ts'
import type { Journal } from '../journal.ts'
import type { KnownCase } from '../store/jury-table.ts'
import { isAmong } from './among.ts'

/** What became of the stake of one seat, and why. */
export type SeatOutcome = {
  readonly round: number
  readonly seat: number
  readonly juror: JurySeat['juror']
  readonly action: 'kept' | 'lost'
  readonly reason: string
}

/**
 * What became of the stakes of a round's seats, `seatStake` wei each: none before it was resolved. Who revealed within half of
 * the separation of the verdict kept it, and where too few revealed for one, who revealed.
 */
export function outcomesOf(
  { state, seats }: CourtCase,
  { separationPpm }: Pick<Fixing, 'separationPpm'>,
  seatStake: bigint,
): readonly SeatOutcome[] {
  const { stage } = state
  if (stage !== 'decided' && stage !== 'hung' && stage !== 'failed') return []
  const verdict = stage === 'decided' ? verdictOf(seats.flatMap(({ value }) => value ?? [])) : undefined
  const end = verdict === undefined ? 'too few revealed for a verdict' : `the verdict is ${formatValue(verdict)}`
  const round = seatedRound(state)
  const bandPpm = Math.floor(separationPpm / 2)
  return seats.map(({ seat, juror, value }) => {
    const isKept = value !== undefined && (verdict === undefined || isWithinBand(value, verdict, bandPpm))
    const stake = isKept ? 'kept its stake' : `lost its stake, ${seatStake} wei`
    const vote = value === undefined ? 'it revealed nothing' : `it revealed ${formatValue(value)}`
    const reason = `Seat ${seat} of ${juror} in round ${round} ${stake}: ${vote}, and ${end}.`
    return { round, seat, juror, action: isKept ? 'kept' : 'lost', reason }
  })
}

/** Who has seats that this node answers for, and where it says what became of them. */
export type OutcomeComponents = {
  readonly chain: Pick<ChainPort, 'account' | 'court'>
  readonly principals: readonly Address[]
  readonly journal: Pick<Journal, 'write'>
}

/** What is to be said of a case as it stands at `head`. */
export type OutcomeView = {
  readonly known: KnownCase
  readonly trial: CourtCase
  /** Wei. */
  readonly seatStake: bigint
  readonly head: Pick<Head, 'number'>
}

/**
 * Writes of each seat of this node's account, and of those that it votes for, whether its stake was kept or lost, those of a round that
 * hung before the present one too: it may have been opened again between two looks. Throws DeadRpcError.
 */
export async function sayOutcomes(
  { chain, principals, journal }: OutcomeComponents,
  { known, trial, seatStake, head }: OutcomeView,
): Promise<void> {
  const { jury, id: fixingId, fixing } = known
  const isOurs = ({ juror }: SeatOutcome): boolean => isAmong(juror, [chain.account, ...principals])
  const { state } = trial
  const before = seatedRound(state) - 1
  const hung: CourtCase[] =
    before < 0
      ? []
      : [{ state: { ...state, stage: 'hung' }, seats: await chain.court(jury).seats(fixingId, before, head.number) }]
  for (const one of [...hung, trial]) {
    for (const { round, seat, action, reason } of outcomesOf(one, fixing, seatStake).filter(isOurs)) {
      const subject = `seat ${seat} of round ${round} in ${jury}`
      await journal.write({ stage: 'juror', fixingId, subject, action, reason })
    }
  }
}
