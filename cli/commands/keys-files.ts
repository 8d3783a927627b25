import { randomBytes } from 'node:crypto'
import { globSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type Address, type Hex, isHex } from 'viem'
import { isExposed } from '#node/access'
import { confirm } from '../chain/confirm.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatColumns } from '../format.ts'
import { newPassword, writeOwnerOnly } from '../reporter/secret-file.ts'
import { keystoreAt, unlockKey } from '../chain/signer.ts'

type Flags = { readonly passwordFile?: string; readonly json?: true; readonly yes?: true }

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** Adds `assize keys new|import|list|export`. */
export function defineKeysFiles(group: Command, context: Context, done: (code: ExitCode) => void): void {
  const add = (name: string, description: string, examples: string): Command =>
    group
      .command(name)
      .description(description)
      .option('--json', 'print one JSON document on stdout')
      .addHelpText('after', `\nExamples:\n${examples}`)
  const password = [
    '--password-file <file>',
    'its password; made with a random one if it is not there (default: asked)',
  ] as const
  add(
    'new',
    'Make a key and keep it encrypted in a new file.',
    '  assize keys new keystore.json\n  assize keys new keystore.json --password-file password',
  )
    .argument('<keystore>', 'where to; must not exist')
    .option(...password)
    .action(async (file: string, flags: Flags) => done(await keep(file, freshKey(), flags, context)))
  add(
    'import',
    'Keep a key that exists encrypted in a new file: typed, or from a file with 32 bytes of hex.',
    '  assize keys import keystore.json\n  assize keys import keystore.json --from key.hex --password-file password',
  )
    .argument('<keystore>', 'where to; must not exist')
    .option('--from <file>', 'a file with the private key (default: asked, not shown)')
    .option(...password)
    .action(async (file: string, flags: Flags & { readonly from?: string }) =>
      done(await keep(file, await givenKey(flags.from, context), flags, context)),
    )
  add(
    'list',
    'The keystores of a folder with their addresses, and whether others can read them.',
    '  assize keys list\n  assize keys list /etc/assize',
  )
    .argument('[folder]', 'which', '.')
    .action((folder: string, flags: Flags) => done(list(folder, flags, context)))
  add(
    'export',
    'Write the private key of a keystore, unencrypted, to a new file for its owner only.',
    '  assize keys export keystore.json key.hex',
  )
    .argument('<keystore>', 'which')
    .argument('<file>', 'where to; must not exist')
    .option('--password-file <file>', 'its password (default: $ASSIZE_PASSWORD_FILE, else asked)')
    .option('--yes', 'do not ask')
    .action(async (keystore: string, file: string, flags: Flags) =>
      done(await exportKey(keystore, file, flags, context)),
    )
}

/** A private key nobody has had before. */
export function freshKey(): Hex {
  for (;;) {
    const key: Hex = `0x${randomBytes(32).toString('hex')}`
    if (isPrivateKey(key)) return key
  }
}

async function keep(file: string, key: Hex, { passwordFile, json }: Flags, context: Context): Promise<ExitCode> {
  const address = await writeKey(file, key, passwordFile, context)
  const { io } = context
  if (json === true) io.out(JSON.stringify({ version: 1, address, keystore: file }))
  else io.out(`${address} is in ${file}. Keep a copy of it, and of its password elsewhere: without both it is lost.`)
  return EXIT.ok
}

/** Encrypts `key` into a new file. Throws InputError for a file that exists, before it asks anything. */
export async function writeKey(
  file: string,
  key: Hex,
  passwordFile: string | undefined,
  context: Context,
): Promise<Address> {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) {
    throw new InputError(`Expected no file at ${file}, got one.`, 'Name another; keys are never overwritten.')
  }
  const password = await newPassword(passwordFile, context)
  context.io.err('encrypting ...')
  const { writeKeystore } = await import('#node/keystore')
  return writeKeystore(file, key, password)
}

async function givenKey(file: string | undefined, { terminal, signal }: Context): Promise<Hex> {
  if (file === undefined && terminal === undefined) {
    throw new InputError('Expected a private key, got none.', 'Name a file that has it with --from.')
  }
  const text =
    file === undefined
      ? ((await terminal?.askSecret('Private key: ', signal)) ?? '')
      : await readFile(file, 'utf8').catch((cause: unknown) => {
          throw new InputError(`Expected a private key at ${file}, got no readable file.`, 'Check the path.', { cause })
        })
  const bare = text.trim()
  const key = bare.startsWith('0x') ? bare : `0x${bare}`
  if (isHex(key) && isPrivateKey(key)) return key
  // What was given is a secret, if a wrong one: it is not repeated.
  throw new InputError('Expected a private key of 32 bytes in hex, got something else.', 'Check what you gave.')
}

function isPrivateKey(key: Hex): boolean {
  return key.length === 66 && BigInt(key) > 0n && BigInt(key) < SECP256K1_ORDER
}

function list(folder: string, { json }: Flags, { io }: Context): ExitCode {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InputError(`Expected a folder with keystores at ${folder}, got none.`, 'Correct the path.')
  }
  const found = globSync('*', { cwd: folder })
    .toSorted()
    .flatMap((name) => {
      const keystore = join(folder, name)
      const stats = statSync(keystore, { throwIfNoEntry: false })
      const known = stats?.isFile() === true ? keystoreAt(keystore) : undefined
      return known === undefined
        ? []
        : [{ address: known.address ?? null, keystore, isExposed: isExposed(stats?.mode ?? 0) }]
    })
  if (json === true) io.out(JSON.stringify({ version: 1, keystores: found }, undefined, 2))
  else if (found.length === 0) io.out(`No keystore is in ${folder}.`)
  else {
    const rows = found.map(({ address, keystore, isExposed: isOpen }) => [
      address ?? 'address not in the file',
      keystore,
      isOpen ? `others can read it: chmod 600 ${keystore}` : '',
    ])
    for (const line of formatColumns(rows)) io.out(line.trimEnd())
  }
  return EXIT.ok
}

async function exportKey(keystore: string, file: string, flags: Flags, context: Context): Promise<ExitCode> {
  const { address, privateKey } = await unlockKey(keystore, flags, context)
  const remedy = 'Add --yes to write it.'
  await confirm(`Write the key of ${address} unencrypted to ${file}?`, { flags, context, remedy })
  await writeOwnerOnly(file, `${privateKey}\n`)
  const { io } = context
  if (flags.json === true) io.out(JSON.stringify({ version: 1, address, file }))
  else io.out(`The key of ${address} is in ${file}, unencrypted. Remove it as soon as it was used.`)
  return EXIT.ok
}
