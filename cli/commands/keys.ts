import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { defineKeysBind } from './keys-bind.ts'
import { defineKeysFiles } from './keys-files.ts'
import { defineKeysRotate } from './keys-rotate.ts'

/** Adds `assize keys …`: keystores, and what a reporter's keys agree to. */
export function defineKeys(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const group = program.command('keys')
  for (const define of [defineKeysFiles, defineKeysBind, defineKeysRotate]) define(group, context, done)
}
