/** Throws {@link ArgumentError} unless `got` is one of `words`: JavaScript holds nobody to a type. */
export function requireOneOf(what: string, got: unknown, words: readonly string[]): void {
  if (typeof got === 'string' && words.includes(got)) return
  throw new ArgumentError(what, words.map((word) => `'${word}'`).join(' or '), got)
}

/** Throws {@link ArgumentError} unless `got` is a whole number from `min` to `max`, both included. */
export function requireWhole(what: string, got: unknown, min: number, max: number): void {
  if (typeof got === 'number' && Number.isSafeInteger(got) && got >= min && got <= max) return
  throw new ArgumentError(what, `a whole number from ${min} to ${max}`, got)
}

/** Throws {@link ArgumentError} unless `got` is a bigint of at least 0. */
export function requireNatural(what: string, got: unknown): void {
  if (typeof got === 'bigint' && got >= 0n) return
  throw new ArgumentError(what, 'a bigint of at least 0', got)
}

/** An argument is not what its type says, as a program without types may hand one over. */
export class ArgumentError extends Error {
  override readonly name = 'Argument.ArgumentError'
  readonly what: string
  constructor(what: string, want: string, got: unknown) {
    super(`Expected ${what} to be ${want}, got ${shown(got)}.`)
    this.what = what
  }
}

const MOST_SHOWN = 80

function shown(got: unknown): string {
  if (typeof got === 'string') return JSON.stringify(got.slice(0, MOST_SHOWN))
  if (typeof got === 'object' && got !== null) return `an object of ${Object.keys(got).join(', ') || 'nothing'}`
  if (typeof got === 'number' || typeof got === 'bigint' || typeof got === 'boolean') return `the ${typeof got} ${got}`
  return got === null ? 'null' : typeof got
}
