import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'

const SETPRIV = '/usr/bin/setpriv'

export type TiedOptions = {
  readonly stdio: StdioOptions
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
}

/**
 * Starts a process that cannot outlive this one: on Linux with util-linux the kernel kills it when we die, however we
 * die. It gets its own session, so that Ctrl-C in a terminal reaches only us and we decide how it ends.
 * The pid is the command's own: setpriv replaces itself. Elsewhere the caller's {@link endProcess} is all there is.
 */
export function spawnTied(command: string, args: readonly string[], options: TiedOptions): ChildProcess {
  const [file, argv] = hasSetpriv() ? [SETPRIV, ['--pdeathsig', 'KILL', command, ...args]] : [command, [...args]]
  return spawn(file, argv, { ...options, detached: true })
}

/** Asks a process to end (SIGTERM), kills it after `graceMs`, and waits until it is gone. */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await gone
  clearTimeout(killer)
}

function hasSetpriv(): boolean {
  if (process.platform !== 'linux') return false
  try {
    accessSync(SETPRIV, constants.X_OK)
    return true
  } catch {
    return false
  }
}
