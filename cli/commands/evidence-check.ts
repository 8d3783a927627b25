import type { Command } from 'commander'
import { type Assessment, assessEvidence, type Evidence, type Finding } from '#protocol/evidence.ts'
import { formatValue } from '#protocol/decimal.ts'
import { printable } from '#protocol/printable.ts'
import { commandLine } from '../command-line.ts'
import type { Context } from '../context.ts'
import { bodyFindings } from '../index/evidence-bodies.ts'
import { readEvidence } from '../index/evidence-source.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatColumns, formatIndexValue, formatTime } from '../format.ts'

type Flags = { readonly json?: true }

const EXAMPLES = `
Ids, signatures, roots and values are computed again from the file alone, and the closes are read again from the responses that are in it: no chain,
node or venue is asked. Two things the file cannot prove: that its reporters are those of the registry, and that the venues said so. Anybody can make a
file of reporters of his own, in which everything is as it says: assize verify, with --evidence and --registry, compares them, and asks the venues.
An observation that is not a reporter's one statement about the maturity, or that its own closes do not bear out, is left out (out); the others are
checked all the same, and must be a quorum.
Exit 1: something in it is not as it says, or what is left is no quorum.

Examples:
  assize evidence check evidence.json
  assize evidence check evidence.json --json`

/** Adds `assize evidence check`: recomputes everything in a file. */
export function defineEvidenceCheck(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('check')
    .description('Compute everything in a file of evidence again: ids, signatures, roots, and the value of the index.')
    .argument('<file>', 'what "assize evidence export" wrote')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: Flags) => done(await checkFile(file, flags, context)))
}

async function checkFile(file: string, { json }: Flags, { io }: Context): Promise<ExitCode> {
  const evidence = await readEvidence(file)
  const assessment = withBodies(assessEvidence(evidence), bodyFindings(evidence))
  if (json === true) io.out(JSON.stringify(documentOf(evidence, assessment), undefined, 2))
  else for (const line of linesOf(file, evidence, assessment)) io.out(line)
  return assessment.isSound ? EXIT.ok : EXIT.failed
}

function withBodies(assessment: Assessment, bodies: readonly Finding[]): Assessment {
  const findings = [...assessment.findings, ...bodies]
  return { ...assessment, findings, isSound: findings.every(({ isSound }) => isSound) }
}

function linesOf(file: string, evidence: Evidence, assessment: Assessment): string[] {
  const { id, fixing, document, chainId, registry, panel } = evidence
  const { findings, leftOut, witnesses, value } = assessment
  const withSamples = witnesses.filter(({ hasSamples, isCounted }) => hasSamples && isCounted).length
  const made =
    value === undefined
      ? 'none: the samples of no quorum are there'
      : `${formatIndexValue(value, 18)} ${document.unit}, what the document makes of the samples of ${withSamples} of ${witnesses.length} observations`
  const compare = commandLine('assize', 'verify', id, '--evidence', file, '--registry', 'ADDRESS')
  return [
    `fixing    ${id}`,
    `index     ${document.name} at ${formatTime(fixing.maturity)}`,
    `registry  ${registry} on chain ${chainId}, as the file says`,
    '',
    ...formatColumns([
      ...findings.map(({ what, isSound, detail }) => [isSound ? '  ok ' : '  NOT', what, detail]),
      ...leftOut.map(({ what, detail }) => ['  out', what, detail]),
    ]),
    '',
    `value     ${made}`,
    `panel     its ${panel.reporters.length} reporters of epoch ${panel.epoch} were not compared with the registry's, and anybody can make up others`,
    `compare   ${compare}`,
  ].map(printable)
}

function documentOf({ id, chainId, registry, panel }: Evidence, assessment: Assessment): Record<string, unknown> {
  const { findings, leftOut, witnesses, value, report, isSound } = assessment
  return {
    version: 1,
    fixing: id,
    chainId,
    registry,
    epoch: panel.epoch.toString(),
    isSound,
    value: value === undefined ? null : formatValue(value),
    report: report === undefined ? null : { ...report, value: formatValue(report.value) },
    findings,
    leftOut: leftOut.map(({ what, detail }) => ({ what, detail })),
    witnesses: witnesses.map((one) => ({
      ...one,
      value: formatValue(one.value),
      recomputed: one.recomputed === undefined ? null : formatValue(one.recomputed),
    })),
  }
}
