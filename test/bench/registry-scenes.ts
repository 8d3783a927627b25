import { decodeFunctionResult, encodeFunctionData, type Hex } from 'viem'
import { EMBEDDED_CHAIN_ID } from '#client/embedded-chain.ts'
import { g1Of, g2Of } from '#client/bls-points.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { blsKey, blsSign, sumOfSignatures } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { possessionDigest, registrationTypedData } from '#protocol/registration.ts'
import { accountOf } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'
import type { Play } from './play.ts'
import { BOND, DAY, fixingAt, ownerOf, REPORTERS, sceneTime, STAKE, TRUTH } from './stage.ts'

/** Spread over the roster. */
const ABSENT = [3, 14, 15, 26, 35, 58, 79, 82, 90, 97]
/** In 2096. */
const CONSENT_END = 4_000_000_000n
const SIGNERS = Array.from({ length: REPORTERS }, (_, place) => place).filter((place) => !ABSENT.includes(place))
const BITMAP = SIGNERS.reduce((bitmap, place) => bitmap | (1n << BigInt(place)), 0n)
/** What a fixing's creator would add for a hundred reporters. */
export const REWARD = 10n ** 17n
const OBSERVATIONS_ROOT: Hex = `0x${'5a'.repeat(32)}`
const HOUR = 3_600n

/** All steps of the registry: a hundred reporters, a quorum without ten of them, its reward. */
export async function playRegistry(registry: Play, oracle: Play, scene: number, url: string): Promise<void> {
  const time = sceneTime(scene)
  await registry.at(time - 3n * DAY)
  for (let place = 0; place < REPORTERS - 1; place += 1) {
    await registry.act('alice', 'register', await registrationOf(registry, place, ownerOf(place)))
  }
  await registry.measure('register', 'alice', 'register', await registrationOf(registry, REPORTERS - 1, 'alice'))
  const [first, rewarded, bare] = [fixingAt(time), fixingAt(time + HOUR), fixingAt(time + 2n * HOUR)]
  const late = fixingAt(time + 3n * HOUR)
  await registry.at(first.maturity + 1n)
  await registry.measure('publish the roster of 100', 'bob', 'publishRoster', [first.maturity])

  const quorum = (fixing: Fixing): Promise<readonly unknown[]> => attestationOf(registry, url, fixing)
  await registry.measure('fund reporters', 'bob', 'fundReporters', [first, REWARD])
  await registry.act('bob', 'fundReporters', [rewarded, REWARD])
  await registry.measure('attest, 90 of 100 reporters', 'carol', 'attest', await quorum(first))
  await oracle.act('proposer', 'propose', [first, TRUTH, BOND])
  const proposing = 'propose attested, 90 of 100 reporters'
  await registry.at(rewarded.maturity + 1n)
  await registry.measure(proposing, 'proposer', 'proposeAttested', [...(await quorum(rewarded)), BOND])
  await registry.at(bare.maturity + 1n)
  const call = [...(await quorum(bare)), BOND]
  await registry.measure(`${proposing}, no reward`, 'proposer', 'proposeAttested', call)
  await registry.act('bob', 'fundReporters', [late, REWARD])
  await registry.at(rewarded.maturity + 1n + BigInt(rewarded.firstWindow))
  await registry.act('bob', 'claimReward', [rewarded, TRUTH, BITMAP, 1n])
  const others = BITMAP ^ 3n
  await registry.measure('claim the rewards of 88', 'bob', 'claimRewards', [rewarded, TRUTH, BITMAP, others])
  await registry.measure('claim a reward', 'bob', 'claimReward', [rewarded, TRUTH, BITMAP, 0n])

  await registry.act('alice', 'startLeaving', [REPORTERS - 1])
  await registry.at(time + 3n * DAY)
  await registry.act('bob', 'publishRoster', [time + 3n * DAY - 1n])
  const older = [...(await quorum(late)), BOND]
  await registry.measure(`${proposing}, of an older roster`, 'proposer', 'proposeAttested', older)
}

/** Alice registers: she needs the consent of any other owner. */
async function registrationOf(registry: Play, place: number, ownerName: string): Promise<readonly unknown[]> {
  const domain = { chainId: EMBEDDED_CHAIN_ID, registry: registry.target.address }
  const signer = accountOf(`signer ${place}`)
  const key = blsKey(secretOf(place))
  const peerId: Hex = `0x${'24'.repeat(38)}`
  const owner = accountOf(ownerName)
  const registration = {
    owner: owner.address,
    signer: signer.address,
    peerId,
    stake: STAKE,
    key,
    deadline: CONSENT_END,
  }
  const possession = blsSign(secretOf(place), possessionDigest(domain, registration), 'possession')
  const typedData = registrationTypedData(domain, registration)
  const consent = await signer.signTypedData(typedData)
  const ownerConsent = ownerName === 'alice' ? '0x' : await owner.signTypedData(typedData)
  return [{ ...registration, key: g1Of(key) }, g2Of(possession), consent, ownerConsent]
}

async function attestationOf(registry: Play, url: string, fixing: Fixing): Promise<readonly unknown[]> {
  const report = {
    value: TRUTH,
    observationsRoot: OBSERVATIONS_ROOT,
    proposer: accountOf('proposer').address,
  }
  const call = { abi: reporterRegistryAbi, functionName: 'reportDigest' } as const
  const data = encodeFunctionData({ ...call, args: [fixing, report] })
  const answer = (await request(url, 'eth_call', [{ to: registry.target.address, data }, 'latest'])) as Hex
  const digest = decodeFunctionResult({ ...call, data: answer })
  const signature = sumOfSignatures(SIGNERS.map((place) => blsSign(secretOf(place), digest, 'signature')))
  return [fixing, report, g2Of(signature), BITMAP]
}

function secretOf(place: number): Uint8Array {
  const secret = new Uint8Array(32).fill(0x17)
  secret[31] = place
  return secret
}
