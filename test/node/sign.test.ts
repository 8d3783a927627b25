import { expect, test } from 'vitest'
import { privateKeyToAccount } from 'viem/accounts'
import { parseSignature } from 'viem'
import { blsKey, isBlsSigned } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { recoverRequester } from '#protocol/cosigning.ts'
import {
  decodeObservation,
  encodeObservation,
  OBSERVATION_TYPES,
  observationDigest,
  recoverObservationSigner,
} from '#protocol/observation.ts'
import { typedDataDomain } from '#protocol/signing.ts'
import { type Report, reportDigest } from '#protocol/report.ts'
import { createGuard, type GuardMemory } from '../../node/guard.ts'
import { createSigner } from '../../node/sign.ts'
import { localKeys } from '../../node/sign/keys.ts'
import { DOMAIN, FIXING_ID, keyOf, observationOf, ROOT } from './reporters.ts'

function memory(): GuardMemory & { readonly written: string[] } {
  const digests = new Map<string, `0x${string}`>()
  const written: string[] = []
  return {
    written,
    digestOf: ({ signer, fixingId, proposer = '', attempt = '' }) =>
      digests.get(signer + fixingId + proposer + attempt),
    async record({ signer, fixingId, proposer = '', attempt = '', digest }) {
      digests.set(signer + fixingId + proposer + attempt, digest)
      written.push(digest)
    },
  }
}

test('signs what a wallet would sign, byte for byte', async () => {
  for (const name of ['ann', 'bob', 'cleo', 'dan']) {
    const key = keyOf(name)
    const observation = observationOf({ value: BigInt(name.length) })
    const signed = await createSigner(localKeys(key), DOMAIN, createGuard(memory())).sign(observation)
    const wallet = await privateKeyToAccount(key.privateKey).signTypedData({
      domain: typedDataDomain(DOMAIN),
      types: OBSERVATION_TYPES,
      primaryType: 'Observation',
      message: observation,
    })
    const { r, s, v } = parseSignature(wallet)
    expect(signed.signature).toEqual({ r, s, v: Number(v) })
    expect(recoverObservationSigner(DOMAIN, signed)).toBe(key.address)
    expect(decodeObservation(encodeObservation(signed))).toEqual(signed)
  }
})

test('writes the digest down before it signs, and signs nothing when that fails', async () => {
  const key = keyOf('ann')
  const kept = memory()
  await createSigner(localKeys(key), DOMAIN, createGuard(kept)).sign(observationOf())
  expect(kept.written).toEqual([observationDigest(DOMAIN, observationOf())])
  const full = createGuard({
    digestOf: () => undefined,
    record: async () => {
      throw new Error('disk full')
    },
  })
  await expect(createSigner(localKeys(key), DOMAIN, full).sign(observationOf())).rejects.toThrow('disk full')
})

test('signs the same observation again, and refuses any other for the fixing', async () => {
  const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, createGuard(memory()))
  const first = await signer.sign(observationOf())
  expect(await signer.sign(observationOf())).toEqual(first)
  for (const changes of [{ value: 1n }, { observedAt: 1n }, { sourcesRoot: `0x${'00'.repeat(32)}` as const }]) {
    await expect(signer.sign(observationOf(changes))).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
  }
  await signer.sign(observationOf({ fixingId: `0x${'01'.repeat(32)}` }))
})

test('signs nothing but what came from elsewhere with its signature, and keeps what was signed here', async () => {
  const kept = memory()
  const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, createGuard(kept))
  await signer.adopt(observationOf())
  expect(kept.written).toEqual([observationDigest(DOMAIN, observationOf())])
  await expect(signer.sign(observationOf({ value: 2n }))).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
  await signer.sign(observationOf())
  await signer.adopt(observationOf({ value: 2n }))
  expect(kept.written).toHaveLength(1)
  await signer.sign(observationOf())
})

test('refuses the second of two that are signed at the same time', async () => {
  const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, createGuard(memory()))
  const results = await Promise.allSettled([signer.sign(observationOf()), signer.sign(observationOf({ value: 2n }))])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})

test('does not trust a digest that the disk never confirmed', async () => {
  let isDiskFull = true
  const digests = new Map<string, `0x${string}`>()
  const guard = createGuard({
    digestOf: ({ signer, fixingId, proposer = '', attempt = '' }) =>
      digests.get(signer + fixingId + proposer + attempt),
    async record({ signer, fixingId, proposer = '', attempt = '', digest }) {
      digests.set(signer + fixingId + proposer + attempt, digest)
      if (isDiskFull) throw new Error('disk full')
    },
  })
  const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, guard)
  await expect(signer.sign(observationOf())).rejects.toThrow('disk full')
  isDiskFull = false
  await expect(signer.sign(observationOf())).rejects.toThrow('disk full')
})

const REPORT: Report = {
  epoch: 3n,
  fixingId: FIXING_ID,
  value: 2_500n,
  observationsRoot: ROOT,
  proposer: keyOf('bob').address,
}

test('co-signs a report with the key that its signer key gives, written down first', async () => {
  const key = keyOf('ann')
  const kept = memory()
  const signature = await createSigner(localKeys(key), DOMAIN, createGuard(kept)).cosign(REPORT, 0)
  const digest = reportDigest(DOMAIN, REPORT)
  expect(isBlsSigned(blsKey(blsSecretOf(key.privateKey)), digest, 'signature', signature)).toBe(true)
  expect(kept.written).toEqual([digest])
})

test('co-signs one report of each proposer for a fixing, whatever else was signed', async () => {
  const signer = createSigner(localKeys(keyOf('ann')), DOMAIN, createGuard(memory()))
  await signer.sign(observationOf())
  const first = await signer.cosign(REPORT, 0)
  expect(await signer.cosign(REPORT, 0)).toBe(first)
  for (const changes of [{ value: 2_501n }, { observationsRoot: FIXING_ID }, { epoch: 4n }]) {
    await expect(signer.cosign({ ...REPORT, ...changes }, 0)).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
  }
  await signer.cosign({ ...REPORT, value: 2_501n, proposer: keyOf('cleo').address }, 0)
  await signer.cosign({ ...REPORT, value: 2_501n, fixingId: ROOT }, 0)
})

test('asks for signatures of one own report only, also when it has co-signed that already', async () => {
  const signer = createSigner(localKeys(keyOf('bob')), DOMAIN, createGuard(memory()))
  await signer.cosign(REPORT, 0)
  const request = await signer.request({ report: REPORT, places: 7n, attempt: 0 })
  expect(recoverRequester(DOMAIN, request)).toBe(keyOf('bob').address)
  const other = { report: { ...REPORT, value: 1n }, places: 7n, attempt: 0 }
  await expect(signer.request(other)).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
})

test('R-410 signs one report of a proposer under each number, and asks for one', async () => {
  const bob = keyOf('bob')
  const signer = createSigner(localKeys(bob), DOMAIN, createGuard(memory()))
  for (const attempt of [0, 1, 3]) {
    const report = { ...REPORT, value: 2_500n + BigInt(attempt) }
    await signer.cosign(report, attempt)
    await signer.request({ report, places: 7n, attempt })
    const other = { ...REPORT, value: 1n }
    await expect(signer.cosign(other, attempt)).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
    await expect(signer.request({ report: other, places: 7n, attempt })).rejects.toMatchObject({
      name: 'Guard.SecondDigestError',
    })
  }
})
