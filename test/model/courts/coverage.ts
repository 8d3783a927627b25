import type { Result } from '../result.ts'
import { COUNCIL_REQUIRED, CouncilNotes } from './council-coverage.ts'
import { CouncilModel } from './council-model.ts'
import { ERC792_REQUIRED, erc792Notes } from './erc792-coverage.ts'
import type { CourtStage } from './stage.ts'
import { type CourtStep, isCourtAction } from './terms.ts'
import { UMA_REQUIRED, umaNotes } from './uma-coverage.ts'
import { UmaModel } from './uma-model.ts'

/** The edges of a turn, for a call that the oracle, or that the arbitrator itself, refuses out of turn. */
const AT_THE_ORACLE = edges('NotArbitrator', 'WrongPhase')
const AT_THE_ADAPTER = edges('NotItsTurn', 'NotItsTurn')
/** A court that is the backup is asked in its turn, so that it has no ruling before. */
const OF_A_COURT = AT_THE_ORACLE.filter(
  (edge) => !['done at backup turn 0', 'NotArbitrator at backup turn -1'].includes(edge),
)

/** Everything that a run of any worth must have reached, by the kind of arbitrator. */
export const COURT_REQUIRED: readonly string[] = [
  ...[...COUNCIL_REQUIRED, ...AT_THE_ORACLE.map((edge) => `submit ${edge}`)].map((name) => `council: ${name}`),
  ...[
    ...ERC792_REQUIRED,
    ...AT_THE_ADAPTER.map((edge) => `open ${edge}`),
    ...OF_A_COURT.map((edge) => `bring ${edge}`),
  ].map((name) => `erc792: ${name}`),
  ...[...UMA_REQUIRED, ...OF_A_COURT.map((edge) => `bring ${edge}`)].map((name) => `uma: ${name}`),
]

type NotesOf = (step: CourtStep, result: Result) => string[]

/** Counts what a history reaches: call `before` and `after` around every step. */
export class CourtCoverage {
  readonly counts = new Map<string, number>()
  private readonly stage: CourtStage
  private readonly notesOf: NotesOf
  private wasRuled = false

  constructor(stage: CourtStage) {
    this.stage = stage
    this.notesOf = notesFor(stage)
  }

  before({ action }: CourtStep): void {
    this.wasRuled = 'fixing' in action && this.stage.oracle.dispute(action.fixing).ruling !== undefined
  }

  after(step: CourtStep, result: Result): void {
    const { action, time } = step
    if (!isCourtAction(action)) return
    const end = result.ok ? 'done' : result.error
    this.add(`${action.name} ${end}`)
    if (this.wasRuled) this.add(`${action.name} again`)
    const edge = 'fixing' in action ? edgeOf(this.stage, action.fixing, time) : undefined
    if (edge !== undefined) this.add(`${action.name} ${end} at ${edge}`)
    for (const note of this.notesOf(step, result)) this.add(note)
  }

  private add(name: string): void {
    const full = `${this.stage.arbitrator.terms.kind}: ${name}`
    this.counts.set(full, (this.counts.get(full) ?? 0) + 1)
  }
}

function notesFor({ arbitrator }: CourtStage): NotesOf {
  if (arbitrator instanceof CouncilModel) {
    const notes = new CouncilNotes(arbitrator)
    return (step, result) => notes.of(step, result)
  }
  if (arbitrator instanceof UmaModel) return (step, result) => umaNotes(arbitrator, step, result)
  return (step, result) => erc792Notes(arbitrator, step, result)
}

/** The last second of a turn and the first after it, as the arbitrator and as the backup. */
function edges(outOfTurn: string, over: string): string[] {
  return [
    'done at backup turn -1',
    'done at backup turn 0',
    `${outOfTurn} at backup turn -1`,
    `${outOfTurn} at backup turn 0`,
    'done at arbitration end -1',
    `${over} at arbitration end 0`,
  ]
}

/** The end of a turn that `time` lies at, or a second before. */
function edgeOf({ oracle }: CourtStage, fixing: number, time: bigint): string | undefined {
  const { arbitratedAt, fixing: terms } = oracle.dispute(fixing)
  if (arbitratedAt === 0n) return undefined
  const ends = [
    ['backup turn', arbitratedAt + terms.arbitrationLimit],
    ['arbitration end', arbitratedAt + 2n * terms.arbitrationLimit],
  ] as const
  const found = ends.find(([, end]) => time === end || time === end - 1n)
  return found && `${found[0]} ${time - found[1]}`
}
