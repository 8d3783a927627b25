import { type Address, type Hex, parseEventLogs, zeroAddress } from 'viem'
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
 * The cases that were opened in the range, in chain order, by default up to the latest block; those of one fixing if `id` is given.
 * INVARIANT: each id is that of its fixing, which nobody needs to have created. Throws {@link MadeUpCaseError}, DeadRpcError.
 */
export async function openedCases(
  chain: Chain,
  { jury, oracle }: Bench,
  range: BlockRange,
  id?: Hex,
): Promise<OpenedCase[]> {
  const logs = await logsOf(chain, jury, range, id)
  const opened = parseEventLogs({ abi, logs, eventName: 'CaseOpened' })
  return opened.map(({ args, blockNumber: block }) => {
    const hashed = fixingId(args.fixing, { chainId: chain.chainId, oracle })
    if (hashed !== args.id) throw new MadeUpCaseError(jury, args.id, hashed)
    return { id: args.id, fixing: args.fixing, round: args.round, block }
  })
}

/** A case's id is not that of its fixing: the endpoint lies, or the jury is another oracle's. */
export class MadeUpCaseError extends Error {
  override readonly name = 'Client.MadeUpCaseError'
  readonly hint = 'Use another endpoint, or the jury of this oracle.'
  constructor(jury: Address, want: Hex, got: Hex) {
    super(`Expected the fixing ${want} of a case of jury ${jury}, got the parameters of ${got}.`)
  }
}
