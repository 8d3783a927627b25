import type { Attestation } from '#client/attestation.ts'
import { placesIn } from '#protocol/cosigning.ts'
import { larger, smaller } from '#protocol/rational.ts'
import { quorumSize } from '#protocol/report.ts'
import type { Incentives } from '../chain/port.ts'
import { attestingPays, type AttestPolicy } from './attest.ts'

/** What a node looks at when somebody has proposed already. Amounts are wei, times Unix seconds. */
export type LateView = {
  readonly policy: AttestPolicy
  readonly incentives: Incentives
  /** How many reporters the roster has. */
  readonly places: number
  /** This node's place in it. */
  readonly place: number | undefined
  /** What attests the fixing on chain. */
  readonly standing: Pick<Attestation, 'signers' | 'count'> | undefined
  /** Who signed the report, near what leads, that most have signed; none: 0. */
  readonly signers: bigint
  /** Real milliseconds since this node asked for co-signatures; undefined: it has not. */
  readonly askedMs: number | undefined
  /** What it asked for cannot be signed by all any more, and it may ask again. */
  readonly isObsolete: boolean
  readonly cosignMs: number
  readonly now: bigint
  /** When this node's turn begins. */
  readonly turnTime: bigint
}

/** Attest what was signed, ask for signatures, wait for them, or nothing; and why. */
export type LateDecision = { readonly action: 'attest' | 'ask' | 'wait' | 'none'; readonly reason: string }

/** How long a fixing that nothing was to be attested of, or could be, is left alone, chain time. */
export const LOOK_AGAIN_SECONDS = 60n

/** Without figures, which change with every block: a journal has one line of it. */
const UNPAID = 'A share of the reward does not pay for the gas of attesting.'

/**
 * What to do about a fixing that was proposed without an attestation: whoever's turn it is asks, and whoever holds
 * the signatures of a quorum brings them to the registry if what that earns it pays for the gas.
 */
export function decideLate(view: LateView): LateDecision {
  const { policy, places, standing, signers, now, turnTime } = view
  if (policy === 'never') return none('policy.attest is never.')
  if (now < turnTime) return wait(`The turn to attest begins at ${turnTime}.`)
  const count = placesIn(signers).length
  if (count < quorumSize(places)) return decideShort(view, count)
  if (standing !== undefined && standing.count >= count) return none(`${standing.count} reporters attest already.`)
  if (isWaiting(view) && count < places) return wait(`${count} of ${places} co-signed.`)
  if (policy === 'paid' && lateGain(view) < attestingPays(view).cost) return none(UNPAID)
  return { action: 'attest', reason: `${count} of ${places} co-signed.` }
}

/** What attesting what was signed changes in this node's share of the reward, if it is earned; wei, 0 at least. */
export function lateGain({ incentives, place, signers, standing }: LateView): bigint {
  const shareIn = (bitmap: bigint): bigint => {
    const isIn = place !== undefined && (bitmap >> BigInt(place)) % 2n === 1n
    return isIn ? incentives.attestersReward / BigInt(placesIn(bitmap).length) : 0n
  }
  const gain = shareIn(signers) - shareIn(standing?.signers ?? 0n)
  return gain > 0n ? gain : 0n
}

/**
 * How long what attests a fixing is not read again, after that failed for `failedSeconds`, chain time: one read fails easily, and every
 * second of a window counts; of an endpoint that has dropped the logs it is asked less and less often.
 */
export function pauseAfter(failedSeconds: bigint): bigint {
  return smaller(larger(failedSeconds, 1n), LOOK_AGAIN_SECONDS)
}

function decideShort(view: LateView, count: number): LateDecision {
  const { policy, places, place, standing, askedMs, isObsolete } = view
  if (standing !== undefined) return none(`${standing.count} reporters attest already.`)
  if (place === undefined) return none('Only a reporter asks for co-signatures.')
  if (isWaiting(view) && !isObsolete) return wait(`${count} of ${places} co-signed.`)
  if (askedMs !== undefined && !isObsolete) return none(`Only ${count} of ${places} co-signed.`)
  if (policy === 'paid' && !attestingPays(view).isPaid) return none(UNPAID)
  return { action: 'ask', reason: `Asking ${places} reporters to co-sign what was proposed.` }
}

function isWaiting({ askedMs, cosignMs }: LateView): boolean {
  return askedMs !== undefined && askedMs < cosignMs
}

function none(reason: string): LateDecision {
  return { action: 'none', reason }
}

function wait(reason: string): LateDecision {
  return { action: 'wait', reason }
}
