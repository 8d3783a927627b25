import type { ChildProcess, Serializable } from 'node:child_process'
import process from 'node:process'
import type { ChainPort } from '../../../node/chain/port.ts'

type Request = { readonly id: number; readonly method: string; readonly args: readonly unknown[] }
type Reply = { readonly id: number; readonly result: unknown; readonly failure: string | undefined }

/** Answers what the node in `child`, which was forked with advanced serialization, asks of the chain. */
export function serveChain(child: ChildProcess, chain: ChainPort): void {
  const answer = async ({ id, method, args }: Request): Promise<Reply> => {
    try {
      const run = Reflect.get(chain, method) as (...given: readonly unknown[]) => Promise<unknown>
      return { id, result: await run(...args), failure: undefined }
    } catch (error) {
      return { id, result: undefined, failure: String(error) }
    }
  }
  child.on('message', (message) => {
    if (isRequest(message)) void answer(message).then((reply) => child.send(reply as unknown as Serializable))
  })
}

/** The chain of the process that forked this one, for a node without a key. */
export function chainOfParent(chainId: number): ChainPort {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let next = 0
  process.on('message', (message) => {
    if (!isReply(message)) return
    const asker = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.failure === undefined) asker?.resolve(message.result)
    else asker?.reject(new Error(message.failure))
  })
  const ask =
    (method: string) =>
    (...args: readonly unknown[]): Promise<unknown> =>
      new Promise((resolve, reject) => {
        const id = next
        next += 1
        waiting.set(id, { resolve, reject })
        process.send?.({ id, method, args } satisfies Request)
      })
  const snapshot: ChainPort['snapshot'] = async (fixing, atBlock) => ({
    ...((await ask('snapshot')(fixing, atBlock)) as Awaited<ReturnType<ChainPort['snapshot']>>),
    // Like the real one's, of the struct that was asked about.
    fixing,
  })
  // What is wanted of them is a function, which does not travel.
  const events: ChainPort['events'] = async (from, to) =>
    (await ask('events')(from, to)) as Awaited<ReturnType<ChainPort['events']>>
  const asked = Object.fromEntries(READS.map((name) => [name, ask(name)]))
  // Without a key nothing else is asked.
  return { ...asked, chainId, account: undefined, events, snapshot } as unknown as ChainPort
}

const READS = ['head', 'block', 'finalized', 'panel'] as const

function isRequest(message: unknown): message is Request {
  return typeof message === 'object' && message !== null && 'method' in message
}

function isReply(message: unknown): message is Reply {
  return typeof message === 'object' && message !== null && 'failure' in message
}
