import type { Address, TransactionReceipt } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import type { BlsSignature } from '#protocol/bls.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Report } from '#protocol/report.ts'
import { callOf } from './call-of.ts'
import { g2Of } from './bls-points.ts'
import type { WritableChain } from './chain.ts'
import { type Call, send, type SendOptions } from './send.ts'

/** A report that more than two thirds co-signed: what the registry verifies. */
export type CosignedReport = {
  readonly report: Pick<Report, 'value' | 'observationsRoot' | 'proposer'>
  readonly signature: BlsSignature
  /** Bit i stands for place i of the roster. */
  readonly signers: bigint
}

/** Records that a quorum stands behind a report. Throws OracleRevertError('QuorumMissed' | …). */
export function attest(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  cosigned: CosignedReport,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, attestCall(registry, fixing, cosigned), options)
}

/** The transaction of {@link attest}. */
export function attestCall(registry: Address, fixing: Fixing, { report, signature, signers }: CosignedReport): Call {
  return callOf(registry, abi, 'attest', [fixing, report, g2Of(signature), signers])
}

/**
 * Records the report and proposes its value for at most `maxBond` wei of bond token approved to the registry; the report's
 * proposer gets the receipts.
 */
export function proposeAttested(
  chain: WritableChain,
  registry: Address,
  fixing: Fixing,
  cosigned: CosignedReport,
  maxBond: bigint,
  options?: SendOptions,
): Promise<TransactionReceipt> {
  return send(chain, proposeAttestedCall(registry, fixing, cosigned, maxBond), options)
}

/** The transaction of {@link proposeAttested}. */
export function proposeAttestedCall(
  registry: Address,
  fixing: Fixing,
  { report, signature, signers }: CosignedReport,
  maxBond: bigint,
): Call {
  return callOf(registry, abi, 'proposeAttested', [fixing, report, g2Of(signature), signers, maxBond])
}
