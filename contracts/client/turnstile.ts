/** Runs one at a time, in call order; a failure lets the next one through. */
export type Turnstile = <T>(run: () => Promise<T>) => Promise<T>

/** A new {@link Turnstile}, with nobody in it. */
export function turnstile(): Turnstile {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const turn = last.then(run, run)
    last = turn.catch(() => undefined)
    return turn
  }
}
