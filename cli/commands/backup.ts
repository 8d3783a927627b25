import { open } from 'node:fs/promises'
import type { Command } from 'commander'
import { backUp, restore } from '#node/backup'
import { loadConfig } from '#node/config'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

type Flags = { readonly config?: string; readonly dataDir?: string; readonly json?: true }

/** Adds `assize backup` and `assize restore`: what a node remembers, in one file and back. */
export function defineBackup(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('backup')
    .argument('<file>', 'where to; must not exist')
    .option('--config <file>', "the node's TOML configuration")
    .option('--data-dir <dir>', 'instead of it: the folder of a signer')
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
    .argument('<file>', 'a file of assize backup')
    .option('--config <file>', "the node's TOML configuration")
    .option('--data-dir <dir>', 'instead of it: the folder of a signer')
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
What the node signed after the backup was made is not in it. A restored node therefore signs nothing new for
fixings that had matured by its first start; it observes, disputes and claims as before. Stop the node that made the
backup for good: two nodes with one key can lose its stake. A signer, which knows no maturities, signs nothing new at all
with a memory that was restored: it is for the transactions that get the stake back.

Example:
  assize restore --config node.toml assize-2027-01-31.jsonl`,
    )
    .action(async (file: string, flags: Flags) => done(await runRestore(file, flags, context)))
}

async function runBackup(file: string, flags: Flags, { io, env }: Context): Promise<ExitCode> {
  const dataDir = dataDirOf(flags, env)
  io.err(`Reading ${dataDir}…`)
  const { rows, signatures } = await backUp(dataDir, file)
  const kept = flags.dataDir === undefined ? 'keystore and libp2p.key' : 'the keystore'
  if (flags.json === true) io.out(JSON.stringify({ version: 1, file, rows, signatures }))
  else io.out(`${rows} rows, ${signatures} signatures among them, are in ${file}. Keep ${kept} too.`)
  return EXIT.ok
}

async function runRestore(file: string, flags: Flags, { io, env, now }: Context): Promise<ExitCode> {
  const dataDir = dataDirOf(flags, env)
  await requireReadable(file)
  io.err(`Checking ${file}…`)
  const { rows, signatures } = await restore(file, dataDir, now())
  if (flags.json === true) io.out(JSON.stringify({ version: 1, dataDir, rows, signatures }))
  else {
    io.out(`${rows} rows, ${signatures} signatures among them, are in ${dataDir}.`)
    if (flags.dataDir !== undefined) io.out('A signer will sign with it what it remembers, and no new observation.')
    else
      io.out(
        'The node will sign nothing new for fixings that mature before its first start. Start it with assize node.',
      )
  }
  return EXIT.ok
}

/** Throws InputError for what is no file that this user may read. */
async function requireReadable(file: string): Promise<void> {
  if (await isReadable(file)) return
  throw new InputError(
    `Expected a backup at ${file}, got no readable file.`,
    'Check the path; a backup is what assize backup wrote.',
  )
}

async function isReadable(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => undefined)
  try {
    return (await handle?.stat())?.isFile() === true
  } finally {
    await handle?.close()
  }
}

function dataDirOf({ config, dataDir }: Flags, env: Context['env']): string {
  if (dataDir !== undefined && config === undefined) return dataDir
  if (dataDir === undefined && config !== undefined) return loadConfig({ file: config, env }).dataDir
  const got = config === undefined ? 'none' : 'both'
  throw new InputError(`Expected --config of a node or --data-dir of a signer, got ${got}.`, 'Name one of them.')
}
