import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, getAddress, hashTypedData, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { areBlsSigned, BlsPointError, blsKey, blsSign, compressSignature, expandSignature } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import {
  bitmapOf,
  decodePartial,
  decodeRequest,
  encodePartial,
  encodeRequest,
  PARTIAL_BYTES,
  placesIn,
  recoverRequester,
  type ReportRequest,
  REQUEST_BYTES,
  requestDigest,
  signatureOfPartial,
  type SignedRequest,
} from '#protocol/cosigning.ts'
import { signatureOf, typedDataDomain } from '#protocol/signing.ts'
import { agreesWith, REPORT_TYPES } from '#protocol/report.ts'

const DOMAIN = { chainId: 31_337, registry: '0x00000000000000000000000000000000000000aa' } as const
const KEY: Hex = `0x${'07'.repeat(32)}`
const ANN = privateKeyToAccount(KEY)
const ID: Hex = `0x${'ab'.repeat(32)}`
const DIGEST: Hex = `0x${'cd'.repeat(32)}`
const REQUEST: ReportRequest = {
  report: {
    epoch: 9n,
    fixingId: ID,
    value: 2_500n * 10n ** 18n,
    observationsRoot: `0x${'12'.repeat(32)}`,
    proposer: '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a',
  },
  places: 0b1011n,
  attempt: 1,
}
const TYPES = {
  ReportRequest: [...REPORT_TYPES.Report, { name: 'places', type: 'uint256' }, { name: 'attempt', type: 'uint8' }],
} as const

function typed({ report, places, attempt }: ReportRequest) {
  const message = { ...report, places, attempt }
  return { domain: typedDataDomain(DOMAIN), types: TYPES, primaryType: 'ReportRequest', message } as const
}

async function signed(request: ReportRequest): Promise<SignedRequest> {
  return { ...request, signature: signatureOf(await ANN.signTypedData(typed(request))) }
}

const words = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => bytesToHex(bytes))
const requests: fc.Arbitrary<ReportRequest> = fc.record({
  report: fc.record({
    epoch: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fixingId: words,
    value: fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }),
    observationsRoot: words,
    proposer: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(bytesToHex(bytes))),
  }),
  places: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }),
  attempt: fc.integer({ min: 0, max: 3 }),
})

fuzz.prop([requests])('R-409 the digest of a request is that of viem, and its bytes come back', async (request) => {
  expect(requestDigest(DOMAIN, request)).toBe(hashTypedData(typed(request)))
  const whole = await signed(request)
  expect(decodeRequest(encodeRequest(whole))).toEqual(whole)
  expect(recoverRequester(DOMAIN, whole)).toBe(ANN.address)
  expect(recoverRequester({ ...DOMAIN, chainId: 1 }, whole)).not.toBe(ANN.address)
  expect(bitmapOf(placesIn(request.places))).toBe(request.places)
})

test.each<[string, (bytes: Uint8Array) => Uint8Array, string]>([
  ['a byte less', (bytes) => bytes.slice(0, -1), 'length'],
  ['a byte more', (bytes) => new Uint8Array([...bytes, 0]), 'length'],
  ['another version', (bytes) => bytes.with(0, 2), 'version'],
  ['another kind', (bytes) => bytes.with(1, 1), 'kind'],
  ['an epoch of 65 bits', (bytes) => bytes.with(2 + 23, 1), 'dirty-bits'],
  ['a value of 129 bits', (bytes) => bytes.with(2 + 64 + 15, 1), 'dirty-bits'],
  ['no value', (bytes) => bytes.fill(0, 2 + 64, 2 + 96), 'zero-value'],
  ['a proposer of 161 bits', (bytes) => bytes.with(2 + 128 + 11, 1), 'dirty-bits'],
  ['a fifth attempt', (bytes) => bytes.with(225, 4), 'dirty-bits'],
  ['no r', (bytes) => bytes.fill(0, 226, 258), 'signature-range'],
  ['a high s', (bytes) => bytes.fill(0x7f, 258, 290).with(258, 0x80), 'high-s'],
  ['v of 0', (bytes) => bytes.with(REQUEST_BYTES - 1, 0), 'v'],
])('R-409 refuses a request with %s', async (_, spoil, code) => {
  const bytes = encodeRequest(await signed(REQUEST))
  expect(bytes).toHaveLength(291)
  expect(() => decodeRequest(spoil(bytes))).toThrow(expect.objectContaining({ code }))
})

test('R-409 a partial signature comes back from its bytes, compressed', () => {
  const secret = blsSecretOf(KEY)
  const signature = blsSign(secret, DIGEST, 'signature')
  const bytes = encodePartial({ fixingId: ID, digest: DIGEST, place: 179, signature })
  expect(bytes).toHaveLength(163)
  expect(decodePartial(bytes)).toEqual({ fixingId: ID, digest: DIGEST, place: 179 })
  expect(signatureOfPartial(bytes)).toBe(signature)
  for (const [spoiled, code] of [
    [bytes.slice(1), 'length'],
    [bytes.with(0, 0), 'version'],
    [bytes.with(1, 2), 'kind'],
  ] as const) {
    expect(() => decodePartial(spoiled)).toThrow(expect.objectContaining({ code }))
  }
  expect(PARTIAL_BYTES).toBe(163)
})

test('R-409 a compressed signature has one encoding, and only points of the subgroup have one', () => {
  const compressed = compressSignature(blsSign(blsSecretOf(KEY), DIGEST, 'signature'))
  const flags = compressed[0] ?? 0
  const faults = [
    compressed.slice(1),
    new Uint8Array([...compressed, 0]),
    // The compression flag off, the infinity flag on, x beyond the prime, x of no point of the subgroup.
    compressed.with(0, flags & 0x7f),
    compressed.with(0, flags | 0x40),
    compressed.slice().fill(0xff, 48),
    compressed.with(95, (compressed[95] ?? 0) ^ 1),
  ]
  for (const fault of faults) expect(() => expandSignature(fault)).toThrow(BlsPointError)
})

test('R-409 checks many signatures at once, and is not fooled by faults that cancel', () => {
  const secrets = [1, 2, 3, 4].map((i) => blsSecretOf(`0x${`0${i}`.repeat(32)}`))
  const partials = secrets.map((secret) => {
    return { key: blsKey(secret), signature: blsSign(secret, DIGEST, 'signature') }
  })
  expect(areBlsSigned(partials, DIGEST, 'signature')).toBe(true)
  expect(areBlsSigned(partials.slice(0, 1), DIGEST, 'signature')).toBe(true)
  expect(areBlsSigned(partials, ID, 'signature')).toBe(false)
  expect(areBlsSigned(partials, DIGEST, 'possession')).toBe(false)
  const [first, second, ...others] = partials
  if (first === undefined || second === undefined) throw new Error('two partials')
  // Their sum is right, each of them is not.
  const swapped = [{ ...first, signature: second.signature }, { ...second, signature: first.signature }, ...others]
  expect(areBlsSigned(swapped, DIGEST, 'signature')).toBe(false)
  expect(areBlsSigned([], DIGEST, 'signature')).toBe(false)
})

test('agrees with a report within a quarter of the separation of its own, by ratio and exactly', () => {
  // Separation 1 000 ppm: a quarter of it of 2 500 is 0.625.
  const [own, quarter] = [2_500n * 10n ** 18n, 625n * 10n ** 15n]
  expect(agreesWith(own, own + quarter, 1_000)).toBe(true)
  expect(agreesWith(own, own + quarter + 1n, 1_000)).toBe(false)
  expect(agreesWith(own + quarter, own, 1_000)).toBe(true)
  expect(agreesWith(own + quarter + 1n, own, 1_000)).toBe(false)
})
