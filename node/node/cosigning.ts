import { isBlsSigned } from '#protocol/bls.ts'
import { bitmapOf, encodePartial, encodeRequest, placesIn } from '#protocol/cosigning.ts'
import { type CosignDecision, decideCosign } from '../cosign/decide.ts'
import { isTrusted, unsureness } from '../decide.ts'
import type { VerifiedRequest } from '../gossip/cosigning.ts'
import { SecondDigestError } from '../guard.ts'
import type { Quorum } from '../quorum.ts'
import { SignerRefusedError, SignerSilentError, WrongSignatureError } from '../sign/remote.ts'
import { quorumOfHeld } from './held.ts'
import { catchUp, wantedPeers } from './network-wait.ts'
import type { Parts } from './parts.ts'
import type { Ripe, Tracked } from './tracked.ts'

/** This node's place in the fixing's roster; undefined if it has none. */
export function ownPlace({ chain }: Parts, ripe: Ripe): number | undefined {
  const own = chain.account?.toLowerCase()
  const place = ripe.reporters.findIndex(({ signer }) => signer.toLowerCase() === own)
  return place === -1 ? undefined : place
}

/** Co-signs every report that was asked for and deserves it, once each. */
export async function cosign(parts: Parts, tracked: Tracked): Promise<void> {
  const { ripe, snapshot } = tracked
  if (ripe === undefined || snapshot === undefined || snapshot.phase === 'settled') return
  if (parts.signer === undefined || !parts.config.roles.includes('reporter')) return
  if (!parts.store.restoration.maySign(tracked.fixing.maturity)) return
  const place = ownPlace(parts, ripe)
  if (place === undefined) return
  const waiting = await considerAll(parts, tracked, ripe, place)
  // A signer that was silent may answer by the next block.
  if (waiting.length > 0) tracked.logSeen = undefined
  const fresh = waiting.filter(({ digest }) => tracked.syncedFor?.has(digest) !== true)
  if (fresh.length === 0) return
  // What is missing may be with peers, and gossip does not say it twice. Once for all: whoever asks for nothing that
  // exists must not hold up the rest of the pass.
  for (const { digest } of fresh) tracked.syncedFor = (tracked.syncedFor ?? new Set()).add(digest)
  await catchUp(parts)
  await considerAll(parts, tracked, ripe, place)
}

/** Signs or refuses what can be judged. Returns the rest. */
async function considerAll(
  parts: Parts,
  tracked: Tracked,
  ripe: Ripe,
  place: number,
): Promise<readonly VerifiedRequest[]> {
  const waiting: VerifiedRequest[] = []
  for (const request of parts.book.requests(tracked.id)) {
    const { digest } = request
    const isSigned = parts.book.partials(tracked.id, digest).some((partial) => partial.place === place)
    if (isSigned || tracked.refused?.has(digest) === true) continue
    const { action, reason } = await consider(parts, tracked, ripe, request, place)
    if (action === 'wait') waiting.push(request)
    // Building a report costs: what was refused is not built again at every look.
    if (action === 'refuse') tracked.refused = (tracked.refused ?? new Set()).add(digest)
    const { proposer } = request.report
    const said = { action: action === 'sign' ? 'cosign' : action, reason: `${reason} Report ${digest} of ${proposer}.` }
    await parts.journal.write({ stage: 'cosign', fixingId: tracked.id, subject: proposer, ...said })
  }
  return waiting
}

async function consider(
  parts: Parts,
  tracked: Tracked,
  ripe: Ripe,
  request: VerifiedRequest,
  place: number,
): Promise<CosignDecision> {
  const decision = decideCosign(viewOf(parts, tracked, ripe, request))
  if (decision.action !== 'sign') return decision
  try {
    await sign(parts, ripe, request, place)
    return decision
  } catch (error) {
    // Signed before a restart, which forgot the request; or whoever keeps the key will not sign it.
    if (error instanceof SecondDigestError || error instanceof UnknownKeyError || isRefusal(error)) {
      return { action: 'refuse', reason: error.message }
    }
    // What else there is to do for the fixing does not wait for a signer.
    if (error instanceof SignerSilentError) {
      return { action: 'wait', reason: error.message }
    }
    throw error
  }
}

function viewOf(parts: Parts, tracked: Tracked, ripe: Ripe, { report, places }: VerifiedRequest) {
  const { store, config, chain } = parts
  const { id, fixing, document } = tracked
  // With it comes how sure it is: what is signed already may still be being read from disk.
  const { observation, confidence } = parts.reporter.view(id)
  const held = store.observations.all(id)
  const wanted = new Set(placesIn(places).flatMap((place) => ripe.reporters[place]?.index ?? []))
  const found = held.filter(({ reporterIndex }) => wanted.has(reporterIndex))
  const missing = wanted.size - found.length
  return {
    fixing,
    report,
    own: observation === undefined ? undefined : held.find(({ signer }) => signer === chain.account)?.signed.value,
    unsure: unsureness(confidence, document.aggregation.minSources, config.policy),
    isTrusted: isTrusted(fixing, config.policy.arbitrators),
    missing,
    rebuilt: missing === 0 ? quorumOfHeld(parts, id, ripe, found, report.proposer) : undefined,
  }
}

async function sign(
  parts: Parts,
  ripe: Ripe,
  { report, digest, attempt }: VerifiedRequest,
  place: number,
): Promise<void> {
  const { signer, book, network } = parts
  if (signer === undefined) return
  const signature = await signer.cosign(report, attempt)
  const key = ripe.reporters[place]?.key
  // Peers condemn whoever sends them a bad one.
  if (key === undefined || !isBlsSigned(key, digest, 'signature', signature)) throw new UnknownKeyError(signer.address)
  const partial = { fixingId: report.fixingId, digest, place, signature }
  const verified = { ...partial, bytes: encodePartial(partial) }
  book.addPartial(verified)
  network.publishPartial(verified, wantedPeers(ripe.reporters.length))
}

function isRefusal(error: unknown): error is Error {
  return error instanceof SignerRefusedError || error instanceof WrongSignatureError
}

/** Asks the reporters, for the time `attempt`, to co-sign a report of this node. Throws the guard's SecondDigestError. */
export async function askToCosign(
  parts: Parts,
  ripe: Ripe,
  quorum: Extract<Quorum, { readonly kind: 'report' }>,
  attempt: number,
): Promise<VerifiedRequest | undefined> {
  const { signer, book, network } = parts
  if (signer === undefined) return undefined
  const signers = new Set(quorum.signers)
  const places = bitmapOf(ripe.reporters.flatMap(({ index }, place) => (signers.has(index) ? [place] : [])))
  const signed = await signer.request({ report: quorum.report, places, attempt })
  const request = { ...signed, digest: parts.digestOf(quorum.report), bytes: encodeRequest(signed) }
  book.addRequest(request)
  network.publishRequest(request, wantedPeers(ripe.reporters.length))
  return request
}

/** The registry has another BLS key of this reporter than the one that signs. */
export class UnknownKeyError extends Error {
  override readonly name = 'Node.UnknownKeyError'
  constructor(signer: string) {
    super(`Expected a co-signature by the BLS key that the registry has of ${signer}, got another. Rotate to this key.`)
  }
}
