import { secp256k1 } from '@noble/curves/secp256k1.js'
import type { Address, Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { bytesToHex, hexToBytes, keccak256, stringToHex } from 'viem/utils'
import { DEFAULT_PARAMETERS, type Fixing } from '#protocol/fixing.ts'
import { encodeObservation, type Observation, observationDigest } from '#protocol/observation.ts'
import { type SigningDomain } from '#protocol/signing.ts'
import { blsKey } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { encodePartial, encodeRequest } from '#protocol/cosigning.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import { encodePresence, type Presence } from '#protocol/presence.ts'
import { createBook } from '../../node/cosign/book.ts'
import type { CosigningContext, VerifiedPartial, VerifiedRequest } from '../../node/gossip/cosigning.ts'
import type { PresenceContext, VerifiedPresence } from '../../node/gossip/presence.ts'
import { createGuard } from '../../node/guard.ts'
import { createRoll } from '../../node/presence/roll.ts'
import { createSigner, type Signer } from '../../node/sign.ts'
import { localKeys } from '../../node/sign/keys.ts'
import type { ValidatorContext, VerifiedObservation } from '../../node/gossip/validate.ts'

type AnyContext = ValidatorContext & CosigningContext & PresenceContext

export const DOMAIN: SigningDomain = { chainId: 31_337, registry: '0x00000000000000000000000000000000000000aa' }
export const MATURITY = 1_735_689_600n
export const FIXING_ID: Hex = `0x${'ab'.repeat(32)}`
export const ROOT: Hex = `0x${'cd'.repeat(32)}`
export const WAD = 10n ** 18n

export const FIXING: Fixing = {
  ...DEFAULT_PARAMETERS,
  indexId: `0x${'11'.repeat(32)}`,
  maturity: MATURITY,
  arbitrator: '0x0000000000000000000000000000000000000001',
  backup: '0x0000000000000000000000000000000000000002',
  openInterest: '0x0000000000000000000000000000000000000000',
}

/** The key of a person of the tests. */
export function keyOf(name: string): { address: Address; privateKey: Hex } {
  const privateKey = keccak256(stringToHex(`node test ${name}`))
  return { privateKey, address: privateKeyToAccount(privateKey).address }
}

/** Reporter `index` is called `reporter <index>`. */
export function reporterKey(index: number): { address: Address; privateKey: Hex } {
  return keyOf(`reporter ${index}`)
}

export function observationOf(changes: Partial<Observation> = {}): Observation {
  return { fixingId: FIXING_ID, value: 2_500n * WAD, observedAt: MATURITY, sourcesRoot: ROOT, ...changes }
}

/** Signed by a key that remembers nothing, so that tests can equivocate. */
export async function signedBy(
  key: { address: Address; privateKey: Hex },
  changes: Partial<Observation> = {},
  domain: SigningDomain = DOMAIN,
): Promise<VerifiedObservation> {
  const guard = createGuard({ digestOf: () => undefined, record: async () => undefined })
  const signed = await createSigner(localKeys(key), domain, guard).sign(observationOf(changes))
  return { signed, signer: key.address, reporterIndex: 0, bytes: encodeObservation(signed) }
}

export async function reportedBy(index: number, changes: Partial<Observation> = {}): Promise<VerifiedObservation> {
  return { ...(await signedBy(reporterKey(index), changes)), reporterIndex: index }
}

/** The bytes of what reporter `index` observes, signed with another nonce than {@link reportedBy} uses. */
export async function signedAgain(index: number, changes: Partial<Observation> = {}): Promise<Uint8Array> {
  const observation = observationOf(changes)
  const { privateKey } = reporterKey(index)
  const options = { prehash: false, lowS: true, format: 'recovered', extraEntropy: new Uint8Array(32).fill(9) } as const
  const bytes = secp256k1.sign(hexToBytes(observationDigest(DOMAIN, observation)), hexToBytes(privateKey), options)
  const signature = {
    r: bytesToHex(bytes.subarray(1, 33)),
    s: bytesToHex(bytes.subarray(33, 65)),
    v: bytes[0] === 0 ? 27 : 28,
  } as const
  return encodeObservation({ ...observation, signature })
}

/** The BLS keys of the seven reporters, which are at the place of their index. */
export const ROSTER = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ key: blsKey(blsSecretOf(reporterKey(i).privateKey)) }))

/** What reporter `index` asks the others to co-sign: by default a report of the first five. */
export async function requestedBy(
  index: number,
  changes: Partial<Report> = {},
  places = 0b11111n,
  attempt = 0,
): Promise<VerifiedRequest> {
  const { address: proposer } = reporterKey(index)
  const report = { epoch: 4n, fixingId: FIXING_ID, value: 2_500n * WAD, observationsRoot: ROOT, proposer, ...changes }
  const signed = await forgetful(index).request({ report, places, attempt })
  return { ...signed, digest: reportDigest(DOMAIN, report), bytes: encodeRequest(signed) }
}

/** Reporter `index` co-signs. */
export async function cosignedBy(
  index: number,
  { report, digest, attempt }: VerifiedRequest,
): Promise<VerifiedPartial> {
  const partial = {
    fixingId: report.fixingId,
    digest,
    place: index,
    signature: await forgetful(index).cosign(report, attempt),
  }
  return { ...partial, bytes: encodePartial(partial) }
}

/** Reporter `index` says that it is there, ten minutes before the maturity unless `changes` say otherwise. */
export async function presentBy(
  index: number,
  changes: Partial<Presence> = {},
  domain: SigningDomain = DOMAIN,
): Promise<VerifiedPresence> {
  const { address: reporter } = reporterKey(index)
  const sentAt = MATURITY - 600n
  const presence = { fixingId: FIXING_ID, reporter, sentAt, clockOffset: -3, meshPeers: 6, sourcesReady: 1, ...changes }
  const signed = await forgetful(index, domain).present(presence)
  const call = presence.sentAt < MATURITY - 60n ? 0 : 1
  return { signed, call, reporterIndex: index, bytes: encodePresence(signed) }
}

/** Signs as reporter `index` and remembers nothing, so that tests can contradict themselves. */
function forgetful(index: number, domain: SigningDomain = DOMAIN): Signer {
  const guard = createGuard({ digestOf: () => undefined, record: async () => undefined })
  return createSigner(localKeys(reporterKey(index)), domain, guard)
}

/** A validator's world: seven reporters, one fixing that matured an hour ago, nothing held; `changes` replace parts. */
export function contextOf(changes: Partial<AnyContext> = {}): AnyContext {
  const indexOf = new Map([0, 1, 2, 3, 4, 5, 6].map((i) => [reporterKey(i).address.toLowerCase(), i]))
  return {
    domain: DOMAIN,
    now: () => MATURITY + 3_600n,
    fixing: (id) => (id === FIXING_ID ? FIXING : undefined),
    reporters: () => indexOf,
    roster: () => ROSTER,
    observations: () => [],
    book: createBook(),
    takeToken: () => true,
    takePartialToken: () => true,
    roll: createRoll(),
    expected: () => indexOf,
    takePresenceToken: () => true,
    isSigner: (address) => indexOf.has(address),
    ...changes,
  }
}
