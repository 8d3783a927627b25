import { expect, test } from 'vitest'
import { FIXING_ID, reportedBy } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'
import { idOf, whole, wholeProof, withStore } from './temporary-store.ts'

test('gives observations and proofs the indices that their signers have now, and forgets strangers', async () => {
  await withStore(temporaryFolder(), async ({ observations }) => {
    const [one, two, three] = [await reportedBy(1), await reportedBy(2), await reportedBy(2, { value: 9n })]
    await observations.load(FIXING_ID)
    await observations.add(one)
    await observations.add(two)
    await observations.addEvidence({ first: two, second: three })
    observations.reindex(FIXING_ID, [{ signer: two.signer, index: 7 }])
    const [first, second] = [two, three].map((observation) => ({ ...observation, reporterIndex: 7 }))
    expect(observations.all(FIXING_ID).map(whole)).toEqual([first])
    expect(observations.evidence(FIXING_ID).map(wholeProof)).toEqual([{ first, second }])
    observations.reindex(FIXING_ID, [])
    expect([observations.all(FIXING_ID), observations.evidence(FIXING_ID)]).toEqual([[], []])
  })
})

test('keeps the first observation per reporter and fixing, also when asked twice at once', async () => {
  await withStore(temporaryFolder(), async ({ observations }) => {
    await observations.load(FIXING_ID)
    const first = await reportedBy(1)
    await Promise.all([observations.add(first), observations.add(await reportedBy(1, { value: 1n }))])
    await observations.add(await reportedBy(0, { value: 9n }))
    expect(observations.all(FIXING_ID).map(({ signed }) => signed.value)).toEqual([9n, first.signed.value])
    const stranger = await reportedBy(1, { fixingId: idOf(5) })
    await expect(observations.add(stranger)).rejects.toMatchObject({ name: 'Store.NotLoadedError' })
  })
})
