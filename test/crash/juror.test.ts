import { expect, test } from 'vitest'
import { ETHER } from '../client/chain-fixture.ts'
import { JuryArena } from './jury-arena.ts'
import { endsOf } from './survey.ts'

/** A few of the places; `npm run check:crashes` dies at all of them. */
const SAMPLES = [
  ['calm', ['after write votes #1', 'after eth_sendRawTransaction #3']],
  ['contested', ['after write intents outbid signed #1']],
] as const

test('a juror that dies on its way votes as it would have, and loses nothing (R-502)', async ({ signal }) => {
  const arena = await JuryArena.open(signal)
  try {
    for (const [weather, sample] of SAMPLES) {
      const { result, ...undisturbed } = await arena.live(weather)
      const truth = 2_500n * ETHER
      expect(result).toMatchObject({
        calls: 'commit 0,commit 1,commit 2,draw,open,resolve,reveal 0,reveal 1,reveal 2,withdraw'.split(','),
        settlement: truth,
        revealed: [truth, truth, truth],
        pool: 4,
      })
      const ends = endsOf(undisturbed)
      for (const end of sample) {
        expect(ends).toContain(end)
        expect(await arena.live(weather, end)).toMatchObject({ deaths: 1, result })
      }
    }
  } finally {
    await arena.close()
  }
})
