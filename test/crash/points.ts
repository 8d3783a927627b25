import { appendFileSync } from 'node:fs'
import process from 'node:process'

/** Where the child writes the name of every point that it passes. */
export const POINTS_FILE = 'ASSIZE_CRASH_POINTS'
/** Where it is to die: `before NAME` or `after NAME`. */
export const KILL_AT = 'ASSIZE_CRASH_AT'
/** Where a nonce is that somebody else has used with the node's key. */
export const TAKEN_FILE = 'ASSIZE_CRASH_TAKEN'

const counts = new Map<string, number>()

/**
 * Runs one call out of the node: to its store, its peers or the chain. The process kills itself before or after the one
 * that it was told to die at, as a power cut would: nothing is flushed, nothing is closed.
 */
export async function passing<T>(name: string, run: () => Promise<T>): Promise<T> {
  const count = (counts.get(name) ?? 0) + 1
  counts.set(name, count)
  const point = `${name} #${count}`
  const { [POINTS_FILE]: file, [KILL_AT]: end } = process.env
  if (file !== undefined) appendFileSync(file, `${point}\n`)
  if (end === `before ${point}`) die()
  const result = await run()
  if (end === `after ${point}`) die()
  return result
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
  // Nothing else happens until the signal has come.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
}
