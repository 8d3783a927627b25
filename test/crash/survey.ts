import type { Arena } from './arena.ts'
import type { Life, Result, Weather } from './life.ts'

/** Where a life may end: before or after a call out of the node. */
export type End = string

/** One end, and what differed from the life that nobody ended. */
export type Finding = { readonly end: End; readonly isReached: boolean; readonly faults: readonly string[] }

/** Reads repeat at every look: of each the first few say what there is to say. Writes are all of them. */
const READS = 2

/** Every end that the points of a life allow: all writes, and the first reads of each kind. */
export function endsOf({ points }: Pick<Life, 'points'>): readonly End[] {
  const chosen = points.filter((point) => {
    const [name = '', count = ''] = point.split(' #')
    return isWrite(name) || Number(count) <= READS
  })
  return chosen.flatMap((point) => [`before ${point}`, `after ${point}`])
}

/** The writes before the reads, so that a survey that is stopped has tried what matters most. */
export function writesFirst(ends: readonly End[]): readonly End[] {
  const isOfWrite = (end: End): boolean => isWrite(end.replace(/^(?:before|after) /, '').replace(/ #\d+$/, ''))
  return [...ends.filter(isOfWrite), ...ends.filter((end) => !isOfWrite(end))]
}

function isWrite(name: string): boolean {
  return /^(?:write|append|sync|publish) |^eth_sendRawTransaction$/.test(name)
}

/** What a life found that may not end: that it does not is a finding, and the survey goes on. */
export async function tried<T extends Finding>(
  end: End,
  live: () => Promise<readonly T[]>,
): Promise<readonly (T | Finding)[]> {
  try {
    return await live()
  } catch (error) {
    return [{ end, isReached: false, faults: [String(error)] }]
  }
}

/** Lives one life for an end, and says what is not as it is without. */
export async function tryEnd(
  arena: Arena,
  weather: Weather,
  end: End,
  undisturbed: Result,
): Promise<Finding & Pick<Life, 'later'>> {
  const { deaths, result, later } = await arena.live(weather, [end])
  return { end, isReached: deaths > 0, faults: faultsOf(result, undisturbed), later }
}

/** Lives one life whose second process is killed as well, at the `n`th place, as far as it has so many. */
export async function tryTwoEnds(
  arena: Arena,
  weather: Weather,
  { end, later }: Pick<Finding, 'end'> & Pick<Life, 'later'>,
  { undisturbed, n }: { readonly undisturbed: Result; readonly n: number },
): Promise<Finding> {
  const ends = endsOf({ points: later })
  const second = ends[n % ends.length] ?? end
  const { deaths, result } = await arena.live(weather, [end, second])
  return { end: `${end}, then ${second}`, isReached: deaths > 1, faults: faultsOf(result, undisturbed) }
}

/** What differs, in words. */
export function faultsOf<T extends object>(got: T, want: T): readonly string[] {
  const keys = Object.keys(want) as (keyof T & string)[] // its own keys
  return keys
    .map((key) => [key, show(got[key]), show(want[key])] as const)
    .filter(([, a, b]) => a !== b)
    .map(([key, a, b]) => `${key}: expected ${b}, got ${a}`)
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
