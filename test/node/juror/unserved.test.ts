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
    voters: async (jurors) => jurors.map((one) => (one === COLD ? ACCOUNT : undefined)),
    pool: async () => [ACCOUNT, COLD],
    returned: async () => [BACK],
  }
  const chain = { account: ACCOUNT, court: () => court as CourtPort }
  const principals = [COLD, BACK]
  // The one that was the node's and is a principal by now is that.
  const ownKeys = async () => [ACCOUNT, OLD, BACK]
  expect(await servicesIn({ chain, principals, ownKeys }, JURY, [OLD], 9n)).toEqual([
    { juror: COLD, kind: 'principal', isNamed: true, hasStake: true },
    { juror: BACK, kind: 'principal', isNamed: false, hasStake: true },
    { juror: OLD, kind: 'key', isNamed: false, hasStake: true },
  ])
})

test('nothing is read of a jury for whom nobody but the key itself counts on the node', async () => {
  const chain = { account: ACCOUNT, court: () => ({}) as CourtPort }
  expect(await servicesIn({ chain, principals: [], ownKeys: async () => [ACCOUNT] }, JURY, [], 9n)).toEqual([])
})

test('who names the node in one jury need not where it has no stakes; who names it in none, or has some, is not served', () => {
  const cold = (isNamed: boolean, hasStake: boolean): Service => ({ juror: COLD, kind: 'principal', isNamed, hasStake })
  const unserved = (here: Service, there: Service): readonly Address[] =>
    unservedOf(
      new Map([
        [JURY, [here]],
        [OTHER, [there]],
      ]),
    ).map(({ jury }) => jury)
  expect(unserved(cold(true, true), cold(false, false))).toEqual([])
  expect(unserved(cold(true, true), cold(false, true))).toEqual([OTHER])
  expect(unserved(cold(false, false), cold(false, false))).toEqual([JURY, OTHER])
})

test('a key that the node had before is not served where it has stakes, whomever it names without being a principal', () => {
  const old = (isNamed: boolean, hasStake: boolean): Service => ({ juror: OLD, kind: 'key', isNamed, hasStake })
  const unserved = (one: Service) => unservedOf(new Map([[JURY, [one]]]))
  expect(unserved(old(true, true))).toEqual([{ jury: JURY, juror: OLD, kind: 'key' }])
  expect(unserved(old(false, false))).toEqual([])
})
