import type { Command } from 'commander'
import { DEFAULT_PARAMETERS } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { warningsOf } from '#protocol/index-warnings.ts'
import { whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readIndexFile } from '../index/index-file.ts'
import { indexLines, warningLines } from '../index/index-lines.ts'
import { venueWarnings } from '../index/venue-presets.ts'

const EXAMPLES = `
Examples:
  assize index check eth-usd.json
  assize index check eth-usd.json --strict --json`

type Flags = { readonly separationPpm: number; readonly strict?: true; readonly json?: true }

/** Adds `assize index check`: whether a document is valid, its id, and what its author should think about. */
export function defineIndexCheck(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('check')
    .description('Check an index document: print its id, and warn of what is valid but weak.')
    .argument('<file>', 'the index document')
    .option('--separation-ppm <ppm>', 'of the fixings it is for', whole, DEFAULT_PARAMETERS.separationPpm)
    .option('--strict', 'exit 1 if there is a warning')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, flags: Flags) => done(await checkIndex(file, flags, context)))
}

async function checkIndex(file: string, flags: Flags, { io }: Context): Promise<ExitCode> {
  const document = await readIndexFile(file)
  const id = indexId(document)
  const warnings = [...warningsOf(document, flags.separationPpm), ...venueWarnings(document)]
  if (flags.json === true) io.out(JSON.stringify({ version: 1, indexId: id, warnings, document }, undefined, 2))
  else {
    for (const line of [...indexLines(document), `index ${id}`]) io.out(line)
    for (const line of warningLines(warnings, io)) io.err(line)
  }
  return flags.strict === true && warnings.length > 0 ? EXIT.failed : EXIT.ok
}
