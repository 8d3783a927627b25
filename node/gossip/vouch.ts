import { decodeRequest, recoverRequester } from '#protocol/cosigning.ts'
import { decodeObservation, recoverObservationSigner, UnrecoverableSignatureError } from '#protocol/observation.ts'
import { WIRE_KIND, WireError } from '#protocol/wire.ts'
import type { ValidatorContext } from './validate.ts'

/**
 * Whether a registered reporter signed a message that cannot be judged yet, so that it is worth keeping; of partial
 * signatures nobody can tell without the roster. Costs one of the peer's tokens. Never throws.
 */
export function isVouched(
  peer: string,
  bytes: Uint8Array,
  {
    domain,
    isSigner,
    takeToken,
    recoverKey,
  }: Pick<ValidatorContext, 'domain' | 'isSigner' | 'takeToken' | 'recoverKey'>,
): boolean {
  if (bytes[1] === WIRE_KIND.partial) return true
  if (!takeToken(peer)) return false
  try {
    const signer =
      bytes[1] === WIRE_KIND.request
        ? recoverRequester(domain, decodeRequest(bytes), recoverKey)
        : recoverObservationSigner(domain, decodeObservation(bytes), recoverKey)
    return isSigner(signer.toLowerCase())
  } catch (error) {
    if (error instanceof WireError || error instanceof UnrecoverableSignatureError) return false
    throw error
  }
}
