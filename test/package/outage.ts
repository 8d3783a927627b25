import { expect } from 'vitest'
import { type RpcProxy, startProxy } from '../cli/rpc-proxy.ts'

/** An endpoint, and a way to let what waits behind it ask while it is away. */
export type Outage = Pick<RpcProxy, 'url'> & {
  /** Waits until the program has found nothing settled, and then has been refused; the endpoint is back afterwards. */
  readonly isAway: () => Promise<void>
}

const SOON = { interval: 20 }

/** What `run` gives, of a program whose endpoint passes on to `target` and is away once in between. */
export async function outlasting<T>(target: string, run: (outage: Outage) => Promise<T>): Promise<T> {
  let isDown = false
  let [passed, refused] = [0, 0]
  const proxy = await startProxy(target, (method) => {
    if (isDown) refused += 1
    else if (method === 'eth_call') passed += 1
    return isDown ? 'the endpoint is away' : undefined
  })
  const isAway = async (): Promise<void> => {
    // More than one round of reading what stands.
    await expect.poll(() => passed, SOON).toBeGreaterThan(8)
    isDown = true
    // As often as no reading of several requests, each tried again, outlasts.
    await expect.poll(() => refused, SOON).toBeGreaterThan(24)
    isDown = false
  }
  try {
    return await run({ url: proxy.url, isAway })
  } finally {
    await proxy.close()
  }
}
