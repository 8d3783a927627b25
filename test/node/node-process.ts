import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const MAIN = fileURLToPath(new URL('../../node/main.ts', import.meta.url))
const children: ChildProcess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

/** A node as a process of its own; killed after the test if it still runs. */
export type NodeProcess = {
  readonly child: ChildProcess
  /** The first line of stdout; undefined if it ended without one. */
  readonly firstLine: Promise<string | undefined>
  readonly exitCode: Promise<number | null>
  /** Everything on stdout and stderr so far, as lines. */
  readonly stdout: readonly string[]
  readonly stderr: readonly string[]
}

export function startProcess(args: readonly string[], env: Readonly<Record<string, string>> = {}): NodeProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  children.push(child)
  const stdout: string[] = []
  const stderr: string[] = []
  const lines = createInterface({ input: child.stdout })
  const first = new Promise<string | undefined>((resolve) => {
    lines.on('line', (line) => {
      stdout.push(line)
      resolve(line)
    })
    lines.on('close', () => resolve(undefined))
  })
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line))
  const exitCode = new Promise<number | null>((resolve) => {
    child.on('close', (code) => resolve(code))
  })
  return { child, firstLine: first, exitCode, stdout, stderr }
}
