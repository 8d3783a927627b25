import { type Command, InvalidArgumentError } from 'commander'
import { type Hex, isHex } from 'viem'
import { address, amount, duration } from '../arguments.ts'
import type { Context } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { writeNew } from '../output-file.ts'
import { type Agreement, consentOf, peerIdOf } from '../reporter/consent.ts'

type Flags = Agreement & { readonly config: string; readonly file?: string; readonly json?: true }

const WEEK = 604_800

const EXAMPLES = `
Run it where the node's keys are. The file says who may register them, with how much stake and as which peer; it has no secret in it, and is of
use to the owner alone.

Examples:
  assize keys bind --config node.toml --owner 0x34… --file consent.json
  assize keys bind --config node.toml --owner 0x34… --stake 32eth --valid 1d > consent.json`

/** Adds `assize keys bind|peer`: the keys of a node agree to be registered by an owner. */
export function defineKeysBind(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('bind')
    .description("Let a node's keys agree to be registered: by whom, with what stake, as which peer.")
    .requiredOption('--config <file>', "the node's TOML configuration")
    .requiredOption('--owner <address>', 'who may register it, pays the stake and gets the rewards', address)
    .option('--stake <amount>', 'how much (default: the least that the registry takes)', amount)
    .option('--valid <time>', 'for how long', duration, WEEK)
    .option('--file <file>', 'write it there (default: print it)')
    .option('--peer-id <hex>', "the node's peer id, where its data_dir is not", peerIdHex)
    .option('--keystore <file>', 'the key, if a signer has it for the node')
    .option('--password-file <file>', 'its password')
    .option('--json', 'print what is in the file on stdout, also if it is written')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: Flags) => done(await bind(flags, context)))
  group
    .command('peer')
    .description('The peer id of a node in hex, for a signer that binds its key elsewhere.')
    .requiredOption('--config <file>', "the node's TOML configuration")
    .option('--json', 'print one JSON document on stdout')
    .addHelpText('after', '\nExample:\n  assize keys peer --config node.toml')
    .action(async (flags: Pick<Flags, 'config' | 'json'>) => done(await showPeer(flags, context)))
}

async function bind(flags: Flags, context: Context): Promise<ExitCode> {
  const { io, env } = context
  const { loadConfig } = await import('#node/config')
  const config = loadConfig({ file: flags.config, env })
  const text = await consentOf(config, flags, context)
  if (flags.file !== undefined) await writeNew(flags.file, `${text}\n`)
  if (flags.file === undefined || flags.json === true) io.out(text)
  if (flags.file !== undefined) io.err(`The owner registers it: assize register ${flags.file}`)
  return EXIT.ok
}

async function showPeer({ config, json }: Pick<Flags, 'config' | 'json'>, { io, env }: Context): Promise<ExitCode> {
  const { loadConfig } = await import('#node/config')
  const peerId = await peerIdOf(loadConfig({ file: config, env }).dataDir)
  io.out(json === true ? JSON.stringify({ version: 1, peerId }) : peerId)
  return EXIT.ok
}

function peerIdHex(text: string): Hex {
  if (isHex(text) && text.length % 2 === 0 && text.length > 2 && text.length <= 130) return text
  throw new InvalidArgumentError(`Expected 1 to 64 bytes in hex, got "${text}".`)
}
