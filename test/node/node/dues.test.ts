import type { Hex } from 'viem'
import { expect, test } from 'vitest'
import { openStore, type Store } from '#node/store'
import type { Outlook } from '#client/transaction.ts'
import type { Sent, Terms } from '../../../node/chain/port.ts'
import { createDues, type Dues, MOST_DUES } from '../../../node/node/dues.ts'
import type { KnownDue } from '../../../node/store/due-table.ts'
import { intentMemory, journalMemory, OUTLOOK, transactionsOf } from '../memories.ts'
import { FIXING, keyOf, MATURITY, reporterKey, ROOT, WAD } from '../reporters.ts'
import { SILENT } from '../silent-log.ts'
import { temporaryFolder } from '../temporary.ts'

const GWEI = 10n ** 9n
const TRUTH = 2_500n * WAD
const SETTLED = MATURITY + 86_400n
/** What a claim was measured to take, gas; REPORTER_GAS has the same figure. */
const CLAIM_GAS = 71_678n

const idOf = (i: number): Hex => `0x${i.toString(16).padStart(64, '0')}`

/** What is due of fixing `i`: `reward` wei for its one reporter. */
function dueOf(i: number, reward: bigint): KnownDue {
  const attestation = {
    value: TRUTH,
    observationsRoot: ROOT,
    proposer: reporterKey(0).address,
    signers: 1n,
    count: 1,
  }
  const rest = { settlement: TRUTH, settledTime: SETTLED, place: 0, places: [0] }
  return { fixingId: idOf(i), fixing: { ...FIXING, maturity: MATURITY + BigInt(i) }, attestation, reward, ...rest }
}

/** A chain on which gas costs `baseFee` and a tip of nothing; it refuses by `refusals`, by maturity. */
function chainOf() {
  const asked = { gas: 0, claims: [] as number[] }
  const world = { baseFee: 100n * GWEI, refusals: new Map<number, string>() }
  const chain = {
    account: keyOf('sender').address,
    outlook: async (): Promise<Outlook> => {
      asked.gas += 1
      return { ...OUTLOOK, baseFee: world.baseFee, tip: 0n }
    },
    unpaid: async () => undefined,
    claimRewards: async ({ maturity }: KnownDue['fixing'], _of: unknown, _at: unknown, _on: Terms): Promise<Sent> => {
      const i = Number(maturity - MATURITY)
      asked.claims.push(i)
      const reason = world.refusals.get(i)
      return reason === undefined ? { kind: 'done', moved: 0n } : { kind: 'refused', reason }
    },
  }
  return { asked, world, chain }
}

async function open(store: Store, { chain }: ReturnType<typeof chainOf>, roles: readonly string[] = ['keeper']) {
  const journal = journalMemory()
  const parts = {
    store,
    chain,
    journal,
    transactions: transactionsOf(intentMemory()),
    log: SILENT,
    signal: new AbortController().signal,
    config: {
      roles,
      confirmations: 64,
      fees: { maxFeePerGas: 500n * GWEI, maxPriorityFeePerGas: 10n * GWEI },
      policy: { stageDelaySeconds: 600 },
    },
  }
  const dues: Dues = await createDues(parts as unknown as Parameters<typeof createDues>[0], { tracked: new Map() }) // of the rest nothing is asked
  let number = 1_000n
  /** A round `seconds` after the settlement, in the block after the last, or `blocks` later. */
  const look = async (seconds: bigint, blocks = 1n): Promise<void> => {
    number += blocks
    dues.look({ number, time: SETTLED + seconds })
    await dues.idle()
  }
  return { dues, look, journal }
}

const kept = async ({ dues }: Store): Promise<number[]> =>
  (await dues.all()).map(({ fixingId }) => Number(BigInt(fixingId))).toSorted((a, b) => a - b)

test('R-411 of what is due nothing is asked but what gas costs, once a minute for all, until it is cheap; through a restart', async () => {
  const dataDir = temporaryFolder()
  const scene = chainOf()
  const { asked, world } = scene
  const before = await openStore(dataDir)
  const first = await open(before, scene)
  // Worth 20 and 10 gwei per gas, if a claim takes what was measured.
  await first.dues.close(dueOf(1, 10n * GWEI * CLAIM_GAS))
  await first.dues.close(dueOf(2, 20n * GWEI * CLAIM_GAS))
  for (let seconds = 0n; seconds < 600n; seconds += 12n) await first.look(seconds)
  expect(asked).toEqual({ gas: 10, claims: [] })
  await before.close()

  const store = await openStore(dataDir)
  const second = await open(store, scene)
  // It may take less: half of that, and no more than 40 gwei are offered.
  world.baseFee = 41n * GWEI
  await second.look(1_000n)
  expect(asked).toEqual({ gas: 11, claims: [] })
  world.baseFee = 30n * GWEI
  await second.look(2_000n)
  expect(asked).toEqual({ gas: 12, claims: [2] })
  world.baseFee = 9n * GWEI
  await second.look(3_000n)
  expect(asked.claims).toEqual([2, 1])
  // Claimed, and forgotten when that cannot be undone any more.
  await second.look(4_000n)
  expect(await kept(store)).toEqual([1, 2])
  await second.look(5_000n, 64n)
  expect(await kept(store)).toEqual([])
  const { gas } = asked
  await second.look(6_000n)
  expect(asked).toEqual({ gas, claims: [2, 1] })
  await store.close()
})

test('R-411 what is worth most is tried first, and what is refused as too dear ends the round', async () => {
  const store = await openStore(temporaryFolder())
  const scene = chainOf()
  const { asked, world } = scene
  world.baseFee = GWEI
  world.refusals.set(2, 'Client.DearGasError')
  const { dues, look } = await open(store, scene)
  for (const [i, gwei] of [
    [1, 10n],
    [2, 20n],
    [3, 30n],
  ] as const)
    await dues.close(dueOf(i, gwei * GWEI * CLAIM_GAS))
  await look(0n)
  expect(asked.claims).toEqual([3, 2])
  // One that fails for another reason keeps no other waiting.
  world.refusals.set(2, 'reverted on chain')
  await look(60n)
  expect(asked.claims).toEqual([3, 2, 2, 1])
  await store.close()
})

test('R-411 what the registry refuses is given up when it does so once more, after blocks that cannot be undone', async () => {
  const store = await openStore(temporaryFolder())
  const scene = chainOf()
  const { asked, world } = scene
  world.baseFee = GWEI
  world.refusals.set(1, 'RewardAlreadyPaid')
  const { dues, look } = await open(store, scene)
  await dues.close(dueOf(1, 10n * GWEI * CLAIM_GAS))
  await look(0n)
  await look(60n, 63n)
  expect(asked.claims).toEqual([1])
  // The payment was undone in between, or an endpoint was wrong.
  world.refusals.set(1, 'Client.DearGasError')
  await look(120n)
  expect([asked.claims, await kept(store)]).toEqual([[1, 1], [1]])
  world.refusals.set(1, 'RewardAlreadyPaid')
  await look(180n)
  await look(240n, 64n)
  expect([asked.claims, await kept(store)]).toEqual([[1, 1, 1, 1], []])
  await store.close()
})

test('R-411 of more than are kept what is worth least is given up, and said', async () => {
  const dataDir = temporaryFolder()
  const before = await openStore(dataDir)
  for (let i = 1; i <= MOST_DUES; i += 1) await before.dues.close(dueOf(i, BigInt(1_000 + i)))
  const { dues, journal } = await open(before, chainOf())
  await dues.close(dueOf(MOST_DUES + 1, 10n ** 6n))
  await dues.close(dueOf(MOST_DUES + 2, 1n))
  expect(journal.lines.map(({ fixingId, action }) => [fixingId, action])).toEqual([
    [idOf(1), 'leave'],
    [idOf(MOST_DUES + 2), 'leave'],
  ])
  // Killed before it was given up.
  await before.dues.close(dueOf(1, 1n))
  expect(await kept(before)).toHaveLength(MOST_DUES + 1)
  await before.close()
  const store = await openStore(dataDir)
  await open(store, chainOf())
  expect(await kept(store)).toEqual(Array.from({ length: MOST_DUES }, (_, i) => i + 2))
  await store.close()
})

test('what is due of fixings that are open again is dropped, and nothing is claimed without the role', async () => {
  const store = await openStore(temporaryFolder())
  const scene = chainOf()
  const { asked, world } = scene
  world.baseFee = 1n
  const { dues, look } = await open(store, scene)
  for (const i of [1, 2]) await dues.close(dueOf(i, WAD))
  await dues.drop([idOf(1), idOf(7)])
  expect(await kept(store)).toEqual([2])
  const idle = await open(store, scene, ['reporter'])
  await idle.look(0n)
  expect(asked).toEqual({ gas: 0, claims: [] })
  await look(0n)
  expect(asked).toEqual({ gas: 1, claims: [2] })
  await store.close()
})
