import process from 'node:process'
import { Arena } from './arena.ts'
import type { Weather } from './life.ts'
import { codeHash, openNotes } from './notes.ts'
import { type End, endsOf, type Finding, tried, tryEnd, tryTwoEnds, writesFirst } from './survey.ts'

// `npm run check:crashes`: everywhere. ASSIZE_CRASH_STATE=FILE keeps what was found out: the same command again goes on with it.
// ASSIZE_CRASH_EVERY=5 tries every fifth place, ASSIZE_CRASH_ONLY=guard those that say so.
const { ASSIZE_CRASH_STATE: state, ASSIZE_CRASH_EVERY: every = '1', ASSIZE_CRASH_ONLY: only = '' } = process.env
/** Of so many places where a life ended once, one is tried with a second end in the life after it. */
const TWICE_EVERY = 3
/** Lives go other ways, and do not come to where they were to end: so many in a hundred must, or nothing was tried. */
const LEAST_DEATHS_PERCENT = 75

/** What one survey is of: the calls of a life that nobody ended, and how one is lived that ends. */
type Survey = {
  readonly name: string
  readonly points: readonly string[]
  /** Ends the survey. */
  readonly signal: AbortSignal
  /** Tries the `n`th place: one life, or two. */
  readonly attempt: (end: End, n: number) => Promise<readonly Finding[]>
}

/** What a survey came to, in the notes or now. */
type Outcome = { readonly isReached: boolean; readonly differences: readonly string[] }

/** A survey that has found nothing, and has killed where it was to, nearly always. */
export const CLEAN: Outcome = { isReached: true, differences: [] }

/** Lives until every place was tried that is not in the notes. */
export async function surveyAll({ name, points, signal, attempt }: Survey): Promise<Outcome> {
  const notes = openNotes(state === '' ? undefined : state, name, codeHash())
  const all = notes.places(writesFirst(endsOf({ points })))
  const chosen = all.filter((end, i) => i % Number(every) === 0 && end.includes(only))
  const before = chosen.filter((end) => notes.of(end) !== undefined).length
  say(`${name}: ${points.length} calls, ${all.length} places, ${chosen.length} to be tried, ${before} of them before`)
  say(`${name}: transactions ${actionsOf(points).join(', ')}`)
  const findings: Finding[] = []
  for (const [n, end] of chosen.entries()) {
    const known = notes.of(end)
    const found = known ?? (await attempt(end, n))
    // What it cut short has found nothing.
    signal.throwIfAborted()
    if (known === undefined) {
      notes.add(end, found)
      for (const one of found) say(`${name}, ${n + 1}: ${lineOf(one)}`)
    }
    findings.push(...found)
  }
  const faulty = findings.filter(({ faults }) => faults.length > 0)
  const deaths = findings.filter(({ isReached }) => isReached).length
  say(`${name}: ${findings.length} lives, ${deaths} ended where they were to, ${faulty.length} differences`)
  return { isReached: deaths * 100 >= findings.length * LEAST_DEATHS_PERCENT, differences: faulty.map(lineOf) }
}

/** A survey of the node that signs, proposes, disputes and claims. */
export async function surveyNode(weather: Weather, signal: AbortSignal): Promise<Outcome> {
  const arena = await Arena.open(signal)
  try {
    const { points, result } = await arena.live(weather)
    return await surveyAll({
      name: weather,
      points,
      signal,
      attempt: (end, n) =>
        tried(end, async () => {
          const once = await tryEnd(arena, weather, end, result)
          if (n % TWICE_EVERY !== 0 || once.later.length === 0) return [findingOf(once)]
          const second = await tried(`${end}, then another`, async () => [
            await tryTwoEnds(arena, weather, once, { undisturbed: result, n }),
          ])
          return [findingOf(once), ...second]
        }),
    })
  } finally {
    await arena.close()
  }
}

/** What the life signed transactions for. */
function actionsOf(points: readonly string[]): readonly string[] {
  return [...new Set(points.flatMap((point) => /intents (\w+) signed/.exec(point)?.[1] ?? []))]
}

function findingOf({ end, isReached, faults }: Finding): Finding {
  return { end, isReached, faults }
}

function lineOf({ end, isReached, faults }: Finding): string {
  return `${end}: ${isReached ? 'died' : 'was not reached'}${faults.length === 0 ? '' : `, ${faults.join('; ')}`}`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
