import { expect, test } from 'vitest'
import { type Hex, keccak256, toHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { BALLOT_TYPES, ballotDomain, saltOf } from '#protocol/ballot.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const FIXING: Hex = `0x${'ab'.repeat(32)}`

function sign(name: string, changes: { jury?: `0x${string}`; round?: number; fixingId?: Hex } = {}): Promise<Hex> {
  const { jury = JURY, round = 0, fixingId = FIXING } = changes
  return privateKeyToAccount(keccak256(toHex(name))).signTypedData({
    domain: ballotDomain({ chainId: 1, jury }),
    types: BALLOT_TYPES,
    primaryType: 'Ballot',
    message: { fixingId, round },
  })
}

test('the salt of a seat is made of r, s and its number alone, and the same key finds it again (R-502)', async () => {
  const signature = await sign('ann')
  // keccak256 of the first 64 bytes and the seat as a word, written out.
  const want = keccak256(`${signature.slice(0, 130)}${'0'.repeat(63)}7` as Hex)
  expect(saltOf(signature, 7)).toBe(want)
  expect(saltOf(await sign('ann'), 7)).toBe(want)
  // Signers number v in two ways, and some leave it out.
  expect(saltOf(`${signature.slice(0, 130)}00` as Hex, 7)).toBe(want)
  expect(() => saltOf('0x1234', 7)).toThrow(/size|bounds/i)
})

test('no two of key, jury, fixing, round and seat share a salt', async () => {
  const signatures = await Promise.all([
    sign('ann'),
    sign('ben'),
    sign('ann', { jury: '0x00000000000000000000000000000000000000bb' }),
    sign('ann', { round: 1 }),
    sign('ann', { fixingId: `0x${'cd'.repeat(32)}` }),
  ])
  const salts = signatures.flatMap((signature) => [0, 1, 62].map((seat) => saltOf(signature, seat)))
  expect(new Set(salts).size).toBe(15)
})
