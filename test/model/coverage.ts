import type { Action } from './action.ts'
import type { Dispute } from './dispute.ts'
import type { Played, Stage, Step } from './game.ts'
import { momentAt } from './moments.ts'
import type { Result } from './result.ts'
import { BOUNDED } from './required.ts'
import { type Fixing, INVALID, MAX_BOND, MAX_LEADERS, type Phase } from './terms.ts'

/** How often each thing worth reaching was reached, by its name. */
export type Counts = Map<string, number>

/** Counts what one game reaches: call `before` and `after` around every step. */
export class Coverage {
  readonly counts: Counts = new Map()
  private readonly stage: Stage
  private readonly phases = new Map<number, Phase>()
  private readonly givers = new Map<string, boolean>()

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** What the time alone has changed, and what the step meets. */
  before(step: Step): void {
    const { action, time } = step
    this.notePhases(time)
    if (action === undefined || !('fixing' in action)) return
    const moment = momentAt(this.stage.model.dispute(action.fixing), time)
    if (moment === undefined) return
    const name = isIndifferent(action) ? moment.name.replace(/ \d$/, '') : moment.name
    this.add(`${action.name} at ${name} ${offsetText(moment.offset)}`)
  }

  after(step: Step, { result, struck }: Played): void {
    const { action, time } = step
    if (action === undefined || result === undefined) return
    this.add(result.ok ? `${action.name} succeeds` : `${action.name}: ${result.error}`)
    for (const strike of struck) this.add(`from a hook of ${action.name}: ${strike.ok ? 'a transfer' : strike.error}`)
    if ('fixing' in action && result.ok) this.noteSuccess(step, action, result)
    if (action.name === 'transfer' && result.ok) this.givers.set(`${action.to}/${action.id}`, true)
    if (action.name === 'propose') {
      this.noteInterest(step, this.stage.model.dispute(action.fixing), result.ok ? undefined : result.error)
      const isProtocols = !result.ok && result.error === 'BondAboveMax' && action.maxBond >= MAX_BOND
      if (isProtocols) this.add('propose: BondAboveMax of the protocol')
    }
    this.notePhases(time)
  }

  private noteSuccess(step: Step, action: Action, result: Result & { ok: true }): void {
    if (!('fixing' in action)) return
    const dispute = this.stage.model.dispute(action.fixing)
    if (action.name === 'propose') this.notePropose(dispute, action.value)
    if (action.name === 'contribute' || action.name === 'appeal') this.noteJoin(dispute, action, result)
    if (action.name === 'rule') this.noteRule(dispute, action.value, step.time)
    if (action.name === 'claim') this.noteClaim(dispute, step, action, result.returns[0])
  }

  /** What the open interest was like when a proposal read it. */
  private noteInterest({ gas }: Step, { fixing }: Dispute, error: string | undefined): void {
    const isUnread = error !== undefined && error !== 'OpenInterestUnreadable'
    if (isUnread || BigInt(fixing.openInterest) === 0n) return
    const mood = this.stage.moodOf(fixing.openInterest) ?? 'codeless'
    this.add(`open interest is ${gas === undefined ? mood : 'starved of gas'}`)
  }

  private notePropose(dispute: Dispute, value: bigint): void {
    const { fixing, bond } = dispute
    if (value === INVALID) this.add('INVALID proposed')
    if (BigInt(fixing.openInterest) === 0n) this.add('bond without open interest')
    else this.add(bond === fixing.minBond ? 'least bond despite open interest' : 'bond from open interest')
    if (bond === MAX_BOND) this.add('bond of 2^80')
    for (const name of extremesOf(fixing)) this.add(`played with ${name}`)
  }

  private noteJoin(
    dispute: Dispute,
    action: Action & { name: 'contribute' | 'appeal' },
    result: Result & { ok: true },
  ): void {
    const { name, value, amount, round } = action
    const [taken] = result.returns
    if (taken !== amount) this.add(`${name} offers more than is needed`)
    const pot = dispute.potAt({ kind: name === 'appeal' ? 'Appeal' : 'Stake', round, value })
    if (!pot.isComplete) this.add(`${name} fills a part`)
    else if (pot.filled !== taken) this.add(`${name} completes a pot`)
    if (value === INVALID) this.add(`${name} on INVALID`)
    if (!pot.isComplete) return
    const isNew = dispute.candidates.at(-1)?.value === value && isOnlyStake(dispute, value, pot.filled)
    this.add(`${name} makes ${isNew ? 'a new' : 'an old'} candidate win the round`)
    if (name === 'contribute') this.add(`round ${round} → round ${dispute.round}`)
    else this.add(`appeal of candidate ${dispute.appeal?.candidate}`)
    if (name === 'contribute' && dispute.round === MAX_LEADERS) this.add(`stakes ${stakesOf(dispute)}`)
  }

  private noteRule(dispute: Dispute, ruling: bigint, now: bigint): void {
    const { candidates, leader, rules, appeal, fixing } = dispute
    const winner = dispute.winner(now)
    this.add(`${dispute.currentArbitrator(now) === fixing.arbitrator ? 'arbitrator' : 'backup'} rules`)
    if (candidates.length === 0) return this.add('ruling on a request')
    if (winner !== undefined) this.add(`ruling: candidate ${winner} wins`)
    if (ruling === INVALID) this.add('ruling of INVALID')
    const winning = winner === undefined ? undefined : candidates[winner]?.value
    if (winning === INVALID) this.add('INVALID wins by ruling')
    if (winner === undefined) this.add('ruling: nobody wins')
    else
      this.add(
        `ruling: ${winner === leader ? 'the leader' : winner === appeal?.candidate ? 'the appeal' : 'another'} wins`,
      )
    const isTied = (a: bigint, b: bigint): boolean => !rules.isNearer(a, b, ruling) && !rules.isNearer(b, a, ruling)
    const numbers = candidates.filter(({ value }) => value !== INVALID && value !== winning)
    if (winning !== undefined && winning !== INVALID && numbers.some(({ value }) => isTied(value, winning))) {
      this.add(winner === leader ? 'ruling: a tie for the leader' : 'ruling: a tie for the earlier')
    }
  }

  private noteClaim(dispute: Dispute, { sender, time }: Step, action: Action & { name: 'claim' }, paid: unknown): void {
    const { kind, round, value } = action
    const how = dispute.outcome(time)
    const isBought = this.givers.has(
      `${sender}/${this.stage.model.receiptId(this.stage.model.disputes.indexOf(dispute), action)}`,
    )
    if (isBought) this.add('claim by someone who was given receipts')
    if (kind === 'Request' || kind === 'Fund') return this.add(`claim of a ${kind} after ${how}`)
    if (!dispute.potAt(action).isComplete) return this.add(`refund of a ${kind} while ${dispute.phase(time)}`)
    const winner = dispute.winner(time)
    if (how === 'Expiry') return this.add(`claim of a ${kind} after Expiry`)
    if (winner === undefined) return this.add(`claim of a ${kind} when nobody won`)
    const won = dispute.candidates[winner]?.value === value
    this.add(`claim of a ${won ? 'winning' : 'losing'} ${kind} after ${how}`)
    const isRewarded =
      won && round === 0 && dispute.rules.reward(dispute.rewardPot, dispute.proposedAt - dispute.fixing.maturity) > 0n
    if (isRewarded && paid !== 0n) this.add('reward of a proposal')
  }

  private notePhases(now: bigint): void {
    for (const [fixing, dispute] of this.stage.model.disputes.entries()) {
      const was = this.phases.get(fixing)
      const is = dispute.phase(now)
      if (was !== undefined && was !== is) this.add(transition(dispute, was, is, now))
      this.phases.set(fixing, is)
    }
  }

  private add(name: string): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
  }
}

function transition(dispute: Dispute, was: Phase, is: Phase, now: bigint): string {
  const round = dispute.round === 0 ? '' : ` ${dispute.round}`
  const from = was === 'Active' || was === 'Arbitration' ? `${was}${round}` : was
  return is === 'Settled' ? `${from} → Settled by ${dispute.outcome(now)}` : `${from} → ${is}`
}

/** Whether an action does the same in every round. */
function isIndifferent({ name }: Action): boolean {
  return name === 'fund' || name === 'collect'
}

/** Parameters that lie on a bound, or on the edge of one another. */
function extremesOf(fixing: Fixing): string[] {
  const { arbitrationFee, minBond, separationPpm, bandPpm } = fixing
  const bounded = BOUNDED.flatMap(([field, ...bounds]) =>
    bounds.filter((bound) => fixing[field] === bound).map((bound) => `${field} ${bound}`),
  )
  const edges = [
    ...(arbitrationFee === (2n * minBond) / 5n ? ['the largest arbitrationFee'] : []),
    ...(separationPpm === bandPpm ? ['separationPpm = bandPpm'] : []),
  ]
  return [...bounded, ...edges]
}

/** All stake at n = 4 tells the order of the leaders: 12 to 27 bonds (docs/economics.md). */
function stakesOf({ staked, bond }: Dispute): string {
  return `${staked / bond} d`
}

function isOnlyStake(dispute: Dispute, value: bigint, filled: bigint): boolean {
  return dispute.stakeOn(value) <= filled
}

function offsetText(offset: -1 | 0 | 1): string {
  return offset === 1 ? '+1' : String(offset)
}
