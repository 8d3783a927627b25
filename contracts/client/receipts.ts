import type { Address, Hex } from 'viem'
import { maturityOracleAbi as abi } from '#protocol/abi/maturity-oracle.ts'
import { type Fixing, KIND_CODE, type Kind, kindCode, receiptId } from '#protocol/fixing.ts'
import type { Chain } from './chain.ts'
import { explained, OracleRevertError } from './errors.ts'
import type { OracleEvent } from './fixing-log.ts'
import { type At, atOneBlock, blockOf } from './one-block.ts'
import type { Claim } from './oracle-writer.ts'

/** Receipts that somebody holds; `amount` in bond-token base units. */
export type Holding = Claim & { readonly amount: bigint }

/** What a claim would do now: pay so much, or fail with the oracle's error of that name. */
export type ClaimTrial =
  { readonly kind: 'paid'; readonly paid: bigint } | { readonly kind: 'refused'; readonly errorName: string }

const KINDS: readonly Kind[] = ['stake', 'appeal', 'request', 'fund']

/** Every kind of receipt that fixing `id` has given out, in the order of the first of each. */
export function receiptsOf(events: readonly OracleEvent[], id: Hex): Claim[] {
  const found = new Map<string, Claim>()
  for (const event of events) {
    const receipt = receiptOf(event, id)
    if (receipt !== undefined) found.set(`${receipt.kind} ${receipt.round} ${receipt.value}`, receipt)
  }
  return [...found.values()]
}

/**
 * Those of `receipts` of fixing `id` that `holder` has at the block `at`, by default the latest, however they came by them: every
 * request, one for each dozen, names the one block's hash. Throws ReorganisedError, DeadRpcError.
 */
export async function readHoldings(
  chain: Chain,
  oracle: Address,
  { id, receipts }: { readonly id: Hex; readonly receipts: readonly Claim[] },
  holder: Address,
  at?: At,
): Promise<Holding[]> {
  if (receipts.length === 0) return []
  const amounts = await atOneBlock(chain, at, (block) =>
    explained(chain.rpcUrl, 'balanceOf', () =>
      chain.publicClient.multicall({
        ...blockOf(block),
        deployless: true,
        allowFailure: false,
        contracts: receipts.map(({ kind, round, value }) => ({
          address: oracle,
          abi,
          functionName: 'balanceOf' as const,
          args: [holder, receiptId(id, kind, round, value)] as const,
        })),
      }),
    ),
  )
  return receipts.map((receipt, i) => ({ ...receipt, amount: amounts[i] ?? 0n })).filter(({ amount }) => amount > 0n)
}

/**
 * Tries a claim of `holder` out without sending it, at the block `at`, by default the latest, by one request. Throws
 * DeadRpcError.
 */
export async function tryClaim(
  chain: Chain,
  oracle: Address,
  fixing: Fixing,
  { kind, round, value }: Claim,
  holder: Address,
  at?: At,
): Promise<ClaimTrial> {
  try {
    const { result } = await explained(chain.rpcUrl, 'claim', () =>
      chain.publicClient.simulateContract({
        address: oracle,
        abi,
        functionName: 'claim',
        args: [fixing, kindCode(kind), round, value],
        account: holder,
        ...blockOf(at),
      }),
    )
    return { kind: 'paid', paid: result }
  } catch (error) {
    if (error instanceof OracleRevertError) return { kind: 'refused', errorName: error.errorName }
    throw error
  }
}

function receiptOf(event: OracleEvent, id: Hex): Claim | undefined {
  if (!('id' in event.args) || event.args.id !== id) return undefined
  if (event.eventName === 'Proposed') return { kind: 'stake', round: 0, value: event.args.value }
  if (event.eventName === 'Funded') return { kind: 'fund', round: 0, value: 0n }
  if (event.eventName === 'Contributed') {
    const { kind, round, value } = event.args
    return { kind: kindOf(kind), round, value }
  }
  const isRequest = event.eventName === 'Arbitrated' && kindOf(event.args.cause) === 'request'
  return isRequest ? { kind: 'request', round: 0, value: 0n } : undefined
}

function kindOf(code: number): Kind {
  return KINDS.find((kind) => KIND_CODE[kind] === code) ?? 'stake'
}
