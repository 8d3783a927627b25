import type { Address } from 'viem'
import type { Config } from '#node/config'
import { keystoreAt, unlockKey } from '../chain/signer.ts'
import { commandLine } from '../command-line.ts'
import { freshKey, writeKey } from '../commands/keys-files.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import type { Places, Settings } from './settings.ts'

/**
 * Makes the key that new settings name, unless it is there: before they are written, so that settings that are there never
 * name a key that there was not. Its address if it was made.
 */
export async function makeKey({ key }: Settings, context: Context): Promise<Address | undefined> {
  if (key === undefined || keystoreAt(key.keystore) !== undefined) return undefined
  const { keystore, passwordFile } = key
  const made = await writeKey(keystore, freshKey(), passwordFile, context)
  context.io.err(
    `The key ${made} is in ${keystore}, its password in ${passwordFile}. Keep copies of both elsewhere, apart.`,
  )
  return made
}

/** The address of a node's key; undefined without one. Throws InputError for a keystore that is gone; the keystore's errors. */
export async function signerOf({ key }: Config, places: Places, context: Context): Promise<Address | undefined> {
  if (key === undefined) return undefined
  if (key.kind === 'signer') return key.address
  const { keystore, passwordFile } = key
  const known = keystoreAt(keystore)
  if (known === undefined) {
    const command = commandLine('assize', 'keys', 'new', keystore, '--password-file', passwordFile)
    throw new InputError(
      `Expected the keystore ${keystore} that ${places.config} names, got none.`,
      `Restore it from its copy; or, if there never was one, make it: ${command}`,
    )
  }
  // A password that is not this key's is found out now, not when the node starts.
  const { address } = await unlockKey(keystore, { passwordFile }, context)
  if (known.address !== undefined && known.address !== address) {
    throw new InputError(`Expected the key of ${known.address} in ${keystore}, got that of ${address}.`, 'Replace it.')
  }
  context.io.err(`The key ${address} is in ${keystore}.`)
  return address
}
