import type { Command } from 'commander'
import { checkLines } from '../reporter/check-lines.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'

type Flags = { readonly config: string; readonly json?: true }

const EXAMPLES = `
Every source of every index document is read once, every peer of bootstrap called, and the ports of listen tried.
Nothing is changed, signed or sent. Exit 1: something is bad.
Of former keys with stakes in juries it knows those that have signed observations or reports: a node that runs knows all.

Examples:
  assize doctor --config node.toml
  assize doctor --config node.toml --json`

/** Adds `assize doctor`: what a node needs, and what to do where it is not there. */
export function defineDoctor(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('doctor')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await examine(flags, context)))
}

async function examine({ config: file, json }: Flags, context: Context): Promise<ExitCode> {
  const { io, env } = context
  const [{ loadConfig }, { checkUp }] = await Promise.all([import('#node/config'), import('../reporter/checkup.ts')])
  const config = loadConfig({ file, env })
  const checks = await checkUp(config, context, (check) => {
    if (json !== true) for (const line of checkLines(check, io)) io.out(line)
  })
  const bad = checks.filter(({ state }) => state === 'bad').length
  const warned = checks.filter(({ state }) => state === 'warn').length
  if (json === true) io.out(JSON.stringify({ version: 1, isWell: bad === 0, checks }, undefined, 2))
  else io.out(bad === 0 ? `Nothing is bad${warned === 0 ? '' : `; ${warned} to look at`}.` : `${bad} to correct.`)
  return bad === 0 ? EXIT.ok : EXIT.failed
}
