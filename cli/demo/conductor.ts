import { type Chain, latestBlock } from '#client/chain.ts'
import type { EmbeddedChain } from '#client/embedded-chain.ts'
import type { Narrator } from './narrator.ts'
import { realTimeMs, StalledError, waitFor, type WaitOptions } from './wait.ts'

/** Real time without a new block after which the simulated clock is nudged, milliseconds. */
const IDLE_MS = 400

/** What is waited for, and how far the clock goes on meanwhile, seconds. */
type Waiting<T> = Omit<WaitOptions<T>, 'meanwhile'> & { readonly stepSeconds: number }

/**
 * Moves the one simulated clock, which is the time of the chain's latest block: venues and nodes read it there. It never
 * runs by itself: it steps while somebody works and jumps when everybody waits.
 */
export class Conductor {
  readonly #embedded: EmbeddedChain
  readonly #chain: Chain
  #lastBlock = -1n
  #lastChangeMs = 0

  constructor(embedded: EmbeddedChain, chain: Chain) {
    this.#embedded = embedded
    this.#chain = chain
  }

  /** The simulated time, Unix seconds. */
  async now(): Promise<bigint> {
    return (await latestBlock(this.#chain)).time
  }

  /** Jumps to `time` by mining one block there; nothing happens if it is past already. */
  async jumpTo(time: bigint): Promise<void> {
    for (;;) {
      if ((await this.now()) >= time) return
      try {
        await this.#embedded.mineAt(time)
      } catch (error) {
        // A transaction was mined meanwhile and the clock is past: fine. Anything else is not.
        if ((await this.now()) < time) throw error
      }
    }
  }

  /**
   * Waits for a fact. While no block comes, the clock steps on by `stepSeconds`, so that a node which waits for its turn
   * gets it.
   */
  until<T>(options: Waiting<T>): Promise<T> {
    this.#lastChangeMs = realTimeMs()
    return waitFor({ ...options, meanwhile: () => this.#step(BigInt(options.stepSeconds)) })
  }

  /** Waits for a fact that is no failure to be without: then it is said what is so far. */
  async untilOrTell<T>(options: Waiting<T>, tell: Narrator): Promise<void> {
    try {
      await this.until(options)
    } catch (error) {
      if (!(error instanceof StalledError)) throw error
      tell.at(await this.now(), error.message, 'bad')
    }
  }

  async #step(seconds: bigint): Promise<void> {
    const { number, time } = await latestBlock(this.#chain)
    if (number !== this.#lastBlock) {
      this.#lastBlock = number
      this.#lastChangeMs = realTimeMs()
      return
    }
    if (realTimeMs() - this.#lastChangeMs >= IDLE_MS) await this.jumpTo(time + seconds)
  }
}
