import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineJuryCase } from './jury-case.ts'
import { defineJuryDeploy } from './jury-deploy.ts'
import { defineJuryStake } from './jury-stake.ts'
import { defineJuryStatus } from './jury-status.ts'
import { defineJuryVote } from './jury-vote.ts'

/** Adds `assize jury …`: being a juror, what anybody can do about a case, and a jury to begin with. */
export function defineJury(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('jury')
  for (const define of [defineJuryStatus, defineJuryStake, defineJuryCase, defineJuryVote, defineJuryDeploy])
    define(group, context, done)
}
