import { encodeFunctionData } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { propose } from '#client/oracle-writer.ts'
import { g1Of, g2Of } from '#client/registry.ts'
import { send } from '#client/send.ts'
import { verifySettlement } from '#client/verify.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { blsKey, blsSign } from '#protocol/bls.ts'
import type { Evidence } from '#protocol/evidence.ts'
import { evidenceText, parseEvidence } from '#protocol/evidence-file.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { possessionDigest } from '#protocol/registration.ts'
import { ETHER, MATURITY, raiseStage, recruitOf, type Stage } from './chain-fixture.ts'
import { observe } from './evidence-scene.ts'

const NOW = { confirmations: 0n }

let stage: Stage
let ann: WritableChain
let fixing: Fixing
let evidence: Evidence

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  ;({ fixing, evidence } = await observe(stage, ann))
  await stage.embedded.mineAt(MATURITY)
})
afterAll(() => stage.embedded.stop())

/** What is not as it is said to be, of the chain and then of the evidence itself. */
async function faults(given: Evidence): Promise<string[]> {
  const { findings, assessment, isVerified } = await verifySettlement(ann, stage.deployments, given, NOW)
  const found = [...findings, ...assessment.findings].flatMap(({ what, isSound }) => (isSound ? [] : [what]))
  expect(isVerified).toBe(found.length === 0)
  return found
}

async function settleTo(settled: Fixing, value: bigint): Promise<void> {
  await propose(ann, stage.deployments.oracle, settled, { value, maxBond: ETHER })
  const { time } = await latestBlock(ann)
  await stage.embedded.mineAt(time + BigInt(settled.firstWindow))
}

test('bears out a settlement that a quorum signed, from a file that anybody may have sent', async () => {
  expect(await faults(evidence)).toEqual(['settlement'])
  // Nearer to the median than the separation, 0.1 %: the same claim.
  await settleTo(fixing, 2_502n * ETHER)
  const sent = parseEvidence(evidenceText(evidence))
  expect(await verifySettlement(ann, stage.deployments, sent, NOW)).toMatchObject({
    isVerified: true,
    reported: 2_500n * ETHER,
    settlement: { kind: 'settled', value: 2_502n * ETHER, by: 'timeout' },
    assessment: { isSound: true, value: 2_500n * ETHER },
  })

  const { vault } = stage.deployments
  const { panel, observations } = evidence
  // Whoever makes keys has a panel of their own; the registry has another.
  const others = { ...panel, reporters: panel.reporters.slice(0, 3) }
  expect(await faults({ ...evidence, panel: others, observations: observations.slice(0, 3) })).toEqual(['reporters'])
  expect(await faults({ ...evidence, panel: { ...panel, epoch: panel.epoch + 1n } })).toEqual(['reporters'])
  expect(await faults({ ...evidence, observations: observations.slice(2) })).toEqual(['report'])
  const foreign = await faults({ ...evidence, registry: vault })
  expect(foreign).toEqual(['contracts', ...observations.map((one) => `observation of reporter ${one.reporterIndex}`)])
})

test('does not bear out a settlement that the reporters’ median could have disputed', async () => {
  const terms = { ...fixing, bondPpm: 1 }
  await settleTo(terms, 2_503n * ETHER)
  // The evidence is of the same index and maturity, but not of this fixing, and 2 503 is another claim than 2 500.
  const found = await faults({ ...evidence, fixing: terms })
  expect(found).toEqual(['settlement', 'fixing'])
})

test('knows a reporter that has rotated twice since at a block before, by its hash', async () => {
  const { hash } = await latestBlock(ann)
  const [first] = evidence.panel.reporters
  if (first === undefined) throw new Error('Expected a reporter, got none.')
  for (const name of ['first, later', 'first, much later']) {
    await stage.embedded.mineAt((await latestBlock(ann)).time + 2n * 86_400n)
    await rotate(first.index, name)
  }
  const now = await verifySettlement(ann, stage.deployments, evidence, NOW)
  expect(now).toMatchObject({ isVerified: false, settlement: { kind: 'settled' } })
  expect(now.findings.filter(({ isSound }) => !isSound).map(({ what }) => what)).toEqual(['reporters'])
  const then = await verifySettlement(ann, stage.deployments, evidence, { blockHash: hash })
  expect(then).toMatchObject({ isVerified: true, settlement: { kind: 'settled', value: 2_502n * ETHER } })
})

/** Gives the reporter the signer and the key called `name`. */
async function rotate(index: number, name: string): Promise<void> {
  const { registry } = stage.deployments
  const domain = { chainId: ann.chainId, registry }
  const { signer, blsSecret } = recruitOf(name, { peerId: '0x00', stake: ETHER })
  const key = g1Of(blsKey(blsSecret))
  const owner = ann.account.address
  const possession = blsSign(blsSecret, possessionDigest(domain, { owner, key: blsKey(blsSecret) }), 'possession')
  const call = { address: registry, abi: reporterRegistryAbi } as const
  const digest = await ann.publicClient.readContract({
    ...call,
    functionName: 'rotationDigest',
    args: [index, owner, signer.address, key],
  })
  const consent = (await signer.sign?.({ hash: digest })) ?? '0x'
  const args = [index, signer.address, key, g2Of(possession), consent] as const
  await send(ann, { name: 'rotate', to: registry, data: encodeFunctionData({ ...call, functionName: 'rotate', args }) })
}
