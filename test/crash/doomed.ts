import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { spawnTied } from '#client/tied-process.ts'
import { bundledChild } from './bundled.ts'
import { KILL_AT, POINTS_FILE, TAKEN_FILE } from './points.ts'

/** A life takes seconds, on a busy machine a minute; one that takes so long hangs. */
export const LIFE_MS = 600_000

/** What a process of the node is told. */
export type Told = {
  /** Where it writes the points that it passes. */
  readonly points?: string
  /** Where it dies; undefined: nowhere. */
  readonly killAt?: string | undefined
  /** Where it reads a nonce that somebody else has used. */
  readonly taken?: string
}

/** A process of the node. It is killed when `signal` aborts, as a test's does when its time is over, and dies with the program. */
export async function start(
  config: string,
  signal: AbortSignal,
  { points, killAt, taken }: Told = {},
): Promise<ChildProcess> {
  const program = await bundledChild()
  signal.throwIfAborted()
  const told = { [POINTS_FILE]: points, [KILL_AT]: killAt, [TAKEN_FILE]: taken }
  const given = Object.entries(told).filter(([, value]) => value !== undefined)
  const child = spawnTied(process.execPath, [program, config], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...Object.fromEntries(given) },
  })
  const end = (): boolean => child.kill('SIGKILL')
  signal.addEventListener('abort', end)
  child.once('exit', () => signal.removeEventListener('abort', end))
  return child
}

/** The points that were passed, in order. */
export function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : []
}

/** Ends it, if it has not ended. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}
