import { fc, test as fuzz } from '@fast-check/vitest'
import { bytesToHex, getAddress, hashTypedData, hexToBytes, type Address, type Hex } from 'viem'
import { expect, test } from 'vitest'
import { typedDataDomain } from '#protocol/signing.ts'
import {
  callAt,
  decodePresence,
  encodePresence,
  type Presence,
  PRESENCE_TYPES,
  presenceDigest,
  recoverPresent,
} from '#protocol/presence.ts'
import { WordRangeError, type WireFault } from '#protocol/wire.ts'
import { readVectors, toNumber } from './vectors.ts'

type Row = Record<
  'bytes' | 'chainId' | 'clockOffset' | 'digest' | 'fixingId' | 'meshPeers' | 'sentAt' | 'sourcesReady',
  Hex
> & {
  readonly name: string
  readonly registry: Address
  readonly reporter: Address
}

const valid = readVectors<Row>('presence', 'valid')
const invalid = readVectors<{ name: string; bytes: Hex; code: WireFault }>('presence', 'invalid')

const presences: fc.Arbitrary<Presence> = fc.record({
  fixingId: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => bytesToHex(bytes)),
  reporter: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => getAddress(bytesToHex(bytes))),
  sentAt: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  clockOffset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  meshPeers: fc.integer({ min: 0, max: 65_535 }),
  sourcesReady: fc.integer({ min: 0, max: 65_535 }),
})

test.each(valid)('R-414 digest, bytes and reporter of a presence: $name', (row) => {
  const domain = { chainId: toNumber(row.chainId), registry: row.registry }
  const signed = decodePresence(hexToBytes(row.bytes))
  const { signature, ...presence } = signed
  expect(presence).toEqual({
    fixingId: row.fixingId,
    reporter: getAddress(row.reporter),
    sentAt: BigInt(row.sentAt),
    clockOffset: Number(BigInt.asIntN(32, BigInt(row.clockOffset))),
    meshPeers: toNumber(row.meshPeers),
    sourcesReady: toNumber(row.sourcesReady),
  })
  expect(bytesToHex(encodePresence({ ...presence, signature }))).toBe(row.bytes)
  expect(presenceDigest(domain, presence)).toBe(row.digest)
  expect(recoverPresent(domain, signed).toLowerCase()).toBe(row.reporter)
})

test.each(invalid)('R-414 refuses bytes by their fault: $name', ({ bytes, code }) => {
  expect(() => decodePresence(hexToBytes(bytes))).toThrow(expect.objectContaining({ name: 'Wire.WireError', code }))
})

fuzz.prop([presences])('R-414 the digest of a presence is that of viem', (message) => {
  const domain = { chainId: 31_337, registry: '0x00000000000000000000000000000000000000aa' } as const
  const typed = { domain: typedDataDomain(domain), types: PRESENCE_TYPES, primaryType: 'Presence', message } as const
  expect(presenceDigest(domain, message)).toBe(hashTypedData(typed))
})

test('does not write what it would not read', () => {
  const signed = decodePresence(hexToBytes(valid[0]!.bytes))
  for (const field of [{ meshPeers: 65_536 }, { sourcesReady: -1 }, { sentAt: 2n ** 64n }]) {
    expect(() => encodePresence({ ...signed, ...field })).toThrow(WordRangeError)
  }
  for (const clockOffset of [2 ** 31, -(2 ** 31) - 1]) {
    expect(() => encodePresence({ ...signed, clockOffset })).toThrow(expect.objectContaining({ code: 'dirty-bits' }))
  }
})

test('R-414 the first call opens ten minutes before the maturity, the last a minute before, and both end', () => {
  const at = (before: bigint): number | undefined => callAt(10_000n, 10_000n - before)
  expect([601n, 600n, 61n, 60n, 1n, 0n].map(at)).toEqual([undefined, 0, 0, 1, 1, undefined])
})
