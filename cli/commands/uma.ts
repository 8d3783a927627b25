import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineUmaAssert } from './uma-assert.ts'
import { defineUmaDispute } from './uma-dispute.ts'
import { defineUmaSettle } from './uma-settle.ts'
import { defineUmaStatus } from './uma-status.ts'

/** Adds `assize uma …`: what one does at UMA about a fixing that asks it. */
export function defineUma(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('uma')
  for (const define of [defineUmaStatus, defineUmaAssert, defineUmaDispute, defineUmaSettle]) {
    define(group, context, done)
  }
}
