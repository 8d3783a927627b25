import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineEvidenceCheck } from './evidence-check.ts'
import { defineEvidenceExport } from './evidence-export.ts'

/** Adds `assize evidence export|check`. */
export function defineEvidence(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('evidence')
  for (const define of [defineEvidenceExport, defineEvidenceCheck]) define(group, context, done)
}
