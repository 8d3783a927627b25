import { findVerification } from '../../../../node/ground/verify/verification.ts'
import { SILENT } from '../../silent-log.ts'

/** What this machine verifies with. */
export const VERIFICATION = findVerification('native', SILENT)
