import type { Address, Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { keccak256, stringToHex } from 'viem/utils'
import { DEFAULT_PARAMETERS, type Fixing } from '#protocol/fixing.ts'
import { encodeObservation, type Observation, type SigningDomain } from '#protocol/observation.ts'
import { createGuard } from '../../node/guard.ts'
import { createSigner } from '../../node/sign.ts'
import type { ValidatorContext, VerifiedObservation } from '../../node/gossip/validate.ts'

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
  const signed = await createSigner(key, domain, guard).sign(observationOf(changes))
  return { signed, signer: key.address, reporterIndex: 0, bytes: encodeObservation(signed) }
}

export async function reportedBy(index: number, changes: Partial<Observation> = {}): Promise<VerifiedObservation> {
  return { ...(await signedBy(reporterKey(index), changes)), reporterIndex: index }
}

/** A validator's world: seven reporters, one fixing that matured an hour ago, nothing held; `changes` replace parts. */
export function contextOf(changes: Partial<ValidatorContext> = {}): ValidatorContext {
  const indexOf = new Map([0, 1, 2, 3, 4, 5, 6].map((i) => [reporterKey(i).address.toLowerCase(), i]))
  return {
    domain: DOMAIN,
    now: () => MATURITY + 3_600n,
    fixing: (id) => (id === FIXING_ID ? FIXING : undefined),
    reporters: () => indexOf,
    observations: () => [],
    takeToken: () => true,
    ...changes,
  }
}
