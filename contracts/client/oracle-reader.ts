import type { Address, Hex } from 'viem'
import { maturityOracleAbi } from '#protocol/abi/maturity-oracle.ts'
import { type Fixing, fixingId, type Kind, kindCode } from '#protocol/fixing.ts'
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
import { type At, atOneBlock, blockOf } from './one-block.ts'

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
 * Reads `fixing` at the block `at`, by default the latest: every request names the one block's hash, so that all fields fit
 * each other. The phase is derived for that block's time. Throws ReorganisedError, DeadRpcError, and as the endpoint does for a
 * block that is not in its chain.
 */
export async function readFixing(chain: Chain, oracle: Address, fixing: Fixing, at?: At): Promise<FixingSnapshot> {
  return atOneBlock(chain, at, (block) =>
    explained(chain.rpcUrl, 'readFixing', () => readFixingIn(chain, oracle, fixing, block)),
  )
}

/** Reads one pot at the block `at`, by default the latest, by one request. Claims do not lower `filled`. Throws DeadRpcError. */
export async function readPot(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  pot: { readonly kind: Kind; readonly round: number; readonly value: bigint },
  at?: At,
): Promise<Pot> {
  return explained(chain.rpcUrl, 'pot', async () => {
    const [filled, need] = await chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'pot',
      args: [fixing, kindCode(pot.kind), pot.round, pot.value],
      ...blockOf(at),
    })
    return { filled, need }
  })
}

/**
 * The bond a proposal would need at the open interest of the block `at`, by default the latest, by one request. Throws
 * OracleRevertError as `propose` would revert, DeadRpcError.
 */
export async function readBond(chain: Chain, oracle: Address, fixing: Fixing, at?: At): Promise<bigint> {
  return explained(chain.rpcUrl, 'bond', () =>
    chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'bond',
      args: [fixing],
      ...blockOf(at),
    }),
  )
}

/** Receipts of one kind, round and value that `holder` has at the block `at`, by default the latest, by one request. */
export async function readReceipts(
  chain: Chain,
  oracle: Address,
  receipt: bigint,
  holder: Address,
  at?: At,
): Promise<bigint> {
  return explained(chain.rpcUrl, 'balanceOf', () =>
    chain.publicClient.readContract({
      address: oracle,
      abi: maturityOracleAbi,
      functionName: 'balanceOf',
      args: [holder, receipt],
      ...blockOf(at),
    }),
  )
}

async function readFixingIn(chain: Chain, oracle: Address, fixing: Fixing, block: BlockHead): Promise<FixingSnapshot> {
  const contract = { address: oracle, abi: maturityOracleAbi } as const
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const [[round, leader, staked, deadline, arbitratedAt], [values, stakes], [, settled], [how, winner]] =
    await chain.publicClient.multicall({
      ...blockOf(block),
      deployless: true,
      allowFailure: false,
      contracts: [
        { ...contract, functionName: 'state', args: [fixing] },
        { ...contract, functionName: 'candidates', args: [fixing] },
        { ...contract, functionName: 'settlementOf', args: [id] },
        { ...contract, functionName: 'outcome', args: [fixing] },
      ],
    })
  const proposal = values[0]
  const bond = round === 0 || proposal === undefined ? 0n : await bondOf(chain, oracle, fixing, proposal, block)
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
}

async function bondOf(chain: Chain, oracle: Address, fixing: Fixing, proposal: bigint, at: At): Promise<bigint> {
  const { filled } = await readPot(chain, oracle, fixing, { kind: 'stake', round: 0, value: proposal }, at)
  return filled
}
