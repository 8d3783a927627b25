import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineIndexCheck } from './index-check.ts'
import { defineIndexNew } from './index-new.ts'
import { defineIndexSample } from './index-sample.ts'

/** Adds `assize index new|check|sample`. */
export function defineIndex(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('index')
  for (const define of [defineIndexNew, defineIndexCheck, defineIndexSample]) define(group, context, done)
}
