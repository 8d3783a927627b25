import { quorumSize } from '#protocol/report.ts'
import { formatIndexValue, shorten } from '../format.ts'
import type { Chronicle } from './chronicle.ts'
import type { FixingStatus, NodeObservation } from './node-status.ts'
import type { ReporterProcess } from './reporter-process.ts'
import type { World } from './world.ts'

const TIMEOUT_MS = 180_000
const STEP_SECONDS = 1

/** A reporter that signed nothing, and why. */
export type Abstention = {
  readonly reporter: string
  readonly reason: string
  readonly dropped: readonly { readonly sourceId: string; readonly reason: string }[]
}

/** What the reporters made of the maturity. */
export type Reporting = {
  readonly observations: readonly NodeObservation[]
  readonly abstentions: readonly Abstention[]
  /** Undefined when too few observed. */
  readonly report:
    { readonly value: bigint; readonly observationsRoot: string; readonly signers: readonly number[] } | undefined
}

/**
 * Waits until every living reporter has observed the index or abstained, and then until all of them have come to the
 * same report. Which of them live may change at any moment.
 */
export async function awaitReport(world: World, chronicle: Chronicle): Promise<Reporting> {
  const { conductor, reporters, fixingId, signal, tell } = world
  const answered = await conductor.until({
    what: 'every living reporter to observe the index or abstain',
    look: async () => {
      await chronicle.catchUp()
      reporters.requireQuorum()
      const statuses = await reporters.fixingStatuses(fixingId)
      const isAnswered = [...statuses.values()].every(
        ({ observation, abstained }) => observation !== undefined || abstained !== undefined,
      )
      return isAnswered && statuses.size > 0 && statuses.size === reporters.living.length ? statuses : undefined
    },
    soFar: () => `${reporters.living.length} living, not all of them answered`,
    timeoutMs: TIMEOUT_MS,
    stepSeconds: STEP_SECONDS,
    signal,
  })
  await chronicle.catchUp()
  const abstentions = abstentionsOf(answered)
  const observers = [...answered.values()].filter(({ observation }) => observation !== undefined)
  tell.at(await conductor.now(), `${observers.length} reporters observed and signed, ${abstentions.length} abstained`)
  if (observers.length < quorumSize(reporters.all.length) && abstentions.length > 0) {
    return { observations: await reporters.observations(fixingId), abstentions, report: undefined }
  }
  const report = await awaitAgreement(world, chronicle)
  tell.at(
    await conductor.now(),
    `Every reporter has the report: ${formatIndexValue(report.value)}, the median of ${report.signers.length} observations, root ${shorten(report.observationsRoot)}`,
    'strong',
  )
  return { observations: await reporters.observations(fixingId), abstentions, report }
}

type Report = NonNullable<FixingStatus['report']>

async function awaitAgreement(
  { conductor, reporters, fixingId, signal }: World,
  chronicle: Chronicle,
): Promise<Report> {
  let roots = 0
  return conductor.until({
    what: 'all living reporters to come to the same report of all that they observed',
    look: async () => {
      await chronicle.catchUp()
      reporters.requireQuorum()
      const statuses = [...(await reporters.fixingStatuses(fixingId)).values()]
      const reports = statuses.flatMap(({ report }) => report ?? [])
      roots = new Set(reports.map(({ observationsRoot }) => observationsRoot)).size
      // A quorum suffices for a report; the last observations may still be on their way.
      const observers = statuses.filter(({ observation }) => observation !== undefined).length
      const [first] = reports
      const isShared = reports.length === reporters.living.length && roots === 1
      return isShared && first !== undefined && first.signers.length >= observers ? first : undefined
    },
    soFar: () => `${roots} different reports`,
    timeoutMs: TIMEOUT_MS,
    stepSeconds: STEP_SECONDS,
    signal,
  })
}

function abstentionsOf(statuses: ReadonlyMap<ReporterProcess, FixingStatus>): Abstention[] {
  return [...statuses].flatMap(([reporter, { abstained }]) =>
    abstained === undefined ? [] : [{ reporter: reporter.person.name, ...abstained }],
  )
}
