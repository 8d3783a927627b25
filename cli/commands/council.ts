import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineCouncilClaim } from './council-claim.ts'
import { defineCouncilSign } from './council-sign.ts'
import { defineCouncilSubmit } from './council-submit.ts'

/** Adds `assize council …`: rulings of a council, member by member. */
export function defineCouncil(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('council')
  for (const define of [defineCouncilSign, defineCouncilSubmit, defineCouncilClaim]) define(group, context, done)
}
