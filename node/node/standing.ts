import type { Attestation } from '#client/attestation.ts'
import type { Parts } from './parts.ts'
import type { Tracked } from './tracked.ts'

/**
 * What attests the fixing, undefined for nothing; 'unread' if it cannot be read, as where every endpoint has dropped these logs:
 * what else there is to do for the fixing does not wait for it. The journal says so under `stage`.
 */
export async function standingOf(
  { chain, journal, log, signal }: Parts,
  { id, fixing }: Tracked,
  stage: 'attest' | 'keep',
): Promise<Attestation | 'unread' | undefined> {
  try {
    return await chain.attestation(fixing)
  } catch (error) {
    if (signal.aborted) throw error
    log.debug({ err: error, fixingId: id }, 'what attests a fixing cannot be read')
    const reason = 'What attests it cannot be read: an endpoint is needed that has the logs since its maturity.'
    await journal.write({ stage, fixingId: id, subject: 'attestation', action: 'wait', reason })
    return 'unread'
  }
}
