import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { endProcess, spawnTied } from '#client/tied-process.ts'
import { createNamespaces, type Namespaces, within } from './namespaces.ts'
import type { Link, LinkWeather, RelayOrder, Target } from './weather.ts'

const RELAY = fileURLToPath(new URL('relay.ts', import.meta.url))
/** What `assize node` runs. */
const NODE = fileURLToPath(new URL('../../../node/main.ts', import.meta.url))
/** Where a node listens, and where it finds the chain. */
const NODE_PORT = 4_001
const CHAIN_PORT = 8_545
/** The hub's port towards the node with that number. */
const FIRST_LINK_PORT = 20_000
const STOP_MS = 5_000

/** Machines that only meet through a relay, on one. */
export class Lab {
  readonly count: number
  readonly folder: string
  readonly #namespaces: Namespaces
  readonly #bridge: Server
  readonly #relay: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #nodes = new Map<number, ChildProcess>()
  /** The last lines that each node said, for whoever looks into a failure. */
  readonly #words = new Map<number, string[]>()

  /** `count` namespaces, in each of which the chain at `rpcUrl` is at {@link Lab.rpcUrl}. Throws NotPermittedError. */
  static async open(count: number, rpcUrl: string, seed: number): Promise<Lab> {
    const folder = mkdtempSync(join(tmpdir(), 'assize-lab-'))
    const namespaces = createNamespaces(count, folder)
    try {
      const lab = new Lab(count, folder, namespaces, new URL(rpcUrl), seed)
      await lab.#begin()
      return lab
    } catch (error) {
      namespaces.remove()
      throw error
    }
  }

  private constructor(count: number, folder: string, namespaces: Namespaces, rpc: URL, seed: number) {
    this.count = count
    this.folder = folder
    this.#namespaces = namespaces
    this.#bridge = createServer((near) => {
      const far = connect(Number(rpc.port), rpc.hostname)
      near.pipe(far).pipe(near)
      near.on('error', () => far.destroy())
      far.on('error', () => near.destroy())
    })
    const [file, ...args] = within(namespaces.hub, [process.execPath, RELAY, String(seed)])
    this.#relay = spawnTied(file, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const { stdout } = this.#relay
    if (stdout === null) throw new Error('Expected the relay to have a stdout, got none.')
    this.#answers = createInterface({ input: stdout })[Symbol.asyncIterator]()
  }

  /** The chain, as node `i` reaches it. */
  rpcUrl(i: number): string {
    return `http://${this.#namespaces.hubAddress(i)}:${CHAIN_PORT}`
  }

  /** Where node `i` is to listen. */
  listen(i: number): string {
    return `/ip4/${this.#namespaces.address(i)}/tcp/${NODE_PORT}`
  }

  /** Makes a link, and says by which address `from` dials `to`, who has `peerId`. */
  async link([from, to]: Link, peerId: string): Promise<string> {
    const [host, port] = [this.#namespaces.hubAddress(from), FIRST_LINK_PORT + to]
    await this.#order({
      kind: 'listen',
      host,
      port,
      to: { host: this.#namespaces.address(to), port: NODE_PORT },
      link: [from, to],
    })
    return `/ip4/${host}/tcp/${port}/p2p/${peerId}`
  }

  weather(weather: LinkWeather): Promise<void> {
    return this.#order({ kind: 'weather', weather })
  }

  /** Splits the network into these groups; `ends`: connections that were cut are reset, now or when they heal. */
  groups(groups: readonly (readonly number[])[], ends: boolean): Promise<void> {
    return this.#order({ kind: 'groups', groups, ends })
  }

  /** Starts node `i`; resolves when it says that it is ready, or ended before. */
  async start(i: number, config: string): Promise<void> {
    const command = [process.execPath, NODE, '--config', config]
    const [file, ...args] = within(this.#namespaces.node(i), command)
    const env = { ...process.env, NODE_COMPILE_CACHE: join(this.folder, 'compile-cache') }
    const child = spawnTied(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
    this.#nodes.set(i, child)
    const { stdout, stderr } = child
    if (stdout === null || stderr === null) throw new Error('Expected a node to have stdout and stderr, got none.')
    createInterface({ input: stderr }).on('line', (line) => this.#note(i, line))
    await Promise.race([once(createInterface({ input: stdout }), 'line'), once(child, 'exit')])
  }

  isRunning(i: number): boolean {
    const child = this.#nodes.get(i)
    return child !== undefined && child.exitCode === null && child.signalCode === null
  }

  /** Ends node `i` at once. */
  async kill(i: number): Promise<void> {
    const child = this.#nodes.get(i)
    if (child === undefined || !this.isRunning(i)) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }

  lastWords(i: number): readonly string[] {
    return this.#words.get(i) ?? []
  }

  /** Ends everything, and leaves nothing. */
  async close(): Promise<void> {
    for (const i of this.#nodes.keys()) await this.kill(i)
    await endProcess(this.#relay, STOP_MS)
    this.#bridge.close()
    this.#namespaces.remove()
  }

  async #begin(): Promise<void> {
    const socket: Target = { path: join(this.folder, 'chain.sock') }
    this.#bridge.listen(socket.path)
    await once(this.#bridge, 'listening')
    for (let i = 0; i < this.count; i += 1) {
      await this.#order({ kind: 'listen', host: this.#namespaces.hubAddress(i), port: CHAIN_PORT, to: socket })
    }
  }

  async #order(order: RelayOrder): Promise<void> {
    this.#relay.stdin?.write(`${JSON.stringify(order)}\n`)
    const { done } = await this.#answers.next()
    if (done === true) throw new Error('Expected the relay to obey, got its end.')
  }

  #note(i: number, line: string): void {
    const words = this.#words.get(i) ?? []
    this.#words.set(i, [...words, line].slice(-20))
  }
}
