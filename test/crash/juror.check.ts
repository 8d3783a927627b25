import process from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { JuryArena } from './jury-arena.ts'
import { endsOf } from './survey.ts'

/** Every so manieth place only: an hour is not always there. */
const EVERY = Number(process.env['ASSIZE_CRASH_EVERY'] ?? 1)

let arena: JuryArena
beforeAll(async () => {
  arena = await JuryArena.open()
})
afterAll(() => arena.close())

test('a juror may die at every write, and at the first reads of each kind', async () => {
  const undisturbed = await arena.live()
  const ends = endsOf(undisturbed).filter((_, i) => i % EVERY === 0)
  const faults: string[] = []
  let reached = 0
  for (const end of ends) {
    const { deaths, result } = await arena.live(end).catch((error: unknown) => ({ deaths: 0, result: String(error) }))
    reached += deaths
    const [got, want] = [result, undisturbed.result].map((one) =>
      JSON.stringify(one, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)),
    )
    if (got !== want) faults.push(`${end}: expected ${want}, got ${got}`)
  }
  process.stdout.write(`${ends.length} places, ${reached} reached, ${faults.length} faults\n`)
  expect(faults).toEqual([])
}, 3_600_000)
