import { INVALID } from '#protocol/fixing.ts'
import { formatIndexValue } from '../format.ts'

/** As far as a value is from what was meant if its decimal point is one place off, or was forgotten. */
const FAR = 10n

/** A number to compare with, and what it is. */
export type Known = { readonly value: bigint; readonly what: string }

/** Warns of a number that is ten times or more away from every one that is known; nothing where there is none, and of INVALID. */
export function farOffWarnings(value: bigint, known: readonly Known[]): string[] {
  const numbers = known.filter((one) => one.value !== INVALID)
  const [first, ...others] = numbers
  if (value === INVALID || first === undefined) return []
  const nearest = others.reduce((best, one) => (isNearer(one.value, best.value, value) ? one : best), first)
  const [more, less] = ordered(value, nearest.value)
  if (more < less * FAR) return []
  const [name, other] = [formatIndexValue(value, 18), formatIndexValue(nearest.value, 18)]
  const ratio = value > nearest.value ? `${more / less} times` : `1/${more / less} of`
  return [`${name} is ${ratio} ${other}, ${nearest.what}: is its decimal point where it belongs?`]
}

/** Whether `a` is nearer to `value` than `b` is, by their ratios. */
function isNearer(a: bigint, b: bigint, value: bigint): boolean {
  const [moreA, lessA] = ordered(a, value)
  const [moreB, lessB] = ordered(b, value)
  return moreA * lessB < moreB * lessA
}

function ordered(a: bigint, b: bigint): readonly [more: bigint, less: bigint] {
  return a > b ? [a, b] : [b, a]
}
