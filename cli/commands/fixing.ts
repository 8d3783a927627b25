import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineFixingCreate } from './fixing-create.ts'
import { defineFixingList } from './fixing-list.ts'
import { defineFixingShow } from './fixing-show.ts'

/** Adds `assize fixing create|list|show`. */
export function defineFixing(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('fixing')
  for (const define of [defineFixingCreate, defineFixingList, defineFixingShow]) define(group, context, done)
}
