import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { ROOT } from '../package/installed.ts'

/** A network of its own, to try commands on. */
export type Network = {
  /** A variable of its environment, as its file has it. */
  of(name: string): string
  stop(): Promise<void>
}

/** Starts a network in `folder`, which runs until it is stopped as by Ctrl-C. */
export async function startNetwork(folder: string): Promise<Network> {
  const network = spawn('node', ['cli/main.ts', 'devnet', '--folder', folder], { cwd: ROOT, env: cleanEnvironment() })
  const ended = new Promise((resolve) => network.once('close', resolve))
  for await (const line of createInterface({ input: network.stderr })) {
    if (line.startsWith('Ready.')) {
      const lines = readFileSync(join(folder, 'env'), 'utf8')
      return {
        of: (name) => new RegExp(`^export ${name}='(.*)'$`, 'm').exec(lines)?.[1] ?? '',
        async stop() {
          network.kill('SIGINT')
          await ended
        },
      }
    }
  }
  throw new Error('Expected a network, got its end.')
}

/** Nothing of whoever runs the tests leaks into a session. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(ASSIZE_|FIXING$|npm_|VITEST|NODE_OPTIONS)/.test(name))
  return { ...Object.fromEntries(own), NO_COLOR: '1', TZ: 'UTC' }
}
