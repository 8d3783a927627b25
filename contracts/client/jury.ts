import { type Address, type Hex, parseEventLogs, type TransactionReceipt, zeroAddress } from 'viem'
import { juryArbitratorAbi as abi } from '#protocol/abi/jury-arbitrator.ts'
import type { Staked } from '#protocol/jury.ts'
import type { JuryCase } from '#protocol/jury-case.ts'
import { type Chain, latestBlock } from './chain.ts'
import { explained } from './errors.ts'

/** The constants of a jury. Amounts are bond-token wei, times are seconds. */
export type JuryTerms = {
  readonly seats: number
  /** How many seats must have revealed for a verdict. */
  readonly quorum: number
  /** How many stakes must be in the pool for a draw. */
  readonly leastPool: number
  /** The least separation of a fixing that it takes, parts per million; a vote may be half of a fixing's from the verdict. */
  readonly leastSeparationPpm: number
  /** How long a stake waits before it can be drawn. */
  readonly warmUp: number
  readonly seatStake: bigint
  readonly seatFee: bigint
  readonly commitTime: number
  readonly revealTime: number
}

/** A seat of the present round. */
export type JurySeat = {
  readonly seat: number
  readonly juror: Address
  readonly committed: Hex | undefined
  /** What was revealed, scaled by 1e18. */
  readonly value: bigint | undefined
}

const STAGES = ['none', 'waiting', 'voting', 'hung', 'decided', 'failed'] as const

/** Reads a jury's constants. Throws DeadRpcError. */
export async function readJuryTerms(chain: Chain, jury: Address): Promise<JuryTerms> {
  return explained(chain.rpcUrl, 'terms', () =>
    chain.publicClient.readContract({ address: jury, abi, functionName: 'terms' }),
  )
}

/** Reads where the case of fixing `id` stands, at `atBlock` or the latest block. Throws DeadRpcError. */
export async function readCase(chain: Chain, jury: Address, id: Hex, atBlock?: bigint): Promise<JuryCase> {
  return explained(chain.rpcUrl, 'caseOf', async () => {
    const read = { address: jury, abi, functionName: 'caseOf', args: [id], ...at(atBlock) } as const
    return caseFrom(await chain.publicClient.readContract(read))
  })
}

/** Cases that are read at once. */
const CASES_PART = 200

/** Reads where the cases of fixings stand, in their order, at `atBlock` or the latest block. Throws DeadRpcError. */
export async function readCases(
  chain: Chain,
  jury: Address,
  ids: readonly Hex[],
  atBlock?: bigint,
): Promise<readonly JuryCase[]> {
  const cases: JuryCase[] = []
  for (let from = 0; from < ids.length; from += CASES_PART) {
    const contracts = ids
      .slice(from, from + CASES_PART)
      .map((id) => ({ address: jury, abi, functionName: 'caseOf' as const, args: [id] as const }))
    const found = await explained(chain.rpcUrl, 'caseOf', () =>
      chain.publicClient.multicall({ deployless: true, allowFailure: false, contracts, ...at(atBlock) }),
    )
    cases.push(...found.map(caseFrom))
  }
  return cases
}

type RawCase = {
  readonly stage: number
  readonly round: number
  readonly seedBlock: bigint
  readonly commitEnd: number
  readonly revealEnd: number
}

function caseFrom({ stage, round, seedBlock, commitEnd, revealEnd }: RawCase): JuryCase {
  const times = { commitEnd: BigInt(commitEnd), revealEnd: BigInt(revealEnd) }
  return { stage: STAGES[stage] ?? 'none', round, seedBlock, ...times }
}

/** Reads the seats of round `round`, in order; none before the draw. Throws DeadRpcError. */
export async function readSeats(
  chain: Chain,
  jury: Address,
  id: Hex,
  round: number,
  atBlock?: bigint,
): Promise<JurySeat[]> {
  return explained(chain.rpcUrl, 'seatsOf', async () => {
    const seats = await chain.publicClient.readContract({
      address: jury,
      abi,
      functionName: 'seatsOf',
      args: [id, round],
      ...at(atBlock),
    })
    return seats.flatMap(({ juror, isRevealed, vote }, seat) => {
      if (juror === zeroAddress) return []
      const committed = isRevealed || vote === 0n ? undefined : (`0x${vote.toString(16).padStart(64, '0')}` as const)
      return [{ seat, juror, committed, value: isRevealed ? vote : undefined }]
    })
  })
}

/** Stakes that are read at once: each costs 2 100 gas, and endpoints give a call some 50 million. */
const POOL_PART = 10_000n

/** Whose stakes are in the pool, place by place, read `part` of them at a time. Throws DeadRpcError. */
export async function readPool(
  chain: Chain,
  jury: Address,
  atBlock?: bigint,
  part: bigint = POOL_PART,
): Promise<readonly Address[]> {
  return readStakes(chain, jury, { list: 'pool', size: 'poolSize' }, atBlock, part)
}

/** Whose stakes rounds have returned while a draw was due, as {@link readPool}: {@link readmitted} says in which order they come back. */
export async function readReturned(
  chain: Chain,
  jury: Address,
  atBlock?: bigint,
  part: bigint = POOL_PART,
): Promise<readonly Address[]> {
  return readStakes(chain, jury, { list: 'returned', size: 'returnedSize' }, atBlock, part)
}

/**
 * Reads how many stakes a jury has at one block, `atBlock` or the latest; `ids` are its cases, of which those that run have `seats` each:
 * one that is left out is not counted. Throws DeadRpcError.
 */
export async function readStaked(
  chain: Chain,
  jury: Address,
  { seats, ids }: { readonly seats: number; readonly ids: readonly Hex[] },
  atBlock?: bigint,
): Promise<Staked> {
  const blockNumber = atBlock ?? (await latestBlock(chain)).number
  const contract = { address: jury, abi } as const
  const [pool, returned, waiting] = await explained(chain.rpcUrl, 'poolSize', () =>
    chain.publicClient.multicall({
      deployless: true,
      allowFailure: false,
      blockNumber,
      contracts: [
        { ...contract, functionName: 'poolSize' },
        { ...contract, functionName: 'returnedSize' },
        { ...contract, functionName: 'waiting' },
      ],
    }),
  )
  const running = (await readCases(chain, jury, ids, blockNumber)).filter(({ stage }) => stage === 'voting')
  return {
    pool: Number(pool),
    returned: Number(returned),
    seated: running.length * seats,
    waiting: waiting.length,
  }
}

/** The pool once the first `count` of the returned stakes are in it again, in their order. */
export function readmitted(pool: readonly Address[], returned: readonly Address[], count: number): readonly Address[] {
  return [...pool, ...returned.slice(0, count)]
}

type StakeList =
  { readonly list: 'pool'; readonly size: 'poolSize' } | { readonly list: 'returned'; readonly size: 'returnedSize' }

async function readStakes(
  chain: Chain,
  jury: Address,
  { list, size }: StakeList,
  atBlock: bigint | undefined,
  part: bigint,
): Promise<readonly Address[]> {
  return explained(chain.rpcUrl, list, async () => {
    // All parts of one block: places change with every draw.
    const contract = { address: jury, abi, ...at(atBlock ?? (await latestBlock(chain)).number) } as const
    const all = await chain.publicClient.readContract({ ...contract, functionName: size })
    const stakes: Address[] = []
    for (let from = 0n; from < all; from += part) {
      const more = await chain.publicClient.readContract({ ...contract, functionName: list, args: [from, part] })
      stakes.push(...more)
    }
    return stakes
  })
}

/** The verdict that a resolving transaction brought, scaled by 1e18; undefined if the jury hung. */
export function verdictIn({ logs }: TransactionReceipt): bigint | undefined {
  const [decided] = parseEventLogs({ abi, logs, eventName: 'Decided' })
  return decided?.args.value
}

function at(atBlock: bigint | undefined): { readonly blockNumber?: bigint } {
  return atBlock === undefined ? {} : { blockNumber: atBlock }
}
