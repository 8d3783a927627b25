import type { Log } from '../../log.ts'
import { type BlsCheck, findBlsCheck, portableBlsCheck } from './bls-check.ts'
import { findRecovery, portableRecovery, type Recovery } from './recovery.ts'

/** The code that verifies signatures of peers, by what they are. */
export type Verification = {
  /** Of observations, proofs and requests. */
  readonly ecdsa: Recovery
  /** Of reports. */
  readonly bls: BlsCheck
}

/** What this machine has, natively where it can be; with `wish` 'portable' nothing native is even loaded. Never throws. */
export function findVerification(wish: 'native' | 'portable', log: Log): Verification {
  const found =
    wish === 'native'
      ? { ecdsa: findRecovery(), bls: findBlsCheck() }
      : { ecdsa: portableRecovery('the configuration says so'), bls: portableBlsCheck('the configuration says so') }
  const reasons = { ecdsaReason: found.ecdsa.reason, blsReason: found.bls.reason }
  log.info({ ecdsa: found.ecdsa.name, bls: found.bls.name, ...reasons }, 'chose the code that verifies signatures')
  return found
}
