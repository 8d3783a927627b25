import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { runNode } from '../reporter/node-program.ts'

/** Adds `assize node`: one reporter node, as a process of its own whose exit code becomes ours. */
export function defineNode(program: Command, { signal }: Context, done: (code: ExitCode) => void): void {
  program
    .command('node')
    .requiredOption('--config <file>', 'TOML configuration')
    .addHelpText('after', '\nExample:\n  assize node --config node.toml')
    .action(async ({ config }: { config: string }) => done(await runNode(config, { signal })))
}
