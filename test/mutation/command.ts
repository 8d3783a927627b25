import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { ROOT } from './scratch.ts'

export type Ran = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly isTimedOut: boolean
}

export type CommandOptions = {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string>>
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

/** Runs a program of node_modules/.bin to its end. Never throws because it failed: the code says so, 1 when it was killed. */
export function runCommand([program, ...args]: readonly [string, ...string[]], options: CommandOptions): Promise<Ran> {
  const bin = join(ROOT, 'node_modules', '.bin')
  const { promise, resolve, reject } = Promise.withResolvers<Ran>()
  const child = spawn(join(bin, program), args, {
    cwd: options.cwd,
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH']}`, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
  })
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  child.stdout.on('data', (part: Buffer) => parts.stdout.push(part))
  child.stderr.on('data', (part: Buffer) => parts.stderr.push(part))
  let isTimedOut = false
  const end = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL')
  }
  const timer = setTimeout(() => {
    isTimedOut = true
    end()
  }, options.timeoutMs ?? 600_000)
  options.signal?.addEventListener('abort', end, { once: true })
  const settle = (): void => {
    clearTimeout(timer)
    options.signal?.removeEventListener('abort', end)
  }
  child.on('error', (error) => {
    settle()
    reject(error)
  })
  child.on('close', (code) => {
    settle()
    if (options.signal?.aborted === true) return reject(new StoppedError())
    const text = (of: readonly Buffer[]): string => Buffer.concat(of).toString()
    resolve({ code: code ?? 1, stdout: text(parts.stdout), stderr: text(parts.stderr), isTimedOut })
  })
  return promise
}

/** The run was stopped: nothing can be said of what it did not finish. */
export class StoppedError extends Error {
  override readonly name = 'Mutation.StoppedError'
  constructor() {
    super('Expected the command to run to its end, got stopped.')
  }
}
