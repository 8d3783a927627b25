import { type Address, type Hex, isAddressEqual } from 'viem'
import type { IndexReading } from './index-reading.ts'
import { type Assessment, assessEvidence, type Evidence } from '#protocol/evidence.ts'
import { formatValue } from '#protocol/decimal.ts'
import { printable } from '#protocol/printable.ts'
import { differencesOf, leavesOf, type SampleDifference } from '#protocol/samples.ts'
import { InputError } from '../errors.ts'
import { formatColumns, formatIndexValue, formatTime, shorten } from '../format.ts'

/** What reporters observed, by a file of evidence, beside what was read just now. */
export type PeerReading = {
  readonly assessment: Assessment
  readonly reporters: number
  /** Whether they are those of the registry that the user named; undefined where none was. */
  readonly isKnown: boolean | undefined
  /** Where the samples behind the observations are not those read now, one entry for each different set of samples. */
  readonly differing: readonly Differing[]
}

type Differing = { readonly signers: readonly string[]; readonly differences: readonly SampleDifference[] }

/** Lines of a difference that are shown; the rest is counted. */
const SHOWN = 5

/** Who reported at the maturity, by the chain. */
export type KnownReporters = {
  readonly registry: Address
  readonly signers: readonly { readonly index: number; readonly signer: Address }[]
}

/**
 * Checks the evidence, which must be from before the chain's time `until`, and compares its samples with `reading`. Throws InputError for
 * evidence of another fixing.
 */
export function readPeers(
  evidence: Evidence,
  { id, until }: { readonly id: Hex; readonly until: bigint },
  { sampling }: IndexReading,
  known: KnownReporters | undefined,
): PeerReading {
  if (evidence.id.toLowerCase() !== id) {
    throw new InputError(`Expected evidence of fixing ${id}, got that of ${evidence.id}.`, 'Export that of this one.')
  }
  const assessment = assessEvidence(evidence, { until })
  const own = leavesOf(sampling.samples, sampling.opens)
  const differing = [...evidence.samples].flatMap(([root, leaves]) => {
    const signers = evidence.observations
      .filter(({ signed }) => signed.sourcesRoot === root)
      .map(({ signer }) => signer)
    const differences = differencesOf(own, leaves)
    return differences.length === 0 ? [] : [{ signers, differences }]
  })
  return { assessment, reporters: evidence.panel.reporters.length, isKnown: isPanelOf(evidence, known), differing }
}

/** Any quorum of keys signs a file that is sound in itself: the chain alone says whose count. */
function isPanelOf({ registry, panel }: Evidence, known: KnownReporters | undefined): boolean | undefined {
  if (known === undefined) return undefined
  const own = new Map(known.signers.map(({ index, signer }) => [index, signer.toLowerCase()]))
  return (
    isAddressEqual(registry, known.registry) &&
    panel.reporters.length === own.size &&
    panel.reporters.every(({ index, signer }) => own.get(index) === signer.toLowerCase())
  )
}

/** For people: how many observed what, what of it bears checking, and where their samples are not those read now. */
export function peerLines({ assessment, reporters, isKnown, differing }: PeerReading): string[] {
  const { findings, leftOut, witnesses, value } = assessment
  const faults = findings.filter(({ isSound }) => !isSound)
  const made =
    value === undefined
      ? 'the samples of no quorum of them are there'
      : `their samples make ${formatIndexValue(value, 18)}`
  const counted = witnesses.filter(({ isCounted }) => isCounted).length
  return [
    `peers     ${counted} of ${reporters} reporters observed; ${made}`,
    ...formatColumns(
      witnesses.map((one) => [`  ${one.signer}`, formatIndexValue(one.value, 18), one.hasSamples ? '' : 'no samples']),
    ).map((line) => line.trimEnd()),
    ...(isKnown === true
      ? []
      : [
          isKnown === false
            ? '  NOT the reporters of the registry'
            : '  whose keys these are, the file alone says: name the registry with --registry',
        ]),
    ...faults.map(({ what, detail }) => `  NOT ${what}: ${detail}`),
    ...leftOut.map(({ what, detail }) => `  left out, ${what}: ${detail}`),
    ...differing.flatMap(differingLines),
  ].map(printable)
}

function differingLines({ signers, differences }: Differing): string[] {
  const rows = differences
    .slice(0, SHOWN)
    .map(({ sourceId, open, ours = '-', theirs = '-' }) => [`    ${formatTime(open)}`, sourceId, ours, theirs])
  const more = differences.length > SHOWN ? [`    … and ${differences.length - SHOWN} more`] : []
  return [
    `  ${differences.length} closes are not those that ${signers.map(shorten).join(', ')} saw:`,
    ...formatColumns([['    candle opens', 'source', 'now', 'seen'], ...rows]),
    ...more,
  ]
}

/** The same for scripts. */
export function peerDocument({ assessment, reporters, isKnown, differing }: PeerReading): Record<string, unknown> {
  const { witnesses, value, isSound, findings, leftOut } = assessment
  return {
    reporters,
    isSound,
    isKnown: isKnown ?? null,
    value: value === undefined ? null : formatValue(value),
    observations: witnesses.map((one) => ({
      signer: one.signer,
      value: formatValue(one.value),
      recomputed: one.recomputed === undefined ? null : formatValue(one.recomputed),
    })),
    faults: findings.filter((finding) => !finding.isSound).map(({ what, detail }) => ({ what, detail })),
    leftOut: leftOut.map(({ what, detail }) => ({ what, detail })),
    differing: differing.map(({ signers, differences }) => ({
      signers,
      closes: differences.map(({ sourceId, open, ours, theirs }) => {
        return { source: sourceId, open: open.toString(), now: ours ?? null, seen: theirs ?? null }
      }),
    })),
  }
}
