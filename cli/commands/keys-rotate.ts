import type { Command } from 'commander'
import type { Address } from 'viem'
import { consentToRotation } from '#client/registration.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { address, whole } from '../arguments.ts'
import { openNodesChain } from '../chain/connection.ts'
import { unlockKey } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { rotationText } from '../reporter/rotation-file.ts'
import { writeNew } from '../output-file.ts'

type Flags = {
  readonly config: string
  readonly owner: Address
  readonly keystore: string
  readonly passwordFile?: string
  readonly file?: string
  readonly json?: true
}

const EXAMPLES = `
Run it where the new key is, made by "assize keys new". The file has no secret in it and is of use to the owner alone, who sends it by "assize rotate";
it does not expire. The old key stays in use until the rotation takes effect, and never comes back after it.

Examples:
  assize keys rotate 7 --config node.toml --owner 0x34… --keystore new-key.json --file rotation.json`

/** Adds `assize keys rotate`: a new key agrees to take the place of a reporter's. */
export function defineKeysRotate(group: Command, context: Context, done: (code: ExitCode) => void): void {
  group
    .command('rotate')
    .description("Let a new key agree to take the place of a reporter's: of which, and owned by whom.")
    .argument('<reporter>', 'its index', whole)
    .requiredOption('--config <file>', "the node's TOML configuration")
    .requiredOption('--owner <address>', 'who owns the reporter', address)
    .requiredOption('--keystore <file>', 'the new key')
    .option('--password-file <file>', 'its password')
    .option('--file <file>', 'write it there (default: print it)')
    .option('--json', 'print what is in the file on stdout, also if it is written')
    .addHelpText('after', EXAMPLES)
    .action(async (index: number, flags: Flags) => done(await agree(index, flags, context)))
}

async function agree(index: number, flags: Flags, context: Context): Promise<ExitCode> {
  const { io, env } = context
  const { loadConfig } = await import('#node/config')
  const config = loadConfig({ file: flags.config, env })
  const { registry } = config
  const chain = await openNodesChain(config, io)
  const { privateKey, address: signer } = await unlockKey(flags.keystore, flags, context)
  if (signer === flags.owner) {
    throw new InputError(
      `Expected an owner apart from the new key, got ${signer} for both.`,
      'Whoever takes over the node would have the stake: make a key for it with assize keys new.',
    )
  }
  const { privateKeyToAccount } = await import('viem/accounts')
  const domain = { chainId: chain.chainId, registry }
  const keys = { signer: privateKeyToAccount(privateKey), blsSecret: blsSecretOf(privateKey) }
  const agreed = await consentToRotation(domain, { index, owner: flags.owner, ...keys })
  const text = rotationText({ ...domain, agreed })
  if (flags.file !== undefined) await writeNew(flags.file, `${text}\n`)
  if (flags.file === undefined || flags.json === true) io.out(text)
  io.err(`${signer} agrees to sign for reporter ${index} of ${flags.owner}. The owner sends it: assize rotate FILE`)
  return EXIT.ok
}
