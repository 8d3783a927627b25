import type { ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { endProcess, spawnTied } from '#client/tied-process.ts'
import { COMPILE_CACHE, NODE_MAIN } from '../places.ts'
import type { Person } from './people.ts'

const STOP_TIMEOUT_MS = 2_000
const ASK_TIMEOUT_MS = 20_000

const READY = z.object({
  ready: z.literal(true),
  pid: z.int(),
  httpPort: z.int(),
  multiaddrs: z.array(z.string()),
  peerId: z.string(),
  signer: z.string().optional(),
})

/** What a node says of itself when it is ready. */
export type Ready = z.output<typeof READY>

/** How a process ended. */
export type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** One reporter: its own operating-system process of `node/main.ts`, which may die at any time and be started again. */
export class ReporterProcess {
  readonly person: Person
  readonly #config: string
  readonly #logFile: string
  readonly #onDeath: (reporter: ReporterProcess, ending: Ending) => void
  #child: ChildProcess | undefined
  #ready: Ready | undefined
  #lastWords = ''
  #isStopping = false
  #firstPid: number | undefined

  constructor(
    person: Person,
    files: { readonly config: string; readonly log: string },
    onDeath: (reporter: ReporterProcess, ending: Ending) => void,
  ) {
    this.person = person
    this.#config = files.config
    this.#logFile = files.log
    this.#onDeath = onDeath
  }

  /** The pid of the running process; undefined when there is none. */
  get pid(): number | undefined {
    return this.isAlive ? this.#child?.pid : undefined
  }

  /** The pid it was first started with; undefined before. */
  get firstPid(): number | undefined {
    return this.#firstPid
  }

  get isAlive(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** What the node said when it became ready; undefined before, and after its death. */
  get ready(): Ready | undefined {
    return this.isAlive ? this.#ready : undefined
  }

  /** The last line of its log. */
  get lastWords(): string {
    return this.#lastWords
  }

  /** Starts the process; returns at once. `ready` says when it is. */
  spawn(): void {
    this.#ready = undefined
    const child = spawnTied(process.execPath, [NODE_MAIN, '--config', this.#config], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    })
    this.#child = child
    this.#firstPid ??= child.pid
    this.#lastWords = ''
    const log = createWriteStream(this.#logFile, { flags: 'a' })
    log.on('error', () => undefined) // a log that cannot be written must not end the demo
    child.stderr?.pipe(log)
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        this.#lastWords = line
      })
    }
    child.stdin?.on('error', () => undefined) // gone with the process
    if (child.stdout !== null) {
      createInterface({ input: child.stdout }).on('line', (line) => this.#readLine(child, line))
    }
    child.once('error', () => undefined) // reported as its end
    child.once('exit', (code, signal) => {
      if (!this.#isStopping) this.#onDeath(this, { code, signal })
    })
  }

  /** Ends the process and waits for it; harmless when there is none. */
  async stop(): Promise<void> {
    this.#isStopping = true
    if (this.#child !== undefined) await endProcess(this.#child, STOP_TIMEOUT_MS)
    this.#isStopping = false
  }

  /**
   * Asks the node's local HTTP interface. `undefined` when it does not answer: it is dead, dying or busy, and whoever
   * waits asks again.
   */
  async ask<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const port = this.ready?.httpPort
    if (port === undefined) return undefined
    try {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(ASK_TIMEOUT_MS) })
      if (!response.ok) return undefined
      return schema.parse(await response.json())
    } catch (error) {
      if (error instanceof z.ZodError) throw error
      return undefined
    }
  }

  /** Tells the node where a peer listens. */
  async introduce(multiaddr: string): Promise<void> {
    const port = this.ready?.httpPort
    if (port === undefined) return
    await fetch(`http://127.0.0.1:${port}/peers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ multiaddr }),
      signal: AbortSignal.timeout(ASK_TIMEOUT_MS),
    }).catch(() => undefined) // dead or dying: the others go on without it
  }

  #readLine(child: ChildProcess, line: string): void {
    if (child !== this.#child || this.#ready !== undefined || !line.startsWith('{')) return
    const parsed = READY.safeParse(JSON.parse(line))
    if (parsed.success) this.#ready = parsed.data
  }
}
