import type { Address } from 'viem'
import type { Config } from '#node/config'
import { keystoreAt, unlockKey } from '../chain/signer.ts'
import { freshKey, writeKey } from '../commands/keys-files.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import type { Places } from './settings.ts'

/**
 * The address of a node's key; undefined without one. For new settings (`isNew`) it is made if it is not there yet. Throws
 * InputError for a keystore that older settings name and that is gone; the keystore's errors.
 */
export async function ensureKey(
  { key }: Config,
  { places, isNew }: { readonly places: Places; readonly isNew: boolean },
  context: Context,
): Promise<Address | undefined> {
  const { io } = context
  if (key === undefined) return undefined
  if (key.kind === 'signer') return key.address
  const { keystore, passwordFile } = key
  const known = keystoreAt(keystore)
  if (known === undefined) {
    if (!isNew) {
      throw new InputError(
        `Expected the keystore ${keystore} that ${places.config} names, got none.`,
        `Restore it from its copy; or, if there never was one, make it: assize keys new ${keystore} --password-file ${passwordFile}`,
      )
    }
    const made = await writeKey(keystore, freshKey(), passwordFile, context)
    io.err(`The key ${made} is in ${keystore}, its password in ${passwordFile}. Keep copies of both elsewhere, apart.`)
    return made
  }
  // A password that is not this key's is found out now, not when the node starts.
  const { address } = await unlockKey(keystore, { passwordFile }, context)
  if (known.address !== undefined && known.address !== address) {
    throw new InputError(`Expected the key of ${known.address} in ${keystore}, got that of ${address}.`, 'Replace it.')
  }
  io.err(`The key ${address} is in ${keystore}.`)
  return address
}
