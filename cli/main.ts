#!/usr/bin/env node
import { oldNodeFault } from '#node/least-node'
import { EXIT } from './exit-code.ts'
import { failureDocument, failureLine } from './failure.ts'

// An older Node can link and parse nothing but this file and what it imports: all else is imported behind the check, and nothing is
// awaited here, where only Node 14 and newer can wait.
const fault = oldNodeFault(process.versions.node)
if (fault === undefined) {
  void import('./start.ts').then(({ start }) => start()).then((exitCode) => process.exit(exitCode))
} else {
  const failure = { name: 'Cli.OldNodeError', ...fault, exitCode: EXIT.usage }
  const document = failureDocument(failure, process.argv.slice(2))
  if (document !== undefined) process.stdout.write(`${document}\n`)
  process.stderr.write(`${failureLine(failure, { paint: (_tone, text) => text })}\n`)
  process.exit(failure.exitCode)
}
