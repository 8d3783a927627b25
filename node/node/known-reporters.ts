import type { Hex } from 'viem'
import type { Reporter } from '../chain/port.ts'

/** Reporters that were read from the registry: of now, and of the maturities of the fixings followed here. */
export interface KnownReporters {
  /** They were read again, or for the first time. */
  note(reporters: readonly Pick<Reporter, 'signer' | 'peerId'>[]): void
  /** Whether one of them signs as this lower-case address. */
  isSigner(address: string): boolean
  /** Whether one of them registered this binary peer id. */
  isPeer(peerId: Hex): boolean
  /** Their binary peer ids. */
  peers(): Iterable<Hex>
}

/** Remembers at least the `most` signers, and as many peer ids, that were noted last: those of now are noted every few minutes. */
export function createKnownReporters(most = 4_096): KnownReporters {
  const signers = new Set<string>()
  const peerIds = new Set<Hex>()
  const keep = <T>(known: Set<T>, value: T): void => {
    known.delete(value)
    known.add(value)
    const [oldest] = known
    if (known.size > most && oldest !== undefined) known.delete(oldest)
  }
  return {
    note(reporters) {
      for (const { signer, peerId } of reporters) {
        keep(signers, signer.toLowerCase())
        keep(peerIds, peerId)
      }
    },
    isSigner: (address) => signers.has(address),
    isPeer: (peerId) => peerIds.has(peerId),
    peers: () => peerIds,
  }
}
