import { type Address, concat, type Hex, numberToHex, size, slice } from 'viem'
import { sign } from 'viem/accounts'
import { blsKey, blsSign, sumOfSignatures } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { accountOf } from '../client/chain-fixture.ts'
import type { Play } from './play.ts'
import { BOND, DAY, fixingAt, type Person, sceneTime, TRUTH } from './stage.ts'

const REPORTERS = 100
/** Ten of a hundred are absent, spread over the roster. */
const ABSENT = new Set([3, 14, 15, 26, 35, 58, 79, 82, 90, 97])
const STAKE = 10n ** 17n
const REWARD = 10n ** 17n
const EMPTY = '0x'

const SIGNERS = Array.from({ length: REPORTERS }, (_, place) => place).filter((place) => !ABSENT.has(place))
const BITMAP = SIGNERS.reduce((bitmap, place) => bitmap | (1n << BigInt(place)), 0n)
const ROOT: Hex = `0x${'5a'.repeat(32)}`

/** What a view of the registry says of the message to sign. */
export type Digests = {
  registration(registration: unknown): Promise<Hex>
  possession(owner: Address, key: unknown): Promise<Hex>
  report(fixing: Fixing, report: unknown): Promise<Hex>
}

/** All steps of the registry: a hundred reporters, a quorum without ten of them, its reward. */
export async function playRegistry(registry: Play, oracle: Play, digests: Digests, scene: number): Promise<void> {
  const [first, second, third] = [0, 1, 2].map((n) => fixingAt(sceneTime(scene) + BigInt(n * 3_600)))
  if (first === undefined || second === undefined || third === undefined) return
  await registry.at(sceneTime(scene) - 3n * DAY)
  for (let place = 0; place < REPORTERS - 1; place += 1) await registry.act('alice', ...(await joining(place, digests)))
  await registry.measure('register', 'alice', ...(await joining(REPORTERS - 1, digests)))
  await registry.at(first.maturity + 1n)
  await registry.measure('publish the roster of 100', 'bob', 'publishRoster', [first.maturity])
  await registry.measure('fund reporters', 'bob', 'fundReporters', [second, REWARD])

  // The proposer has had receipts and attestations before: nothing is the first ever.
  const attested = await attestation(first, digests)
  await registry.measure('attest, 90 of 100 reporters', 'carol', 'attest', attested)
  await oracle.act('proposer', 'propose', [first, TRUTH, BOND])
  await registry.at(second.maturity + 1n)
  const proposed = [...(await attestation(second, digests)), BOND]
  await registry.measure('propose attested, 90 of 100 reporters', 'proposer', 'proposeAttested', proposed)
  await registry.at(second.maturity + 1n + BigInt(second.firstWindow))
  await registry.measure('claim a reward', 'bob', 'claimReward', [second, TRUTH, BITMAP, 0n])
}

type Call = readonly [functionName: string, args: readonly unknown[]]

async function joining(place: number, digests: Digests): Promise<Call> {
  const owner = accountOf('alice').address
  const signer = accountOf(`signer ${place}`)
  const key = pointOf(blsKey(secretOf(place)), G1)
  const registration = { owner, signer: signer.address, peerId: `0x${'24'.repeat(38)}`, stake: STAKE, key }
  const possession = blsSign(secretOf(place), await digests.possession(owner, key), 'possession')
  const consent = await signer.sign({ hash: await digests.registration(registration) })
  return ['register', [registration, pointOf(possession, G2), consent, EMPTY]]
}

async function attestation(fixing: Fixing, digests: Digests): Promise<readonly unknown[]> {
  const report = { value: TRUTH, observationsRoot: ROOT, proposer: accountOf('proposer').address }
  const digest = await digests.report(fixing, report)
  const signature = sumOfSignatures(SIGNERS.map((place) => blsSign(secretOf(place), digest, 'signature')))
  return [fixing, report, pointOf(signature, G2), BITMAP]
}

const G1 = ['x_a', 'x_b', 'y_a', 'y_b']
const G2 = ['x_c0_a', 'x_c0_b', 'x_c1_a', 'x_c1_b', 'y_c0_a', 'y_c0_b', 'y_c1_a', 'y_c1_b']

function pointOf(encoded: Hex, fields: readonly string[]): Readonly<Record<string, Hex>> {
  return Object.fromEntries(fields.map((field, i) => [field, slice(encoded, 32 * i, 32 * (i + 1))]))
}

function secretOf(place: number): Uint8Array {
  const secret = new Uint8Array(32).fill(0x17)
  secret[31] = place
  return secret
}
