/*
 * The demo's independent audit, put together: what the true value is, whether the report follows from what the venues
 * served, and whether every wei is where it should be. Imports nothing of #protocol.
 */
import type { Address, PublicClient } from 'viem'
import {
  auditFunds,
  type FundsFault,
  type Holding,
  type Ledger,
  type Movement,
  readGas,
  readLedger,
  readMovements,
} from './audit-funds.ts'
import { auditValue, type Closes, firstDeviation, type IndexRule, isSameValue } from './audit-value.ts'

/** What a venue served, and what it should have. */
export type ServedVenue = {
  readonly id: string
  /** Whether its closes count for the index: its quote currency is the index's. */
  readonly counts: boolean
  readonly served: Closes
  readonly column: Closes
}

export type ValueEvidence = {
  readonly clean: readonly Closes[]
  readonly venues: readonly ServedVenue[]
  readonly rule: IndexRule
  readonly report: bigint | undefined
  readonly settlement: bigint | undefined
  readonly separationPpm: number
}

export type ValueAudit = {
  /** 1e18-scaled, from the clean closes; undefined if they do not give one. */
  readonly trueValue: bigint | undefined
  /** From what the venues served. */
  readonly recomputed: bigint | undefined
  readonly faults: readonly string[]
}

/** Checks the settlement against the truth, the report against what was served, and what was served against the market. */
export function auditValues(evidence: ValueEvidence): ValueAudit {
  const { clean, venues, rule, report, settlement, separationPpm } = evidence
  const trueValue = auditValue(clean, { ...rule, minSources: Math.min(rule.minSources, clean.length) })
  const counting = venues.filter(({ counts }) => counts).map(({ served }) => served)
  const recomputed = auditValue(counting, rule)
  const faults: string[] = []
  for (const { id, served, column } of venues) {
    const deviation = firstDeviation(served, column)
    if (deviation === undefined) continue
    faults.push(
      `${id} served ${deviation.served} for the candle at ${deviation.open}, its column says ${deviation.column ?? 'nothing'}`,
    )
  }
  if (report !== recomputed) faults.push(`the report says ${report}, what was served gives ${recomputed}`)
  if (settlement === undefined || trueValue === undefined || !isSameValue(settlement, trueValue, separationPpm)) {
    faults.push(`the settlement is ${settlement}, the clean closes give ${trueValue}`)
  }
  return { trueValue, recomputed, faults }
}

/** Where the money of the demo is looked for. */
export type FundsScope = {
  readonly client: PublicClient
  readonly weth: Address
  readonly before: Ledger
  /** Contracts that may hold something at the end. */
  readonly contracts: readonly Address[]
  readonly toBlock: bigint
}

export type FundsAudit = {
  readonly after: ReadonlyMap<string, Holding>
  readonly movements: readonly Movement[]
  readonly gas: ReadonlyMap<string, bigint>
  readonly burned: bigint
  readonly faults: readonly FundsFault[]
}

/** Reads every balance, transfer and gas bill up to `toBlock`, and checks that they add up to the wei. */
export async function auditMoney({ client, weth, before, contracts, toBlock }: FundsScope): Promise<FundsAudit> {
  const [gas, movements] = await Promise.all([readGas(client, 1n, toBlock), readMovements(client, weth, 0n, toBlock)])
  const moved = movements.flatMap(({ from, to }) => [from, to]).filter((account) => account !== undefined)
  const accounts = [...before.keys(), ...contracts, ...gas.accounts, ...moved]
  const after = await readLedger(client, accounts, { weth, block: toBlock })
  const faults = auditFunds({ weth, before, after, movements, burned: gas.burned })
  return { after, movements, gas: gas.bySender, burned: gas.burned, faults }
}
