import type { Arena, Life, Result } from './arena.ts'

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

function isWrite(name: string): boolean {
  return /^(?:write|append|sync|publish) |^eth_sendRawTransaction$/.test(name)
}

/** Lives one life for an end, and says what is not as it is without. */
export async function tryEnd(arena: Arena, end: End, undisturbed: Result): Promise<Finding> {
  const { deaths, result } = await arena.live(end)
  return { end, isReached: deaths > 0, faults: faultsOf(result, undisturbed) }
}

/** What differs, in words. */
export function faultsOf(got: Result, want: Result): readonly string[] {
  const keys = Object.keys(want) as (keyof Result)[] // its own keys
  return keys
    .map((key) => [key, show(got[key]), show(want[key])] as const)
    .filter(([, a, b]) => a !== b)
    .map(([key, a, b]) => `${key}: expected ${b}, got ${a}`)
}

function show(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
}
