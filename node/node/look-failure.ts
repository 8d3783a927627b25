import { withHosts } from '../ground/with-hosts.ts'
import type { Log } from '../log.ts'
import { StoreClosedError, StoreCorruptError, StoreDiskError } from '../store/database.ts'

/** Whether the chain cannot be read, or what follows from an undone one not be done; and what was said, of addresses the hosts alone. */
export type LookFailure = { readonly of: 'chain' | 'undone'; readonly reason: string }

type Last = { failure: LookFailure | undefined }

const LINES = {
  chain: { failed: 'the chain does not answer', succeeded: 'the chain answers' },
  undone: {
    failed: 'what follows from an undone chain cannot be done',
    succeeded: 'what follows from an undone chain is done',
  },
} as const

/** The last look failed: logged once for as long as it fails in the same way. */
export function noteFailure({ log }: { readonly log: Log }, last: Last, error: unknown): void {
  const of = error instanceof StartOverError ? 'undone' : 'chain'
  if (last.failure?.of !== of) log.warn({ err: error }, LINES[of].failed)
  last.failure = { of, reason: withHosts(error instanceof Error ? error.message : String(error)) }
}

/** The last look succeeded: logged after one that failed. */
export function noteSuccess({ log }: { readonly log: Log }, last: Last): void {
  if (last.failure !== undefined) log.info({}, LINES[last.failure.of].succeeded)
  last.failure = undefined
}

/** Whether the store is not to be used any more: closed, damaged, or not kept by its disk. */
export function isStoreGone(error: unknown): boolean {
  return error instanceof StoreClosedError || error instanceof StoreCorruptError || error instanceof StoreDiskError
}

/** Something of what follows from an undone chain failed. Throws {@link StartOverError}, or what says that the store is gone. */
export function failStartOver(error: unknown): never {
  if (isStoreGone(error)) throw error
  throw new StartOverError(error)
}

/** The chain was undone, and something that follows from that failed for a reason of its own. */
export class StartOverError extends Error {
  override readonly name = 'Loop.StartOverError'
  constructor(cause: unknown) {
    const got = cause instanceof Error ? cause.message : String(cause)
    super(`Expected to do all that follows from an undone chain, got "${got}". It is tried again.`, { cause })
  }
}
