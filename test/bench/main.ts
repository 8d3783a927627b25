/**
 * What every step costs, by command: `npm run bench:gas -- [--json] [--account STEP]… [--update] [--markdown]`.
 * Without options it prints the table. `--json` prints the rows as one document instead, `--account` where the gas of a
 * step goes, or of `missed` ones. `--update` rewrites the committed figures, `--markdown` the blocks of docs/gas.md.
 * Exit codes: 0; 1 when a figure is not the committed one; 2 for a step that does not exist.
 */
import process from 'node:process'
import { parseArgs } from 'node:util'
import { accountLines, documentOf, readDocument, writeDocument } from './document.ts'
import { isMissed, jsonOf, type Row, tableLines } from './rows.ts'
import { differences, readSnapshot, snapshotOf, writeSnapshot } from './snapshot.ts'
import { STEPS } from './steps.ts'
import { type Survey, survey } from './survey.ts'

const MISSED = 'missed'

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    account: { type: 'string', multiple: true, default: [] },
    update: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
})
const unknown = options.account.find((name) => name !== MISSED && !STEPS.some(({ step }) => step === name))
if (unknown === undefined) await run()
else refuse(unknown)

async function run(): Promise<void> {
  const isAsked = (row: Row): boolean =>
    options.account.includes(row.step) || (options.account.includes(MISSED) && isMissed(row))
  const found = await survey((row) => isAsked(row) || (options.markdown && isMissed(row)))
  print(found, isAsked)
  if (options.markdown) writeDocument(documentOf(readDocument(), found))
  const snapshot = snapshotOf(found.rows)
  if (options.update) {
    writeSnapshot(snapshot)
    return
  }
  const changed = differences(snapshot, readSnapshot())
  if (changed.length === 0) return
  process.stderr.write(
    `${changed.join('\n')}\nRead the changes, then write them down: npm run bench:gas -- --update --markdown\n`,
  )
  process.exitCode = 1
}

function print({ rows, accounts }: Survey, isAsked: (row: Row) => boolean): void {
  if (options.json) {
    process.stdout.write(`${JSON.stringify(rows.map(jsonOf), null, 2)}\n`)
    return
  }
  const asked = rows
    .filter(isAsked)
    .map((row) => accountLines(row, accounts.get(row.step) ?? { parts: [], code: [] }).join('\n'))
  process.stdout.write(`${options.account.length > 0 ? asked.join('\n\n') : tableLines(rows).join('\n')}\n`)
}

function refuse(step: string): void {
  const known = STEPS.map((one) => `  ${one.step}`).join('\n')
  process.stderr.write(`Expected --account with "${MISSED}" or one of these steps, got "${step}":\n${known}\n`)
  process.exitCode = 2
}
