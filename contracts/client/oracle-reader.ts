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
import type { Chain } from './chain.ts'
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

/**
 * Reads `fixing` at the block `atBlock`, by default the latest: one block for every field, so that they fit each
 * other. The phase is derived for that block's time. Throws DeadRpcError.
 */
export async function readFixing(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  atBlock?: bigint,
): Promise<FixingSnapshot> {
  return explained(chain.rpcUrl, 'readFixing', async () => {
    const { publicClient } = chain
    const block = await publicClient.getBlock(atBlock === undefined ? {} : { blockNumber: atBlock })
    const at = { blockNumber: block.number, deployless: true, allowFailure: false } as const
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
    const bond =
      round === 0 || proposal === undefined ? 0n : await bondOf(chain, oracle, fixing, proposal, block.number)
    const ruling = OUTCOMES[how] === 'ruling' ? settled : 0n
    const facts: FixingFacts = { bond, round, leader, deadline, arbitratedAt, ruling }
    return {
      id,
      fixing,
      atBlock: block.number,
      atTime: block.timestamp,
      facts,
      phase: phaseAt(fixing, facts, block.timestamp),
      staked,
      candidates: values.map((value, i) => ({ value, stake: stakes[i] ?? 0n })),
      leaderIndex: round === 0 ? undefined : values.indexOf(leader),
      settlement: settlementAt(fixing, facts, block.timestamp),
      outcome: outcomeAt(fixing, facts, block.timestamp),
      winner: winner === 0n ? undefined : winner,
      currentArbitrator: currentArbitrator(fixing, facts, block.timestamp),
    }
  })
}

/** Reads one pot at the block `atBlock`, by default the latest. Claims do not lower `filled`. Throws DeadRpcError. */
export async function readPot(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  pot: { readonly kind: Kind; readonly round: number; readonly value: bigint },
  atBlock?: bigint,
): Promise<Pot> {
  return explained(chain.rpcUrl, 'pot', async () => {
    const [filled, need] = await chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'pot',
      args: [fixing, KIND_CODE[pot.kind], pot.round, pot.value],
      ...(atBlock === undefined ? {} : { blockNumber: atBlock }),
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

async function bondOf(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  proposal: bigint,
  atBlock: bigint,
): Promise<bigint> {
  const { filled } = await readPot(chain, oracle, fixing, { kind: 'stake', round: 0, value: proposal }, atBlock)
  return filled
}
