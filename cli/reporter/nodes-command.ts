import { overridesIn } from '#node/config'
import { commandLine } from '../command-line.ts'
import type { Context } from '../context.ts'

/** A command line to paste that reads a node's settings from their file alone, whatever the environment here says. */
export function nodesCommand(env: Context['env'], ...words: readonly string[]): string {
  const names = overridesIn(env)
  return commandLine(...(names.length === 0 ? [] : ['env']), ...names.flatMap((name) => ['-u', name]), ...words)
}
