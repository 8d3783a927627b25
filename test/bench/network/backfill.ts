import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type Hex, numberToHex } from 'viem'
import { openChain } from '../../../node/chain/adapter.ts'
import type { ChainPort, Head } from '../../../node/chain/port.ts'
import { startWatch } from '../../../node/watch.ts'
import type { FoundFixing } from '../../../node/watch/memory.ts'
import { DEPLOYMENT } from '../../network/station.ts'
import { DOMAIN, FIXING } from '../../node/reporters.ts'
import type { Say } from './bench.ts'
import type { Result } from './figures.ts'
import { BLOCKS_PER_FIXING } from './logs.ts'

const SERVER = fileURLToPath(new URL('log-server.ts', import.meta.url))
const LOGS_PER_BLOCK = 10
/** What an endpoint gives at once. */
const LOGS_PER_ANSWER = 10_000
const MEGABYTE = 2 ** 20
/** What a node may take beyond the endpoint's own time: its share of the whole. */
const MOST_ASKED = 2

/**
 * A node's watch reads `logs` logs of the oracle from an endpoint on this machine that makes them up, as a new node does at its
 * first start; one in a thousand announces a fixing of an index that it holds, and it must find every one. The raw limit is
 * asking the same endpoint for all of them by plain fetch, one after the other, and parsing the answers as JSON.
 */
export async function backfill({ logs }: { readonly logs: number }, say: Say): Promise<Result> {
  const blocks = BigInt(Math.ceil(logs / LOGS_PER_BLOCK))
  const child = spawn(process.execPath, [SERVER, blocks.toString(), String(LOGS_PER_BLOCK)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  try {
    const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
    const rpcUrl = `http://127.0.0.1:${port}`
    const raw = await timed(() => readRaw(rpcUrl, blocks))
    say(`backfill: ${raw.value} logs by plain requests in ${(raw.ms / 1_000).toFixed(1)} s`)
    const before = process.memoryUsage().rss
    const node = await timed(() => readByNode(rpcUrl, blocks))
    say(`backfill: ${node.value} fixings by the node in ${(node.ms / 1_000).toFixed(1)} s`)
    const expected = Number(blocks / BLOCKS_PER_FIXING)
    if (node.value !== expected) throw new Error(`Expected the node to find ${expected} fixings, got ${node.value}.`)
    const peak = process.resourceUsage().maxRSS / 1_024
    return {
      bench: `backfill of ${logs} logs`,
      figures: [
        {
          what: 'logs',
          value: (1_000 * raw.value) / node.ms,
          unit: '/s',
          raw: { what: 'plain requests', value: (1_000 * raw.value) / raw.ms },
        },
        {
          what: "processor time of the node's process",
          value: node.cpuMs,
          unit: 'ms',
          raw: { what: 'plain requests', value: raw.cpuMs },
        },
        { what: 'time beside that of plain requests', value: node.ms / raw.ms, unit: '', goal: { atMost: MOST_ASKED } },
        {
          what: 'memory (RSS) at most',
          value: peak,
          unit: 'MB',
          raw: { what: 'before the node read', value: before / MEGABYTE },
        },
      ],
    }
  } finally {
    child.kill('SIGKILL')
  }
}

async function timed(run: () => Promise<number>) {
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const value = await run()
  const { user, system } = process.cpuUsage(cpu)
  return { value, ms: performance.now() - start, cpuMs: (user + system) / 1_000 }
}

async function readRaw(rpcUrl: string, blocks: bigint): Promise<number> {
  const span = BigInt(LOGS_PER_ANSWER / LOGS_PER_BLOCK)
  let count = 0
  for (let from = 1n; from <= blocks; from += span) {
    const range = { address: DEPLOYMENT.oracle, fromBlock: hex(from), toBlock: hex(from + span - 1n) }
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getLogs', params: [range] })
    const response = await fetch(rpcUrl, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    const { result } = (await response.json()) as { result: unknown[] }
    count += result.length
  }
  return count
}

async function readByNode(rpcUrl: string, blocks: bigint): Promise<number> {
  const chain = await openChain({
    rpcUrl,
    oracle: DEPLOYMENT.oracle,
    registry: DOMAIN.registry,
    chainId: DEPLOYMENT.chainId,
    account: undefined,
  })
  const head: Head = { number: blocks, time: 1_735_689_600n }
  const served: Pick<ChainPort, 'head' | 'block' | 'events'> = {
    head: async () => head,
    block: async (number) => ({ ...head, number }),
    events: (from, to, wanted) => chain.events(from, to, wanted),
  }
  const isHeld = (indexId: Hex): boolean => indexId === FIXING.indexId
  const watch = await startWatch(served, memory(), isHeld, { open: [], firstBlock: 1n, confirmations: 32 })
  return (await watch.look()).found.length
}

function memory() {
  let next: bigint | undefined
  return {
    nextBlock: async () => next,
    anchor: async () => undefined,
    isClosed: async () => false,
    isUndone: async () => false,
    log: async () => undefined,
    extend: async (_: readonly FoundFixing[], nextBlock: bigint) => {
      next = nextBlock
    },
  }
}

function hex(value: bigint): Hex {
  return numberToHex(value)
}
