import { type Hex, hashTypedData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readAttestation } from '#client/attestation.ts'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { readFixing, readReceipts } from '#client/oracle-reader.ts'
import { attest, proposeAttested } from '#client/cosigned-report.ts'
import { register } from '#client/registration.ts'
import { readMinStake } from '#client/registry-terms.ts'
import { isRosterPublished, publishRoster, readReporters } from '#client/roster.ts'
import { claimReward, claimRewards, fundReporters, readReward, readUnpaid, refundReward } from '#client/rewards.ts'
import { wethBalance } from '#client/weth.ts'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { blsKey } from '#protocol/bls.ts'
import { type Fixing, fixingId, receiptId, worstCase } from '#protocol/fixing.ts'
import { possessionDigest, registrationTypedData } from '#protocol/registration.ts'
import { reportDigest } from '#protocol/report.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from './chain-fixture.ts'
import { ATTESTED, cosigned, RECRUITS } from './cosigned.ts'

let stage: Stage
let owner: WritableChain
let ann: WritableChain
/** The indices that the recruits were given, in their order. */
const indices: number[] = []

beforeAll(async () => {
  stage = await raiseStage()
  owner = await stage.as('owner')
  ann = await stage.as('ann')
  for (const recruit of RECRUITS) indices.push(await register(owner, stage.deployments.registry, recruit))
})
afterAll(() => stage.embedded.stop())

test('registers reporters with stake, signer, key and peer id, and lists them by index', async () => {
  const { registry } = stage.deployments
  expect(await readMinStake(ann, registry)).toBe(ETHER)
  expect(indices).toEqual([0, 1, 2, 3])
  const { time } = await latestBlock(ann)
  expect(await readReporters(ann, registry, time)).toEqual(
    RECRUITS.map(({ signer, blsSecret, peerId, stake }, index) => {
      return { index, owner: owner.account.address, signer: signer.address, peerId, stake, key: blsKey(blsSecret) }
    }),
  )
  const taken = recruitOf('first', { peerId: '0x0024', stake: ETHER })
  await expect(register(owner, registry, taken)).rejects.toMatchObject({
    message: `Expected a new signer, got ${taken.signer.address}, who is reporter 0 already.`,
  })
  await expect(register(ann, registry, { ...recruitOf('fifth', taken), stake: 1n })).rejects.toMatchObject({
    message: `Expected a stake of at least ${ETHER} wei, got 1 wei.`,
  })
  await expect(register(ann, registry, recruitOf('ann', taken))).rejects.toMatchObject({ errorName: 'SignerIsOwner' })
})

test('signs and proves what the registry asks for', async () => {
  const { registry } = stage.deployments
  const domain = { chainId: ann.chainId, registry }
  const [recruit] = RECRUITS
  if (recruit === undefined) throw new Error('a recruit')
  const key = blsKey(recruit.blsSecret)
  const registration = {
    ...recruit,
    owner: ann.account.address,
    signer: recruit.signer.address,
    key,
    deadline: 4_000_000_000n,
  }
  const [x_a, x_b, y_a, y_b] = (key.slice(2).match(/.{64}/g) ?? []).map((word): Hex => `0x${word}`)
  if (x_a === undefined || x_b === undefined || y_a === undefined || y_b === undefined) throw new Error('four words')
  const contract = { address: registry, abi } as const
  const struct = { ...registration, key: { x_a, x_b, y_a, y_b } }
  expect(hashTypedData(registrationTypedData(domain, registration))).toBe(
    await ann.publicClient.readContract({ ...contract, functionName: 'registrationDigest', args: [struct] }),
  )
  expect(possessionDigest(domain, registration)).toBe(
    await ann.publicClient.readContract({
      ...contract,
      functionName: 'possessionDigest',
      args: [struct.owner, struct.key],
    }),
  )
  const { report } = await cosigned(ann, stage, stage.fixing)
  const id = fixingId(stage.fixing, { chainId: ann.chainId, oracle: stage.deployments.oracle })
  expect(reportDigest(domain, { ...report, epoch: 0n, fixingId: id })).toBe(
    await ann.publicClient.readContract({ ...contract, functionName: 'reportDigest', args: [stage.fixing, report] }),
  )
})

test('R-403 the registry verifies an aggregate made here, proposes for the reporter, and pays who signed', async () => {
  const { registry, oracle, weth } = stage.deployments
  const { fixing } = stage
  const id = fixingId(fixing, { chainId: ann.chainId, oracle })
  await fundReporters(ann, registry, fixing, 10n)
  await stage.embedded.mineAt(MATURITY + 1n)
  const all = await cosigned(ann, stage, fixing)
  await expect(attest(ann, registry, fixing, all)).rejects.toMatchObject({ errorName: 'RosterMissing' })
  expect(await isRosterPublished(ann, registry, MATURITY)).toBe(false)
  expect(await readAttestation(ann, registry, id, { fromBlock: 0n })).toBe(undefined)
  await publishRoster(ann, registry, MATURITY)
  expect(await isRosterPublished(ann, registry, MATURITY)).toBe(true)

  const two = await cosigned(ann, stage, fixing, [0, 3])
  await expect(attest(ann, registry, fixing, two)).rejects.toMatchObject({ errorName: 'QuorumMissed', args: [2n, 3n] })
  const three = await cosigned(ann, stage, fixing, [0, 1, 3])
  await expect(attest(ann, registry, fixing, { ...three, signers: 0b0111n })).rejects.toMatchObject({
    errorName: 'SignatureInvalid',
  })
  await attest(ann, registry, fixing, three)
  expect(await readReward(ann, registry, id)).toBe(10n)
  const proposer = accountOf('proposer').address
  expect(await readAttestation(ann, registry, id, { fromBlock: 0n })).toEqual({
    value: ATTESTED,
    observationsRoot: three.report.observationsRoot,
    proposer,
    signers: 0b1011n,
    count: 3,
  })

  await proposeAttested(ann, registry, fixing, all, ETHER)
  expect(await readAttestation(ann, registry, id, { fromBlock: 0n })).toMatchObject({ signers: 0b1111n, count: 4 })
  const { facts } = await readFixing(ann, oracle, fixing)
  expect(facts).toMatchObject({ round: 1, leader: ATTESTED, bond: ETHER / 10n })
  const receipt = receiptId(id, 'stake', 0, ATTESTED)
  expect(await readReceipts(ann, oracle, receipt, accountOf('proposer').address)).toBe(ETHER / 10n)

  await stage.embedded.mineAt(facts.deadline)
  const before = await wethBalance(ann, weth, owner.account.address)
  const claim = { value: ATTESTED, signers: all.signers }
  const places = [0, 1, 2, 3]
  expect(await readUnpaid(ann, registry, fixing, { ...claim, places })).toBe(8n)
  expect(await claimReward(ann, registry, fixing, { ...claim, place: 1 })).toBe(2n)
  expect(await readUnpaid(ann, registry, fixing, { ...claim, places })).toBe(6n)
  // Three of 2 wei: place 1 was paid.
  expect(await claimRewards(ann, registry, fixing, { ...claim, places })).toBe(6n)
  expect(await readUnpaid(ann, registry, fixing, { ...claim, places })).toBe(0n)
  await expect(readUnpaid(ann, registry, fixing, { ...claim, value: 1n, places })).rejects.toMatchObject({
    errorName: 'AttestationUnknown',
  })
  expect(await wethBalance(ann, weth, owner.account.address)).toBe(before + 8n)
  await expect(claimReward(ann, registry, fixing, { ...claim, place: 2 })).rejects.toMatchObject({
    errorName: 'RewardAlreadyPaid',
  })
})

test('R-404 gives a reward that nobody earned back to who put it up', async () => {
  const { registry, weth } = stage.deployments
  const fixing: Fixing = { ...stage.fixing, bandPpm: 20_000 }
  const before = await wethBalance(ann, weth, ann.account.address)
  await fundReporters(ann, registry, fixing, 7n)
  await stage.embedded.mineAt(worstCase(fixing))
  expect(await refundReward(ann, registry, fixing, { value: 0n, signers: 0n })).toBe(7n)
  expect(await wethBalance(ann, weth, ann.account.address)).toBe(before)
})
