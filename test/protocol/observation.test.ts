import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, hashStruct, hashTypedData, type Address, type Hex } from 'viem'
import { privateKeyToAccount, publicKeyToAddress } from 'viem/accounts'
import { expect, test } from 'vitest'
import {
  encodeObservation,
  observationDigest,
  OBSERVATION_TYPES,
  observationStructHash,
  recoverObservationSigner,
  recoverWireSigner,
  sameObservation,
  type SignedObservation,
} from '#protocol/observation.ts'
import { domainSeparator, signatureOf, typedDataDomain, UnrecoverableSignatureError } from '#protocol/signing.ts'
import { WireError } from '#protocol/wire.ts'
import { hexWord, observations, signedOf } from './observations.ts'
import { readVectors, toNumber } from './vectors.ts'

type Row = Parameters<typeof signedOf>[0] &
  Record<'chainId' | 'digest' | 'domainSeparator' | 'structHash', Hex> & {
    name: string
    registry: Address
    signer: Address
  }

const rows = readVectors<Row>('observation', 'observations')

test.each(rows)('R-401 separator, struct hash, digest and signer of an observation: $name', (row) => {
  const domain = { chainId: toNumber(row.chainId), registry: row.registry }
  const signed = signedOf(row)
  expect({
    separator: domainSeparator(domain),
    structHash: observationStructHash(signed),
    digest: observationDigest(domain, signed),
    signer: recoverObservationSigner(domain, signed).toLowerCase(),
    wireSigner: recoverWireSigner(domain, encodeObservation(signed)).toLowerCase(),
  }).toEqual({
    separator: row.domainSeparator,
    structHash: row.structHash,
    digest: row.digest,
    signer: row.signer,
    wireSigner: row.signer,
  })
})

test('keys whose last bits are the same have addresses of their own, however often they come', () => {
  const domain = { chainId: 31337, registry: rows[0]!.registry }
  const bytes = encodeObservation(signedOf(rows[0]!))
  // No points of the curve: of a key only its hash matters here.
  const keys = [0x11, 0x22].map((x) => new Uint8Array(65).fill(x, 1, 63).fill(4, 0, 1).fill(0x99, 63))
  const found = [...keys, ...keys].map((key) => recoverWireSigner(domain, bytes, () => key))
  const [first, second] = keys.map((key) => publicKeyToAddress(bytesToHex(key)))
  expect(found).toEqual([first, second, first, second])
})

fuzz.prop([observations, fc.integer({ min: 1, max: 2 ** 48 }), fc.bigInt({ min: 0n, max: 2n ** 160n - 1n })])(
  'R-401 the digest that is written out is that of viem',
  (signed, chainId, registry) => {
    const message = partOf(signed)
    const domain = { chainId, registry: `0x${registry.toString(16).padStart(40, '0')}` as const }
    const typed = {
      domain: typedDataDomain(domain),
      types: OBSERVATION_TYPES,
      primaryType: 'Observation',
      message,
    } as const
    expect(observationDigest(domain, message)).toBe(hashTypedData(typed))
    expect(observationStructHash(message)).toBe(hashStruct({ data: message, ...typed }))
  },
)

test('what a wallet signs as typed data is recovered to the wallet', async () => {
  const account = privateKeyToAccount(`0x${'42'.repeat(32)}`)
  const domain = { chainId: 31337, registry: rows[0]!.registry }
  const message = partOf(signedOf(rows[0]!))
  const signature = await account.signTypedData({
    domain: typedDataDomain(domain),
    types: OBSERVATION_TYPES,
    primaryType: 'Observation',
    message,
  })
  const signed: SignedObservation = { ...message, signature: signatureOf(signature) }
  expect(recoverObservationSigner(domain, signed)).toBe(account.address)
  expect(recoverObservationSigner({ ...domain, chainId: 1 }, signed)).not.toBe(account.address)
})

test('a signature that no key can have made is refused', () => {
  // x = 5 is on no point of secp256k1: 5^3 + 7 = 132 is not a square.
  const signed = { ...signedOf(rows[0]!), signature: { r: hexWord(5n), s: hexWord(1n), v: 27 as const } }
  const domain = { chainId: 1, registry: rows[0]!.registry }
  const bytes = encodeObservation(signed)
  for (const recover of [() => recoverObservationSigner(domain, signed), () => recoverWireSigner(domain, bytes)]) {
    expect(recover).toThrow(UnrecoverableSignatureError)
    expect(recover).toThrow(expect.objectContaining({ fixingId: signed.fixingId }))
  }
})

test.each([
  ['0x', 'length'],
  [`0x${'11'.repeat(64)}`, 'length'],
  [`0x${'11'.repeat(64)}1`, 'length'],
  [`0x${'11'.repeat(64)}01`, 'v'],
  [`0x${'11'.repeat(32)}${'ee'.repeat(32)}1b`, 'high-s'],
] as const)('refuses the wallet signature %s by its code', (signature, code) => {
  expect(() => signatureOf(signature)).toThrow(WireError)
  expect(() => signatureOf(signature)).toThrow(expect.objectContaining({ code }))
})

test.each(['0x', '0x12', `0x${'12'.repeat(33)}`, `0x${'zz'.repeat(32)}`] as const)(
  'hashes no observation of fixing %s: nothing is padded',
  (fixingId) => {
    const hash = () => observationStructHash({ ...signedOf(rows[0]!), fixingId })
    expect(hash).toThrow(expect.objectContaining({ name: 'Wire.WordFormatError', text: fixingId }))
  },
)

test('two observations are the same when they say the same, whoever signed and however the hex is written', () => {
  const [first, second] = [signedOf(rows[0]!), signedOf(rows[1]!)]
  const upper: Hex = `0x${first.fixingId.slice(2).toUpperCase()}`
  const twin: SignedObservation = { ...second, ...partOf(first), fixingId: upper }
  expect(sameObservation(first, twin)).toBe(true)
  const changes = [
    { value: first.value + 1n },
    { observedAt: first.observedAt + 1n },
    { fixingId: hexWord(1n) },
    { sourcesRoot: hexWord(1n) },
  ]
  expect(changes.map((change) => sameObservation(first, { ...first, ...change }))).toEqual([false, false, false, false])
})

function partOf({ fixingId, value, observedAt, sourcesRoot }: SignedObservation) {
  return { fixingId, value, observedAt, sourcesRoot }
}
