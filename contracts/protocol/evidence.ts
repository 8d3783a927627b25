import type { Address, Hex } from 'viem'
import { aggregate } from './aggregate.ts'
import { formatValue } from './decimal.ts'
import { type Fixing, fixingId } from './fixing.ts'
import { type IndexDocument, indexId } from './index-document.ts'
import { recoverObservationSigner, sameObservation, type SignedObservation } from './observation.ts'
import { buildReport, lowerMedian, quorumSize } from './report.ts'
import { isAllOf, type SampleLeaf, samplesOf } from './samples.ts'

/** Everything that says what an index was at a maturity: enough for anybody to compute it again, without asking anybody. */
export type Evidence = {
  readonly chainId: number
  readonly oracle: Address
  readonly registry: Address
  readonly id: Hex
  readonly fixing: Fixing
  readonly document: IndexDocument
  /** Who reports for the fixing, as whoever exported it read it from the chain: the chain alone proves it. */
  readonly panel: { readonly epoch: bigint; readonly reporters: readonly PanelMember[] }
  readonly observations: readonly EvidenceObservation[]
  /** The raw closes that observations commit to, by their root. */
  readonly samples: ReadonlyMap<Hex, readonly SampleLeaf[]>
  /** What the sources of one reporter answered, as far as it was kept. `assessEvidence` does not look at it. */
  readonly bodies: readonly EvidenceBody[]
}

/** A response of a source, from which its closes were read. */
export type EvidenceBody = {
  /** Of the samples that were read from it. */
  readonly root: Hex
  readonly sourceId: string
  /** URL, or in words. */
  readonly origin: string
  /** Of the body, without 0x. */
  readonly sha256: string
  readonly bytes: number
  /** Absent if it was too large to be kept. */
  readonly body?: string | undefined
}

/** A reporter of the fixing. */
export type PanelMember = { readonly index: number; readonly signer: Address }

/** An observation and whose it is said to be. */
export type EvidenceObservation = {
  readonly signed: SignedObservation
  readonly signer: Address
  readonly reporterIndex: number
}

/** One thing that was recomputed, and whether it is as it is said to be. */
export type Finding = { readonly what: string; readonly isSound: boolean; readonly detail: string }

/** One observation as the evidence bears it out. */
export type Witness = {
  readonly signer: Address
  readonly reporterIndex: number
  readonly value: bigint
  /** Of the index document, of its own samples; undefined if these are not there, or make none. */
  readonly recomputed: bigint | undefined
  readonly hasSamples: boolean
  /** Whether it is one of those that the report is made of, and not left out. */
  readonly isCounted: boolean
}

/** What a quorum's observations make: their lower median, scaled by 1e18, and the root of all of them. */
export type Made = { readonly value: bigint; readonly observationsRoot: Hex }

/** What evidence comes to. */
export type Assessment = {
  /** Of everything but the observations that are left out. */
  readonly findings: readonly Finding[]
  /** One for each thing that is wrong with an observation, which does not count: nobody's fault keeps the others from being checked. */
  readonly leftOut: readonly Finding[]
  readonly witnesses: readonly Witness[]
  /** The lower median of what the document makes of the samples of those that count; undefined unless these are a quorum. */
  readonly value: bigint | undefined
  /** Of those that count; undefined if they are no quorum. */
  readonly report: Made | undefined
  /** Whether all findings are sound: what counts is a quorum. */
  readonly isSound: boolean
}

/** An instant, Unix seconds, by which everything must have been observed. */
export type Until = { readonly until?: bigint | undefined }

/**
 * Recomputes ids, signatures, roots, values and the report. Leaves out observations that are not a reporter's one statement of what the
 * index was at the maturity, made from then on and until `until`, or that their own samples do not bear out, and asks for a quorum of the
 * rest. Pure: what only the chain proves is left to who has one.
 */
export function assessEvidence(evidence: Evidence, { until }: Until = {}): Assessment {
  const { observations, samples, document, fixing } = evidence
  const roots = new Set([...samples].filter(([root, leaves]) => isAllOf(leaves, root)).map(([root]) => root))
  const recompute = ({ sourcesRoot }: SignedObservation): bigint | undefined => {
    const leaves = roots.has(sourcesRoot) ? samples.get(sourcesRoot) : undefined
    if (leaves === undefined) return undefined
    const result = aggregate(document, samplesOf(document, leaves, fixing.maturity))
    return result.kind === 'value' ? result.value : undefined
  }
  const signers = observations.map(({ signed }) => signerOf(evidence, signed))
  const judged = observations.map((one, place) => {
    const { signed, signer, reporterIndex } = one
    const recomputed = recompute(signed)
    const hasSamples = roots.has(signed.sourcesRoot)
    const found = [
      observationFinding(evidence, one, { place, signers, until }),
      ...(hasSamples ? [valueFinding(one, recomputed)] : []),
    ]
    const isCounted = found.every(({ isSound }) => isSound)
    return { one, found, witness: { signer, reporterIndex, value: signed.value, recomputed, hasSamples, isCounted } }
  })
  const counted = judged.filter(({ witness }) => witness.isCounted)
  const { finding, report } = reported(
    evidence,
    counted.map(({ one }) => one),
  )
  const found = judged.flatMap((each) => each.found)
  const findings = [
    ...identityFindings(evidence),
    ...found.filter(({ isSound }) => isSound),
    ...[...samples.keys()].map((root) => rootFinding(root, roots)),
    finding,
  ]
  const values = counted.flatMap(({ witness }) => witness.recomputed ?? [])
  // One reporter's samples are that reporter's word: closes are proven to be what was signed, not what a venue printed.
  const isQuorum = values.length >= quorumSize(evidence.panel.reporters.length)
  return {
    findings,
    leftOut: found.filter(({ isSound }) => !isSound),
    witnesses: judged.map(({ witness }) => witness),
    value: isQuorum ? lowerMedian(values) : undefined,
    report,
    isSound: findings.every(({ isSound }) => isSound),
  }
}

function identityFindings({ chainId, oracle, id, fixing, document }: Evidence): Finding[] {
  const madeId = fixingId(fixing, { chainId, oracle })
  const madeIndex = indexId(document)
  return [
    {
      what: 'fixing',
      isSound: madeId === id.toLowerCase(),
      detail:
        madeId === id.toLowerCase() ? `its parameters hash to ${id}` : `its parameters hash to ${madeId}, not ${id}`,
    },
    {
      what: 'index',
      isSound: madeIndex === fixing.indexId.toLowerCase(),
      detail:
        madeIndex === fixing.indexId.toLowerCase()
          ? `the document hashes to the fixing's index ${madeIndex}`
          : `the document hashes to ${madeIndex}, the fixing is of ${fixing.indexId}`,
    },
  ]
}

function observationFinding(
  evidence: Evidence,
  { signed, signer, reporterIndex }: EvidenceObservation,
  { place, signers, until }: Until & { readonly place: number; readonly signers: readonly (Address | undefined)[] },
): Finding {
  const { id, fixing, observations, panel } = evidence
  const fault = ((): string | undefined => {
    if (signed.fixingId.toLowerCase() !== id.toLowerCase()) return `is of fixing ${signed.fixingId}`
    if (signers[place]?.toLowerCase() !== signer.toLowerCase()) return 'is not signed by its reporter'
    const member = panel.reporters.find(({ index }) => index === reporterIndex)
    if (member?.signer.toLowerCase() !== signer.toLowerCase()) return `is not of reporter ${reporterIndex}`
    // As nodes refuse them: before the maturity nobody can have seen what the index is at it.
    if (signed.observedAt < fixing.maturity) return 'was made before the maturity'
    if (until !== undefined && signed.observedAt > until) return 'is dated later than the chain'
    // What is not the reporter's, or of another fixing, accuses nobody.
    const isOwn = (one: EvidenceObservation, i: number): boolean =>
      one.reporterIndex === reporterIndex &&
      one.signed.fixingId.toLowerCase() === id.toLowerCase() &&
      signers[i]?.toLowerCase() === signer.toLowerCase()
    if (observations.some((one, i) => isOwn(one, i) && !sameObservation(one.signed, signed)))
      return 'was signed beside another one'
    return observations.slice(0, place).some(isOwn) ? 'is there twice' : undefined
  })()
  const what = `observation of reporter ${reporterIndex}`
  const detail = fault ?? `${formatValue(signed.value)} is signed by ${signer}`
  return { what, isSound: fault === undefined, detail }
}

function signerOf({ chainId, registry }: Evidence, signed: SignedObservation): Address | undefined {
  try {
    return recoverObservationSigner({ chainId, registry }, signed)
  } catch {
    return undefined
  }
}

function rootFinding(root: Hex, roots: ReadonlySet<Hex>): Finding {
  const isSound = roots.has(root)
  const detail = isSound ? 'the closes are all that it commits to' : 'the closes are not those that it commits to'
  return { what: `samples ${root.slice(0, 10)}…`, isSound, detail }
}

/** Who signs something else than the document makes of its own samples has not followed the document. */
function valueFinding({ signed: { value }, reporterIndex }: EvidenceObservation, recomputed?: bigint): Finding {
  const isSound = recomputed === value
  const made = recomputed === undefined ? 'no value' : formatValue(recomputed)
  const detail = isSound
    ? `the document makes ${made} of its samples`
    : `the document makes ${made} of its samples, not ${formatValue(value)}`
  return { what: `value of reporter ${reporterIndex}`, isSound, detail }
}

/** The report of the observations that count, and whether they make one. */
function reported(
  { id, panel }: Evidence,
  observations: readonly EvidenceObservation[],
): { readonly finding: Finding; readonly report: Made | undefined } {
  const none = (detail: string) => ({ finding: { what: 'report', isSound: false, detail }, report: undefined })
  const count = panel.reporters.length
  const need = quorumSize(count)
  // A report counts places among those who report: the indices of reporters who have left leave gaps.
  const panelIndices = panel.reporters.map(({ index }) => index).toSorted((x, y) => x - y)
  const placed = observations.map((one) => ({ ...one, reporterIndex: panelIndices.indexOf(one.reporterIndex) }))
  try {
    const proposer = '0x0000000000000000000000000000000000000000'
    const made = buildReport({ epoch: panel.epoch, fixingId: id, observations: placed, proposer, reporterCount: count })
    if (made.kind === 'short') return none(`${made.have} observations of ${count} reporters, ${need} make one`)
    const { value, observationsRoot } = made.report
    const detail = `${formatValue(value)} by ${observations.length} of ${count} reporters, root ${observationsRoot}`
    return { finding: { what: 'report', isSound: true, detail }, report: { value, observationsRoot } }
  } catch (error) {
    return none(error instanceof Error ? error.message : 'none can be made')
  }
}
