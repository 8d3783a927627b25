import type { Hex } from 'viem'
import { areBlsSigned, type BlsKey, BlsPointError, type BlsSignature, type expandSignature } from '#protocol/bls.ts'
import { signatureOfPartial } from '#protocol/cosigning.ts'

/** A partial signature of a report that a peer sent, not looked at yet, and the key that should have made it. */
export type UnverifiedPartial = {
  readonly peer: string
  readonly digest: Hex
  readonly place: number
  readonly key: BlsKey
  /** As on the wire. */
  readonly bytes: Uint8Array
}

/** What is known of a partial signature; `unchecked`: nothing, since its sender is not listened to any more. */
export type PartialOutcome =
  | { readonly kind: 'signed'; readonly signature: BlsSignature }
  | { readonly kind: 'bad'; readonly code: 'point' | 'bls-signature' }
  | { readonly kind: 'unchecked' }

/** Verifies a partial signature, with others that came at about the same time. */
export type PartialVerifier = (partial: UnverifiedPartial) => Promise<PartialOutcome>

/** What verifying works with. */
export type VerifierComponents = {
  /** How long others are waited for. */
  readonly pause: () => Promise<unknown>
  readonly isQuarantined: (peer: string) => boolean
  /** The peer sent what no honest peer relays: nothing of it is verified after this. */
  readonly condemn: (peer: string) => void
  /** How points are read and signatures verified; by default in JavaScript alone. Tests count them. */
  readonly expand?: typeof expandSignature | undefined
  readonly areSigned?: typeof areBlsSigned | undefined
}

type Waiting = UnverifiedPartial & {
  readonly tell: (outcome: PartialOutcome) => void
  readonly fail: (error: unknown) => void
}
type Point = Waiting & { readonly signature: BlsSignature }

/** Verified in one go: the event loop stands still for as long as that takes. */
const MAX_BATCH = 16
/** Partial signatures that wait at once: those of a few full rosters. Beyond it they are not looked at. */
const MAX_WAITING = 4_096

const BAD: PartialOutcome = { kind: 'bad', code: 'bls-signature' }
const UNCHECKED: PartialOutcome = { kind: 'unchecked' }

/**
 * Verifies partial signatures together: those of one digest that come within a `pause` cost one pairing. If that fails,
 * each peer's are verified apart, and of a peer whose are bad the first bad one is found by halving: it is condemned, and the
 * rest of what it sent is not looked at. So a hostile peer costs a handful of pairings however much it sends, and what
 * others sent is answered as if it had not been there. Of one place of a report one signature is verified at a time.
 */
export function createPartialVerifier(components: VerifierComponents): PartialVerifier {
  const waiting = new Map<Hex, Waiting[]>()
  const pending = new Map<string, { readonly partial: UnverifiedPartial; readonly outcome: Promise<PartialOutcome> }>()
  const work = async (digest: Hex, batch: readonly Waiting[]): Promise<void> => {
    await components.pause()
    waiting.delete(digest)
    for (let rest = stillHeard(components, batch); rest.length > 0;) {
      judge(components, rest.slice(0, MAX_BATCH))
      rest = stillHeard(components, rest.slice(MAX_BATCH))
      if (rest.length > 0) await components.pause()
    }
  }
  const enqueue = (partial: UnverifiedPartial): Promise<PartialOutcome> =>
    new Promise((resolve, reject) => {
      const one: Waiting = { ...partial, tell: resolve, fail: reject }
      const batch = waiting.get(partial.digest)
      if (batch !== undefined) {
        batch.push(one)
        return
      }
      const fresh = [one]
      waiting.set(partial.digest, fresh)
      work(partial.digest, fresh).catch((error: unknown) => {
        for (const { fail } of fresh) fail(error)
      })
    })
  const verify: PartialVerifier = async (partial) => {
    const slot = `${partial.digest}:${partial.place}`
    const earlier = pending.get(slot)
    if (earlier === undefined) {
      if (pending.size >= MAX_WAITING || components.isQuarantined(partial.peer)) return UNCHECKED
      const outcome = enqueue(partial).finally(() => pending.delete(slot))
      pending.set(slot, { partial, outcome })
      return outcome
    }
    const isSame = Buffer.compare(earlier.partial.bytes, partial.bytes) === 0
    // There is one signature of a digest by a key: who sent two has sent a bad one.
    if (!isSame && earlier.partial.peer === partial.peer) return convicted(components, partial)
    const { kind } = await earlier.outcome
    if (kind === 'signed') return isSame ? earlier.outcome : convicted(components, partial)
    return isSame && kind === 'bad' ? convicted(components, partial) : verify(partial)
  }
  return verify
}

function convicted({ condemn }: VerifierComponents, { peer }: UnverifiedPartial): PartialOutcome {
  condemn(peer)
  return BAD
}

/** Answers every one of a batch, of one digest. */
function judge(components: VerifierComponents, batch: readonly Waiting[]): void {
  const points = batch.flatMap((one) => pointOf(components, one))
  const peers = new Set(points.map(({ peer }) => peer))
  if (areAllSigned(components, points)) {
    for (const point of points) point.tell({ kind: 'signed', signature: point.signature })
    return
  }
  for (const peer of peers) {
    const own = points.filter((point) => point.peer === peer)
    judgePeer(components, peer, own, peers.size === 1 ? 'not all signed' : 'unknown')
  }
}

/** Answers all that one peer sent, of which so much is `known`. */
function judgePeer(
  components: VerifierComponents,
  peer: string,
  points: readonly Point[],
  known: 'not all signed' | 'unknown',
): void {
  let rest = points
  let isUnknown = known === 'unknown'
  while (rest.length > 0 && !components.isQuarantined(peer)) {
    if (isUnknown && areAllSigned(components, rest)) {
      for (const point of rest) point.tell({ kind: 'signed', signature: point.signature })
      return
    }
    const good = firstGood(components, rest)
    for (const point of rest.slice(0, good)) point.tell({ kind: 'signed', signature: point.signature })
    rest[good]?.tell(BAD)
    components.condemn(peer)
    rest = rest.slice(good + 1)
    isUnknown = true
  }
  for (const { tell } of rest) tell(UNCHECKED)
}

/** How many of `points`, not all of which are signed, come before the first that is not. */
function firstGood(components: VerifierComponents, points: readonly Point[]): number {
  let [from, to] = [0, points.length]
  while (to - from > 1) {
    const middle = (from + to) >> 1
    if (areAllSigned(components, points.slice(from, middle))) from = middle
    else to = middle
  }
  return from
}

function areAllSigned({ areSigned = areBlsSigned }: VerifierComponents, points: readonly Point[]): boolean {
  const [first] = points
  return first === undefined || areSigned(points, first.digest, 'signature')
}

/** Those of peers that are listened to; the others are answered. */
function stillHeard({ isQuarantined }: VerifierComponents, batch: readonly Waiting[]): readonly Waiting[] {
  for (const { peer, tell } of batch) if (isQuarantined(peer)) tell(UNCHECKED)
  return batch.filter(({ peer }) => !isQuarantined(peer))
}

/** The point that the bytes stand for: reading it costs a millisecond. */
function pointOf({ isQuarantined, condemn, expand }: VerifierComponents, one: Waiting): readonly Point[] {
  // Another of the batch may have condemned its peer.
  if (isQuarantined(one.peer)) {
    one.tell(UNCHECKED)
    return []
  }
  try {
    return [{ ...one, signature: signatureOfPartial(one.bytes, expand) }]
  } catch (error) {
    if (!(error instanceof BlsPointError)) throw error
    condemn(one.peer)
    one.tell({ kind: 'bad', code: 'point' })
    return []
  }
}
