import type { Hex } from 'viem'
import type { Reporter } from '../chain/port.ts'
import { addNewest } from '../newest.ts'

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
  return {
    note(reporters) {
      for (const { signer, peerId } of reporters) {
        addNewest(signers, signer.toLowerCase(), most)
        addNewest(peerIds, peerId, most)
      }
    },
    isSigner: (address) => signers.has(address),
    isPeer: (peerId) => peerIds.has(peerId),
    peers: () => peerIds,
  }
}
