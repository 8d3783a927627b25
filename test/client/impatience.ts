import { vi } from 'vitest'

/** Of what gives up after so long, one more look is let happen, milliseconds: few after ten seconds, some after two minutes. */
const MS_PER_LOOK = 30_000

/** Runs what looks again and again until a time is up, and has it be up after a few looks, however long they take. */
export async function impatiently<T>(run: () => Promise<T>): Promise<T> {
  const hurry = vi
    .spyOn(AbortSignal, 'timeout')
    .mockImplementation((ms) => lastingLooks(1 + Math.ceil(ms / MS_PER_LOOK)))
  try {
    return await run()
  } finally {
    hurry.mockRestore()
  }
}

/** A signal that is aborted from the time on that it was asked so often whether it is. */
function lastingLooks(count: number): AbortSignal {
  let left = count
  return Object.defineProperty(new AbortController().signal, 'aborted', { get: () => (left -= 1) <= 0 })
}
