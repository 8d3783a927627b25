import { expect, test } from 'vitest'
import { JuryArena, type JuryWeather } from './jury-arena.ts'
import { faultsOf, tried } from './survey.ts'
import { CLEAN, surveyAll } from './whole-survey.ts'

test.for<JuryWeather>(['calm', 'contested'])(
  'a juror that dies anywhere votes as it would have, and loses nothing: %s',
  { timeout: 0 },
  async (weather, { signal }) => {
    const arena = await JuryArena.open(signal)
    try {
      const undisturbed = await arena.live(weather)
      const outcome = await surveyAll({
        name: `juror, ${weather}`,
        points: undisturbed.points,
        signal,
        attempt: (end) =>
          tried(end, async () => {
            const { deaths, result } = await arena.live(weather, end)
            return [{ end, isReached: deaths > 0, faults: faultsOf(result, undisturbed.result) }]
          }),
      })
      expect(outcome).toEqual(CLEAN)
    } finally {
      await arena.close()
    }
  },
)
