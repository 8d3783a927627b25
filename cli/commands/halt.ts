import type { Command } from 'commander'
import { AccessError } from '#node/access'
import { loadConfig } from '#node/config'
import { HALT_FILE, haltStaking, resumeStaking } from '#node/halt'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatTime } from '../format.ts'

type Flags = { readonly config: string; readonly json?: true }

/** Adds `assize halt` and `assize resume`: the switch that stops all new stake of a node. */
export function defineHalt(program: Command, context: Context, done: (code: ExitCode) => void): void {
  program
    .command('halt')
    .argument('[reason]', 'for the journal, and for whoever finds the node halted', 'no reason given')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText(
      'after',
      `
A node that is halted stakes nothing new: no proposal, contribution, appeal, roster or attestation, no wrapping and no
allowance. Nor does it open, draw, reseed or close cases of a jury, or readmit stakes there. What it has sent of all this
and was not mined yet it takes back.
It goes on observing, signing and serving. It claims what is its own, and withdraws it from juries, and of cases there
it still sends commit, reveal and resolve: what they save is at stake already. The halt outlasts restarts; it is the
file ${HALT_FILE} in data_dir.

Examples:
  assize halt --config node.toml
  assize halt --config node.toml "the council's keys may be stolen"`,
    )
    .action((reason: string, flags: Flags) => done(runHalt(reason, flags, context)))
  program
    .command('resume')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', '\nExample:\n  assize resume --config node.toml')
    .action((flags: Flags) => done(runResume(flags, context)))
}

function runHalt(reason: string, { config, json }: Flags, { io, env, now }: Context): ExitCode {
  const { dataDir } = loadConfig({ file: config, env })
  const dated = `${reason} (${formatTime(now())})`
  requireDone('This halts nothing: unless it was halted before, the node stakes on.', () => haltStaking(dataDir, dated))
  if (json === true) io.out(JSON.stringify({ version: 1, dataDir, halted: true, reason: dated }))
  else io.out(`The node of ${dataDir} stakes nothing new until assize resume --config ${config}.`)
  return EXIT.ok
}

function runResume({ config, json }: Flags, { io, env }: Context): ExitCode {
  const { dataDir } = loadConfig({ file: config, env })
  const wasHalted = requireDone('This ends no halt: if it was halted, it is as before.', () => resumeStaking(dataDir))
  if (json === true) io.out(JSON.stringify({ version: 1, dataDir, halted: false, wasHalted }))
  else io.out(`The node of ${dataDir} ${wasHalted ? 'may stake again' : 'was not halted'}.`)
  return EXIT.ok
}

/** In an emergency nobody may take what this user could not do for done: throws InputError that says how things `stand`. */
function requireDone<T>(stand: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    if (!(cause instanceof AccessError)) throw cause
    throw new InputError(`${cause.message} ${stand}`, cause.hint, { cause })
  }
}
