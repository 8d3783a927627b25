import { type FakeClock, fakeClock } from './fake-clock.ts'

/** A clock whose sleeps end when the test says so, or when they are aborted. */
export type PatientClock = FakeClock & {
  /** Ends every sleep, after the time that it was to take. */
  wake(): void
}

export function patientClock(time = 0n): PatientClock {
  const clock = fakeClock(time)
  const sleeping = new Set<{ readonly ms: number; readonly end: () => void }>()
  return {
    ...clock,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const one = { ms, end: resolve }
        sleeping.add(one)
        signal.addEventListener('abort', () => {
          sleeping.delete(one)
          reject(new Error('aborted'))
        })
      }),
    wake() {
      clock.pass(Math.max(0, ...[...sleeping].map(({ ms }) => ms)))
      for (const { end } of sleeping) end()
      sleeping.clear()
    },
  }
}
