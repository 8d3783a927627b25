import type { Hex } from 'viem'
import type { Reporter } from '../chain/port.ts'
import { addNewest } from '../ground/newest.ts'

type Reporters = readonly Pick<Reporter, 'signer' | 'peerId'>[]

/** Reporters that were read from the registry: of now, and of the maturities of the fixings followed here. */
export interface KnownReporters {
  /** They were read for a maturity, and are known beside the others. */
  note(reporters: Reporters): void
  /** The registry was read again: nobody but these is known any more. */
  renew(lists: readonly Reporters[]): void
  /** Whether one of them signs as this lower-case address. */
  isSigner(address: string): boolean
  /** Whether one of them registered this binary peer id. */
  isPeer(peerId: Hex): boolean
  /** Their binary peer ids. */
  peers(): Iterable<Hex>
}

/** Remembers at least the `most` signers, and as many peer ids, that were noted last. */
export function createKnownReporters(most = 4_096): KnownReporters {
  const signers = new Set<string>()
  const peerIds = new Set<Hex>()
  const note = (reporters: Reporters): void => {
    for (const { signer, peerId } of reporters) {
      addNewest(signers, signer.toLowerCase(), most)
      addNewest(peerIds, peerId, most)
    }
  }
  return {
    note,
    renew(lists) {
      signers.clear()
      peerIds.clear()
      for (const reporters of lists) note(reporters)
    },
    isSigner: (address) => signers.has(address),
    isPeer: (peerId) => peerIds.has(peerId),
    peers: () => peerIds,
  }
}
