import type { Address, Hex } from 'viem'

/**
 * What is signed only once: a fixing's observation or, with a `proposer`, the report of that proposer for it; of those it
 * asks for again, the one with the number `attempt` (1, 2 …).
 */
export type Subject = {
  readonly signer: Address
  readonly fixingId: Hex
  readonly proposer?: Address | undefined
  readonly attempt?: number | undefined
}

/** Where the guard remembers; `record` resolves only when the entry survives a crash. */
export interface GuardMemory {
  digestOf(subject: Subject): Hex | undefined
  record(entry: Subject & { readonly digest: Hex }): Promise<void>
}

/** Stands before every signature. */
export interface Guard {
  /**
   * Resolves when `digest` may be signed for the subject, now and ever after: both are on disk by then. Repeating the
   * same digest is harmless. Throws {@link SecondDigestError} for any other.
   */
  permit(subject: Subject, digest: Hex): Promise<void>
  /** `digest` turns out to be signed already, by another memory than this: it is remembered unless one is, and no other is permitted. */
  adopt(subject: Subject, digest: Hex): Promise<void>
}

/**
 * INVARIANT: for one subject, `permit` succeeds for one digest only, through any number of restarts. `mayBegin` says
 * whether the memory is sure to know whatever was signed for a fixing; by default it is.
 */
export function createGuard(memory: GuardMemory, mayBegin: (fixingId: Hex) => boolean = () => true): Guard {
  const writing = new Map<string, Promise<void>>()
  const record = async (subject: Subject, digest: Hex): Promise<void> => {
    const { signer, fixingId, proposer, attempt } = subject
    const key = `${signer}:${fixingId}:${proposer ?? ''}:${attempt ?? 0}`.toLowerCase()
    if (memory.digestOf(subject) === undefined) {
      const written = memory.record({ ...subject, digest })
      writing.set(key, written)
      const forget = (): void => void (writing.get(key) === written && writing.delete(key))
      // What a memory would not take at all is nothing to wait for, whoever asks again.
      written.then(forget, () => memory.digestOf(subject) === undefined && forget())
    }
    // Known but still being written, or never written because the disk failed: only the disk's word counts.
    await writing.get(key)
  }
  return {
    async permit(subject, digest) {
      const { signer, fixingId } = subject
      const known = memory.digestOf(subject)
      if (known !== undefined && known !== digest) throw new SecondDigestError(signer, fixingId, digest, known)
      if (known === undefined && !mayBegin(fixingId)) throw new RestoredError(signer, fixingId)
      await record(subject, digest)
    },
    adopt: record,
  }
}

/** Signing this would contradict what was signed before; of an observation it is an equivocation, which costs the stake. */
export class SecondDigestError extends Error {
  override readonly name = 'Guard.SecondDigestError'
  readonly signer: Address
  readonly fixingId: Hex
  constructor(signer: Address, fixingId: Hex, got: Hex, want: Hex) {
    super(`Expected ${signer} to sign ${want} for fixing ${fixingId}, got ${got}. Nothing was signed; keep the first.`)
    this.signer = signer
    this.fixingId = fixingId
  }
}

/** The store was restored from a backup after the fixing matured: what was signed for it before may be forgotten. */
export class RestoredError extends Error {
  override readonly name = 'Guard.RestoredError'
  readonly signer: Address
  readonly fixingId: Hex
  constructor(signer: Address, fixingId: Hex) {
    super(
      `Expected fixing ${fixingId} to mature after the store was restored, got an older one. ${signer} signs nothing new for it.`,
    )
    this.signer = signer
    this.fixingId = fixingId
  }
}
