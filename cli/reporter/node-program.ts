import { endProcess, spawnTied } from '#client/tied-process.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { NODE_MAIN } from '../places.ts'

/** A node gets this long to close its store after it was asked to stop, milliseconds. */
const STOP_TIMEOUT_MS = 10_000

/** How a node is started, before its flags. */
export function nodeProgram(): string[] {
  return [process.execPath, NODE_MAIN]
}

/**
 * Runs a node with these flags as a process of its own until it ends or `signal` ends it; its exit code becomes ours. `ready`: where
 * the line goes that it prints when it is.
 */
export async function runNode(
  flags: readonly string[],
  { signal, env }: Pick<Context, 'signal'> & { readonly env?: NodeJS.ProcessEnv },
  ready: 'stdout' | 'stderr' = 'stdout',
): Promise<ExitCode> {
  const [command = '', ...args] = nodeProgram()
  const child = spawnTied(command, [...args, ...flags], {
    stdio: ['inherit', ready === 'stdout' ? 'inherit' : process.stderr, 'inherit'],
    ...(env === undefined ? {} : { env }),
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve)
    child.once('error', reject)
  })
  const stop = (): void => void endProcess(child, STOP_TIMEOUT_MS)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const code = await ended
  signal.removeEventListener('abort', stop)
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.failed
}
