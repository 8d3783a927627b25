import type { Played, Stage, Step } from './game.ts'
import type { Kind } from './terms.ts'
import { division } from './worth.ts'

/** Claims may each lose this much to rounding, and a collect half of it, wei (property 1). */
const DUST_PER_CLAIM = 2n

/** Watches a game for a broken property of protocol section 5, on the model's own figures, which the chain's equal. */
export class Audit {
  private readonly settlements = new Map<number, bigint>()
  private readonly stage: Stage

  constructor(stage: Stage) {
    this.stage = stage
  }

  /** What `step`, just played, breaks; undefined if nothing. */
  after(step: Step, { result }: Played): string | undefined {
    const { model } = this.stage
    for (const [fixing, dispute] of model.disputes.entries()) {
      const now = dispute.settlement(model.now)
      const before = this.settlements.get(fixing)
      if (before !== undefined && now !== before) return `the settlement of ${fixing} changed from ${before} to ${now}`
      if (now !== undefined) this.settlements.set(fixing, now)
      if (dispute.payments > dispute.deposits) return `property 1: fixing ${fixing} paid more than it took in`
      const isLate = model.now >= dispute.worstCase()
      if (isLate && now === undefined) return `property 4: fixing ${fixing} is not settled by its worst case`
    }
    const isClaim = step.action?.name === 'claim' && result?.ok === true
    return isClaim ? this.afterClaim(step, result.returns[0]) : undefined
  }

  /** What the finished game breaks: everything was claimed, so only dust may be left. */
  atEnd(): string | undefined {
    const { model } = this.stage
    if (model.receipts.holdings().length > 0) return 'receipts are left that cannot be claimed'
    for (const [fixing, dispute] of model.disputes.entries()) {
      const dust = dispute.deposits - dispute.payments
      const most = DUST_PER_CLAIM * dispute.claims + 1n
      if (dust > most) return `property 1: ${dust} wei are left in fixing ${fixing}, at most ${most} may be`
      const cheap = this.delayBelowCost(fixing)
      if (cheap !== undefined) return cheap
    }
    return undefined
  }

  /** Property 2: on a disputed path with a winner, a winning receipt earns 40 % less rounding. */
  private afterClaim({ action }: Step, paid: unknown): string | undefined {
    const { model } = this.stage
    if (action?.name !== 'claim' || typeof paid !== 'bigint' || !isStaked(action.kind)) return undefined
    const dispute = model.dispute(action.fixing)
    const winner = dispute.winner(model.now)
    const isWinning = winner !== undefined && dispute.candidates[winner]?.value === action.value
    if (!isWinning || dispute.round < 2 || !dispute.potAt(action).isComplete) return undefined
    const burned = model.lastBurned
    const isEnough = 10n * (paid + DUST_PER_CLAIM) >= 14n * burned
    return isEnough ? undefined : `property 2: ${burned} winning receipts were paid ${paid}, less than 40 % more`
  }

  /** Property 5: what one party that plays both sides loses to the sink. */
  private delayBelowCost(fixing: number): string | undefined {
    const { model } = this.stage
    const dispute = model.dispute(fixing)
    if (dispute.round < 2) return undefined
    const sink = division(dispute, model.now)?.sink ?? 0n
    const scale = dispute.bond << BigInt(dispute.round - 2)
    const how = dispute.outcome(model.now)
    const percent = how === 'Timeout' ? 20n : how === 'Ruling' ? 53n : 0n
    if (100n * (sink + 1n) >= percent * scale) return undefined
    return `property 5: ${how} in round ${dispute.round} of fixing ${fixing} cost ${sink} for a bond of ${dispute.bond}`
  }
}

function isStaked(kind: Kind): boolean {
  return kind === 'Stake' || kind === 'Appeal'
}
