import type { Address } from 'viem'
import type { Config } from '#node/config'
import { keystoreAt, unlockKey } from '../chain/signer.ts'
import { freshKey, writeKey } from '../commands/keys-files.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'

/** The address of a node's key, which is made if its configuration names a keystore that is not there yet; undefined without one. */
export async function ensureKey({ key }: Config, context: Context): Promise<Address | undefined> {
  const { io } = context
  if (key === undefined) return undefined
  if (key.kind === 'signer') return key.address
  const { keystore, passwordFile } = key
  const known = keystoreAt(keystore)
  if (known === undefined) {
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
