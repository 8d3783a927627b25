import { printable } from '#protocol/printable.ts'
import type { Io } from '../io.ts'
import type { Check } from './check.ts'

const MARKS = { ok: '  ok  ', warn: '  WARN', bad: '  BAD ' } as const
const TONES = { ok: 'good', warn: 'strong', bad: 'bad' } as const

/** What was found, and below it what to do. */
export function checkLines({ state, what, found, fix }: Check, io: Pick<Io, 'paint'>): string[] {
  const line = `${io.paint(TONES[state], MARKS[state])} ${what}: ${printable(found)}`
  return fix === undefined ? [line] : [line, `         ${fix}`]
}
