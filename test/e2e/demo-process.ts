import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** A running `assize demo`, as a process of its own, as a person runs it. */
export type DemoProcess = {
  readonly pid: number
  /** Resolves with what matched in its talk, so far or from now on. */
  said(pattern: RegExp): Promise<RegExpExecArray>
  /** The pids of the reporters that it named. */
  reporterPids(): Map<string, number>
  kill(signal: NodeJS.Signals): void
  readonly ended: Promise<{ readonly exitCode: number | null; readonly out: string; readonly err: string }>
}

/** Starts `assize demo ...args`. Its temporary files go to `tmp`, if given. */
export function startDemo(args: readonly string[], tmp?: string): DemoProcess {
  const env = { ...process.env, ...(tmp === undefined ? {} : { TMPDIR: tmp }), NO_COLOR: '1' }
  const child = spawn(process.execPath, [MAIN, 'demo', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { out: '', err: '' }
  const listeners = new Set<() => void>()
  collect(child, 'stdout', (chunk) => (text.out += chunk), listeners)
  collect(child, 'stderr', (chunk) => (text.err += chunk), listeners)
  const talk = (): string => text.out + text.err
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    pid: child.pid ?? 0,
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(talk())
          if (match === null) return
          listeners.delete(look)
          resolve(match)
        }
        listeners.add(look)
        look()
        void ended.then(() => reject(new Error(`Expected the demo to say ${pattern}, got its end:\n${talk()}`)))
      }),
    reporterPids: () =>
      new Map([...talk().matchAll(/(reporter-\d+) +pid (\d+)/g)].map(([, name = '', pid]) => [name, Number(pid)])),
    kill: (signal) => void child.kill(signal),
    ended: ended.then((exitCode) => ({ exitCode, ...text })),
  }
}

/** Every process below `pid`, and itself, that is alive now. Sessions do not matter: parents are followed. */
export function familyOf(pid: number): number[] {
  const parents = new Map(processes().map((child) => [child, parentOf(child)]))
  const family = new Set([pid])
  for (let grown = true; grown;) {
    grown = false
    for (const [child, parent] of parents) {
      if (parent === undefined || family.has(child) || !family.has(parent)) continue
      family.add(child)
      grown = true
    }
  }
  return [...family]
}

/** Whether the process is there and not merely waiting to be reaped. */
export function isAlive(pid: number): boolean {
  const status = read(`/proc/${pid}/stat`)
  return status !== undefined && !/\) Z /.test(status)
}

function collect(
  child: ChildProcess,
  name: 'stdout' | 'stderr',
  add: (chunk: string) => void,
  listeners: ReadonlySet<() => void>,
): void {
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    add(chunk)
    for (const listener of listeners) listener()
  })
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}

function parentOf(pid: number): number | undefined {
  const parent = /\) \S+ (\d+)/.exec(read(`/proc/${pid}/stat`) ?? '')?.[1]
  return parent === undefined ? undefined : Number(parent)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined // gone meanwhile
  }
}
