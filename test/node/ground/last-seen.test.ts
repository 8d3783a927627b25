import { expect, test } from 'vitest'
import { lastSeen } from '../../../node/ground/last-seen.ts'
import { patientClock } from '../patient-clock.ts'

/** A look that the test ends, one after the other. */
function looking() {
  const looks: PromiseWithResolvers<string>[] = []
  const clock = patientClock()
  const overdue = (last: { found: string; ageMs: number } | undefined): string =>
    last === undefined ? 'unknown' : `${last.found}, ${last.ageMs} ms ago`
  const look = (): Promise<string> => {
    const one = Promise.withResolvers<string>()
    looks.push(one)
    return one.promise
  }
  return { looks, clock, ask: lastSeen(clock, look, { freshMs: 5_000, overdue }) }
}

test('looks once for all who ask, and says it again until it is old, counted from when it was found', async () => {
  const { looks, clock, ask } = looking()
  const both = [ask(), ask()]
  clock.pass(2_000)
  looks[0]?.resolve('up')
  expect(await Promise.all(both)).toEqual(['up', 'up'])
  clock.pass(4_999)
  expect([await ask(), looks.length]).toEqual(['up', 1])
  clock.pass(1)
  const again = ask()
  expect(looks).toHaveLength(2)
  looks[1]?.resolve('down')
  expect(await again).toBe('down')
})

test('nobody waits longer than three seconds, or at all for a look that has taken so long; it is not asked twice', async () => {
  const { looks, clock, ask } = looking()
  const first = ask()
  clock.wake()
  expect([clock.monotonicMs(), await first, await ask(), looks.length]).toEqual([3_000, 'unknown', 'unknown', 1])
  looks[0]?.resolve('up')
  await expect.poll(ask).toBe('up')
  clock.pass(5_000)
  const second = ask()
  clock.wake()
  expect([await second, await ask(), looks.length]).toEqual(['up, 8000 ms ago', 'up, 8000 ms ago', 2])
  clock.pass(60_000)
  expect([await ask(), looks.length]).toEqual(['up, 68000 ms ago', 2])
})

test('a look that fails is told of, and the next who asks looks again', async () => {
  const { looks, clock, ask } = looking()
  const failed = ask()
  looks[0]?.reject(new Error('no look'))
  await expect(failed).rejects.toThrow('no look')
  const next = ask()
  looks[1]?.resolve('up')
  expect([await next, looks.length, clock.monotonicMs()]).toEqual(['up', 2, 0])
})
