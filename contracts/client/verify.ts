import type { Address } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { isSeparated } from '#protocol/distance.ts'
import { type Assessment, assessEvidence, type Evidence, type Finding } from '#protocol/evidence.ts'
import { INVALID } from '#protocol/fixing.ts'
import { lowerMedian } from '#protocol/report.ts'
import type { Chain } from './chain.ts'
import { readEpoch, readReporters } from './registry.ts'
import { type Depth, readSettlement, type SettlementReading } from './settlement.ts'

/** The contracts that the caller trusts. What the evidence names is only compared with them. */
export type Trusted = { readonly oracle: Address; readonly registry: Address }

/** What a settlement is worth beside its evidence. */
export type Verification = {
  readonly settlement: SettlementReading
  /** What the evidence comes to by itself. */
  readonly assessment: Assessment
  /** What the chain says of the evidence, and the evidence of the settlement. */
  readonly findings: readonly Finding[]
  /** The lower median of what the reporters signed, scaled by 1e18; undefined without an observation. */
  readonly reported: bigint | undefined
  /** Whether it is settled, and everything was found to be as it is said to be. */
  readonly isVerified: boolean
}

/**
 * Whether a quorum of the registry's reporters signed what `fixing` was settled to, computed again from the evidence, wherever
 * that comes from: nobody is believed but the chain, at a block of `depth`. A settlement is borne out by a report that it is
 * not separated from: nobody could have disputed the one with the other. That the venues said so is not proven. Throws
 * ShallowChainError, ReorganisedError, OracleRevertError('BeforeFirstEpoch'), DeadRpcError.
 *
 * The reporters are those of the maturity as the registry remembers them at that block, which is each one's last two signers: for a
 * fixing so old that somebody has rotated twice since, give the hash of a block soon after its settlement.
 */
export async function verifySettlement(
  chain: Chain,
  trusted: Trusted,
  evidence: Evidence,
  depth: Depth,
): Promise<Verification> {
  const { fixing } = evidence
  const assessment = assessEvidence(evidence)
  const settlement = await readSettlement(chain, trusted.oracle, fixing, depth)
  const reporters = await readReporters(chain, trusted.registry, fixing.maturity, settlement.blockHash)
  const epoch = await readEpoch(chain, trusted.registry, fixing.maturity)
  const values = evidence.observations.map(({ signed }) => signed.value)
  const reported = values.length === 0 ? undefined : lowerMedian(values)
  const findings = [
    deploymentFinding(evidence, trusted, chain.chainId),
    panelFinding(evidence.panel, { epoch, reporters }),
    settlementFinding(settlement, reported, fixing.separationPpm),
  ]
  const isVerified = assessment.isSound && findings.every(({ isSound }) => isSound)
  return { settlement, assessment, findings, reported, isVerified }
}

function deploymentFinding({ chainId, oracle, registry }: Evidence, trusted: Trusted, onChain: number): Finding {
  const isSound = chainId === onChain && isSame(oracle, trusted.oracle) && isSame(registry, trusted.registry)
  const named = `oracle ${oracle} and registry ${registry} on chain ${chainId}`
  return { what: 'contracts', isSound, detail: isSound ? `is of ${named}` : `is of ${named}, which are others` }
}

function panelFinding(said: Evidence['panel'], real: Evidence['panel']): Finding {
  const names = ({ reporters }: Evidence['panel']): string[] =>
    reporters.map(({ index, signer }) => `${index} ${signer.toLowerCase()}`).toSorted()
  const [claimed, registered] = [names(said), names(real)]
  const isSound =
    said.epoch === real.epoch &&
    claimed.length === registered.length &&
    claimed.every((name, i) => name === registered[i])
  const detail = isSound
    ? `the registry has these ${registered.length} in epoch ${real.epoch}`
    : `the registry has ${registered.length} in epoch ${real.epoch}, the evidence ${claimed.length} in epoch ${said.epoch}, or others`
  return { what: 'reporters', isSound, detail }
}

function settlementFinding(
  settlement: SettlementReading,
  reported: bigint | undefined,
  separationPpm: number,
): Finding {
  const what = 'settlement'
  if (settlement.kind === 'unsettled') {
    return { what, isSound: false, detail: `there is none at block ${settlement.atBlock}` }
  }
  if (reported === undefined) return { what, isSound: false, detail: 'nobody observed a value' }
  const settled = settlement.kind === 'settled' ? settlement.value : INVALID
  const isSound = !isSeparated(settled, reported, separationPpm)
  const beside = `${formatValue(settled)}, and the reporters' median is ${formatValue(reported)}`
  return { what, isSound, detail: isSound ? beside : `${beside}: these are different claims` }
}

function isSame(a: Address, b: Address): boolean {
  return a.toLowerCase() === b.toLowerCase()
}
