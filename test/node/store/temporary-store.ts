import type { Hex } from 'viem'
import { openStore, type Store } from '#node/store'
import { observationDigest } from '#protocol/observation.ts'
import type { Evidence } from '../../../node/gossip/evidence.ts'
import type { VerifiedObservation } from '../../../node/gossip/validate.ts'
import type { KnownDue } from '../../../node/store/due-table.ts'
import type { KnownEvent } from '../../../node/store/log-rows.ts'
import type { SignedDigest } from '../../../node/store/witness.ts'
import { DOMAIN, FIXING, FIXING_ID, keyOf, observationOf } from '../reporters.ts'
import { temporaryFolder } from '../temporary.ts'

/** Who signs. */
export const ANN = keyOf('ann').address

/** Opens the store in that folder, and closes it after `use`. */
export async function withStore<T>(dataDir: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(dataDir)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** The id of the i-th fixing. */
export const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`
/** What is signed of the i-th fixing. */
export const digestOf = (i: number): Hex => observationDigest(DOMAIN, observationOf({ fixingId: idOf(i) }))

/** A store with `count` signed digests. */
export async function signedStore(count: number): Promise<string> {
  const dataDir = temporaryFolder()
  await withStore(dataDir, async ({ guard }) => {
    for (let i = 0; i < count; i += 1) await guard.record({ signer: ANN, fixingId: idOf(i), digest: digestOf(i) })
  })
  return dataDir
}

/** What the store remembers of the first `count` digests. */
export function remembered(dataDir: string, count: number): Promise<(Hex | undefined)[]> {
  return withStore(dataDir, async ({ guard }) =>
    Array.from({ length: count }, (_, i) => guard.digestOf({ signer: ANN, fixingId: idOf(i) })),
  )
}

/** What is held is decoded only for whoever looks. */
export const whole = ({ signed, signer, reporterIndex, bytes }: VerifiedObservation): VerifiedObservation => ({
  signed,
  signer,
  reporterIndex,
  bytes,
})

/** A proof of two observations, decoded. */
export const wholeProof = ({ first, second }: Evidence): Evidence => ({
  first: whole(first),
  second: whole(second),
})

/** What `remembered` finds if nothing of them was forgotten. */
export const expected = (count: number): Hex[] => Array.from({ length: count }, (_, i) => digestOf(i))
/** What the guard is told of the i-th fixing. */
export const signed = (i: number): SignedDigest => ({ signer: ANN, fixingId: idOf(i), digest: digestOf(i) })

/** What co-signing the fixing of that id earned. */
export function dueOf(fixingId: Hex): KnownDue {
  return {
    fixingId,
    fixing: FIXING,
    settlement: 2n ** 100n,
    settledTime: 1_735_776_000n,
    attestation: { value: 2n ** 100n, observationsRoot: idOf(5), proposer: ANN, signers: 5n, count: 2 },
    place: 2,
    places: [0, 2],
    reward: 10n ** 18n,
  }
}

/** What was logged of a fixing. */
export const LOG: readonly KnownEvent[] = [
  { name: 'created', block: 12n, id: FIXING_ID, fixing: FIXING },
  { name: 'proposed', block: 13n, id: FIXING_ID, from: ANN, value: 5n * 10n ** 18n, bond: 2n },
  {
    name: 'contributed',
    block: 14n,
    id: FIXING_ID,
    from: ANN,
    kind: 'appeal',
    round: 1,
    value: 4n,
    taken: 3n,
    filled: 9n,
  },
  { name: 'led', block: 14n, id: FIXING_ID, round: 1, value: -1n },
  { name: 'arbitrated', block: 15n, id: FIXING_ID, cause: 'request' },
  { name: 'ruled', block: 16n, id: FIXING_ID, value: 4n },
  { name: 'claimed', block: 17n, id: FIXING_ID, holder: ANN, kind: 'fund', round: 0, value: 4n },
]
