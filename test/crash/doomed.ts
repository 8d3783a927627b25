import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { KILL_AT, POINTS_FILE, TAKEN_FILE } from './points.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** What a process of the node is told. */
export type Told = {
  /** Where it writes the points that it passes. */
  readonly points?: string
  /** Where it dies; undefined: nowhere. */
  readonly killAt?: string | undefined
  /** Where it reads a nonce that somebody else has used. */
  readonly taken?: string
}

/** A process of the node. */
export function start(config: string, { points, killAt, taken }: Told = {}): ChildProcess {
  const told = { [POINTS_FILE]: points, [KILL_AT]: killAt, [TAKEN_FILE]: taken }
  const given = Object.entries(told).filter(([, value]) => value !== undefined)
  return spawn(process.execPath, [CHILD, config], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...Object.fromEntries(given) },
  })
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
