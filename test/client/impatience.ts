import { vi } from 'vitest'

/** Runs what gives up after a while, and has it give up a hundred times as soon. */
export async function impatiently<T>(run: () => Promise<T>): Promise<T> {
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  const hurry = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100))
  try {
    return await run()
  } finally {
    hurry.mockRestore()
  }
}
