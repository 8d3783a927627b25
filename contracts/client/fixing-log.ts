import {
  type Address,
  BaseError,
  formatLog,
  getAbiItem,
  type Hex,
  HttpRequestError,
  isAddressEqual,
  type Log,
  numberToHex,
  parseEventLogs,
  type ParseEventLogsReturnType,
  type RpcLog,
  toEventSelector,
} from 'viem'
import { requireNatural, requireWhole } from '#protocol/argument.ts'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { KIND_CODE, type Fixing, MAX_LEADERS } from '#protocol/fixing.ts'
import { type Chain, latestBlock } from './chain.ts'
import { explained } from './errors.ts'
import { createSpan, type Span } from './span.ts'

/** A decoded event of the oracle; switch on `eventName`. */
export type OracleEvent = ParseEventLogsReturnType<typeof maturityOracleAbi, undefined, true>[number]

/** A fixing that was announced, and where. */
export type CreatedFixing = { readonly id: Hex; readonly fixing: Fixing; readonly block: bigint }

/** A pot that took stake in one round; `filled` is the sum, bond-token wei. */
export type LoggedPot = { readonly kind: 'stake' | 'appeal'; readonly value: bigint; readonly filled: bigint }

/** Half-open in time, closed in blocks: `fromBlock` and `toBlock` are both read. */
export type BlockRange = {
  readonly fromBlock: bigint
  readonly toBlock?: bigint
  /** Called after every part that was read, with how many blocks are left. */
  readonly onPart?: (blocksLeft: bigint) => void
  /** By default every event is wanted. */
  readonly wanted?: Wanted | undefined
  /** Ends the pauses that an endpoint is given which is asked too often. */
  readonly signal?: AbortSignal
}

/**
 * Which events are wanted: those of fixings that are tracked, and of fixings that the same range announces with an index that
 * is held. Others are not decoded: of a long log that is what takes the time.
 */
export type Wanted = {
  readonly isTracked: (id: Hex) => boolean
  readonly isHeld: (indexId: Hex) => boolean
}

/** The oracle's events among `logs`, in their order; logs of other contracts are left out. */
export function eventsOf(oracle: Address, logs: readonly Log[]): OracleEvent[] {
  const own = logs.filter((log) => isAddressEqual(log.address, oracle))
  return parseEventLogs({ abi: maturityOracleAbi, logs: own })
}

/**
 * Every event of the oracle in the range, by default up to the latest block, in chain order; of one fixing if `id` is
 * given. A range that the endpoint finds too large is halved until it answers, and doubled again in time. Warning: of no one block; while the range is
 * read, its newest blocks may be replaced. End it at one that is final where that matters. Throws DeadRpcError, ArgumentError for a range
 * whose ends are no block numbers.
 */
export async function oracleEvents(chain: Chain, oracle: Address, range: BlockRange, id?: Hex): Promise<OracleEvent[]> {
  // The id is the first indexed field of every event but the receipts' own, whose are accounts.
  return eventsOf(oracle, await logsOf(chain, oracle, range, id))
}

/** Every log of a contract in the range, in chain order, as {@link oracleEvents}; of one fixing if its events name it first. */
export async function logsOf(chain: Chain, contract: Address, range: BlockRange, id?: Hex): Promise<Log[]> {
  // Of a range without a beginning nothing would be asked.
  requireNatural('fromBlock', range.fromBlock)
  if (range.toBlock !== undefined) requireNatural('toBlock', range.toBlock)
  return explained(chain.rpcUrl, 'eth_getLogs', async () => {
    const toBlock = range.toBlock ?? (await latestBlock(chain)).number
    return logsIn(chain, { contract, id }, { ...range, toBlock })
  })
}

/** The fixings announced from `fromBlock` on, in chain order. Throws DeadRpcError. */
export async function readCreated(chain: Chain, oracle: Address, fromBlock: bigint): Promise<CreatedFixing[]> {
  return createdIn(await oracleEvents(chain, oracle, { fromBlock }))
}

/** The fixings that `events` announce, in chain order; one that was announced twice appears once, where it was first. */
export function createdIn(events: readonly OracleEvent[]): CreatedFixing[] {
  const created = new Map<Hex, CreatedFixing>()
  for (const event of events) {
    if (event.eventName !== 'Created' || created.has(event.args.id)) continue
    created.set(event.args.id, { id: event.args.id, fixing: event.args.fixing, block: event.blockNumber })
  }
  return [...created.values()]
}

/** The pots that took stake in `round` of fixing `id`, in the order in which they were opened. Throws ArgumentError for no round. */
export function potsOf(events: readonly OracleEvent[], id: Hex, round: number): LoggedPot[] {
  requireWhole('round', round, 0, MAX_LEADERS)
  const pots = new Map<string, LoggedPot>()
  for (const event of events) {
    if (event.eventName !== 'Contributed' || event.args.id !== id || event.args.round !== round) continue
    const kind = event.args.kind === KIND_CODE.appeal ? 'appeal' : 'stake'
    pots.set(`${kind} ${event.args.value}`, { kind, value: event.args.value, filled: event.args.filled })
  }
  return [...pots.values()]
}

/** How many blocks each endpoint gives at once. */
const spans = new WeakMap<Chain, Span>()

type Asked = { readonly last: bigint; readonly answer: Promise<RpcLog[]> }

/**
 * Endpoints cap the range or the number of logs, each with its own message: whatever fails is tried with half the range, and what
 * worked is asked for again, in time also more. One that wants to be asked less often is given a pause. Once a range has worked,
 * the next is on its way while an answer is read.
 */
async function logsIn(
  chain: Chain,
  { contract, id }: { readonly contract: Address; readonly id: Hex | undefined },
  { fromBlock, toBlock, onPart, wanted, signal }: BlockRange & { readonly toBlock: bigint },
): Promise<Log[]> {
  const logs: Log[] = []
  const isWanted = wanted === undefined ? undefined : selection(wanted)
  const topics = id === undefined ? {} : { topics: [null, id] }
  const span = spanOf(chain)
  const ask = (first: bigint): Asked => {
    const last = first + span.within(toBlock - first + 1n) - 1n
    const range = { fromBlock: numberToHex(first), toBlock: numberToHex(last) }
    const answer = chain.publicClient.request({
      method: 'eth_getLogs',
      params: [{ address: contract, ...range, ...topics }],
    })
    // Looked at in its turn; until then nobody else does.
    answer.catch(() => undefined)
    return { last, answer }
  }
  let ahead: Asked | undefined
  let hasWorked = false
  let pauses = 0
  for (let at = fromBlock; at <= toBlock;) {
    const { last, answer } = ahead ?? ask(at)
    ahead = hasWorked && last < toBlock ? ask(last + 1n) : undefined
    const asked = last - at + 1n
    try {
      const found = await answer
      const selected = isWanted === undefined ? found : isWanted(found)
      logs.push(...selected.map((log) => formatLog(log)))
      at = last + 1n
      hasWorked = true
      pauses = 0
      span.worked(asked)
      onPart?.(toBlock - last)
    } catch (error) {
      ahead = undefined
      if (isRateLimit(error) && pauses < PAUSES_MS.length) await pause(PAUSES_MS[pauses++] ?? 0, signal)
      else if (asked === 1n || isRateLimit(error) || isUnreachable(error)) throw error
      else span.failed(asked)
    }
  }
  return logs
}

function spanOf(chain: Chain): Span {
  const known = spans.get(chain) ?? createSpan()
  spans.set(chain, known)
  return known
}

/** How long an endpoint is left alone that is asked too often, each time in a row; then it is given up. */
const PAUSES_MS = [1_000, 2_000, 4_000]

async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted()
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  signal?.addEventListener('abort', () => resolve(), { once: true })
  await promise
  clearTimeout(timer)
  signal?.throwIfAborted()
}

const CREATED = toEventSelector(getAbiItem({ abi: maturityOracleAbi, name: 'Created' }))
const TRANSFER = toEventSelector(getAbiItem({ abi: maturityOracleAbi, name: 'Transfer' }))

/** Picks the wanted logs of one part after the other, by their topics alone. */
function selection({ isTracked, isHeld }: Wanted): (logs: readonly RpcLog[]) => readonly RpcLog[] {
  const announced = new Set<Hex>()
  return (logs) => {
    const transactions = new Set<Hex | null>()
    const ofFixings = new Set<RpcLog>()
    for (const log of logs) {
      const [event, id, indexId] = log.topics.map(lowerCase)
      if (event === undefined || id === undefined || event === TRANSFER) continue
      if (event === CREATED && indexId !== undefined && isHeld(indexId)) announced.add(id)
      if (!announced.has(id) && !isTracked(id)) continue
      ofFixings.add(log)
      transactions.add(log.transactionHash)
    }
    // Receipts change hands in the transaction that proposes for somebody: no topic says of which fixing they are.
    const isOfSame = ({ topics, transactionHash }: RpcLog): boolean =>
      topics[0] !== undefined && lowerCase(topics[0]) === TRANSFER && transactions.has(transactionHash)
    return ofFixings.size === 0 ? [] : logs.filter((log) => ofFixings.has(log) || isOfSame(log))
  }
}

function lowerCase(topic: Hex): Hex {
  return topic.toLowerCase() as Hex
}

const TOO_OFTEN = /rate.?limit|too many requests|compute units per second/i

/** It is asked too often: a smaller range would not help, and there would be more of them. */
function isRateLimit(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  const isTooOften = (cause: unknown): boolean =>
    cause instanceof BaseError &&
    ((cause instanceof HttpRequestError && cause.status === 429) ||
      ('code' in cause && cause.code === 429) ||
      TOO_OFTEN.test(cause.details))
  return error.walk(isTooOften) !== null
}

/** Nobody listens: a smaller range would not help. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false
  return error.walk((cause) => cause instanceof HttpRequestError && cause.status === undefined) !== null
}
