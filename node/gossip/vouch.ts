import type { Address } from 'viem'
import { decodeRequest, recoverRequester } from '#protocol/cosigning.ts'
import { decodeObservation, recoverWireSigner } from '#protocol/observation.ts'
import { type KeyRecovery, type SigningDomain, UnrecoverableSignatureError } from '#protocol/signing.ts'
import { decodePresence, recoverPresent } from '#protocol/presence.ts'
import { WIRE_KIND, WireError } from '#protocol/wire.ts'
import type { ValidatorContext } from './validate.ts'

/** What stands behind a message that cannot be judged yet: a reporter, nobody known, or it was not looked at. */
export type Voucher = 'reporter' | 'nobody' | 'throttled'

/**
 * Whether a registered reporter signed a message that cannot be judged yet, so that it is worth keeping; of partial
 * signatures nobody can tell without the roster. Costs one of the peer's tokens. Never throws.
 */
export function voucherOf(
  peer: string,
  bytes: Uint8Array,
  {
    domain,
    isSigner,
    takeToken,
    recoverKey,
  }: Pick<ValidatorContext, 'domain' | 'isSigner' | 'takeToken' | 'recoverKey'>,
): Voucher {
  if (bytes[1] === WIRE_KIND.partial) return 'reporter'
  if (!takeToken(peer)) return 'throttled'
  try {
    const signer = signerOf(bytes, domain, recoverKey)
    return isSigner(signer.toLowerCase()) ? 'reporter' : 'nobody'
  } catch (error) {
    if (error instanceof WireError || error instanceof UnrecoverableSignatureError) return 'nobody'
    throw error
  }
}

/** Who signed it; a presence must be signed by whom it names. */
function signerOf(bytes: Uint8Array, domain: SigningDomain, recoverKey: KeyRecovery | undefined): Address | '' {
  if (bytes[1] === WIRE_KIND.request) return recoverRequester(domain, decodeRequest(bytes), recoverKey)
  if (bytes[1] !== WIRE_KIND.presence) {
    decodeObservation(bytes)
    return recoverWireSigner(domain, bytes, recoverKey)
  }
  const presence = decodePresence(bytes)
  const signer = recoverPresent(domain, presence, recoverKey)
  return signer === presence.reporter ? signer : ''
}
