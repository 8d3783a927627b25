import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineJuryCase } from './jury-case.ts'
import { defineJuryStake } from './jury-stake.ts'
import { defineJuryStatus } from './jury-status.ts'
import { defineJuryVote } from './jury-vote.ts'

/** Adds `assize jury …`: being a juror, and what anybody can do about a case. */
export function defineJury(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('jury')
  for (const define of [defineJuryStatus, defineJuryStake, defineJuryCase, defineJuryVote]) define(group, context, done)
}
