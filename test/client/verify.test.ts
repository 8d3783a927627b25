import { encodeFunctionData, type Hex, slice } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AttestedFixing, type CosignedBy, isCosigned, readCosigned } from '#client/attestation.ts'
import { type Chain, connectThrough, latestBlock, type WritableChain } from '#client/chain.ts'
import { startLeavingCall, withdrawCall } from '#client/membership.ts'
import { propose } from '#client/oracle-writer.ts'
import { g1Of, g2Of } from '#client/bls-points.ts'
import { attest } from '#client/cosigned-report.ts'
import { publishRoster } from '#client/roster.ts'
import { send } from '#client/send.ts'
import type { Depth } from '#client/settlement.ts'
import { type Verification, verifySettlement } from '#client/verify.ts'
import { reporterRegistryAbi } from '#protocol/abi/reporter-registry.ts'
import { blsKey, blsSign, sumOfSignatures } from '#protocol/bls.ts'
import type { Evidence } from '#protocol/evidence.ts'
import { evidenceText, parseEvidence } from '#protocol/evidence-file.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { observationDigest, type SignedObservation } from '#protocol/observation.ts'
import { signatureOf } from '#protocol/signing.ts'
import { possessionDigest } from '#protocol/registration.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from './chain-fixture.ts'
import { ATTESTED, cosigned, RECRUITS } from './cosigned.ts'
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
  await stage.embedded.mineAt(MATURITY + 1n)
  await publishRoster(ann, stage.deployments.registry, MATURITY)
})
afterAll(() => stage.embedded.stop())

/** As somebody does who wants evidence of the fixing that it is of. */
function verify(chain: Chain, given: Evidence, depth: Depth): Promise<Verification> {
  return verifySettlement(chain, { ...stage.deployments, fixingId: given.id }, given, depth)
}

/** What is not as it is said to be, of the chain and then of the evidence itself. */
async function faults(given: Evidence): Promise<string[]> {
  const { findings, assessment, isVerified } = await verify(ann, given, NOW)
  const found = [...findings, ...assessment.findings].flatMap(({ what, isSound }) => (isSound ? [] : [what]))
  expect(isVerified).toBe(found.length === 0)
  return found
}

async function settleTo(settled: Fixing, value: bigint): Promise<void> {
  await propose(ann, stage.deployments.oracle, settled, { value, maxBond: ETHER })
  const { time } = await latestBlock(ann)
  await stage.embedded.mineAt(time + BigInt(settled.firstWindow))
}

/** The evidence of `given`, with these changes in what its reporters signed: all of them, or the last `count`. */
async function resigned(given: Fixing, changes: Partial<SignedObservation> = {}, count = 4): Promise<Evidence> {
  const { registry, oracle } = stage.deployments
  const { chainId } = ann
  const id = fixingId(given, { chainId, oracle })
  const observations = evidence.observations.map(async (one, place) => {
    const changed = place < 4 - count ? {} : changes
    const { signature: _before, ...statement } = { ...one.signed, fixingId: id, ...changed }
    const digest = observationDigest({ chainId, registry }, statement)
    const name = ['first', 'second', 'third', 'fourth'][place] ?? ''
    const signature = signatureOf((await accountOf(name).sign?.({ hash: digest })) ?? '0x')
    return { ...one, signed: { ...statement, signature } }
  })
  return { ...evidence, id, fixing: given, observations: await Promise.all(observations) }
}

/** Has all four reporters attest 2 500 on chain, and another value proposed that nobody disputes. */
async function attestedAndSettled(given: Fixing, value: bigint): Promise<Fixing> {
  await attest(ann, stage.deployments.registry, given, await cosigned(ann, stage, given))
  await settleTo(given, value)
  return given
}

test('bears out a settlement that a quorum signed, from a file that anybody may have sent', async () => {
  expect(await faults(evidence)).toEqual(['settlement'])
  // Nearer to the median than the separation, 0.1 %: the same claim.
  await settleTo(fixing, 2_502n * ETHER)
  const sent = parseEvidence(evidenceText(evidence))
  expect(await verify(ann, sent, NOW)).toMatchObject({
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
  expect(foreign).toEqual(['contracts', 'settlement', 'report'])
})

test('bears nothing out of another fixing than the wanted one, whatever the evidence is of', async () => {
  const { deployments } = stage
  const wanted = fixingId({ ...fixing, bondPpm: 9 }, { chainId: ann.chainId, oracle: deployments.oracle })
  const trusted = { ...deployments, fixingId: wanted }
  const other = await verifySettlement(ann, trusted, evidence, NOW)
  expect(other).toMatchObject({ isVerified: false, assessment: { isSound: true } })
  expect(other.findings.filter(({ isSound }) => !isSound)).toEqual([
    { what: 'fixing wanted', isSound: false, detail: `is of ${evidence.id}, not of ${wanted}` },
  ])
  // Evidence that takes its name has the parameters of another.
  const renamed = await verifySettlement(ann, trusted, { ...evidence, id: wanted }, NOW)
  expect(renamed.isVerified).toBe(false)
  const id: Hex = `0x${evidence.id.slice(2).toUpperCase()}`
  expect(await verifySettlement(ann, { ...deployments, fixingId: id }, evidence, NOW)).toMatchObject({
    isVerified: true,
  })
})

test.each([undefined, '', '0x', '0x1234'])(
  'asks nothing of the chain without the id that is wanted: %s',
  async (id) => {
    const asked: string[] = []
    const chain = await through('eth_call', (answer) => (asked.push('eth_call'), answer))
    asked.length = 0
    const trusted = { ...stage.deployments, fixingId: id as Hex } // as it may come from plain JavaScript
    await expect(verifySettlement(chain, trusted, evidence, NOW)).rejects.toMatchObject({
      name: 'Verify.FixingIdError',
      message: `Expected the id of a fixing, 32 bytes, got ${id}.`,
    })
    expect(asked).toEqual([])
  },
)

test('bears it out whatever one of the reporters signs, which is left out', async () => {
  for (const [changes, why] of [
    [{ value: 1n }, 'value of reporter 3'],
    [{ observedAt: MATURITY - 1n }, 'observation of reporter 3'],
    [{ observedAt: 2n * MATURITY }, 'observation of reporter 3'],
  ] as const) {
    const given = await resigned(fixing, changes, 1)
    expect(await faults(given)).toEqual([])
    // Of 2499, 2500 and 2500.
    const { reported, assessment } = await verify(ann, given, NOW)
    expect(reported).toBe(2_500n * ETHER)
    expect(assessment.leftOut.map(({ what }) => what)).toEqual([why])
  }
})

test('does not bear out a settlement that the reporters’ median could have disputed', async () => {
  const terms = { ...fixing, bondPpm: 1 }
  await settleTo(terms, 2_503n * ETHER)
  // The evidence is of the same index and maturity, but not of this fixing, and 2 503 is another claim than 2 500.
  const found = await faults({ ...evidence, fixing: terms })
  expect(found).toEqual(['settlement', 'fixing'])
})

test('holds what a quorum attested on chain against the evidence and the settlement', async () => {
  const near = await attestedAndSettled({ ...fixing, bondPpm: 2 }, 2_502n * ETHER)
  const { report } = await cosigned(ann, stage, near)
  const root = report.observationsRoot
  const bornOut = await verify(ann, await resigned(near), NOW)
  expect(bornOut).toMatchObject({ isVerified: true, reported: 2_500n * ETHER })
  const { proposer } = report
  expect(bornOut.attestation).toEqual({ value: ATTESTED, observationsRoot: root, proposer, signers: 0b1111n, count: 4 })
  const what = 'attestation'
  const said = `4 reporters attested 2500, of observations of root ${root}, not all of them these`
  expect(bornOut.findings.at(-1)).toEqual({ what, isSound: true, detail: said })

  const far = await attestedAndSettled({ ...fixing, bondPpm: 3 }, 2_600n * ETHER)
  const given = { ...(await resigned(far, { value: 2_600n * ETHER })), samples: new Map() }
  const { isVerified, findings } = await verify(ann, given, NOW)
  expect(isVerified).toBe(false)
  const others = "another claim than the median of the evidence's observations and what was settled"
  expect(findings.filter(({ isSound }) => !isSound)).toEqual([{ what, isSound: false, detail: `${said}: ${others}` }])

  // An endpoint that keeps the log to itself is not believed.
  const silent = await connectThrough({
    provider: {
      request: (request) =>
        request.method === 'eth_getLogs' ? Promise.resolve([]) : ann.publicClient.request(request as never),
    },
  })
  await expect(verify(silent, given, NOW)).rejects.toMatchObject({
    name: 'Attestation.AttestationUnseenError',
  })
})

test('checks the signature that reporters made together by their keys, and believes no contract', async () => {
  const given = await attestedAndSettled({ ...fixing, bondPpm: 4 }, ATTESTED)
  const { registry, vault } = stage.deployments
  const domain = { chainId: ann.chainId, registry }
  const attested = attestedOf(given)
  const block = await latestBlock(ann)
  const made = await cosignedByAll(given)
  expect(await readCosigned(ann, registry, attested, block)).toEqual({ kind: 'cosigned', ...made })
  expect(isCosigned(domain, made)).toBe(true)
  const { signature: others } = await cosigned(ann, stage, given, [0, 1, 2])
  const { signature: few } = await cosigned(ann, stage, given, [0, 1])
  const ofTwo = { ...made, keys: made.keys.slice(0, 2), signature: few }
  const [one = '0x'] = made.keys
  const { signature: alone } = await cosigned(ann, stage, given, [0])
  const thrice = sumOfSignatures([alone, alone, alone])
  const ofOne = (keys: readonly Hex[]): CosignedBy => ({ ...made, keys, signature: thrice })
  expect(isCosigned(domain, { ...made, keys: made.keys.slice(0, 3), signature: others })).toBe(true)
  expect(isCosigned(domain, { ...ofTwo, rosterSize: 2 })).toBe(true)
  for (const forged of [
    { ...made, report: { ...made.report, value: ATTESTED + 1n } },
    { ...made, keys: made.keys.slice(1) },
    { ...made, keys: [] },
    { ...made, signature: others },
    // It is theirs, but two are not more than two thirds of four, nor of three.
    ofTwo,
    { ...ofTwo, rosterSize: 3 },
    // One signer, three times.
    ofOne([one, one, one]),
    // More than there are places.
    { ...made, rosterSize: 3 },
    ofOne([one, one, `0x${one.slice(2).toUpperCase()}`]),
  ]) {
    expect(isCosigned(domain, forged)).toBe(false)
  }
  expect(isCosigned({ ...domain, registry: vault }, made)).toBe(false)
  for (const rosterSize of [0, -1, Number.NaN, 1.5, undefined]) {
    const ofNone = { ...made, keys: [one], signature: alone, rosterSize } as CosignedBy // as it may come from plain JavaScript
    expect(() => isCosigned(domain, ofNone)).toThrow(`Expected a number of reporters, got ${rosterSize}.`)
  }
  expect(() => isCosigned(domain, { ...made, signature: '0x12' })).toThrow('BLS12-381')

  // Of the four places of the roster all but the last, or none.
  for (const [bytes, places] of [
    [4 * 129, 3],
    [0, 0],
  ] as const) {
    const cut = await through('eth_getCode', (code) => slice(code as Hex, 0, bytes))
    await expect(readCosigned(cut, registry, attested, block)).rejects.toMatchObject({
      name: 'Attestation.RosterUnseenError',
      message: `Expected place ${places} of the roster that attested fixing ${attested.id}, got a roster of ${places} places.`,
    })
  }
})

test('tells a fixing that nobody attested from one whose signature is not to be seen', async () => {
  const given = attestedOf({ ...fixing, bondPpm: 4 })
  const { registry, vault } = stage.deployments
  const block = await latestBlock(ann)
  expect(await readCosigned(ann, registry, attestedOf(fixing), block)).toEqual({ kind: 'none' })
  const unseen = { kind: 'unseen', hash: expect.stringMatching(/^0x[\da-f]{64}$/) }
  const { data } = withdrawCall(registry, 0)
  for (const changes of [
    // As where a contract has called the registry: what it was given is its own matter.
    { to: vault },
    { to: null },
    { input: '0x' },
    { input: '0x12345678' },
    { input: data },
    { input: data.slice(0, 12) },
  ]) {
    const changed = await through('eth_getTransactionByHash', (answer) => Object.assign({}, answer, changes))
    expect(await readCosigned(changed, registry, given, block)).toEqual(unseen)
  }
  const forgetful = await through('eth_getTransactionByHash', () => null)
  expect(await readCosigned(forgetful, registry, given, block)).toEqual(unseen)
})

/** The endpoint, but for what it answers to one method. */
function through(method: string, changed: (answer: unknown) => unknown): Promise<Chain> {
  return connectThrough({
    provider: {
      request: async (request) => {
        const answer: unknown = await ann.publicClient.request(request as never)
        return request.method === method ? changed(answer) : answer
      },
    },
  })
}

function attestedOf(given: Fixing): AttestedFixing {
  return { id: fixingId(given, { chainId: ann.chainId, oracle: stage.deployments.oracle }), maturity: given.maturity }
}

/** What all four reporters make together, by their own keys. */
async function cosignedByAll(given: Fixing): Promise<CosignedBy> {
  const { report, signature } = await cosigned(ann, stage, given)
  const keys = RECRUITS.map(({ blsSecret }) => blsKey(blsSecret))
  const signed = { ...report, epoch: evidence.panel.epoch, fixingId: attestedOf(given).id }
  return { report: signed, keys, rosterSize: 4, signature }
}

test('knows a reporter that has rotated twice since at a block before, by its hash', async () => {
  const { hash } = await latestBlock(ann)
  const [first] = evidence.panel.reporters
  if (first === undefined) throw new Error('Expected a reporter, got none.')
  for (const name of ['first, later', 'first, much later']) {
    await stage.embedded.mineAt((await latestBlock(ann)).time + 2n * 86_400n)
    await rotate(first.index, name)
  }
  const now = await verify(ann, evidence, NOW)
  expect(now).toMatchObject({ isVerified: false, settlement: { kind: 'settled' } })
  expect(now.findings.filter(({ isSound }) => !isSound).map(({ what }) => what)).toEqual(['reporters'])
  const then = await verify(ann, evidence, { blockHash: hash })
  expect(then).toMatchObject({ isVerified: true, settlement: { kind: 'settled', value: 2_502n * ETHER } })
})

test('reads what a quorum signed with by the roster of then, whoever has rotated or withdrawn since', async () => {
  const { registry } = stage.deployments
  const [, second] = evidence.panel.reporters
  if (second === undefined) throw new Error('Expected a second reporter, got none.')
  await send(ann, startLeavingCall(registry, second.index))
  await stage.embedded.mineAt((await latestBlock(ann)).time + 339n * 86_400n)
  await send(ann, withdrawCall(registry, second.index))
  const attested = { ...fixing, bondPpm: 4 }
  const made = await cosignedByAll(attested)
  expect(await readCosigned(ann, registry, attestedOf(attested), await latestBlock(ann))).toEqual({
    kind: 'cosigned',
    ...made,
  })
  expect(isCosigned({ chainId: ann.chainId, registry }, made)).toBe(true)
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
