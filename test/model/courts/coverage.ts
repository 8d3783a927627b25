import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import type { CourtStage } from './stage.ts'
import { type CouncilAction, type CourtStep, isCourtAction } from './terms.ts'

type Submission = CouncilAction & { readonly name: 'submit' }

/** The edges of a turn: a ruling is brought in the last second of one, and in the first that is no longer in it. */
const TURNS = ['done at backup turn -1', 'done at backup turn 0', 'NotArbitrator at backup turn -1'].concat([
  'NotArbitrator at backup turn 0',
  'done at arbitration end -1',
  'WrongPhase at arbitration end 0',
])

const COUNCIL = [
  ...TURNS.map((turn) => `submit ${turn}`),
  ...['submit', 'withdraw'].map((name) => `${name} done`),
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
  'withdraw of a contract',
  'withdraw of several fees',
  'withdraw NothingToWithdraw',
  'withdraw again',
]

/** Everything that a run of any worth must have reached, by the kind of arbitrator. */
export const COURT_REQUIRED: readonly string[] = COUNCIL.map((name) => `council: ${name}`)

/** Counts what a history reaches: call `before` and `after` around every step. */
export class CourtCoverage {
  readonly counts = new Map<string, number>()
  private readonly stage: CourtStage
  private readonly withdrawn = new Set<string>()
  private readonly credits = new Map<string, number>()
  private wasRuled = false

  constructor(stage: CourtStage) {
    this.stage = stage
  }

  before({ action }: CourtStep): void {
    const isRuled = 'fixing' in action && this.stage.oracle.dispute(action.fixing).ruling !== undefined
    this.wasRuled = isRuled && isCourtAction(action)
  }

  after(step: CourtStep, result: Result): void {
    const { action, time, sender } = step
    if (!isCourtAction(action)) return
    const end = result.ok ? 'done' : result.error
    this.add(`${action.name} ${end}`)
    if (this.wasRuled) this.add(`${action.name} again`)
    if (action.name === 'withdraw') return this.noteWithdrawal(sender, result)
    const moment = momentOf(this.stage, action.fixing, time)
    if (moment !== undefined) this.add(`${action.name} ${end} at ${moment}`)
    this.noteSubmission(step, action, result)
  }

  private noteWithdrawal(sender: string, result: Result): void {
    if (this.withdrawn.has(sender)) this.add('withdraw again')
    if (!result.ok) return
    this.withdrawn.add(sender)
    if (sender === this.stage.arbitrator.terms.contractMember) this.add('withdraw of a contract')
    if ((this.credits.get(sender) ?? 0) > 1) this.add('withdraw of several fees')
  }

  private noteSubmission({ mood = 'approves' }: CourtStep, action: Submission, result: Result): void {
    const { terms, oracle } = this.stage.arbitrator
    const { fixing, value, signatures } = action
    const digest = this.stage.arbitrator.digest(fixing, value)
    if (!result.ok && result.error === 'TooFewSignatures') {
      if (BigInt(result.args[0] ?? 0n) + 1n === terms.threshold) this.add('submit lacks one')
      return
    }
    if (!result.ok) return
    const signed = BigInt(result.events.find(({ name }) => name === 'CouncilRuled')?.args[2] ?? 0n)
    const members = terms.members.filter((_, index) => ((signed >> BigInt(index)) & 1n) === 1n)
    const fee = oracle.fixing(fixing).arbitrationFee
    const count = BigInt(members.length)
    if (value === INVALID) this.add('submit of INVALID')
    if (count > terms.threshold) this.add('submit with more than enough')
    if (fee % count > 0n) this.add('submit with a remainder')
    if (fee < count) this.add('submit of a fee less than the signers')
    if (members.includes(terms.contractMember)) this.add('counted a contract')
    if (oracle.dispute(fixing).appeal !== undefined) this.add('submit after an appeal')
    for (const member of members) this.credits.set(member, (this.credits.get(member) ?? 0) + 1)
    for (const { index, signed: each } of signatures) {
      const member = terms.members[Number(index)]
      if (member === terms.contractMember && mood !== 'approves') this.add(`passed over a contract that ${mood}`)
      if (member === undefined || members.includes(member) || member === terms.contractMember) continue
      if (each.form !== 'plain') this.add(`passed over ${each.form}`)
      else if (each.by !== member) this.add("passed over another's")
      else if (each.digest !== digest) this.add('passed over of another thing')
    }
  }

  private add(name: string): void {
    const full = `${this.stage.arbitrator.terms.kind}: ${name}`
    this.counts.set(full, (this.counts.get(full) ?? 0) + 1)
  }
}

/** The end of a turn that `time` lies at, or a second beside. */
function momentOf({ oracle }: CourtStage, fixing: number, time: bigint): string | undefined {
  const dispute = oracle.dispute(fixing)
  const { arbitratedAt, fixing: terms } = dispute
  if (arbitratedAt === 0n) return undefined
  for (const [name, end] of [
    ['backup turn', arbitratedAt + terms.arbitrationLimit],
    ['arbitration end', arbitratedAt + 2n * terms.arbitrationLimit],
  ] as const) {
    if (time - end >= -1n && time - end <= 1n) return `${name} ${time - end}`
  }
  return undefined
}
