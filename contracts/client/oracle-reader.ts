import type { Address, Hex } from 'viem'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { type Fixing, fixingId, KIND_CODE, type Kind } from '#protocol/fixing.ts'
import {
  currentArbitrator,
  type FixingFacts,
  outcomeAt,
  OUTCOMES,
  type Phase,
  phaseAt,
  settlementAt,
  type SettledBy,
} from '#protocol/phase.ts'
import type { BlockHead, Chain } from './chain.ts'
import { explained } from './errors.ts'

/** A value that has led, with all stake on it, bond-token wei. */
export type Candidate = { readonly value: bigint; readonly stake: bigint }

/** What a pot holds and what would complete it while it can be joined, else `need` 0; bond-token wei. */
export type Pot = { readonly filled: bigint; readonly need: bigint }

/** Everything the oracle says of one fixing, read at one block. */
export type FixingSnapshot = {
  readonly id: Hex
  readonly fixing: Fixing
  readonly atBlock: bigint
  /** The block's time, Unix seconds. */
  readonly atTime: bigint
  readonly facts: FixingFacts
  readonly phase: Phase
  /** All stake (A), an appeal's included. */
  readonly staked: bigint
  /** In install order, an appealed new value last. */
  readonly candidates: readonly Candidate[]
  /** The leader's place in `candidates`; undefined before a proposal. */
  readonly leaderIndex: number | undefined
  readonly settlement: bigint | undefined
  readonly outcome: SettledBy
  /** The candidate that won; undefined before the settlement and when nobody won. */
  readonly winner: bigint | undefined
  /** Who may rule now; undefined outside arbitration. */
  readonly currentArbitrator: Address | undefined
}

/** Until when its leader can be disputed, Unix seconds; undefined unless the fixing is active. */
export function deadlineOf({ phase, facts }: Pick<FixingSnapshot, 'phase' | 'facts'>): bigint | undefined {
  return phase === 'active' ? facts.deadline : undefined
}

/** Which block: by its number, whichever that is when it is asked for, or the very one, wherever the answer comes from. */
export type At = bigint | BlockHead

/**
 * Reads `fixing` at the block `atBlock`, by default the latest: one block for every field, so that they fit each
 * other. The phase is derived for that block's time. Throws DeadRpcError, and as the endpoint does for a block that is not
 * in its chain.
 */
export async function readFixing(chain: Chain, oracle: Address, fixing: Fixing, atBlock?: At): Promise<FixingSnapshot> {
  return explained(chain.rpcUrl, 'readFixing', async () => {
    const { publicClient } = chain
    const block = typeof atBlock === 'object' ? atBlock : await headAt(chain, atBlock)
    const place = typeof atBlock === 'object' ? atBlock : block.number
    const at = { ...blockOf(place), deployless: true, allowFailure: false } as const
    const contract = { address: oracle, abi: maturityOracleAbi } as const
    const id = fixingId(fixing, { chainId: chain.chainId, oracle })
    const [[round, leader, staked, deadline, arbitratedAt], [values, stakes], [, settled], [how, winner]] =
      await publicClient.multicall({
        ...at,
        contracts: [
          { ...contract, functionName: 'state', args: [fixing] },
          { ...contract, functionName: 'candidates', args: [fixing] },
          { ...contract, functionName: 'settlementOf', args: [id] },
          { ...contract, functionName: 'outcome', args: [fixing] },
        ],
      })
    const proposal = values[0]
    const bond = round === 0 || proposal === undefined ? 0n : await bondOf(chain, oracle, fixing, proposal, place)
    const ruling = OUTCOMES[how] === 'ruling' ? settled : 0n
    const facts: FixingFacts = { bond, round, leader, deadline, arbitratedAt, ruling }
    return {
      id,
      fixing,
      atBlock: block.number,
      atTime: block.time,
      facts,
      phase: phaseAt(fixing, facts, block.time),
      staked,
      candidates: values.map((value, i) => ({ value, stake: stakes[i] ?? 0n })),
      leaderIndex: round === 0 ? undefined : values.indexOf(leader),
      settlement: settlementAt(fixing, facts, block.time),
      outcome: outcomeAt(fixing, facts, block.time),
      winner: winner === 0n ? undefined : winner,
      currentArbitrator: currentArbitrator(fixing, facts, block.time),
    }
  })
}

/** Reads one pot at the block `atBlock`, by default the latest. Claims do not lower `filled`. Throws DeadRpcError. */
export async function readPot(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  pot: { readonly kind: Kind; readonly round: number; readonly value: bigint },
  atBlock?: At,
): Promise<Pot> {
  return explained(chain.rpcUrl, 'pot', async () => {
    const [filled, need] = await chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'pot',
      args: [fixing, KIND_CODE[pot.kind], pot.round, pot.value],
      ...(atBlock === undefined ? {} : blockOf(atBlock)),
    })
    return { filled, need }
  })
}

/** The bond a proposal would need at the current open interest. Throws OracleRevertError as `propose` would revert. */
export async function readBond(chain: Chain, oracle: Address, fixing: Fixing): Promise<bigint> {
  return explained(chain.rpcUrl, 'bond', () =>
    chain.publicClient.readContract({ address: oracle, abi: maturityOracleAbi, functionName: 'bond', args: [fixing] }),
  )
}

/** Receipts of one kind, round and value that `holder` has. */
export async function readReceipts(
  chain: Chain,
  oracle: Address,
  receipt: bigint,
  holder: Address,
  atBlock?: bigint,
): Promise<bigint> {
  return explained(chain.rpcUrl, 'balanceOf', () =>
    chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'balanceOf',
      args: [holder, receipt],
      ...(atBlock === undefined ? {} : { blockNumber: atBlock }),
    }),
  )
}

async function bondOf(chain: Chain, oracle: Address, fixing: Fixing, proposal: bigint, atBlock: At): Promise<bigint> {
  const { filled } = await readPot(chain, oracle, fixing, { kind: 'stake', round: 0, value: proposal }, atBlock)
  return filled
}

async function headAt(
  { publicClient }: Chain,
  number: bigint | undefined,
): Promise<Pick<BlockHead, 'number' | 'time'>> {
  const block = await publicClient.getBlock(number === undefined ? {} : { blockNumber: number })
  return { number: block.number, time: block.timestamp }
}

/** A block's hash goes with the call (EIP-1898): no two endpoints behind one address can mix two chains. */
function blockOf(
  at: At,
): { readonly blockNumber: bigint } | { readonly blockHash: Hex; readonly requireCanonical: true } {
  return typeof at === 'bigint' ? { blockNumber: at } : { blockHash: at.hash, requireCanonical: true }
}
