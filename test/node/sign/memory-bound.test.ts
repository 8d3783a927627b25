import { expect, test } from 'vitest'
import type { Hex } from 'viem'
import { createGuard, type GuardMemory } from '../../../node/guard.ts'
import { boundMemory } from '../../../node/sign/memory-bound.ts'
import { fakeClock } from '../fake-clock.ts'
import { keyOf } from '../reporters.ts'

const signer = keyOf('ann').address
const fixing = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`

function setUp() {
  const digests = new Map<string, Hex>()
  const memory: GuardMemory = {
    digestOf: ({ fixingId }) => digests.get(fixingId),
    record: async ({ fixingId, digest }) => void digests.set(fixingId, digest),
  }
  const clock = fakeClock()
  const disk = { free: 1_000 }
  const bound = boundMemory(memory, { maxNewPerDay: 3, leastFree: 1_000 }, { clock, freeBytes: () => disk.free })
  const guard = createGuard(bound)
  return {
    digests,
    clock,
    disk,
    permit: (n: number, digest: Hex = '0xaa') => guard.permit({ signer, fixingId: fixing(n) }, digest),
  }
}

test('remembers so many new ones in a day, then refuses with what to do, and goes on with those it knows', async () => {
  const { digests, clock, permit } = setUp()
  for (const n of [1, 2, 3]) await permit(n)
  const refusal = {
    name: 'Sign.TooManySignedError',
    message:
      'Expected at most 3 new observations and reports in a day, got another. If they are of your nodes, raise ' +
      '--max-new-per-day; if not, somebody has the token: change it.',
  }
  await expect(permit(4)).rejects.toMatchObject(refusal)
  await permit(2)
  clock.pass(86_400_000 - 1)
  await expect(permit(4)).rejects.toMatchObject(refusal)
  expect(digests.size).toBe(3)
  clock.pass(1)
  // Another digest than the refused one: nothing was remembered of that.
  await permit(4, '0xbb')
  await expect(permit(4, '0xaa')).rejects.toMatchObject({ name: 'Guard.SecondDigestError' })
})

test('remembers nothing new when the disk is nearly full, and counts nothing of it', async () => {
  const { digests, disk, permit } = setUp()
  await permit(1)
  disk.free = 999
  for (const n of [2, 3, 4, 5]) {
    await expect(permit(n)).rejects.toMatchObject({
      name: 'Sign.DiskNearlyFullError',
      message: 'Expected 1000 bytes free in --data-dir, got 999: nothing new is signed. Free space.',
    })
  }
  await permit(1)
  expect(digests.size).toBe(1)
  disk.free = 1_000
  await permit(2)
  await permit(3)
})

test('of two digests that are asked for at once only the first is ever permitted', async () => {
  const { permit } = setUp()
  const results = await Promise.allSettled([permit(1, '0xaa'), permit(1, '0xbb')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
})
