import { readFileSync } from 'node:fs'
import { type Address, getAddress, isAddress, type LocalAccount } from 'viem'
import type { AccountKey } from '#node/keystore'
import { addressIn } from '#protocol/address.ts'
import { jsonOf } from '#protocol/json.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import type { SigningFlags } from '../options.ts'

/** Whose action it is; without `account` it can only be simulated. */
export type Signer = { readonly address: Address; readonly account: LocalAccount | undefined }

type KeyFlags = Pick<SigningFlags, 'keystore' | 'passwordFile' | 'account' | 'dryRun'>

/** Opens the key that flags and environment name, asking for its password if need be. Throws InputError and the keystore's errors. */
export async function openSigner(flags: KeyFlags, context: Context): Promise<Signer> {
  if (flags.dryRun === true && flags.account !== undefined) return { address: flags.account, account: undefined }
  const keystore = flags.keystore ?? context.env['ASSIZE_KEYSTORE']
  if (keystore === undefined || keystore === '') {
    throw new InputError(
      'Expected a keystore to sign with, got none.',
      'Give its file with --keystore or in ASSIZE_KEYSTORE; or simulate with --dry-run --account ADDRESS.',
    )
  }
  const account = await unlock(keystore, flags, context)
  if (flags.account !== undefined && flags.account !== account.address) {
    throw new InputError(
      `Expected the key of ${flags.account} in ${keystore}, got that of ${account.address}.`,
      'Name another keystore, or leave --account out.',
    )
  }
  return { address: account.address, account }
}

/** Whose receipts to show: the account named, else that of the keystore as far as the file says; nobody's otherwise. */
export function viewerOf(account: Address | undefined, { env }: Context): Address | undefined {
  if (account !== undefined) return account
  const named = env['ASSIZE_ACCOUNT']
  const found = named === undefined ? undefined : addressIn(named)
  if (found !== undefined) return found
  const keystore = env['ASSIZE_KEYSTORE']
  return keystore === undefined ? undefined : keystoreAt(keystore)?.address
}

async function unlock(keystore: string, flags: KeyFlags, context: Context): Promise<LocalAccount> {
  const [{ privateKey }, { privateKeyToAccount }] = await Promise.all([
    unlockKey(keystore, flags, context),
    import('viem/accounts'),
  ])
  return privateKeyToAccount(privateKey)
}

/** Decrypts a keystore, asking for its password if need be. Throws InputError and the keystore's errors. */
export async function unlockKey(
  keystore: string,
  flags: Pick<KeyFlags, 'passwordFile'>,
  { env, terminal, signal }: Context,
): Promise<AccountKey> {
  // ox and zod are needed by whoever signs, and load slowly.
  const { readKeystore, unlockKeystore } = await import('#node/keystore')
  const passwordFile = flags.passwordFile ?? env['ASSIZE_PASSWORD_FILE']
  if (passwordFile !== undefined && passwordFile !== '') return readKeystore(keystore, passwordFile)
  const given = env['ASSIZE_PASSWORD']
  if (given === undefined && terminal === undefined) {
    throw new InputError(
      `Expected the password of ${keystore}, got none.`,
      'Name a file that holds it with --password-file or in ASSIZE_PASSWORD_FILE.',
    )
  }
  const password = given ?? (await terminal?.askSecret(`Password of ${keystore}: `, signal)) ?? ''
  const source = given === undefined ? 'what was typed' : 'ASSIZE_PASSWORD'
  return unlockKeystore(keystore, { password, source })
}

/** What a keystore says without its password: its address, if it carries one. Undefined for what is no keystore. */
export function keystoreAt(file: string): { readonly address: Address | undefined } | undefined {
  try {
    const content = jsonOf(readFileSync(file, 'utf8'))
    if (typeof content !== 'object' || content === null) return undefined
    // ethers writes it with a capital.
    if (!('crypto' in content || 'Crypto' in content)) return undefined
    const text = 'address' in content ? `0x${String(content.address).replace(/^0x/, '')}` : ''
    return { address: isAddress(text, { strict: false }) ? getAddress(text) : undefined }
  } catch {
    return undefined
  }
}
