import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'

const ID_LENGTH = 20
const SEPARATOR = new Uint8Array(1)

/**
 * The first 20 bytes of sha256(topic ‖ 0 ‖ data). The data include the signature: an id without it would let anyone
 * censor an honest message by sending the same content, badly signed, first.
 */
export function messageId(topic: string, data: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes(topic), SEPARATOR, data)).slice(0, ID_LENGTH)
}
