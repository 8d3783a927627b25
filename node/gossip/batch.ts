import type { Hex } from 'viem'
import { areBlsSigned, type BlsPartial } from '#protocol/bls.ts'

/** Whether `partial` is its key's signature of the digest; resolves with others that came at about the same time. */
export type PartialVerifier = (digest: Hex, partial: BlsPartial) => Promise<boolean>

type Waiting = {
  readonly partial: BlsPartial
  readonly tell: (isSigned: boolean) => void
  readonly fail: (error: unknown) => void
}

/** Verified in one go: the event loop stands still for as long as that takes. */
const MAX_BATCH = 16

/**
 * Verifies partial signatures together: those of one digest that come within a `pause` cost one pairing and a little
 * each. Every one is answered for itself, so that only who sent a bad one is blamed.
 */
export function createPartialVerifier(pause: () => Promise<unknown>): PartialVerifier {
  const waiting = new Map<Hex, Waiting[]>()
  const work = async (digest: Hex, batch: readonly Waiting[]): Promise<void> => {
    await pause()
    waiting.delete(digest)
    for (let i = 0; i < batch.length; i += MAX_BATCH) {
      if (i > 0) await pause()
      const part = batch.slice(i, i + MAX_BATCH)
      const good = new Set(signedOf(digest, part))
      for (const one of part) one.tell(good.has(one))
    }
  }
  return (digest, partial) =>
    new Promise((resolve, reject) => {
      const one: Waiting = { partial, tell: resolve, fail: reject }
      const batch = waiting.get(digest)
      if (batch !== undefined) {
        batch.push(one)
        return
      }
      const fresh = [one]
      waiting.set(digest, fresh)
      work(digest, fresh).catch((error: unknown) => {
        for (const { fail } of fresh) fail(error)
      })
    })
}

/** Those that are signed: all of them, or those of either half. */
function signedOf(digest: Hex, batch: readonly Waiting[]): readonly Waiting[] {
  const isGood = areBlsSigned(
    batch.map(({ partial }) => partial),
    digest,
    'signature',
  )
  if (isGood) return batch
  if (batch.length === 1) return []
  const half = batch.length >> 1
  return [...signedOf(digest, batch.slice(0, half)), ...signedOf(digest, batch.slice(half))]
}
