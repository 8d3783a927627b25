import type { ChildProcess } from 'node:child_process'
import { type Address, createTestClient, http } from 'viem'
import { findAnvil } from './anvil-binary.ts'
import { endProcess, spawnTied } from './tied-process.ts'

/** Chain id of the embedded chain: anvil's own, which wallets refuse to confuse with a real network. */
export const EMBEDDED_CHAIN_ID = 31_337

/** Between two blocks of a chain that follows the machine's clock, seconds: Ethereum's slot. */
const WALL_BLOCK_SECONDS = 12
/**
 * How many blocks back the chain can be read, four times what a full node of Ethereum keeps. Told no number, anvil writes
 * up to 3 600 older ones below the user's home, a gigabyte for a busy chain, and leaves them there when it ends.
 */
const KEPT_STATES = 512
/** How long anvil may take from spawn to listening; it needs 35 to 190 ms. */
const START_TIMEOUT_MS = 60_000
/** How long anvil may take to end after SIGTERM before it is killed. */
const STOP_TIMEOUT_MS = 2_000

/**
 * An anvil of this process: a whole chain whose clock moves only by blocks. State can be read {@link KEPT_STATES} blocks
 * back, blocks, receipts and logs from the first on; none of it touches the disk.
 */
export type EmbeddedChain = {
  readonly rpcUrl: string
  readonly pid: number
  /** Mines one block at `time`, seconds; it must lie after the latest block. */
  mineAt(time: bigint): Promise<void>
  /** Sets the time of the next block, whoever's transaction makes it. */
  setNextBlockTime(time: bigint): Promise<void>
  /** Whether a transaction is mined as it arrives (the default) or waits for `mineAt`. */
  setMining(mode: 'instant' | 'manual'): Promise<void>
  /** Gives `account` exactly `wei` of the chain's own currency. */
  setBalance(account: Address, wei: bigint): Promise<void>
  /** Resolves with the cause when anvil ends without being asked to. */
  readonly died: Promise<ChainDiedError>
  /** Ends anvil and waits for it; harmless when repeated. */
  stop(): Promise<void>
}

export type EmbeddedChainOptions = {
  /** Time of the genesis block, Unix seconds. */
  readonly startTime: bigint
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port?: number
  /** What it keeps for `debug_traceTransaction`: every step of every transaction costs memory. Nothing by default. */
  readonly traces?: 'none' | 'steps'
  /**
   * What moves the chain's time: blocks alone, each one second after the last (the default), or the machine's clock, with
   * a block every {@link WALL_BLOCK_SECONDS} even if nothing is sent.
   */
  readonly clock?: 'blocks' | 'wall'
  /** The rules of the chain; prague by default, which the contracts need. */
  readonly hardfork?: 'prague' | 'cancun' | 'shanghai'
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal
}

/**
 * Starts anvil (prague) on 127.0.0.1 and waits until it listens. Every transaction is mined at once; unless told
 * otherwise in a block one second after the last, so that the clock never follows the wall's. On Linux the kernel kills it with its parent.
 * Throws MissingAnvilError, {@link PortInUseError}, {@link ChainStartError}.
 */
export async function startEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  options.signal?.throwIfAborted()
  const port = options.port ?? 0
  const anvil = findAnvil(options.env ?? process.env)
  const child = spawnAnvil(anvil, port, options)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let stopping = false
  const stop = (): Promise<void> => {
    stopping = true
    return endProcess(child, STOP_TIMEOUT_MS)
  }
  try {
    const rpcUrl = await listening(child, ended, port, options.signal)
    const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl, { retryCount: 0 }) })
    if (options.clock !== 'wall') await client.setBlockTimestampInterval({ interval: 1 })
    const died = new Promise<ChainDiedError>((resolve) => {
      void ended.then((code) => (stopping ? undefined : resolve(new ChainDiedError(code))))
    })
    return {
      rpcUrl,
      pid: child.pid ?? 0,
      async mineAt(time) {
        await client.setNextBlockTimestamp({ timestamp: time })
        await client.mine({ blocks: 1 })
      },
      setNextBlockTime: (time) => client.setNextBlockTimestamp({ timestamp: time }),
      setMining: (mode) => client.setAutomine(mode === 'instant'),
      setBalance: (account, wei) => client.setBalance({ address: account, value: wei }),
      died,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Another process listens on the port that the embedded chain was told to use. */
export class PortInUseError extends Error {
  override readonly name = 'EmbeddedChain.PortInUseError'
  readonly port: number
  constructor(port: number) {
    super(`Expected port ${port} on 127.0.0.1 to be free, got another process listening on it.`)
    this.port = port
  }
}

/** Anvil ended, or stayed silent, before it listened. */
export class ChainStartError extends Error {
  override readonly name = 'EmbeddedChain.ChainStartError'
  readonly output: string
  constructor(output: string) {
    super(`Expected anvil to listen within ${START_TIMEOUT_MS / 1000} s, got: ${output === '' ? 'nothing' : output}`)
    this.output = output
  }
}

/** Anvil ended while it was in use. */
export class ChainDiedError extends Error {
  override readonly name = 'EmbeddedChain.ChainDiedError'
  readonly exitCode: number | null
  constructor(exitCode: number | null) {
    super(`Expected the embedded chain to live, got its end (${exitCode === null ? 'killed' : `exit ${exitCode}`}).`)
    this.exitCode = exitCode
  }
}

function spawnAnvil(
  anvil: string,
  port: number,
  { startTime, traces, clock, hardfork = 'prague' }: EmbeddedChainOptions,
): ChildProcess {
  const args = ['--host', '127.0.0.1', '--port', String(port), '--timestamp', String(startTime)]
  args.push('--hardfork', hardfork, '--chain-id', String(EMBEDDED_CHAIN_ID), '--accounts', '1', '--no-cors')
  args.push('--prune-history', String(KEPT_STATES))
  if (traces === 'steps') args.push('--steps-tracing')
  if (clock === 'wall') args.push('--block-time', String(WALL_BLOCK_SECONDS), '--mixed-mining')
  return spawnTied(anvil, args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits for anvil's "Listening on" line; afterwards its output is drained and dropped. */
async function listening(
  child: ChildProcess,
  ended: Promise<number | null>,
  port: number,
  signal: AbortSignal | undefined,
): Promise<string> {
  let output = ''
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const read = (chunk: Buffer): void => {
    output = (output + chunk.toString('utf8')).slice(-4_000)
    const address = /Listening on (127\.0\.0\.1:\d+)/.exec(output)?.[1]
    if (address !== undefined) resolve(`http://${address}`)
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  child.once('error', reject)
  const timer = setTimeout(() => reject(new ChainStartError(lastLine(output))), START_TIMEOUT_MS)
  const abort = (): void => reject(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  void ended.then(() =>
    reject(/in use/i.test(output) ? new PortInUseError(port) : new ChainStartError(lastLine(output))),
  )
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
    child.stdout?.off('data', read).resume()
    child.stderr?.off('data', read).resume()
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? ''
}
