import type { Address, Hex, TypedDataDomain } from 'viem'
import { concatHex, keccak256, numberToHex, slice } from 'viem/utils'

/** What a juror signs once for each round of a case. */
export type Ballot = {
  readonly fixingId: Hex
  /** 0, and 1 after the first jury hung. */
  readonly round: number
}

/** Which jury on which chain a ballot is of. */
export type BallotDomain = { readonly chainId: number; readonly jury: Address }

/**
 * What a juror signs once for each round of a case, and shows nobody: its salts are made of the signature. A key signs the
 * same in the same way (RFC 6979), so that a juror that has lost everything but its key can still reveal. The EIP-712 types
 * for `signTypedData`, primary type `Ballot`.
 */
export const BALLOT_TYPES = {
  Ballot: [
    { name: 'fixingId', type: 'bytes32' },
    { name: 'round', type: 'uint8' },
  ],
} as const

const WORD = 32

/** The domain as `signTypedData` wants it. */
export function ballotDomain({ chainId, jury }: BallotDomain): TypedDataDomain {
  return { name: 'Assize Jury', version: '1', chainId, verifyingContract: jury }
}

/** The whole of what `signTypedData` signs. */
export function ballotToSign(domain: BallotDomain, { fixingId, round }: Ballot) {
  const message = { fixingId, round }
  return { domain: ballotDomain(domain), types: BALLOT_TYPES, primaryType: 'Ballot', message } as const
}

/** The secret salt of seat `seat`, 32 bytes, of the signature (r, s and anything after them) of the round's {@link Ballot}. */
export function saltOf(signature: Hex, seat: number): Hex {
  return keccak256(concatHex([slice(signature, 0, 2 * WORD, { strict: true }), numberToHex(seat, { size: WORD })]))
}
