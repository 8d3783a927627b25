import { resolve } from 'node:path'
import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '#protocol/address.ts'
import { InvalidFieldError } from './errors.ts'
import { count, path, signerUrl } from './fields.ts'

/** The table `signer`. */
export const SIGNER = z.strictObject({
  url: signerUrl
    .optional()
    .describe(
      'where the signer is asked that keeps the key, instead of a keystore: http(s), or unix: and the path of its socket',
    ),
  address: address.optional().describe('whose key the signer keeps'),
  token_file: path.optional().describe('the file with what the signer wants as a bearer token'),
  timeout_ms: count(100, 60_000).default(5_000).describe('how long one answer of the signer may take, milliseconds'),
})

/** Where the key is: in an encrypted file, or with a signer that keeps it. */
export type KeyPlace =
  | { readonly kind: 'keystore'; readonly keystore: string; readonly passwordFile: string }
  | {
      readonly kind: 'signer'
      readonly url: string
      readonly address: Address
      readonly tokenFile: string | undefined
      readonly timeoutMs: number
    }

type Settings = {
  readonly keystore?: string | undefined
  readonly password_file?: string | undefined
  readonly signer: z.output<typeof SIGNER>
}

/** Where the settings say that the key is; undefined for none. Throws InvalidFieldError. */
export function keyOf({ keystore, password_file: passwordFile, signer }: Settings): KeyPlace | undefined {
  const { url, address: owner, token_file: tokenFile, timeout_ms: timeoutMs } = signer
  if (url !== undefined) {
    if (keystore !== undefined) throw new InvalidFieldError('signer.url', 'no keystore beside it', `"${keystore}"`)
    if (owner === undefined) throw new InvalidFieldError('signer.address', 'the address whose key it is', 'nothing')
    const token = tokenFile === undefined ? undefined : resolve(tokenFile)
    return { kind: 'signer', url, address: owner, tokenFile: token, timeoutMs }
  }
  const lone = owner === undefined ? tokenFile : owner
  if (lone !== undefined) throw new InvalidFieldError('signer.url', 'where the signer is', 'nothing')
  if (keystore === undefined) return undefined
  if (passwordFile === undefined) {
    throw new InvalidFieldError('password_file', 'a file that holds the password of the keystore', 'nothing')
  }
  return { kind: 'keystore', keystore: resolve(keystore), passwordFile: resolve(passwordFile) }
}
