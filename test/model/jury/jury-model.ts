import { type Address, encodeAbiParameters, type Hex, keccak256 } from 'viem'
import { Refused, type Result, type Words } from '../result.ts'
import { fixingWords } from '../terms.ts'
import { type Case, JurorStakes, NOBODY, type Seat } from './stakes.ts'
import type { Bench, JuryStep } from './terms.ts'

/** A jury as section 10 of docs/spec.md and IJuryArbitrator's documentation describe it. */
export class JuryModel extends JurorStakes {
  /** Does what the step asks, wholly or not at all. */
  play(step: JuryStep): Result {
    const before = structuredClone(this.state)
    this.step = step
    this.events = []
    try {
      return { ok: true, returns: this.act(step), events: this.events }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.state = before
      return { ok: false, error: error.error, args: error.args }
    }
  }

  /** First second at which the jury cannot rule on the fixing any more; 0 while it cannot. */
  turnEnd(index: number, now: bigint): bigint {
    const { fixing, arbitratedAt } = this.waiting(index)
    if (this.caseAt(index).ruling !== undefined) return 0n
    const ends = [arbitratedAt + fixing.arbitrationLimit, arbitratedAt + 2n * fixing.arbitrationLimit] as const
    if (now < ends[0]) return fixing.arbitrator === this.bench.jury ? ends[0] : 0n
    if (now < ends[1]) return fixing.backup === this.bench.jury ? ends[1] : 0n
    return 0n
  }

  /** What corrupting it costs for a fixing, wei. */
  costOfCorruption(index: number): bigint {
    const { terms, jury } = this.bench
    const { arbitrator, backup, arbitrationFee, separationPpm, arbitrationLimit } = this.waiting(index).fixing
    const takes =
      (arbitrator === jury || backup === jury) &&
      arbitrationFee >= this.rules.price(terms) &&
      separationPpm >= terms.leastSeparationPpm &&
      this.rules.isLong(terms, arbitrationLimit) &&
      this.allStakes() >= terms.leastPool
    return takes ? this.rules.cost(terms) : 0n
  }

  caseAt(index: number): Case {
    const found = this.state.cases[index]
    if (found === undefined) throw new RangeError(`no fixing ${index}`)
    return found
  }

  private act({ action }: JuryStep): Words {
    switch (action.name) {
      case 'stake':
        return this.stake(action.count)
      case 'admit':
        return this.admit(action.juror)
      case 'readmit':
        return this.readmit(action.count)
      case 'stayOut':
        return this.stayOut()
      case 'unstake':
        return this.unstake(action.places)
      case 'withdraw':
        return this.withdraw()
      case 'setVoter':
        this.state.voters.set(this.step.party, action.voter)
        return this.emit('VoterSet', this.step.party, action.voter)
      case 'open':
        return this.open(action.fixing)
      case 'draw':
        return this.draw(action.fixing, action.header)
      case 'reseed':
        return this.reseed(action.fixing)
      case 'close':
        return this.close(action.fixing)
      case 'commit':
        return this.commit(action.fixing, action.seat, action.commitment)
      case 'reveal':
        return this.reveal(action.fixing, action)
      case 'resolve':
        return this.resolve(action.fixing)
    }
  }

  private open(index: number): Words {
    const { terms } = this.bench
    const { id, fixing } = this.waiting(index)
    const { stage } = this.caseAt(index)
    if (stage !== 'None' && stage !== 'Hung') throw new Refused('WrongStage', [id])
    const turnEnd = this.requireTurn(index)
    const price = this.rules.price(terms)
    if (fixing.arbitrationFee < price) throw new Refused('FeeBelowPrice', [fixing.arbitrationFee, price])
    if (fixing.separationPpm < terms.leastSeparationPpm) {
      throw new Refused('SeparationTooSmall', [fixing.separationPpm, terms.leastSeparationPpm])
    }
    const returned = this.state.returned.length
    if (this.rules.holdsUp(returned)) throw new Refused('StakesReturned', [BigInt(returned)])
    const size = BigInt(this.state.pool.length)
    const need = this.rules.neededPool(terms, this.state.queue.length, this.allStakes())
    if (size < need) throw new Refused('PoolTooSmall', [size, need])
    this.requireTime(this.rules.caseEnd(terms, this.step.time), turnEnd)
    return this.await(index)
  }

  private draw(index: number, header: { readonly prevRandao: Hex; readonly isOfSeed: boolean }): Words {
    const { terms } = this.bench
    const trial = this.requireNext(index)
    const votesEnd = this.rules.votesEnd(terms, this.step.time)
    this.requireTime(votesEnd, this.requireTurn(index))
    const isKnown = this.step.block > trial.seedBlock && !this.rules.isForgotten(this.step.block, trial.seedBlock)
    if (!isKnown || !header.isOfSeed) throw new Refused('NotTheHeader', [trial.seedBlock])
    const { id } = this.waiting(index)
    const seed = this.rules.seed(header.prevRandao, id, trial.round)
    const seats = trial.seats[trial.round]
    for (const [i, seat] of seats.entries()) {
      const place = this.rules.placeOf(seed, i, this.state.pool.length)
      seat.juror = this.state.pool[place] ?? NOBODY
      this.take(place)
    }
    this.state.seated += terms.seats
    trial.stage = 'Voting'
    trial.commitEnd = this.step.time + terms.commitTime
    trial.revealEnd = votesEnd
    trial.drawer = this.step.party
    const jurors = seats.map(({ juror }) => BigInt(juror))
    // As the ABI has an array: where it begins stands among the fields, and it comes after them.
    const fields = [BigInt(trial.round), 128n, trial.commitEnd, votesEnd, BigInt(seats.length), ...jurors]
    return this.emit('Drawn', id, ...fields)
  }

  private reseed(index: number): Words {
    const trial = this.requireNext(index)
    const turnEnd = this.requireTurn(index)
    if (!this.rules.isForgotten(this.step.block, trial.seedBlock)) throw new Refused('SeedKnown', [trial.seedBlock])
    this.requireTime(this.rules.caseEnd(this.bench.terms, this.step.time), turnEnd)
    return this.await(index)
  }

  private close(index: number): Words {
    const trial = this.caseAt(index)
    const isWaiting = trial.stage === 'Waiting'
    if (isWaiting) this.requireNext(index)
    else if (trial.stage !== 'Hung') throw new Refused('WrongStage', [this.waiting(index).id])
    const turnEnd = this.turnEnd(index, this.step.time)
    if (turnEnd !== 0n && isWaiting && !this.rules.isForgotten(this.step.block, trial.seedBlock)) {
      throw new Refused('SeedKnown', [trial.seedBlock])
    }
    const end = this.rules.caseEnd(this.bench.terms, this.step.time)
    if (end < turnEnd) throw new Refused('NotTooLate', [end, turnEnd])
    return this.fail(index)
  }

  private commit(index: number, seat: number, commitment: Hex): Words {
    const trial = this.requireVoting(index)
    if (!this.rules.isBefore(this.step.time, trial.commitEnd)) throw new Refused('CommitOver', [trial.commitEnd])
    const own = this.seatAt(trial, seat)
    const isVoter = this.state.voters.get(own.juror) === this.step.party
    if (own.juror !== this.step.party && !isVoter) throw new Refused('NotYourSeat', [BigInt(seat)])
    if (BigInt(commitment) === 0n) throw new Refused('NotCommitted', [BigInt(seat)])
    own.vote = BigInt(commitment)
    return this.emit('Committed', this.waiting(index).id, BigInt(trial.round), BigInt(seat), commitment)
  }

  private reveal(
    index: number,
    { seat, value, salt }: { readonly seat: number; readonly value: bigint; readonly salt: Hex },
  ): Words {
    const trial = this.requireVoting(index)
    const own = this.seatAt(trial, seat)
    const { commitEnd, revealEnd } = trial
    const isTime = !this.rules.isBefore(this.step.time, commitEnd) && this.rules.isBefore(this.step.time, revealEnd)
    if (!isTime) throw new Refused('NotRevealing', [commitEnd, revealEnd])
    if (own.isRevealed) throw new Refused('AlreadyRevealed', [BigInt(seat)])
    if (value === 0n) throw new Refused('ValueZero')
    const { id } = this.waiting(index)
    if (
      own.vote !== BigInt(commitmentOf(this.bench, { id, round: trial.round, seat, juror: own.juror, value, salt }))
    ) {
      throw new Refused('NotCommitted', [BigInt(seat)])
    }
    own.isRevealed = true
    own.vote = value
    return this.emit('Revealed', id, BigInt(trial.round), BigInt(seat), value)
  }

  private resolve(index: number): Words {
    const trial = this.requireVoting(index)
    const { terms } = this.bench
    const revealed = trial.seats[trial.round].filter((seat) => seat.isRevealed)
    if (this.rules.isBefore(this.step.time, trial.revealEnd) && revealed.length < terms.seats) {
      throw new Refused('RevealRunning', [trial.revealEnd])
    }
    this.state.seated -= terms.seats
    return revealed.length < terms.quorum ? this.hang(index) : this.decide(index)
  }

  private decide(index: number): Words {
    const { terms, jury, oracle } = this.bench
    const { id, fixing } = this.waiting(index)
    const trial = this.caseAt(index)
    const seats = trial.seats[trial.round]
    const value = this.rules.verdict(seats.filter(({ isRevealed }) => isRevealed).map(({ vote }) => vote))
    const isRuled = this.turnEnd(index, this.step.time) !== 0n
    trial.stage = 'Decided'
    const fee = isRuled ? fixing.arbitrationFee : 0n
    if (isRuled) {
      trial.ruling = value
      this.pay(oracle, jury, fee)
    }
    const pay = this.rules.clerkPay(fee, terms)
    this.credit(trial.drawer, pay)
    this.credit(this.step.party, pay)
    const isCoherent = seats.map(
      (seat) => seat.isRevealed && this.rules.isCoherent(seat.vote, value, fixing.separationPpm),
    )
    const share = this.divide(trial, isCoherent, fee - 2n * pay)
    return this.emit('Decided', id, BigInt(trial.round), value, bitmap(isCoherent), share, isRuled)
  }

  private hang(index: number): Words {
    const { id } = this.waiting(index)
    const trial = this.caseAt(index)
    const isKept = trial.seats[trial.round].map(({ isRevealed }) => isRevealed)
    const isNobody = !isKept.includes(true)
    if (isNobody) trial.forfeited += BigInt(isKept.length) * this.bench.terms.seatStake
    const share = isNobody ? 0n : this.divide(trial, isKept, 0n)
    this.emit('Hung', id, BigInt(trial.round), bitmap(isKept), share)
    if (trial.round === 1) return this.fail(index)
    trial.round = 1
    trial.stage = 'Hung'
    return []
  }

  /** Gives those who keep it their stake, and divides all other stakes, what was forfeited and `amount` among them; one share. */
  private divide(trial: Case, isKept: readonly boolean[], amount: bigint): bigint {
    const { seatStake } = this.bench.terms
    const kept = trial.seats[trial.round].filter((_, i) => isKept[i])
    const sum = amount + trial.forfeited + BigInt(isKept.length - kept.length) * seatStake
    trial.forfeited = 0n
    const shares = this.rules.shares(sum, kept.length)
    for (const [i, { juror }] of kept.entries()) {
      if (this.state.queue.length + this.state.returned.length > 0) this.state.returned.push(juror)
      else this.state.pool.push(juror)
      this.credit(juror, shares[i] ?? 0n)
    }
    return shares.at(-1) ?? 0n
  }

  private fail(index: number): Words {
    const trial = this.caseAt(index)
    trial.stage = 'Failed'
    this.pay(this.bench.jury, this.bench.sink, trial.forfeited)
    trial.forfeited = 0n
    return this.emit('CaseFailed', this.waiting(index).id)
  }

  private await(index: number): Words {
    const { id, fixing } = this.waiting(index)
    const trial = this.caseAt(index)
    trial.stage = 'Waiting'
    trial.seedBlock = this.step.block + 128n
    this.state.queue.push(index)
    return this.emit('CaseOpened', id, BigInt(trial.round), trial.seedBlock, `0x${fixingWords(fixing)}`)
  }

  /** The case that is next, taken off the order. */
  private requireNext(index: number): Case {
    const trial = this.caseAt(index)
    if (trial.stage !== 'Waiting') throw new Refused('WrongStage', [this.waiting(index).id])
    const next = this.state.queue[0] ?? index
    if (next !== index) throw new Refused('NotNext', [this.waiting(next).id])
    this.state.queue.shift()
    return trial
  }

  private requireVoting(index: number): Case {
    const trial = this.caseAt(index)
    if (trial.stage !== 'Voting') throw new Refused('WrongStage', [this.waiting(index).id])
    return trial
  }

  private requireTurn(index: number): bigint {
    const end = this.turnEnd(index, this.step.time)
    if (end === 0n) throw new Refused('NotItsTurn', [this.waiting(index).id])
    return end
  }

  private requireTime(end: bigint, turnEnd: bigint): void {
    if (!this.rules.isBefore(end, turnEnd)) throw new Refused('TooLate', [end, turnEnd])
  }

  private seatAt(trial: Case, seat: number): Seat {
    const found = trial.seats[trial.round][seat]
    if (found === undefined) throw new Refused('UnknownSeat', [BigInt(seat)])
    return found
  }
}

/** What commits a seat to a value. */
export function commitmentOf(
  { chainId, jury }: Pick<Bench, 'chainId' | 'jury'>,
  vote: {
    readonly id: Hex
    readonly round: number
    readonly seat: number
    readonly juror: Address
    readonly value: bigint
    readonly salt: Hex
  },
): Hex {
  const types = ['uint256', 'address', 'bytes32', 'uint8', 'uint8', 'address', 'uint128', 'bytes32'] as const
  const { id, round, seat, juror, value, salt } = vote
  return keccak256(
    encodeAbiParameters(
      types.map((type) => ({ type })),
      [chainId, jury, id, round, seat, juror, value, salt],
    ),
  )
}

function bitmap(bits: readonly boolean[]): bigint {
  return bits.reduce((map, bit, i) => (bit ? map | (1n << BigInt(i)) : map), 0n)
}
