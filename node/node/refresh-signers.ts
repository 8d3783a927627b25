import type { Head, Reporter } from '../chain/port.ts'
import type { LoopState } from './loop.ts'
import type { Parts } from './parts.ts'

/** How often it is read who reports, chain time: who joined since is heard once a fixing is known. */
const SIGNERS_SECONDS = 600n

/**
 * Reads who reports now. Messages of fixings that are not known yet are kept if one of these signed them, or one who reports for a fixing
 * that is followed or about to mature; everybody else is a stranger from now on, whoever it was. If they cannot be read, those of before
 * serve until the next look: nothing else depends on them.
 */
export async function refreshSigners(
  { chain, config, known, log }: Pick<Parts, 'chain' | 'config' | 'known' | 'log'>,
  state: Pick<LoopState, 'signersPeriod' | 'isRegistered' | 'tracked' | 'expected'>,
  head: Head,
): Promise<void> {
  const period = head.time / SIGNERS_SECONDS
  if (state.signersPeriod === period) return
  try {
    const { reporters } = await chain.panel(head.time)
    // Of too many, those of now are the last to be forgotten.
    known.renew([...awaited(state), reporters])
    const own = config.roles.includes('reporter') ? chain.account?.toLowerCase() : undefined
    state.isRegistered = own === undefined ? undefined : reporters.some(({ signer }) => signer.toLowerCase() === own)
    state.signersPeriod = period
  } catch (error) {
    log.debug({ err: error }, 'who reports now cannot be read')
  }
}

/** Who reports for what is followed here, each list once: thousands of fixings share few. */
function awaited({ tracked, expected }: Pick<LoopState, 'tracked' | 'expected'>): Set<readonly Reporter[]> {
  const lists = new Set<readonly Reporter[]>()
  for (const { ripe, isClosed } of tracked.values()) if (ripe !== undefined && !isClosed) lists.add(ripe.reporters)
  for (const { reporters } of expected.values()) lists.add(reporters)
  return lists
}
