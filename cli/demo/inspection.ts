import { latestBlock } from '#client/chain.ts'
import { type FixingSnapshot, readFixing } from '#client/oracle-reader.ts'
import { readReporters } from '#client/roster.ts'
import { sampleOpens } from '#protocol/aggregate.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { auditMoney, auditValues, type FundsAudit, type ValueAudit } from './audit.ts'
import { type BalanceSheet, drawUp } from './balance-sheet.ts'
import type { Chronicle } from './chronicle.ts'
import type { Closing } from './closing.ts'
import type { Ruling } from './council-session.ts'
import type { Reporting } from './reporting.ts'
import type { World } from './world.ts'

/** What was played. */
export type Played = {
  readonly world: World
  readonly chronicle: Chronicle
  readonly reporting: Reporting
  /** Undefined without arbitration. */
  readonly ruling: Ruling | undefined
  /** Undefined when the reporters abstained. */
  readonly closing: Closing | undefined
  readonly pids: readonly number[]
}

/** What was played, and what the audit makes of it. */
export type Findings = Played & {
  readonly snapshot: FixingSnapshot
  readonly values: ValueAudit
  readonly funds: FundsAudit
  readonly sheet: BalanceSheet
  /** Everything that does not add up about the money, in words. */
  readonly fundsFaults: readonly string[]
  readonly outcome: 'settled' | 'abstained'
  readonly exitCode: ExitCode
}

/** Audits what was played and decides on the exit code: 0 only if the value is true and every wei is accounted for. */
export async function inspect(played: Played): Promise<Findings> {
  const { world, reporting, closing, chronicle } = played
  const { chain, deployments, fixing, before } = world
  const { number } = await latestBlock(chain)
  const snapshot = await readFixing(chain, deployments.oracle, fixing, number)
  const values = inspectValues(world, reporting, snapshot.settlement)
  const funds = await auditMoney({
    client: chain.publicClient,
    weth: deployments.weth,
    before,
    contracts: Object.values(deployments),
    toBlock: number,
  })
  const sheet = drawUp(world, funds, { stakes: await readStakes(world), proposer: chronicle.proposer })
  const unbalanced = funds.faults.map(({ what, expected, got }) => `${what}: expected ${expected} wei, got ${got}`)
  const fundsFaults = [...unbalanced, ...sheetFaults(sheet), ...dustFaults(sheet, chronicle, closing)]
  const outcome = reporting.report === undefined ? 'abstained' : 'settled'
  const exitCode = exitCodeOf(outcome, values, fundsFaults)
  return { ...played, snapshot, values, funds, sheet, fundsFaults, outcome, exitCode }
}

async function readStakes({ chain, deployments }: World): Promise<ReadonlyMap<string, bigint>> {
  const { time } = await latestBlock(chain)
  const stakes = new Map<string, bigint>()
  for (const { owner, stake } of await readReporters(chain, deployments.registry, time)) {
    stakes.set(owner.toLowerCase(), (stakes.get(owner.toLowerCase()) ?? 0n) + stake)
  }
  return stakes
}

function inspectValues(world: World, { report }: Reporting, settlement: bigint | undefined): ValueAudit {
  const { document, market, venues, fixing } = world
  return auditValues({
    clean: market.clean,
    venues: venues.map(({ venue, served }) => ({
      id: venue.id,
      counts: venue.quote === market.quote,
      served,
      // The market's own column, not the server's: a planted fault is in the latter.
      column: market.venues.find(({ id }) => id === venue.id)?.closes ?? new Map(),
    })),
    rule: {
      opens: sampleOpens(document, fixing.maturity),
      clampPpm: BigInt(document.aggregation.clampPpm),
      minSources: document.aggregation.minSources,
    },
    report: report?.value,
    settlement,
    separationPpm: fixing.separationPpm,
  })
}

/** Everybody's gain or loss must be what oracle, vault, council, registry, trades and gas explain. */
function sheetFaults({ lines }: BalanceSheet): string[] {
  return lines.flatMap(({ who, change, staking, vault, trades, fees, attesting, gas }) => {
    const explained = staking + vault + trades + fees + attesting + gas
    return explained === change ? [] : [`change of ${who}: expected ${explained} wei, got ${change}`]
  })
}

/** Rounding leaves at most two wei a claim and one more in the oracle, one wei a redemption or a reward elsewhere. */
function dustFaults(
  { oracle, vault, registry }: BalanceSheet,
  chronicle: Chronicle,
  closing: Closing | undefined,
): string[] {
  if (closing === undefined || closing.unclaimed.length > 0) return []
  const claims = chronicle.events.filter(({ eventName }) => eventName === 'Claimed').length
  const bounds = [
    { name: 'oracle', dust: oracle.dust, most: BigInt(2 * claims + 1) },
    { name: 'vault', dust: vault.dust, most: BigInt(closing.redemptions.length) },
    { name: 'registry', dust: registry.dust, most: BigInt(closing.rewards.size) },
  ]
  return bounds
    .filter(({ dust, most }) => dust < 0n || dust > most)
    .map(({ name, dust, most }) => `dust in the ${name}: expected at most ${most} wei, got ${dust}`)
}

function exitCodeOf(outcome: Findings['outcome'], values: ValueAudit, fundsFaults: readonly string[]): ExitCode {
  if (fundsFaults.length > 0) return EXIT.failed
  if (outcome === 'settled') return values.faults.length === 0 ? EXIT.ok : EXIT.failed
  // An abstention is right only if what was served gives no value.
  return values.recomputed === undefined ? EXIT.abstained : EXIT.failed
}
