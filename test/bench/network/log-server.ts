/**
 * A JSON-RPC endpoint that serves made-up logs, in a process of its own: `node log-server.ts BLOCKS LOGS_PER_BLOCK`. Prints its port.
 * It refuses ranges of more than {@link MAX_LOGS} logs, as public endpoints do, and has no contracts: it answers what a node asks at its
 * start, and `eth_getLogs`.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { encodeAbiParameters, encodeEventTopics, getAbiItem, type Hex, numberToHex } from 'viem'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { DEPLOYMENT } from '../../network/station.ts'
import { FIXING, keyOf, WAD } from '../../node/reporters.ts'
import { BLOCKS_PER_FIXING } from './logs.ts'

/** What endpoints allow in one answer. */
const MAX_LOGS = 10_000n

const [blocks = 0n, logsPerBlock = 0n] = process.argv.slice(2).map(BigInt)
const person = keyOf('somebody').address
const ID = `0x${'ab'.repeat(32)}` as const
const NUMBER = 'NUMBER'
const INDEX = 'INDEX'
const FRESH_ID = 'FRESH_ID'

/** A proposal, then what mints its receipts, over and over: what an oracle logs most. */
const templates = [proposed(), contributed()].map((log) => JSON.stringify(log))
/** Now and then a fixing of an index that the node holds. */
const announcement = JSON.stringify(created())

const server = createServer((request, response) => void respond(request, response))
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
process.stdin.resume().once('end', () => process.exit())

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.setHeader('content-type', 'application/json')
  response.end(await answer(request))
}

async function answer(request: IncomingMessage): Promise<string> {
  const { id, method, params } = JSON.parse(await text(request)) as {
    id: number
    method: string
    params: [{ fromBlock: Hex; toBlock: Hex }]
  }
  const reply = (result: string): string => `{"jsonrpc":"2.0","id":${id},"result":${result}}`
  if (method === 'eth_chainId') return reply(`"${numberToHex(DEPLOYMENT.chainId)}"`)
  if (method === 'eth_getCode') return reply('"0x60"')
  if (method === 'eth_call') return reply(`"0x${'00'.repeat(12)}${DEPLOYMENT.oracle.slice(2)}"`)
  if (method !== 'eth_getLogs') return refusal(id, `no method ${method}`)
  const [from, to] = [BigInt(params[0].fromBlock), BigInt(params[0].toBlock)]
  if ((to - from + 1n) * logsPerBlock > MAX_LOGS) return refusal(id, 'query returned more than 10000 results')
  return reply(`[${logsBetween(from, to < blocks ? to : blocks).join()}]`)
}

function refusal(id: number, message: string): string {
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_005, message } })
}

function logsBetween(from: bigint, to: bigint): readonly string[] {
  const logs: string[] = []
  for (let block = from; block <= to; block += 1n) {
    const number = numberToHex(block)
    for (let i = 0; i < Number(logsPerBlock); i += 1) {
      const isAnnouncing = i === 0 && block % BLOCKS_PER_FIXING === 0n
      const template = isAnnouncing ? announcement : (templates[i % templates.length] ?? '')
      const log = template.replaceAll(NUMBER, number).replaceAll(INDEX, numberToHex(i))
      logs.push(isAnnouncing ? log.replaceAll(FRESH_ID, numberToHex(block, { size: 32 })) : log)
    }
  }
  return logs
}

function created() {
  const [event, , indexId] = encodeEventTopics({
    abi: maturityOracleAbi,
    eventName: 'Created',
    args: { id: ID, indexId: FIXING.indexId },
  }) as Hex[]
  const { inputs } = getAbiItem({ abi: maturityOracleAbi, name: 'Created' })
  const data = encodeAbiParameters(
    inputs.filter(({ indexed }) => !indexed),
    [FIXING],
  )
  return logOf([event, FRESH_ID, indexId], data)
}

function proposed() {
  const topics = encodeEventTopics({
    abi: maturityOracleAbi,
    eventName: 'Proposed',
    args: { id: ID, proposer: person },
  })
  return logOf(topics as Hex[], words(2_500n * WAD, WAD / 10n, 1_735_689_600n))
}

function contributed() {
  const topics = encodeEventTopics({ abi: maturityOracleAbi, eventName: 'Contributed', args: { id: ID, from: person } })
  return logOf(topics as Hex[], words(0n, 1n, 2_500n * WAD, WAD, WAD))
}

function words(...values: readonly bigint[]): Hex {
  return encodeAbiParameters(
    values.map(() => ({ type: 'uint256' })),
    values,
  )
}

function logOf(topics: readonly (string | undefined)[], data: Hex) {
  return {
    address: DEPLOYMENT.oracle,
    topics,
    data,
    blockNumber: NUMBER,
    transactionHash: `0x${'cd'.repeat(32)}`,
    transactionIndex: '0x0',
    blockHash: `0x${'ef'.repeat(32)}`,
    logIndex: INDEX,
    removed: false,
  }
}
