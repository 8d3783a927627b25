/** A reproducible stream of choices (sfc32, as in PractRand; seeded by running it in). */
export class Random {
  private readonly words: Uint32Array
  private readonly seed: number

  constructor(seed: number) {
    this.seed = seed
    this.words = new Uint32Array([seed, seed / 2 ** 32, 0x9e3779b9, 1])
    for (let i = 0; i < 16; i += 1) this.next()
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return Number((BigInt(this.next()) * BigInt(count)) >> 32n)
  }

  /** True once in a while: `percent` times in a hundred. */
  chance(percent: number): boolean {
    return this.below(100) < percent
  }

  /** A bigint in [min, max]. */
  between(min: bigint, max: bigint): bigint {
    let word = 0n
    for (let i = 0; i < 5; i += 1) word = (word << 32n) | BigInt(this.next())
    return min + (word % (max - min + 1n))
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    const chosen = list[this.below(list.length)]
    if (chosen === undefined) throw new RangeError(`Expected something to pick from (seed ${this.seed}).`)
    return chosen
  }

  /** One of `[weight, choice]`, by weight; at least one weight is positive. */
  weighed<T>(choices: readonly (readonly [number, T])[]): T {
    const positive = choices.filter(([weight]) => weight > 0)
    let left = this.below(positive.reduce((sum, [weight]) => sum + weight, 0))
    for (const [weight, choice] of positive) {
      if (left < weight) return choice
      left -= weight
    }
    return this.pick(positive)[1]
  }

  shuffle<T>(list: readonly T[]): T[] {
    const keyed = list.map((item) => [this.next(), item] as const)
    return keyed.toSorted(([a], [b]) => a - b).map(([, item]) => item)
  }

  private next(): number {
    const s = this.words
    const [a = 0, b = 0, c = 0, d = 0] = s
    const out = (a + b + d) >>> 0
    s[3] = d + 1
    s[0] = b ^ (b >>> 9)
    s[1] = c + (c << 3)
    s[2] = ((c << 21) | (c >>> 11)) + out
    return out
  }
}
