import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type Address, bytesToHex, type Hex, isHex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { consentTo } from '#client/registration.ts'
import { readRegistryTerms } from '#client/registry-terms.ts'
import type { Config } from '#node/config'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { address, type Amount, amount, baseUnits, duration } from '../arguments.ts'
import { openNodesChain } from '../chain/connection.ts'
import { consentText } from '../reporter/consent-file.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { ETHER, formatAmount, formatTime } from '../format.ts'
import { writeNew } from '../output-file.ts'
import { unlockKey } from '../chain/signer.ts'

type Flags = {
  readonly config: string
  readonly owner: Address
  readonly stake?: Amount
  readonly valid: number
  readonly file?: string
  readonly peerId?: Hex
  readonly keystore?: string
  readonly passwordFile?: string
  readonly json?: true
}

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

/** What a node's keys agree to, as the owner's file. Throws InputError, DeadRpcError and the keystore's errors. */
export async function consentOf(
  config: Config,
  flags: Omit<Flags, 'config' | 'file' | 'json'>,
  context: Context,
): Promise<string> {
  const { registry, dataDir, key: place } = config
  const chain = await openNodesChain(config)
  const { minStake } = await readRegistryTerms(chain, registry)
  const { time } = await latestBlock(chain)
  const stake = flags.stake === undefined ? minStake : baseUnits(flags.stake, ETHER)
  if (stake < minStake) {
    const least = formatAmount(minStake, ETHER, 18)
    throw new InputError(`Expected a stake of at least ${least}, got ${formatAmount(stake, ETHER, 18)}.`, 'Give more.')
  }
  const own = place?.kind === 'keystore' ? place : undefined
  const keystore = flags.keystore ?? own?.keystore
  if (keystore === undefined) {
    throw new InputError(
      'Expected a keystore in the configuration, got none.',
      'If a signer has the key, run this there with --keystore, --password-file and the --peer-id of the node.',
    )
  }
  if (own === undefined && flags.peerId === undefined) {
    throw new InputError(
      "Expected the node's peer id beside a key that is not in its configuration, got none.",
      'A reporter keeps its peer id for good. "assize keys peer" prints it on the machine of the node; give it with --peer-id.',
    )
  }
  const passwordFile = flags.passwordFile ?? own?.passwordFile
  const { privateKey, address: signerAddress } = await unlockKey(
    keystore,
    passwordFile === undefined ? {} : { passwordFile },
    context,
  )
  if (signerAddress === flags.owner) {
    throw new InputError(
      `Expected an owner apart from the node's key, got ${flags.owner} for both.`,
      'Whoever takes over the node would have the stake: use another key, kept elsewhere.',
    )
  }
  const deadline = time + BigInt(flags.valid)
  const [{ privateKeyToAccount }, peerId] = await Promise.all([
    import('viem/accounts'),
    flags.peerId ?? peerIdOf(dataDir),
  ])
  const agreed = await consentTo(
    { chainId: chain.chainId, registry },
    {
      owner: flags.owner,
      stake,
      deadline,
      peerId,
      signer: privateKeyToAccount(privateKey),
      blsSecret: blsSecretOf(privateKey),
    },
  )
  context.io.err(
    `${signerAddress} agrees to be registered by ${flags.owner} with ${formatAmount(stake, ETHER)}, until ${formatTime(deadline)}.`,
  )
  return consentText({ chainId: chain.chainId, registry, agreed })
}

function peerIdHex(text: string): Hex {
  if (isHex(text) && text.length % 2 === 0 && text.length > 2 && text.length <= 130) return text
  throw new InvalidArgumentError(`Expected 1 to 64 bytes in hex, got "${text}".`)
}

/** The peer id in hex of the node that uses the folder; its key is made if there is none yet. */
export async function peerIdOf(dataDir: string): Promise<`0x${string}`> {
  const { loadNetworkKey, NETWORK_KEY_FILE } = await import('#node/network-key')
  const key = await loadNetworkKey(join(dataDir, NETWORK_KEY_FILE))
  return bytesToHex(key.publicKey.toMultihash().bytes)
}
