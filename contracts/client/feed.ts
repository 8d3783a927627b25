import { type Address, parseAbi } from 'viem'
import type { Chain } from './chain.ts'
import { explained, OracleRevertError, SilentRevertError } from './errors.ts'

/** One round of a feed. `answer` is in units of 10^-decimals, `updatedAt` in Unix seconds. */
export type FeedRound = { readonly id: bigint; readonly answer: bigint; readonly updatedAt: bigint }

/** A feed's rounds at some instants. */
export type FeedReading = {
  readonly decimals: number
  /** For each instant the last round that was updated at or before it; undefined if there is none. */
  readonly rounds: readonly (FeedRound | undefined)[]
}

/** Of Chainlink's proxy; `phaseAggregators` and `latestRound` find the rounds from before it was given another aggregator. */
const FEED_ABI = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80, int256, uint256, uint256, uint80)',
  'function getRoundData(uint80) view returns (uint80, int256, uint256, uint256, uint80)',
  'function phaseAggregators(uint16) view returns (address)',
  'function latestRound() view returns (uint256)',
])

/** The rounds read with one request, and the most that are read: at a round every 30 seconds, a day and a half. */
const AT_ONCE = 50n
const MAX_ROUNDS = 5_000n
const PHASE_BITS = 64n

type RoundData = readonly [id: bigint, answer: bigint, startedAt: bigint, updatedAt: bigint, answeredInRound: bigint]

/**
 * Reads `feed` at block `blockNumber`, walking back from its latest round. Rounds without an answer of their own, as
 * timed-out ones are, do not count. Throws {@link TooManyRoundsError}, SilentRevertError, DeadRpcError.
 */
export async function readFeed(
  chain: Chain,
  feed: Address,
  instants: readonly bigint[],
  blockNumber: bigint,
): Promise<FeedReading> {
  return explained(chain.rpcUrl, 'latestRoundData', async () => {
    const contract = { address: feed, abi: FEED_ABI } as const
    const [decimals, latest] = await Promise.all([
      chain.publicClient.readContract({ ...contract, functionName: 'decimals', blockNumber }),
      chain.publicClient.readContract({ ...contract, functionName: 'latestRoundData', blockNumber }),
    ])
    const oldest = instants.reduce((least, instant) => (instant < least ? instant : least))
    const rounds = await roundsSince(chain, feed, latest, oldest, blockNumber)
    const at = (instant: bigint): FeedRound | undefined => rounds.find(({ updatedAt }) => updatedAt <= instant)
    return { decimals, rounds: instants.map(at) }
  })
}

/** Rounds from the latest back to the first at or before `oldest`, newest first. */
async function roundsSince(
  chain: Chain,
  feed: Address,
  latest: RoundData,
  oldest: bigint,
  blockNumber: bigint,
): Promise<FeedRound[]> {
  const rounds = usable([latest])
  let next: bigint | undefined = latest[0] - 1n
  for (let read = 0n; next !== undefined && (rounds.at(-1)?.updatedAt ?? oldest + 1n) > oldest; read += AT_ONCE) {
    if (read >= MAX_ROUNDS) throw new TooManyRoundsError(feed, MAX_ROUNDS)
    const inPhase: bigint = next & ((1n << PHASE_BITS) - 1n)
    const count = inPhase < AT_ONCE ? inPhase : AT_ONCE
    rounds.push(...usable(await readRounds(chain, feed, next, count, blockNumber)))
    next = inPhase > count ? next - count : await endOfEarlierPhase(chain, feed, next >> PHASE_BITS, blockNumber)
  }
  return rounds
}

/** Rounds `newest`, `newest - 1`, … that anybody answered: one without reverts with "No data present". */
async function readRounds(
  chain: Chain,
  address: Address,
  newest: bigint,
  count: bigint,
  blockNumber: bigint,
): Promise<RoundData[]> {
  if (count === 0n) return []
  const calls = Array.from({ length: Number(count) }, (_, i) => ({
    address,
    abi: FEED_ABI,
    functionName: 'getRoundData' as const,
    args: [newest - BigInt(i)] as const,
  }))
  const together = { deployless: true, allowFailure: false, batchSize: 0, blockNumber, contracts: calls } as const
  const all = await unlessReverted(chain, () => chain.publicClient.multicall(together))
  if (all !== undefined) return [...all]
  // One after the other, so that what fails for another reason than a missing round is not taken for one.
  const rounds: RoundData[] = []
  for (const call of calls) {
    const round = await unlessReverted(chain, () => chain.publicClient.readContract({ ...call, blockNumber }))
    if (round !== undefined) rounds.push(round)
  }
  return rounds
}

async function unlessReverted<T>(chain: Chain, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await explained(chain.rpcUrl, 'getRoundData', read)
  } catch (error) {
    if (error instanceof OracleRevertError || error instanceof SilentRevertError) return undefined
    throw error
  }
}

function usable(rounds: readonly RoundData[]): FeedRound[] {
  return rounds
    .filter(([id, , , updatedAt, answeredInRound]) => updatedAt > 0n && answeredInRound >= id)
    .map(([id, answer, , updatedAt]) => ({ id, answer, updatedAt }))
}

/** The last round of the phase before; undefined if there is none, or the feed is no proxy. */
async function endOfEarlierPhase(
  { publicClient }: Chain,
  feed: Address,
  phase: bigint,
  blockNumber: bigint,
): Promise<bigint | undefined> {
  if (phase <= 1n) return undefined
  const aggregator = await publicClient.readContract({
    address: feed,
    abi: FEED_ABI,
    functionName: 'phaseAggregators',
    args: [Number(phase - 1n)],
    blockNumber,
  })
  const last = await publicClient.readContract({
    address: aggregator,
    abi: FEED_ABI,
    functionName: 'latestRound',
    blockNumber,
  })
  return ((phase - 1n) << PHASE_BITS) | last
}

/** The instants lie further back than a feed is read. */
export class TooManyRoundsError extends Error {
  override readonly name = 'Feed.TooManyRoundsError'
  readonly feed: Address
  constructor(feed: Address, limit: bigint) {
    super(`Expected the rounds of ${feed} within its last ${limit}, got older ones. Observe nearer to the maturity.`)
    this.feed = feed
  }
}
