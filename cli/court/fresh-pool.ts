import { OracleRevertError } from '#client/errors.ts'
import type { Io } from '../io.ts'
import type { SigningFlags } from '../options.ts'

/** What a jury says where others have changed its pool since it was read. */
const MOVED: readonly string[] = ['NothingToReadmit', 'StakesReturned', 'NotYourStake']

/**
 * Thinks out and does what is about a jury's pool; from the start again, once, if others have changed the pool meanwhile and nothing of it was
 * done. With --max it fails instead, and can be repeated: the gas of a transaction that came second may have been paid.
 */
export async function onFreshPool<T>(
  attempt: () => Promise<T>,
  { max }: Pick<SigningFlags, 'max'>,
  { io }: { readonly io: Pick<Io, 'err'> },
): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    // INVARIANT: whatever was mined before the failure is told by another error.
    const isMoved = error instanceof OracleRevertError && MOVED.includes(error.errorName)
    if (!isMoved || max !== undefined) throw error
    io.err(`${error.message} Others have changed the pool meanwhile, and nothing of this was done: looking again.`)
    return attempt()
  }
}
