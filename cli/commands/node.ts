import { CONFIG_SCHEMAS, flagOf } from '#node/config'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { runNode } from '../reporter/node-program.ts'

/** Adds `assize node`: one reporter node, as a process of its own whose exit code becomes ours, with every setting as a flag. */
export function defineNode(program: Command, { signal }: Context, done: (code: ExitCode) => void): void {
  const command = program.command('node').requiredOption('--config <file>', 'TOML configuration')
  for (const [field, { description = '' }] of CONFIG_SCHEMAS) {
    command.option(`--${flagOf(field)} <${placeholderOf(field)}>`, description)
  }
  command
    .addHelpText(
      'after',
      '\nA flag goes before the environment, and that before the file. Lists have commas between their entries.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  assize node --config node.toml\n  assize node --config node.toml --roles reporter --log-level debug',
    )
    .action(async () => done(await runNode(flagsOf(command), { signal })))
}

/** What was given, as the node takes it: a value may be empty, or begin with a dash. */
function flagsOf(command: Command): string[] {
  return command.options.flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName())
    return typeof value === 'string' ? [`${option.long}=${value}`] : []
  })
}

/** What the value is called in the help, which says how it is completed and whether it may be an address of the web. */
function placeholderOf(field: string): string {
  if (/_file$|^keystore$/.test(field)) return 'file'
  if (field.endsWith('_dir')) return 'dir'
  if (field.endsWith('url')) return 'url'
  return /^rpc_fallbacks$|^source_rpc$/.test(field) ? 'list' : 'value'
}
