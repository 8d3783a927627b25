import type { Address } from 'viem'
import { type ModelEvent, Refused, type Words } from '../result.ts'
import type { JuryRules } from './rules.ts'
import type { Bench, JuryStep, Waiting } from './terms.ts'

/** Where a case stands, as the contract numbers it. */
export const STAGES = ['None', 'Waiting', 'Voting', 'Hung', 'Decided', 'Failed'] as const
export type Stage = (typeof STAGES)[number]

/** One seat of one round. */
export type Seat = { juror: Address; isRevealed: boolean; vote: bigint }

export type Case = {
  stage: Stage
  round: 0 | 1
  seedBlock: bigint
  commitEnd: bigint
  revealEnd: bigint
  drawer: Address
  forfeited: bigint
  seats: [first: Seat[], second: Seat[]]
  /** What the oracle took; undefined before. */
  ruling: bigint | undefined
}

/** All that a jury keeps. A stake of the pool is its juror's name. */
export type JuryState = {
  pool: Address[]
  /** Stakes that rounds have returned while a draw was due. */
  returned: Address[]
  /** Fixings that wait for their draw, the next one first. */
  queue: number[]
  /** Stakes with a seat. */
  seated: number
  cases: Case[]
  newcomers: Map<Address, { count: number; admitTime: bigint }>
  idle: Map<Address, bigint>
  voters: Map<Address, Address>
  balances: Map<Address, bigint>
}

export const NOBODY: Address = `0x${'0'.repeat(40)}`
const MAX_STAKES = 256

/** Who has what in a jury, and how stakes enter and leave it. */
export class JurorStakes {
  readonly bench: Bench
  state: JuryState
  protected readonly rules: JuryRules
  protected step: JuryStep = { party: NOBODY, action: { name: 'stayOut' }, time: 0n, block: 0n }
  protected events: ModelEvent[] = []

  constructor(bench: Bench, rules: JuryRules) {
    this.bench = bench
    this.rules = rules
    this.state = {
      pool: [],
      returned: [],
      queue: [],
      seated: 0,
      cases: bench.fixings.map(() => ({
        stage: 'None',
        round: 0,
        seedBlock: 0n,
        commitEnd: 0n,
        revealEnd: 0n,
        drawer: NOBODY,
        forfeited: 0n,
        seats: [emptySeats(bench), emptySeats(bench)],
        ruling: undefined,
      })),
      newcomers: new Map(),
      idle: new Map(),
      voters: new Map(),
      balances: new Map(bench.funds),
    }
  }

  protected stake(count: number): Words {
    const { party, time } = this.step
    const { terms, jury } = this.bench
    const all = (this.state.newcomers.get(party)?.count ?? 0) + count
    if (count === 0 || all > MAX_STAKES) throw new Refused('TooManyStakes', [BigInt(all), BigInt(MAX_STAKES)])
    const admitTime = time + terms.warmUp
    this.state.newcomers.set(party, { count: all, admitTime })
    const amount = BigInt(count) * terms.seatStake
    const fromIdle = least(this.idleOf(party), amount)
    this.credit(party, -fromIdle)
    const held = this.balanceOf(party)
    const rest = amount - fromIdle
    if (held < rest) throw new Refused('ERC20InsufficientBalance', [party, held, rest])
    this.pay(party, jury, rest)
    return this.emit('Staked', party, BigInt(all), admitTime)
  }

  protected admit(juror: Address): Words {
    this.requireOpenPool()
    const { count, admitTime } = this.state.newcomers.get(juror) ?? { count: 0, admitTime: 0n }
    if (count === 0 || this.rules.isBefore(this.step.time, admitTime)) {
      throw new Refused('NotYet', [BigInt(count), admitTime])
    }
    this.state.newcomers.delete(juror)
    for (let i = 0; i < count; i += 1) {
      this.state.pool.push(juror)
      this.state.returned = this.rules.makeRoom(this.state.returned)
    }
    return this.emit('Admitted', juror, BigInt(count))
  }

  protected readmit(count: number): Words {
    if (count === 0 || count > MAX_STAKES) throw new Refused('TooManyStakes', [BigInt(count), BigInt(MAX_STAKES)])
    this.requireOpenPool()
    if (this.state.returned.length === 0) throw new Refused('NothingToReadmit')
    const { back, left } = this.rules.readmit(this.state.returned, count)
    this.state.pool.push(...back)
    this.state.returned = left
    return this.emit('Readmitted', BigInt(back.length))
  }

  protected stayOut(): Words {
    const { party } = this.step
    const count = this.state.newcomers.get(party)?.count ?? 0
    if (count === 0) throw new Refused('NotYet', [0n, 0n])
    this.state.newcomers.delete(party)
    this.credit(party, BigInt(count) * this.bench.terms.seatStake)
    return this.emit('Unstaked', party, BigInt(count))
  }

  protected unstake(places: readonly number[]): Words {
    const { party } = this.step
    if (places.length === 0 || places.length > MAX_STAKES) {
      throw new Refused('TooManyStakes', [BigInt(places.length), BigInt(MAX_STAKES)])
    }
    this.requireOpenPool()
    for (const [i, place] of places.entries()) {
      const previous = places[i - 1]
      if (previous !== undefined && place >= previous) {
        throw new Refused('PlacesNotDescending', [BigInt(previous), BigInt(place)])
      }
      if (this.state.pool[place] !== party) throw new Refused('NotYourStake', [BigInt(place)])
      this.take(place)
    }
    this.credit(party, BigInt(places.length) * this.bench.terms.seatStake)
    return this.emit('Unstaked', party, BigInt(places.length))
  }

  protected withdraw(): Words {
    const { party } = this.step
    const amount = this.idleOf(party)
    if (amount === 0n) throw new Refused('NothingToWithdraw', [party])
    this.credit(party, -amount)
    this.pay(this.bench.jury, party, amount)
    this.emit('Withdrawn', party, amount)
    return [amount]
  }

  protected take(place: number): void {
    this.state.pool = this.rules.take(this.state.pool, place)
    this.state.returned = this.rules.closeUp(this.state.returned)
  }

  /** All stakes that jurors have not taken out. */
  protected allStakes(): number {
    return this.state.pool.length + this.state.returned.length + this.state.seated
  }

  protected requireOpenPool(): void {
    const draws = this.state.queue.length
    if (draws > 0) throw new Refused('DrawsWaiting', [BigInt(draws)])
  }

  protected waiting(index: number): Waiting {
    const found = this.bench.fixings[index]
    if (found === undefined) throw new RangeError(`no fixing ${index}`)
    return found
  }

  protected idleOf(juror: Address): bigint {
    return this.state.idle.get(juror) ?? 0n
  }

  protected credit(juror: Address, amount: bigint): void {
    this.state.idle.set(juror, this.idleOf(juror) + amount)
  }

  protected balanceOf(account: Address): bigint {
    return this.state.balances.get(account) ?? 0n
  }

  protected pay(from: Address, to: Address, amount: bigint): void {
    this.state.balances.set(from, this.balanceOf(from) - amount)
    this.state.balances.set(to, this.balanceOf(to) + amount)
  }

  protected emit(name: string, ...args: Words): Words {
    this.events.push({ name, args })
    return []
  }
}

function emptySeats({ terms }: Bench): Seat[] {
  return Array.from({ length: terms.seats }, () => ({ juror: NOBODY, isRevealed: false, vote: 0n }))
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
