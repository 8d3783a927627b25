import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineJuryAdmit } from './jury-admit.ts'
import { defineJuryClaim } from './jury-claim.ts'
import { defineJuryClose } from './jury-close.ts'
import { defineJuryCommit } from './jury-commit.ts'
import { defineJuryDeploy } from './jury-deploy.ts'
import { defineJuryDraw } from './jury-draw.ts'
import { defineJuryJoin } from './jury-join.ts'
import { defineJuryLeave } from './jury-leave.ts'
import { defineJuryOpen } from './jury-open.ts'
import { defineJuryReseed } from './jury-reseed.ts'
import { defineJuryResolve } from './jury-resolve.ts'
import { defineJuryReveal } from './jury-reveal.ts'
import { defineJuryStatus } from './jury-status.ts'
import { defineJuryVoter } from './jury-voter.ts'

const POOL = [defineJuryJoin, defineJuryAdmit, defineJuryLeave, defineJuryClaim, defineJuryVoter]
const CASE = [defineJuryOpen, defineJuryDraw, defineJuryReseed, defineJuryClose, defineJuryResolve]
const VOTE = [defineJuryCommit, defineJuryReveal]

/** Adds `assize jury …`: being a juror, what anybody can do about a case, and a jury to begin with. */
export function defineJury(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('jury')
  for (const define of [defineJuryStatus, ...POOL, ...CASE, ...VOTE, defineJuryDeploy]) define(group, context, done)
}
