import { type Address, type Hex, type Log, parseEventLogs, zeroAddress } from 'viem'
import { juryArbitratorAbi as abi } from '#protocol/abi/jury-arbitrator.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import type { Chain } from './chain.ts'
import { explained, isOfAnotherContract } from './errors.ts'
import { type BlockRange, logsOf } from './fixing-log.ts'

/** What a juror has in a jury. */
export type JurorStanding = {
  /** Stakes that are to come into the pool, and from when on they can, Unix seconds; 0 for none. */
  readonly newcomers: number
  readonly admitTime: bigint
  /** What it can withdraw, bond-token wei. */
  readonly idle: bigint
  /** Who commits for it besides itself. */
  readonly voter: Address | undefined
}

/** A case as it was opened, in this or an earlier round. */
export type OpenedCase = { readonly id: Hex; readonly fixing: Fixing; readonly round: number; readonly block: bigint }

/** From then on `voter` votes for the juror besides itself, the zero address for nobody; or a seat was committed to. */
export type VoteEvent = { readonly block: bigint } & (
  | { readonly kind: 'voter'; readonly juror: Address; readonly voter: Address }
  | { readonly kind: 'commit'; readonly id: Hex; readonly round: number; readonly seat: number }
)

/** What a jury's log says of its cases, and of who voted. */
export type JuryLog = { readonly opened: readonly OpenedCase[]; readonly votes: readonly VoteEvent[] }

/** Whether a jury is at the address. Throws DeadRpcError. */
export async function isJury(chain: Chain, address: Address): Promise<boolean> {
  try {
    await explained(chain.rpcUrl, 'terms', () =>
      chain.publicClient.readContract({ address, abi, functionName: 'terms' }),
    )
    return true
  } catch (error) {
    if (isOfAnotherContract(error)) return false
    throw error
  }
}

/** Reads what `juror` has there. Throws DeadRpcError. */
export async function readStanding(chain: Chain, jury: Address, juror: Address): Promise<JurorStanding> {
  return explained(chain.rpcUrl, 'newcomer', async () => {
    const contract = { address: jury, abi } as const
    const [{ count, admitTime }, idle, voter] = await chain.publicClient.multicall({
      deployless: true,
      allowFailure: false,
      contracts: [
        { ...contract, functionName: 'newcomer', args: [juror] },
        { ...contract, functionName: 'idle', args: [juror] },
        { ...contract, functionName: 'voterOf', args: [juror] },
      ],
    })
    return { newcomers: Number(count), admitTime, idle, voter: voter === zeroAddress ? undefined : voter }
  })
}

/** Who commits for each of `jurors` besides itself, in their order. Throws DeadRpcError. */
export async function readVoters(
  chain: Chain,
  jury: Address,
  jurors: readonly Address[],
  atBlock?: bigint,
): Promise<readonly (Address | undefined)[]> {
  if (jurors.length === 0) return []
  return explained(chain.rpcUrl, 'voterOf', async () => {
    const voters = await chain.publicClient.multicall({
      deployless: true,
      allowFailure: false,
      ...(atBlock === undefined ? {} : { blockNumber: atBlock }),
      contracts: jurors.map((juror) => ({
        address: jury,
        abi,
        functionName: 'voterOf' as const,
        args: [juror] as const,
      })),
    })
    return voters.map((voter) => (voter === zeroAddress ? undefined : voter))
  })
}

/** The fixings that wait for their draw, the next one first. Throws DeadRpcError. */
export async function readWaiting(chain: Chain, jury: Address, atBlock?: bigint): Promise<readonly Hex[]> {
  return explained(chain.rpcUrl, 'waiting', () =>
    chain.publicClient.readContract({
      address: jury,
      abi,
      functionName: 'waiting',
      ...(atBlock === undefined ? {} : { blockNumber: atBlock }),
    }),
  )
}

/** A jury, and the oracle whose fixings it rules on. */
export type Bench = { readonly jury: Address; readonly oracle: Address }

/**
 * The cases that were opened in the range, in chain order, by default up to the latest block. INVARIANT: each id is that of its fixing,
 * which nobody needs to have created. Throws {@link MadeUpCaseError}, DeadRpcError.
 */
export async function openedCases(chain: Chain, bench: Bench, range: BlockRange): Promise<OpenedCase[]> {
  return openedIn(chain, bench, await logsOf(chain, bench.jury, range))
}

/**
 * The parameters of fixing `id` as a case of it was opened in the range, undefined if none was. What is no jury can log anything: openings
 * with the parameters of another fixing are passed over. Throws {@link MadeUpCaseError} if there are only such, DeadRpcError.
 */
export async function openedFixing(
  chain: Chain,
  { jury, oracle }: Bench,
  range: BlockRange,
  id: Hex,
): Promise<Fixing | undefined> {
  const opened = openingsIn(await logsOf(chain, jury, range, id))
  const ids = opened.map(({ args }) => fixingId(args.fixing, { chainId: chain.chainId, oracle }))
  const place = ids.indexOf(id)
  if (place < 0 && ids[0] !== undefined) throw new MadeUpCaseError(jury, id, ids[0])
  return opened[place]?.args.fixing
}

/** The cases of the range, and who voted for whom, each in chain order. As {@link openedCases}. */
export async function readJuryLog(chain: Chain, bench: Bench, range: BlockRange): Promise<JuryLog> {
  const logs = await logsOf(chain, bench.jury, range)
  const events = parseEventLogs({ abi, logs, eventName: ['VoterSet', 'Committed'] })
  const votes = events.map((event): VoteEvent =>
    event.eventName === 'VoterSet'
      ? { kind: 'voter', block: event.blockNumber, ...event.args }
      : { kind: 'commit', block: event.blockNumber, ...event.args },
  )
  return { opened: openedIn(chain, bench, logs), votes }
}

function openedIn(chain: Chain, { jury, oracle }: Bench, logs: readonly Log[]): OpenedCase[] {
  return openingsIn(logs).map(({ args, blockNumber: block }) => {
    const hashed = fixingId(args.fixing, { chainId: chain.chainId, oracle })
    if (hashed !== args.id) throw new MadeUpCaseError(jury, args.id, hashed)
    return { id: args.id, fixing: args.fixing, round: args.round, block }
  })
}

function openingsIn(logs: readonly Log[]) {
  return parseEventLogs({ abi, logs: [...logs], eventName: 'CaseOpened' })
}

/** A case's id is not that of its fixing: the endpoint lies, or the jury is another oracle's, or none. */
export class MadeUpCaseError extends Error {
  override readonly name = 'Client.MadeUpCaseError'
  readonly hint = 'Use another endpoint, or the jury of this oracle; if none is there, have the fixing created.'
  constructor(jury: Address, want: Hex, got: Hex) {
    super(`Expected the fixing ${want} of a case of jury ${jury}, got the parameters of ${got}.`)
  }
}
