import type { Address, Hex } from 'viem'

/** Where the guard remembers; `record` resolves only when the entry survives a crash. */
export interface GuardMemory {
  digestOf(signer: Address, fixingId: Hex): Hex | undefined
  record(entry: { readonly signer: Address; readonly fixingId: Hex; readonly digest: Hex }): Promise<void>
}

/** Stands before every signature. */
export interface Guard {
  /**
   * Resolves when `signer` may sign `digest` for the fixing, now and ever after: the pair is on disk by then. Repeating
   * the same digest is harmless. Throws {@link SecondDigestError} for any other.
   */
  permit(signer: Address, fixingId: Hex, digest: Hex): Promise<void>
}

/** INVARIANT: for one signer and one fixing, `permit` succeeds for one digest only, through any number of restarts. */
export function createGuard(memory: GuardMemory): Guard {
  const writing = new Map<string, Promise<void>>()
  return {
    async permit(signer, fixingId, digest) {
      const key = `${signer.toLowerCase()}:${fixingId}`
      const known = memory.digestOf(signer, fixingId)
      if (known !== undefined && known !== digest) throw new SecondDigestError(signer, fixingId, digest, known)
      if (known === undefined) writing.set(key, memory.record({ signer, fixingId, digest }))
      // Known but still being written, or never written because the disk failed: only the disk's word counts.
      await writing.get(key)
    },
  }
}

/** Signing this would contradict what was signed before: an equivocation, which costs the stake. */
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
