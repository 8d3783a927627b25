import type { ModelEvent, Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import type { JuryModel } from './jury-model.ts'
import type { JuryAction, JuryStep } from './terms.ts'

const TURNS = ['open', 'draw', 'reseed'].map((name) => `${name} NotItsTurn`)
const STAGES = ['open', 'draw', 'reseed', 'close', 'commit', 'reveal', 'resolve'].map((name) => `${name} WrongStage`)

/**
 * Everything that a run of any worth must have reached. A seed that the chain has forgotten is not there: 8 192 blocks take the chain
 * of a test a minute.
 */
export const JURY_REQUIRED: readonly string[] = [
  ...['stake', 'admit', 'readmit', 'stayOut', 'unstake', 'withdraw', 'setVoter'].map((name) => `${name} done`),
  ...['open', 'draw', 'close', 'commit', 'reveal', 'resolve'].map((name) => `${name} done`),
  ...TURNS,
  ...STAGES,
  'stake TooManyStakes',
  'stake ERC20InsufficientBalance',
  'stake from what is idle',
  'admit NotYet',
  'admit DrawsWaiting',
  'admit in its first second',
  'admit a second early',
  'readmit TooManyStakes',
  'readmit DrawsWaiting',
  'readmit NothingToReadmit',
  'readmit some of them',
  'readmit more than there are',
  'stayOut NotYet',
  'unstake TooManyStakes',
  'unstake DrawsWaiting',
  'unstake PlacesNotDescending',
  'unstake NotYourStake',
  'withdraw NothingToWithdraw',
  'open FeeBelowPrice',
  'open SeparationTooSmall',
  'open StakesReturned',
  'open PoolTooSmall',
  'open with less than half of all stakes free',
  'open TooLate',
  'open while another waits',
  'open as a backup',
  'open for a second round',
  'draw NotNext',
  'draw NotTheHeader',
  'draw of a second round',
  'reseed SeedKnown',
  'close SeedKnown',
  'close NotTooLate',
  'close of a hung case',
  'commit CommitOver',
  'commit in the second of the end',
  'commit a second early',
  'commit UnknownSeat',
  'commit NotYourSeat',
  'commit NotCommitted',
  'commit by a voter',
  'commit again',
  'reveal NotRevealing',
  'reveal in the first second',
  'reveal in the last second',
  'reveal in the second of the end',
  'reveal UnknownSeat',
  'reveal AlreadyRevealed',
  'reveal ValueZero',
  'reveal NotCommitted',
  'resolve RevealRunning',
  'resolve in the second of the end',
  'resolve once all have revealed',
  'Decided INVALID',
  'Decided a number beside INVALID',
  'Decided by an even number of votes',
  'Decided with a seat outside the band',
  'Decided with a seat at the edge of the band',
  'Decided with a silent seat',
  'Decided after the turn',
  'Decided in round 1',
  'Decided with what was forfeited',
  'Decided while another waits',
  'Hung while another waits',
  'Hung by silence alone',
  'Hung with some revealed',
  'Hung for good',
]

/** Counts what a history reaches. */
export class JuryCoverage {
  readonly counts = new Map<string, number>()
  private notes: string[] = []

  /** Before the model has played the step. */
  before(model: JuryModel, { action, party, time }: JuryStep): void {
    this.notes = []
    const { state } = model
    if (action.name === 'stake' && (state.idle.get(party) ?? 0n) > 0n) this.note('stake from what is idle', 'done')
    if (action.name === 'admit') {
      const { admitTime } = state.newcomers.get(action.juror) ?? { admitTime: 0n }
      if (time === admitTime) this.note('admit in its first second', 'done')
      if (time + 1n === admitTime) this.note('admit a second early', 'NotYet')
    }
    if (action.name === 'readmit') {
      const some = action.count < state.returned.length ? 'some of them' : 'more than there are'
      if (action.count !== state.returned.length) this.note(`readmit ${some}`, 'done')
    }
    if ('fixing' in action) this.beforeCase(model, action, { party, time })
  }

  /** After it. */
  after(model: JuryModel, { action }: JuryStep, result: Result): void {
    const end = result.ok ? 'done' : result.error
    this.count(`${action.name} ${end}`)
    for (const note of this.notes) if (note.endsWith(`|${end}`)) this.count(note.split('|')[0] ?? note)
    if (result.ok && action.name === 'resolve') this.afterRound(model, action.fixing, result.events)
  }

  private afterRound(model: JuryModel, fixing: number, events: readonly ModelEvent[]): void {
    const trial = model.caseAt(fixing)
    const seats = trial.seats[trial.stage === 'Hung' ? 0 : trial.round]
    const votes = seats.filter(({ isRevealed }) => isRevealed).map(({ vote }) => vote)
    const event = events.find(({ name }) => name === 'Decided')
    if (event === undefined) {
      this.count(votes.length === 0 ? 'Hung by silence alone' : 'Hung with some revealed')
      if (trial.stage === 'Failed') this.count('Hung for good')
      if (votes.length > 0 && model.state.queue.length > 0) this.count('Hung while another waits')
      return
    }
    const [, round, value, map, , isRuled] = event.args
    const numbers = votes.filter((vote) => vote !== INVALID)
    const coherent = BigInt(map ?? 0n)
    const isKept = seats.map((_, i) => ((coherent >> BigInt(i)) & 1n) === 1n)
    if (value === INVALID) this.count('Decided INVALID')
    else if (numbers.length < votes.length) this.count('Decided a number beside INVALID')
    if (numbers.length % 2 === 0 && value !== INVALID) this.count('Decided by an even number of votes')
    if (seats.some(({ isRevealed, vote }, i) => isRevealed && vote !== INVALID && value !== INVALID && !isKept[i])) {
      this.count('Decided with a seat outside the band')
    }
    const separationPpm = model.bench.fixings[fixing]?.fixing.separationPpm ?? 0n
    const isEdge = ({ vote }: { readonly vote: bigint }): boolean =>
      typeof value === 'bigint' && vote > value && vote - value === (value * (separationPpm / 2n)) / 1_000_000n
    if (seats.some(isEdge)) this.count('Decided with a seat at the edge of the band')
    if (votes.length < seats.length) this.count('Decided with a silent seat')
    if (isRuled === false) this.count('Decided after the turn')
    if (round === 1n) this.count('Decided in round 1')
    if (model.state.queue.length > 0) this.count('Decided while another waits')
  }

  private beforeCase(
    model: JuryModel,
    action: Extract<JuryAction, { readonly fixing: number }>,
    { party, time }: Pick<JuryStep, 'party' | 'time'>,
  ): void {
    const { state } = model
    const trial = model.caseAt(action.fixing)
    const seat = 'seat' in action ? trial.seats[trial.round][action.seat] : undefined
    switch (action.name) {
      case 'open':
        if (state.queue.length > 0) this.note('open while another waits', 'done')
        this.beforeOpen(model)
        if (model.bench.fixings[action.fixing]?.fixing.backup === model.bench.jury)
          this.note('open as a backup', 'done')
        if (trial.round === 1) this.note('open for a second round', 'done')
        break
      case 'draw':
        if (trial.round === 1) this.note('draw of a second round', 'done')
        break
      case 'close':
        if (trial.stage === 'Hung') this.note('close of a hung case', 'done')
        break
      case 'commit':
        if (time === trial.commitEnd) this.note('commit in the second of the end', 'CommitOver')
        if (time + 1n === trial.commitEnd) this.note('commit a second early', 'done')
        if (seat !== undefined && seat.juror !== party) this.note('commit by a voter', 'done')
        if (seat !== undefined && seat.vote !== 0n) this.note('commit again', 'done')
        break
      case 'reveal':
        if (time === trial.commitEnd) this.note('reveal in the first second', 'done')
        if (time + 1n === trial.revealEnd) this.note('reveal in the last second', 'done')
        if (time === trial.revealEnd) this.note('reveal in the second of the end', 'NotRevealing')
        break
      case 'reseed':
        break
      case 'resolve':
        if (time === trial.revealEnd) this.note('resolve in the second of the end', 'done')
        if (time < trial.revealEnd) this.note('resolve once all have revealed', 'done')
        if (trial.forfeited > 0n) this.note('Decided with what was forfeited', 'done')
        break
    }
  }

  /** Whether it is half of all stakes that decides, and not the least pool. */
  private beforeOpen({ state, bench }: JuryModel): void {
    const { leastPool, seats } = bench.terms
    const half = Math.ceil((state.pool.length + state.seated) / 2)
    const free = state.pool.length - state.queue.length * seats
    if (leastPool <= free && free < half) this.note('open with less than half of all stakes free', 'PoolTooSmall')
  }

  /** Counts `name` if the step ends so. */
  private note(name: string, end: string): void {
    this.notes.push(`${name}|${end}`)
  }

  private count(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
}
