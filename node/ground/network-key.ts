import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'
import { isExposed, makeFolder, refusalOf } from './access.ts'
import { createFile } from './whole-file.ts'

/** Its name in a node's `data_dir`. */
export const NETWORK_KEY_FILE = 'libp2p.key'

const OWNER_ONLY = 0o600

/**
 * The node's libp2p identity from `file`: an Ed25519 key as base64 of libp2p's protobuf, mode 0600, made on first use.
 * It signs nothing but the transport's handshake. Throws {@link NetworkKeyError}, AccessError.
 */
export async function loadNetworkKey(file: string): Promise<PrivateKey> {
  const text = await readIfPresent(file)
  if (text === undefined) return createNetworkKey(file)
  const { mode } = await stat(file)
  if (isExposed(mode)) throw new NetworkKeyError(file, 'one that others can read', `Run: chmod 600 ${file}`)
  try {
    const key = privateKeyFromProtobuf(Buffer.from(text.trim(), 'base64'))
    if (key.type === 'Ed25519') return key
  } catch {
    // Falls through to the error that says what to do.
  }
  throw new NetworkKeyError(file, 'something else', 'Restore it, or remove it to be given a new peer id.')
}

async function createNetworkKey(file: string): Promise<PrivateKey> {
  const key = await generateKeyPair('Ed25519')
  makeFolder(dirname(file))
  await createFile(file, `${Buffer.from(privateKeyToProtobuf(key)).toString('base64')}\n`, OWNER_ONLY)
  return key
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw refusalOf(file, error) ?? error
  }
}

/** The libp2p key cannot be used as it is. */
export class NetworkKeyError extends Error {
  override readonly name = 'NetworkKey.NetworkKeyError'
  readonly file: string
  constructor(file: string, got: string, hint: string) {
    super(`Expected a libp2p Ed25519 key for its owner only at ${file}, got ${got}. ${hint}`)
    this.file = file
  }
}
