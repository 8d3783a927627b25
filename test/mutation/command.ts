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
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  child.stdout.on('data', (part: Buffer) => parts.stdout.push(part))
  child.stderr.on('data', (part: Buffer) => parts.stderr.push(part))
  let isTimedOut = false
  const timer = setTimeout(() => {
    isTimedOut = true
    child.kill('SIGKILL')
  }, options.timeoutMs ?? 600_000)
  child.on('error', (error) => {
    clearTimeout(timer)
    reject(error)
  })
  child.on('close', (code) => {
    clearTimeout(timer)
    const text = (of: readonly Buffer[]): string => Buffer.concat(of).toString()
    resolve({ code: code ?? 1, stdout: text(parts.stdout), stderr: text(parts.stderr), isTimedOut })
  })
  return promise
}
