import { expect, test } from 'vitest'
import type { Address } from 'viem'
import type { CourtPort } from '../../../node/chain/court-port.ts'
import { type Service, servicesIn, unservedOf } from '../../../node/juror/unserved.ts'
import { keyOf } from '../reporters.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const OTHER = '0x00000000000000000000000000000000000000bb'
const [ACCOUNT, OLD, COLD, BACK] = ['account', 'old', 'cold', 'back'].map((name) => keyOf(name).address) as [
  Address,
  Address,
  Address,
  Address,
]

test('principals, and other keys of the node, stand as jury and chain say; its own key is none of them', async () => {
  const court: Partial<CourtPort> = {
    // The old key names itself.
    voters: async (jurors) => jurors.map((one) => (one === COLD ? ACCOUNT : one === OLD ? OLD : undefined)),
    pool: async () => [ACCOUNT, COLD],
    returned: async () => [BACK],
  }
  const chain = { account: ACCOUNT, court: () => court as CourtPort }
  const principals = [COLD, BACK]
  // The one that was the node's and is a principal by now is that.
  const ownKeys = async () => [ACCOUNT, OLD, BACK]
  expect(await servicesIn({ chain, principals, ownKeys }, JURY, [OLD], 9n)).toEqual([
    { juror: COLD, kind: 'principal', names: 'node', hasStake: true },
    { juror: BACK, kind: 'principal', names: 'nobody', hasStake: true },
    { juror: OLD, kind: 'key', names: 'other', hasStake: true },
  ])
})

test('nothing is read of a jury for whom nobody but the key itself counts on the node', async () => {
  const chain = { account: ACCOUNT, court: () => ({}) as CourtPort }
  expect(await servicesIn({ chain, principals: [], ownKeys: async () => [ACCOUNT] }, JURY, [], 9n)).toEqual([])
})

type Names = Service['names']

test.each<readonly [title: string, here: [Names, boolean], there: [Names, boolean], juries: readonly Address[]]>([
  ['need not elsewhere where it has no stakes', ['node', true], ['nobody', false], []],
  ['is not served where it has stakes and names nobody', ['node', true], ['nobody', true], [OTHER]],
  ['is served by whom it names elsewhere, be it itself', ['node', true], ['other', true], []],
  ['in none, is not served', ['nobody', false], ['other', true], [JURY, OTHER]],
])('a principal that names the node in one jury, or nowhere: %s', (_, here, there, juries) => {
  const cold = ([names, hasStake]: [Names, boolean]): Service => ({ juror: COLD, kind: 'principal', names, hasStake })
  const services = new Map<Address, readonly Service[]>([
    [JURY, [cold(here)]],
    [OTHER, [cold(there)]],
  ])
  const isElsewhere = here[0] === 'node'
  expect(unservedOf(services, true)).toEqual(
    juries.map((jury) => ({ jury, juror: COLD, kind: 'principal', isElsewhere })),
  )
})

test('before every jury was looked at, a principal may name the node in one of the others', () => {
  const unserved = (names: Names) =>
    unservedOf(new Map([[JURY, [{ juror: COLD, kind: 'principal', names, hasStake: true }]]]), false)
  expect(unserved('other')).toEqual([])
  expect(unserved('nobody')).toEqual([{ jury: JURY, juror: COLD, kind: 'principal', isElsewhere: true }])
})

test('a key that the node had before is not served where it has stakes and names nobody, or the node without being a principal', () => {
  const isServed = (names: Names, hasStake: boolean): boolean =>
    unservedOf(new Map([[JURY, [{ juror: OLD, kind: 'key', names, hasStake }]]]), true).length === 0
  expect(isServed('node', true)).toBe(false)
  expect(isServed('nobody', true)).toBe(false)
  // It runs elsewhere and says so by naming itself, or another votes for it.
  expect(isServed('other', true)).toBe(true)
  expect(isServed('nobody', false)).toBe(true)
})
