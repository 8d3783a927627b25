import type { Command } from 'commander'
import { backUp, restore } from '#node/backup'
import { type Config, loadConfig } from '#node/config'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

type Flags = { readonly config: string; readonly json?: true }

/** Adds `assize backup` and `assize restore`: what a node remembers, in one file and back. */
export function defineBackup(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('backup')
    .description('Write everything that a stopped node remembers to a file. Keys are not in it.')
    .argument('<file>', 'where to; must not exist')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
Keep the keystore and libp2p.key of data_dir too: they are not in the backup.

Example:
  assize backup --config node.toml assize-2027-01-31.jsonl`,
    )
    .action(async (file: string, flags: Flags) => done(await runBackup(file, flags, context)))
  program
    .command('restore')
    .description('Make the store of a node from a backup, in a data_dir that has none.')
    .argument('<file>', 'a file of assize backup')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
What the node signed after the backup was made is not in it. A restored node therefore signs nothing new for
fixings that had matured by its first start; it observes, disputes and claims as before. Stop the node that made the
backup for good: two nodes with one key can lose its stake.

Example:
  assize restore --config node.toml assize-2027-01-31.jsonl`,
    )
    .action(async (file: string, flags: Flags) => done(await runRestore(file, flags, context)))
}

async function runBackup(file: string, flags: Flags, { io, env }: Context): Promise<ExitCode> {
  const { dataDir } = configOf(flags, env)
  io.err(`Reading ${dataDir}…`)
  const { rows, signatures } = await backUp(dataDir, file)
  if (flags.json === true) io.out(JSON.stringify({ version: 1, file, rows, signatures }))
  else io.out(`${rows} rows, ${signatures} signatures among them, are in ${file}. Keep keystore and libp2p.key too.`)
  return EXIT.ok
}

async function runRestore(file: string, flags: Flags, { io, env, now }: Context): Promise<ExitCode> {
  const { dataDir } = configOf(flags, env)
  io.err(`Checking ${file}…`)
  const { rows, signatures } = await restore(file, dataDir, now())
  if (flags.json === true) io.out(JSON.stringify({ version: 1, dataDir, rows, signatures }))
  else {
    io.out(`${rows} rows, ${signatures} signatures among them, are in ${dataDir}.`)
    io.out('The node will sign nothing new for fixings that mature before its first start. Start it with assize node.')
  }
  return EXIT.ok
}

function configOf({ config }: Flags, env: Context['env']): Config {
  return loadConfig({ file: config, env })
}
