/**
 * The most that `agreement` of the values are at least: one alone, too high or too low, does not move it beyond what others
 * say. Throws RangeError of fewer values, which no {@link Circle} gives.
 */
export function reached<T extends bigint | number>(values: readonly T[], agreement: number): T {
  const value = values.toSorted((a, b) => (a > b ? -1 : a < b ? 1 : 0))[agreement - 1]
  if (value === undefined) throw new RangeError(`Expected ${agreement} values, got ${values.length}.`)
  return value
}
