import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import type { CouncilModel } from './council-model.ts'
import type { CouncilAction, CourtStep } from './terms.ts'

type Submission = CouncilAction & { readonly name: 'submit' }

/** What a run must reach of councils, beside the turns. */
export const COUNCIL_REQUIRED: readonly string[] = [
  'submit done',
  'submit RulingZero',
  'submit UnknownSigner',
  'submit SignersNotAscending',
  'submit TooFewSignatures',
  'submit NotArbitrator',
  'submit WrongPhase',
  'submit again',
  'submit of INVALID',
  'submit with more than enough',
  'submit with a remainder',
  'submit of a fee less than the signers',
  'submit after an appeal',
  'submit lacks one',
  'passed over short',
  'passed over mirrored',
  "passed over another's",
  'passed over of another thing',
  'passed over a contract that refuses',
  'passed over a contract that reverts',
  'passed over a contract that says nothing',
  'counted a contract',
  'withdraw done',
  'withdraw of a contract',
  'withdraw of several fees',
  'withdraw NothingToWithdraw',
  'withdraw again',
]

/** Notes what a history of a council reaches, after the model has played each step. */
export class CouncilNotes {
  private readonly council: CouncilModel
  private readonly withdrawn = new Set<string>()
  private readonly credits = new Map<string, number>()

  constructor(council: CouncilModel) {
    this.council = council
  }

  of(step: CourtStep, result: Result): string[] {
    const action = step.action as CouncilAction // a history has one arbitrator
    return action.name === 'submit' ? this.ofSubmission(step, action, result) : this.ofWithdrawal(step, result)
  }

  private ofWithdrawal({ sender }: CourtStep, result: Result): string[] {
    const isAgain = this.withdrawn.has(sender)
    if (result.ok) this.withdrawn.add(sender)
    return [
      ...(isAgain ? ['withdraw again'] : []),
      ...(result.ok && sender === this.council.terms.contractMember ? ['withdraw of a contract'] : []),
      ...(result.ok && (this.credits.get(sender) ?? 0) > 1 ? ['withdraw of several fees'] : []),
    ]
  }

  private ofSubmission(step: CourtStep, action: Submission, result: Result): string[] {
    const { terms, oracle } = this.council
    if (!result.ok) {
      const isOneShort = result.error === 'TooFewSignatures' && BigInt(result.args[0] ?? 0n) + 1n === terms.threshold
      return isOneShort ? ['submit lacks one'] : []
    }
    const signed = BigInt(result.events.find(({ name }) => name === 'CouncilRuled')?.args[2] ?? 0n)
    const members = terms.members.filter((_, index) => ((signed >> BigInt(index)) & 1n) === 1n)
    for (const member of members) this.credits.set(member, (this.credits.get(member) ?? 0) + 1)
    const fee = oracle.fixing(action.fixing).arbitrationFee
    const count = BigInt(members.length)
    return [
      ...(action.value === INVALID ? ['submit of INVALID'] : []),
      ...(count > terms.threshold ? ['submit with more than enough'] : []),
      ...(fee % count > 0n ? ['submit with a remainder'] : []),
      ...(fee < count ? ['submit of a fee less than the signers'] : []),
      ...(members.includes(terms.contractMember) ? ['counted a contract'] : []),
      ...(oracle.dispute(action.fixing).appeal === undefined ? [] : ['submit after an appeal']),
      ...this.passedOver(step, action, members),
    ]
  }

  private passedOver(
    { mood = 'approves' }: CourtStep,
    { fixing, value, signatures }: Submission,
    counted: readonly string[],
  ): string[] {
    const { terms } = this.council
    const digest = this.council.digest(fixing, value)
    return signatures.flatMap(({ index, signed }) => {
      const member = terms.members[Number(index)]
      if (member === undefined || counted.includes(member)) return []
      if (member === terms.contractMember) return [`passed over a contract that ${mood}`]
      if (signed.form !== 'plain') return [`passed over ${signed.form}`]
      if (signed.by !== member) return ["passed over another's"]
      return signed.digest === digest ? [] : ['passed over of another thing']
    })
  }
}
