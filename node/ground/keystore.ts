import { pbkdf2, randomBytes, scrypt } from 'node:crypto'
import { mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as Keystore from 'ox/Keystore'
import { privateKeyToAddress } from 'viem/accounts'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import type { Log } from '../log.ts'
import { isExposed, refusalOf } from './access.ts'
import { createFile } from './whole-file.ts'

/** An account's key, decrypted. */
export type AccountKey = { readonly address: Address; readonly privateKey: Hex }

/** scrypt's cost N that wallets use by default: about a second and 256 MiB. */
export const SCRYPT_COST = 262_144

// cast and geth read r 8, p 1; ox's own default (r 1, p 8) is refused by cast.
const SCRYPT_R = 8
const SCRYPT_P = 1
const OWNER_ONLY = 0o600

const hex = (bytes: number): z.ZodType<string> =>
  z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`), `${bytes} bytes of hex`)
/** What is said of parameters with which nobody computes scrypt. */
const NO_SCRYPT = 'scrypt with an n that is no power of two below 2^(16 r)'
const KDF = z.discriminatedUnion('kdf', [
  z.object({
    kdf: z.literal('scrypt'),
    kdfparams: z
      .object({
        dklen: z.literal(32),
        n: z
          .int()
          .min(2)
          .max(2 ** 22),
        p: z.int().min(1).max(16),
        r: z.int().min(1).max(32),
        salt: z.string().regex(/^([0-9a-fA-F]{2})*$/),
      })
      .refine(isScrypt, NO_SCRYPT),
  }),
  z.object({
    kdf: z.literal('pbkdf2'),
    kdfparams: z.object({
      c: z.int().min(1).max(10_000_000),
      dklen: z.literal(32),
      prf: z.literal('hmac-sha256'),
      salt: z.string().regex(/^([0-9a-fA-F]{2})*$/),
    }),
  }),
])
const FILE = z.preprocess(
  inSmallLetters,
  z.object({
    version: z.literal(3),
    id: z.string(),
    crypto: z
      .object({
        cipher: z.literal('aes-128-ctr'),
        ciphertext: hex(32),
        cipherparams: z.object({ iv: hex(16) }),
        mac: hex(32),
      })
      .and(KDF),
  }),
)

/** ethers writes `Crypto`, where the definition has `crypto`. */
function inSmallLetters(file: unknown): unknown {
  if (typeof file !== 'object' || file === null || !('Crypto' in file)) return file
  return { crypto: file.Crypto, ...file }
}

/** Whether scrypt is defined for it: RFC 7914, section 2. */
function isScrypt({ n, r }: { readonly n: number; readonly r: number }): boolean {
  return Number.isInteger(Math.log2(n)) && n < 2 ** (16 * r)
}

/**
 * Encrypts `privateKey` into a new Web3 Secret Storage v3 file (scrypt, r 8, p 1), readable by `cast wallet` and geth,
 * mode 0600. `cost` is scrypt's N, a power of two; only throw-away keys should have less than {@link SCRYPT_COST}.
 * Throws {@link KeystoreExistsError} rather than overwrite a key.
 */
export async function writeKeystore(
  file: string,
  privateKey: Hex,
  password: string,
  options: { readonly cost?: number } = {},
): Promise<Address> {
  const n = options.cost ?? SCRYPT_COST
  const salt = randomBytes(32)
  const key = await deriveScrypt(password, salt, { n, r: SCRYPT_R, p: SCRYPT_P })
  const kdfparams = { dklen: 32, n, p: SCRYPT_P, r: SCRYPT_R, salt: salt.toString('hex') }
  const encrypted = Keystore.encrypt(privateKey, key, { kdf: 'scrypt', kdfparams, iv: randomBytes(16) })
  const address = privateKeyToAddress(privateKey)
  const content = { address: address.slice(2).toLowerCase(), ...encrypted }
  await mkdir(dirname(file), { recursive: true })
  try {
    await createFile(file, `${JSON.stringify(content)}\n`, OWNER_ONLY)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw new KeystoreExistsError(file)
    throw cause
  }
  return address
}

/**
 * Decrypts the Web3 Secret Storage v3 file with the password in `passwordFile` (its last line break does not count).
 * Throws {@link UnreadableKeystoreError}, {@link WrongPasswordError}, AccessError.
 */
export async function readKeystore(file: string, passwordFile: string): Promise<AccountKey> {
  const stored = await parseKeystore(file)
  const password = (await readText(passwordFile, 'the password of the keystore')).replace(/\r?\n$/, '')
  return decrypt(stored, file, { password, source: passwordFile })
}

/** A password and where it came from, which an error names instead. */
export type Password = { readonly password: string; readonly source: string }

/** {@link readKeystore} with a password that is in no file. */
export async function unlockKeystore(file: string, password: Password): Promise<AccountKey> {
  return decrypt(await parseKeystore(file), file, password)
}

async function decrypt(
  stored: z.output<typeof FILE>,
  file: string,
  { password, source }: Password,
): Promise<AccountKey> {
  const { crypto } = stored
  const key =
    crypto.kdf === 'scrypt'
      ? await deriveScrypt(password, Buffer.from(crypto.kdfparams.salt, 'hex'), crypto.kdfparams)
      : await derivePbkdf2(password, Buffer.from(crypto.kdfparams.salt, 'hex'), crypto.kdfparams.c)
  try {
    const privateKey = Keystore.decrypt({ ...stored, crypto }, key)
    return { privateKey, address: privateKeyToAddress(privateKey) }
  } catch (cause) {
    throw new WrongPasswordError(file, source, { cause })
  }
}

async function parseKeystore(file: string): Promise<z.output<typeof FILE>> {
  const text = await readText(file, 'a keystore')
  try {
    return FILE.parse(JSON.parse(text))
  } catch (cause) {
    const isOdd = cause instanceof z.ZodError && cause.issues.some(({ message }) => message === NO_SCRYPT)
    const got = isOdd ? NO_SCRYPT : 'something else'
    throw new UnreadableKeystoreError(file, 'a keystore (Web3 Secret Storage v3)', got, { cause })
  }
}

/** Names in the log those of these files with secrets that others than owner and group can read. */
export async function warnOfExposed(files: readonly string[], log: Log): Promise<void> {
  for (const file of await exposed(files)) log.warn({ file }, 'others on this machine can read a secret: chmod 600')
}

/** What cannot be looked at is not named: reading it says why. */
async function exposed(files: readonly string[]): Promise<string[]> {
  const modes = await Promise.all(
    files.map(async (file) => {
      const found = await stat(file).catch(() => undefined)
      return { file, mode: found?.mode ?? 0 }
    }),
  )
  return modes.filter(({ mode }) => isExposed(mode)).map(({ file }) => file)
}

/** A token: what stands in the file, without its last line break. Throws {@link UnreadableKeystoreError}, AccessError. */
export async function readToken(file: string): Promise<string> {
  return (await readText(file, 'the token of the signer')).replace(/\r?\n$/, '')
}

async function readText(file: string, want: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    // What another user has is not to be made anew.
    throw refusalOf(file, cause) ?? new UnreadableKeystoreError(file, want, 'no readable file', { cause })
  }
}

/** scrypt by OpenSSL: three times as fast as in JavaScript, and off the main thread. */
function deriveScrypt(password: string, salt: Uint8Array, cost: { n: number; r: number; p: number }): Promise<Hex> {
  const options = { N: cost.n, r: cost.r, p: cost.p, maxmem: 256 * cost.n * cost.r + 1_048_576 }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, 32, options, (error, key) => {
      if (error === null) resolve(`0x${key.toString('hex')}`)
      else reject(error)
    })
  })
}

function derivePbkdf2(password: string, salt: Uint8Array, rounds: number): Promise<Hex> {
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, rounds, 32, 'sha256', (error, key) => {
      if (error === null) resolve(`0x${key.toString('hex')}`)
      else reject(error)
    })
  })
}

/** There is no keystore, or no password file, that can be read. */
export class UnreadableKeystoreError extends Error {
  override readonly name = 'Keystore.UnreadableKeystoreError'
  readonly file: string
  constructor(file: string, want: string, got: string, options: ErrorOptions) {
    super(
      `Expected ${want} at ${file}, got ${got}. Correct the path; assize keys new makes a keystore and a password.`,
      options,
    )
    this.file = file
  }
}

/** The password does not open the keystore. */
export class WrongPasswordError extends Error {
  override readonly name = 'Keystore.WrongPasswordError'
  readonly file: string
  constructor(file: string, source: string, options: ErrorOptions) {
    super(`Expected the password of ${file} in ${source}, got another one. Correct it there.`, options)
    this.file = file
  }
}

/** Writing would overwrite a key. */
export class KeystoreExistsError extends Error {
  override readonly name = 'Keystore.KeystoreExistsError'
  readonly file: string
  constructor(file: string) {
    super(`Expected no file at ${file}, got one. Choose another path; keys are never overwritten.`)
    this.file = file
  }
}
