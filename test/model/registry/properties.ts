import type { Result } from '../result.ts'
import type { RegistryStep } from './action.ts'
import type { RegistryStage } from './history.ts'

/** Watches a history for a broken invariant of docs/invariants.md, on the model's own figures, which the chain's equal. */
export class RegistryAudit {
  private readonly stage: RegistryStage
  private readonly stakes = new Map<object, bigint>()
  private readonly codes = new Map<bigint, string>()

  constructor(stage: RegistryStage) {
    this.stage = stage
  }

  /** What `step`, just played, breaks; undefined if nothing. */
  after({ action }: RegistryStep, result: Result | undefined): string | undefined {
    const { registry, oracle } = this.stage
    const held = oracle.fundsOf(registry.deployed.address)
    const owed = this.stakeSum() + this.unpaid()
    if (held !== owed) return `R-1: the registry holds ${held} wei for stakes and rewards of ${owed}`
    const isSlashing = result?.ok === true && action !== undefined && action.name.startsWith('slash')
    for (const member of registry.membership.members) {
      if (member === undefined) continue
      const before = this.stakes.get(member) ?? 0n
      if (member.stake < before && !isSlashing) return `R-4: reporter ${member.index} lost ${before - member.stake}`
      this.stakes.set(member, member.stake)
    }
    for (const [sinceTime, { codeHash }] of registry.membership.rosters) {
      if ((this.codes.get(sinceTime) ?? codeHash) !== codeHash) return `R-2: the roster of ${sinceTime} changed`
      this.codes.set(sinceTime, codeHash)
    }
    return undefined
  }

  /** What the finished history breaks: everything was claimed and withdrawn, so only the remainders of divisions and the
   * shares of those who withdrew first are left. */
  atEnd(): string | undefined {
    const { registry } = this.stage
    if (registry.membership.members.some((member) => member !== undefined)) return 'a reporter has not withdrawn'
    for (const [fixing, reported] of registry.reported.entries()) {
      const left = reported.reward - reported.paidOut
      const unpaid = reported.count - BigInt(reported.paid.size)
      const most = reported.paid.size === 0 ? reported.reward : unpaid * this.shareOf(fixing) + reported.count - 1n
      if (left > most) return `R-5: ${left} wei of the reward of ${fixing} are left, at most ${most} may be`
      const isRefundable = reported.funded.size > 0 && reported.paid.size === 0 && !this.isStranded(fixing)
      if (isRefundable) return `R-404: the reward of ${fixing} went neither to reporters nor back`
    }
    return undefined
  }

  private shareOf(fixing: number): bigint {
    const { rules } = this.stage.registry
    const { reward, count } = this.stage.registry.reportedOf(fixing)
    return count === 0n ? 0n : rules.share(reward, count)
  }

  /** Whether all who earned a reward withdrew before they claimed it. */
  private isStranded(fixing: number): boolean {
    const { registry, oracle } = this.stage
    const { value, count } = registry.reportedOf(fixing)
    const settlement = oracle.dispute(fixing).settlement(oracle.now)
    if (count === 0n || settlement === undefined) return false
    return registry.rules.isEarned(value, settlement, oracle.fixing(fixing).bandPpm)
  }

  private stakeSum(): bigint {
    return this.stage.registry.membership.members.reduce((sum, member) => sum + (member?.stake ?? 0n), 0n)
  }

  private unpaid(): bigint {
    return this.stage.registry.reported.reduce((sum, { reward, paidOut }) => sum + reward - paidOut, 0n)
  }
}
