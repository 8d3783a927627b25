/** Runs what it is given, at once or when a place is free, and gives its result. */
export type WhenFree = <T>(run: () => Promise<T>) => Promise<T>

/** Lets at most `places` run at once, the others in the order in which they came. */
export function withPlaces(places: number): WhenFree {
  let free = places
  const waiting: (() => void)[] = []
  const begin = (): Promise<void> | undefined => {
    if (free > 0) {
      free -= 1
      return undefined
    }
    return new Promise((resolve) => void waiting.push(resolve))
  }
  return async (run) => {
    await begin()
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      // The place goes from one to the other: nobody who comes now is before those who wait.
      if (next === undefined) free += 1
      else next()
    }
  }
}
