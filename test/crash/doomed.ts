import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { KILL_AT, POINTS_FILE } from './points.ts'

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url))

/** A process of the node; writes the points that it passes to `points`, and dies at `killAt`. */
export function start(config: string, points?: string, killAt?: string): ChildProcess {
  const told = points === undefined ? {} : { [POINTS_FILE]: points }
  const doomed = killAt === undefined ? {} : { [KILL_AT]: killAt }
  return spawn(process.execPath, [CHILD, config], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...told, ...doomed },
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
