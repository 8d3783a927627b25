import { type Address, type Hex, isAddressEqual, isHash } from 'viem'
import { formatValue } from '#protocol/decimal.ts'
import { isSeparated } from '#protocol/distance.ts'
import { type Assessment, assessEvidence, type Evidence, type Finding } from '#protocol/evidence.ts'
import { type Fixing, fixingId, INVALID } from '#protocol/fixing.ts'
import { lowerMedian } from '#protocol/report.ts'
import { type Attestation, readStandingAttestation } from './attestation.ts'
import type { Chain } from './chain.ts'
import { readEpoch, readReporters } from './roster.ts'
import { type Depth, readSettlement, type SettlementReading } from './settlement.ts'

/**
 * The contracts that the caller trusts, and the id of the fixing that the caller wants evidence of. What the evidence names is only
 * compared with them: whoever hands it over chose what it is of.
 */
export type Trusted = { readonly oracle: Address; readonly registry: Address; readonly fixingId: Hex }

/** What a settlement is worth beside its evidence. */
export type Verification = {
  readonly settlement: SettlementReading
  /** What the evidence comes to by itself. */
  readonly assessment: Assessment
  /** What the chain says of the evidence, and the evidence of the settlement. */
  readonly findings: readonly Finding[]
  /** The lower median of the observations that count, scaled by 1e18; undefined without one. */
  readonly reported: bigint | undefined
  /** What the reporters attested on chain, by the block of `settlement`; undefined if they did not. */
  readonly attestation: Attestation | undefined
  /** Whether it is settled, and everything was found to be as it is said to be. */
  readonly isVerified: boolean
}

/**
 * Whether a quorum of the registry's reporters signed what the wanted fixing was settled to, computed again from the evidence, wherever
 * that comes from: nobody is believed but the chain, at a block of `depth`. A settlement is borne out by a report that it is
 * not separated from: nobody could have disputed the one with the other. So must what the reporters attested on chain be, if they
 * did; it may be made of other observations than the evidence has. Observations that do not count are left out (`assessment.leftOut`). That
 * the venues said so is not proven. Throws ShallowChainError, ReorganisedError, OracleRevertError('BeforeFirstEpoch'),
 * AttestationUnseenError, DeadRpcError; {@link FixingIdError}, and ParameterOutOfBoundsError for parameters that the oracle creates no fixing of.
 *
 * The reporters are those of the maturity as the registry remembers them at that block, which is the last two signers of each who has not
 * withdrawn: for a fixing so old that somebody has rotated twice or withdrawn since, give the hash of a block soon after its settlement.
 */
export async function verifySettlement(
  chain: Chain,
  trusted: Trusted,
  evidence: Evidence,
  depth: Depth,
): Promise<Verification> {
  const { fixing } = evidence
  if (!isHash(trusted.fixingId)) throw new FixingIdError(trusted.fixingId)
  const settlement = await readSettlement(chain, trusted.oracle, fixing, depth)
  const assessment = assessEvidence(evidence, { until: settlement.atTime })
  const reporters = await readReporters(chain, trusted.registry, fixing.maturity, settlement.blockHash)
  const epoch = await readEpoch(chain, trusted.registry, fixing.maturity)
  const attestation = await attestationOf(chain, trusted, fixing, settlement)
  const values = assessment.witnesses.flatMap(({ value, isCounted }) => (isCounted ? [value] : []))
  const reported = values.length === 0 ? undefined : lowerMedian(values)
  const findings = [
    wantedFinding(evidence, trusted),
    deploymentFinding(evidence, trusted, chain.chainId),
    panelFinding(evidence.panel, { epoch, reporters }),
    settlementFinding(settlement, reported, fixing.separationPpm),
    ...(attestation === undefined
      ? []
      : [attestationFinding(attestation, { settlement, reported, assessment, fixing })]),
  ]
  const isVerified = assessment.isSound && findings.every(({ isSound }) => isSound)
  return { settlement, assessment, findings, reported, attestation, isVerified }
}

function attestationOf(
  chain: Chain,
  { oracle, registry }: Trusted,
  fixing: Fixing,
  { atBlock: number, blockHash: hash, atTime: time }: SettlementReading,
): Promise<Attestation | undefined> {
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  return readStandingAttestation(chain, registry, { id, maturity: fixing.maturity }, { number, hash, time })
}

/** That its parameters have this id is `assessment`'s finding. */
function wantedFinding({ id }: Evidence, { fixingId: wanted }: Trusted): Finding {
  const isSound = id.toLowerCase() === wanted.toLowerCase()
  return { what: 'fixing wanted', isSound, detail: isSound ? `is of ${id}` : `is of ${id}, not of ${wanted}` }
}

function deploymentFinding({ chainId, oracle, registry }: Evidence, trusted: Trusted, onChain: number): Finding {
  const isSound =
    chainId === onChain && isAddressEqual(oracle, trusted.oracle) && isAddressEqual(registry, trusted.registry)
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

/** What a quorum attested together, beside what the evidence makes and what was settled. */
function attestationFinding(
  { value, count, observationsRoot }: Attestation,
  {
    settlement,
    reported,
    assessment,
    fixing,
  }: Pick<Verification, 'settlement' | 'reported' | 'assessment'> & {
    readonly fixing: Fixing
  },
): Finding {
  const settled = settlement.kind === 'settled' ? settlement.value : settlement.kind === 'invalid' ? INVALID : undefined
  const differs = (other: bigint | undefined): boolean =>
    other !== undefined && isSeparated(value, other, fixing.separationPpm)
  const others = [
    ...(differs(reported) ? ["the median of the evidence's observations"] : []),
    ...(differs(settled) ? ['what was settled'] : []),
  ]
  const isOfThese = assessment.report?.observationsRoot.toLowerCase() === observationsRoot.toLowerCase()
  const of = isOfThese ? 'these very observations' : `observations of root ${observationsRoot}, not all of them these`
  const said = `${count} reporters attested ${formatValue(value)}, of ${of}`
  const isSound = others.length === 0
  return {
    what: 'attestation',
    isSound,
    detail: isSound ? said : `${said}: another claim than ${others.join(' and ')}`,
  }
}

/** What should be the id of the fixing that evidence is wanted of is none: it is the caller's to know. */
export class FixingIdError extends Error {
  override readonly name = 'Verify.FixingIdError'
  readonly hint = 'Give the id that you want evidence of, as you know it from elsewhere than the evidence.'
  constructor(got: unknown) {
    super(`Expected the id of a fixing, 32 bytes, got ${String(got)}.`)
  }
}
