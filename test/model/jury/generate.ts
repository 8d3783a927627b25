import type { Address, Hex } from 'viem'
import type { Random } from '../random.ts'
import { INVALID, word } from '../terms.ts'
import type { Head } from './arena.ts'
import { commitmentOf, type JuryModel } from './jury-model.ts'
import { NOBODY } from './stakes.ts'
import type { JuryAction } from './terms.ts'

/** What happens next: blocks pass, or a party acts at a time; a draw's header is looked up when it comes. */
export type Move =
  | { readonly kind: 'pass'; readonly blocks: bigint; readonly seconds: bigint }
  | { readonly kind: 'act'; readonly party: Address; readonly action: Planned; readonly time: bigint }

/** An action; a draw says which block's header it brings. */
export type Planned =
  | Exclude<JuryAction, { readonly name: 'draw' }>
  | { readonly name: 'draw'; readonly fixing: number; readonly headerOf: bigint }

const DAY = 86_400n
const ETHER = 10n ** 18n
const VALUE = 2_500n * ETHER
const SLOT = 12n

/** Chooses the moves of one history by where the jury stands: mostly what goes on, now and then what is refused. */
export class Player {
  private readonly random: Random
  private readonly model: JuryModel
  /** What a seat of a round committed to, by fixing, round and seat. */
  private readonly votes = new Map<string, { readonly value: bigint; readonly salt: Hex }>()
  private readonly planned: Move[] = []
  /** For how many cases at once jurors come: with several that vote, half of all stakes is more than the least pool. */
  private readonly cases: number
  private head: Head

  constructor(model: JuryModel, random: Random, head: Head) {
    this.model = model
    this.random = random
    this.head = head
    this.cases = random.pick([1, 3])
  }

  /** The next move, the chain being at `head`. */
  next(head: Head): Move {
    this.head = head
    const planned = this.planned.shift()
    if (planned === undefined) return this.choose()
    if (planned.kind === 'act' && planned.time <= head.time) return { ...planned, time: head.time + 1n }
    return planned
  }

  private choose(): Move {
    const { state, bench } = this.model
    const { random } = this
    const voting = this.at('Voting')
    const { leastPool, seats } = bench.terms
    const isPoor = state.pool.length + state.seated < leastPool + this.cases * seats || state.pool.length < leastPool
    const isBusy = state.seated > leastPool && state.queue.length === 0 && state.returned.length === 0
    return random.weighed<() => Move>([
      [isPoor ? 20 : 3, () => this.stake()],
      [isPoor ? 30 : 3, () => this.admit()],
      [state.returned.length > 0 ? 24 : 1, () => this.readmit()],
      [1, () => this.act({ name: 'stayOut' })],
      [4, () => this.unstake()],
      [3, () => this.act({ name: 'withdraw' })],
      [2, () => this.act({ name: 'setVoter', voter: random.pick(bench.parties) })],
      [isPoor ? 2 : voting.length === 1 ? 30 : 14, () => this.open()],
      [isBusy && state.pool.length + 1 >= state.seated ? 40 : 0, () => this.openAtHalf()],
      [state.queue.length > 0 ? 24 : 1, () => this.draw()],
      [state.queue.length > 0 ? 2 : 1, () => this.act({ name: 'reseed', fixing: this.fixing(state.queue) })],
      [2, () => this.act({ name: 'close', fixing: this.fixing([...state.queue, ...this.at('Hung')]) })],
      [voting.length > 0 ? 14 : 1, () => this.vote(this.fixing(voting))],
      [voting.length > 0 ? 24 : 0, () => this.wholeRound(this.random.pick(voting))],
      [voting.length > 0 ? 14 : 1, () => this.reveal(this.fixing(voting))],
      [voting.length > 0 ? 18 : 1, () => this.resolve(this.fixing(voting))],
      [2, () => this.pass(BigInt(random.pick([1, 50, 129, 257])))],
      [1, () => ({ kind: 'pass', blocks: 1n, seconds: BigInt(random.pick([1, 4, 9])) * DAY })],
    ])()
  }

  private stake(): Move {
    const { random } = this
    const count = random.weighed([
      [16, this.cases + random.below(4)],
      [1, 0],
      [1, 257],
      [1, 256],
    ])
    return this.act({ name: 'stake', count })
  }

  private admit(): Move {
    const { newcomers } = this.model.state
    const waiting = [...newcomers.keys()]
    const juror = waiting.length === 0 || this.random.chance(8) ? this.party() : this.random.pick(waiting)
    const due = newcomers.get(juror)?.admitTime ?? 0n
    return this.act({ name: 'admit', juror }, this.near(due))
  }

  private readmit(): Move {
    const { random } = this
    const { length } = this.model.state.returned
    const count = random.weighed([
      [8, length],
      [12, 1 + random.below(Math.max(length - 1, 1))],
      [4, 256],
      [1, 257],
      [1, 0],
    ])
    return this.act({ name: 'readmit', count })
  }

  private unstake(): Move {
    const { pool } = this.model.state
    const { random } = this
    const party = this.party()
    const own = pool.flatMap((juror, place) => (juror === party ? [place] : [])).toReversed()
    const places = random.weighed<readonly number[]>([
      [own.length > 0 ? 8 : 0, own.slice(0, 1 + random.below(3))],
      [1, []],
      [1, [pool.length]],
      [own.length > 1 ? 1 : 0, own.slice(0, 2).toReversed()],
      [own.length > 0 ? 1 : 0, [own[0] ?? 0, own[0] ?? 0]],
      [pool.length > 0 ? 1 : 0, [random.below(Math.max(pool.length, 1))]],
    ])
    return this.actAs(party, { name: 'unstake', places })
  }

  private open(): Move {
    return this.act({ name: 'open', fixing: this.fixing(this.openable()) })
  }

  /** Takes stakes out, from the end of the pool on, until as many are free as have seats, one more or one less, and opens a case. */
  private openAtHalf(): Move {
    const { pool, seated } = this.model.state
    const rest = seated + this.random.pick([-1, 0, 0, 1])
    const leaving = pool.map((party, place) => this.actAs(party, { name: 'unstake', places: [place] })).slice(rest)
    return this.plan([...leaving.toReversed(), this.open()])
  }

  private draw(): Move {
    const { random } = this
    const { queue } = this.model.state
    const [next] = queue
    const fixing = next === undefined || random.chance(12) ? this.fixing(queue) : next
    const { seedBlock } = this.model.caseAt(fixing)
    if (this.head.block <= seedBlock && random.chance(92)) {
      return this.pass(seedBlock - this.head.block + BigInt(random.pick([0, 1, 1, 5])))
    }
    return this.act({ name: 'draw', fixing, headerOf: random.chance(6) ? seedBlock + 1n : seedBlock })
  }

  /** Most seats of a case, now and then by somebody else or too late. */
  private vote(fixing: number): Move {
    const { bench } = this.model
    const { random } = this
    const trial = this.model.caseAt(fixing)
    const mood = random.weighed([
      [6, 'honest'],
      [2, 'divided'],
      [2, 'invalid'],
      [2, 'silent'],
    ] as const)
    const moves: Move[] = []
    for (const seat of [...Array(bench.terms.seats).keys(), bench.terms.seats]) {
      const isIn = seat < bench.terms.seats ? random.chance(mood === 'silent' ? 25 : 92) : random.chance(25)
      if (isIn) moves.push(this.commit(fixing, seat, this.valueIn(mood), this.near(trial.commitEnd, 12)))
    }
    return this.plan(moves)
  }

  /** Everybody votes in time, most reveal, and somebody resolves: random moves alone seldom come to a verdict. */
  private wholeRound(fixing: number): Move {
    const { bench } = this.model
    const { random } = this
    const { commitEnd, revealEnd } = this.model.caseAt(fixing)
    if (this.head.time >= commitEnd) return this.resolve(fixing)
    const mood = random.pick(['honest', 'honest', 'edge', 'divided', 'invalid'] as const)
    const share = random.pick([100, 100, 85, 60])
    const seats = [...Array(bench.terms.seats).keys()]
    const reveals = seats.filter(() => random.chance(share))
    return this.plan([
      ...seats.map((seat) => this.commit(fixing, seat, this.valueIn(mood), this.soon())),
      ...reveals.map((seat) => this.revealing(fixing, seat, random.chance(4) ? revealEnd - 1n : this.after(commitEnd))),
      ...(random.chance(30) ? [this.open()] : []),
      ...(random.chance(85) ? [this.resolve(fixing)] : []),
    ])
  }

  private revealing(fixing: number, seat: number, time: bigint): Move {
    const { random } = this
    const { round } = this.model.caseAt(fixing)
    const known = this.votes.get(`${fixing}/${round}/${seat}`) ?? { value: VALUE, salt: `0x${word(1n)}` as const }
    const value = random.weighed([
      [30, known.value],
      [1, 0n],
      [1, known.value - 1n],
    ])
    return { kind: 'act', party: this.party(), action: { name: 'reveal', fixing, seat, value, salt: known.salt }, time }
  }

  private commit(fixing: number, seat: number, value: bigint, time: bigint): Move {
    const { bench, state } = this.model
    const { random } = this
    const trial = this.model.caseAt(fixing)
    const drawn = trial.seats[trial.round][seat]?.juror
    const juror = drawn === undefined || drawn === NOBODY ? this.party() : drawn
    const salt: Hex = `0x${word(random.between(0n, 2n ** 160n))}`
    const id = bench.fixings[fixing]?.id ?? '0x'
    const commitment = random.chance(2)
      ? (`0x${word(0n)}` as const)
      : commitmentOf(bench, { id, round: trial.round, seat, juror, value, salt })
    const party = random.weighed<Address>([
      [20, juror],
      [4, state.voters.get(juror) ?? juror],
      [1, this.party()],
    ])
    const isTaken = BigInt(commitment) !== 0n && (party === juror || party === state.voters.get(juror))
    if (isTaken && time < trial.commitEnd) this.votes.set(`${fixing}/${trial.round}/${seat}`, { value, salt })
    return { kind: 'act', party, action: { name: 'commit', fixing, seat, commitment }, time }
  }

  private reveal(fixing: number): Move {
    const { bench } = this.model
    const { random } = this
    const trial = this.model.caseAt(fixing)
    const share = random.pick([0, 30, 70, 100, 100, 100])
    const moves: Move[] = []
    for (let seat = 0; seat <= bench.terms.seats; seat += 1) {
      if (!random.chance(seat < bench.terms.seats ? share : 6)) continue
      const isEarly = this.head.time < trial.commitEnd
      const time = isEarly ? this.near(trial.commitEnd, 60) : this.near(trial.revealEnd, 15)
      moves.push(this.revealing(fixing, seat, time))
    }
    return this.plan(moves)
  }

  private resolve(fixing: number): Move {
    const { random } = this
    const { revealEnd } = this.model.caseAt(fixing)
    const end = this.model.turnEnd(fixing, this.head.time)
    const time = random.weighed([
      [6, this.soon()],
      [3, revealEnd],
      [2, revealEnd - 1n],
      [1, end],
      [1, revealEnd + 3n * DAY],
    ])
    return this.act({ name: 'resolve', fixing }, this.after(time))
  }

  private valueIn(mood: 'honest' | 'divided' | 'invalid' | 'silent' | 'edge'): bigint {
    const { random } = this
    const half = random.pick([500n, 500n, 501n, 1_500n])
    const edge = (VALUE * half) / 1_000_000n
    const below = (VALUE * 1_000_000n + 1_000_000n + half - 1n) / (1_000_000n + half)
    const beside = random.pick([VALUE + edge, VALUE + edge + 1n, below, below - 1n])
    const odd = random.chance(75) ? beside : random.pick([below + 1n, 3_000n * ETHER, 1n, INVALID - 1n])
    return random.weighed([
      [mood === 'divided' ? 1 : 8, VALUE],
      [mood === 'divided' ? 4 : mood === 'edge' ? 5 : 1, odd],
      [mood === 'invalid' ? 16 : 1, INVALID],
      [mood === 'divided' ? 2 : 0, VALUE + BigInt(random.below(5))],
    ])
  }

  private at(stage: string): number[] {
    return this.model.state.cases.flatMap((trial, index) => (trial.stage === stage ? [index] : []))
  }

  private openable(): number[] {
    const now = this.head.time
    return [...this.at('None'), ...this.at('Hung')].filter((index) => this.model.turnEnd(index, now) !== 0n)
  }

  /** Mostly one of these, else any. */
  private fixing(some: readonly number[]): number {
    const { bench } = this.model
    return some.length > 0 && this.random.chance(88) ? this.random.pick(some) : this.random.below(bench.fixings.length)
  }

  private party(): Address {
    return this.random.pick(this.model.bench.parties)
  }

  private pass(blocks: bigint): Move {
    return { kind: 'pass', blocks: blocks > 0n ? blocks : 1n, seconds: SLOT }
  }

  private act(action: Planned, time: bigint = this.soon()): Move {
    return this.actAs(this.party(), action, time)
  }

  private actAs(party: Address, action: Planned, time: bigint = this.soon()): Move {
    return { kind: 'act', party, action, time }
  }

  /** The first of these now, the others after it. */
  private plan([first, ...others]: Move[]): Move {
    if (first === undefined) return this.pass(1n)
    this.planned.push(...others)
    return first
  }

  private soon(): bigint {
    return this.head.time + BigInt(this.random.pick([1, 1, 12, 100]))
  }

  /** Soon, or so many times in a hundred within a second of an instant that is to come. */
  private near(instant: bigint, percent = 70): bigint {
    const time = instant + BigInt(this.random.pick([-1, 0, 0, 1]))
    return this.random.chance(percent) ? this.after(time) : this.soon()
  }

  private after(time: bigint): bigint {
    return time > this.head.time ? time : this.head.time + 1n
  }
}
