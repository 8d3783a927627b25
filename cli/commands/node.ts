import type { Command } from 'commander'
import { endProcess, spawnTied } from '#client/tied-process.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { NODE_MAIN } from '../places.ts'

/** A node gets this long to close its store after it was asked to stop, milliseconds. */
const STOP_TIMEOUT_MS = 10_000

/** Adds `assize node`: one reporter node, as a process of its own whose exit code becomes ours. */
export function defineNode(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('node')

    .requiredOption('--config <file>', 'TOML configuration')
    .addHelpText('after', '\nExample:\n  assize node --config node.toml')
    .action(async ({ config }: { config: string }) => done(await runNode(config, context.signal)))
}

async function runNode(config: string, signal: AbortSignal): Promise<ExitCode> {
  const child = spawnTied(process.execPath, [NODE_MAIN, '--config', config], { stdio: 'inherit' })
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
