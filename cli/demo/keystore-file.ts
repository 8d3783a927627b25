import { randomBytes, scryptSync } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import * as Keystore from 'ox/Keystore'
import type { Hex } from 'viem'

/** scrypt's N for the demo's throw-away keys: milliseconds instead of the second that a real key deserves. */
const DEMO_COST = 1_024
const R = 8
const P = 1

/** Writes a Web3 Secret Storage v3 file for a throw-away key, mode 0600. */
export async function writeDemoKeystore(file: string, privateKey: Hex, password: string): Promise<void> {
  const salt = randomBytes(32)
  const key: Hex = `0x${scryptSync(password, salt, 32, { N: DEMO_COST, r: R, p: P }).toString('hex')}`
  const kdfparams = { dklen: 32, n: DEMO_COST, p: P, r: R, salt: salt.toString('hex') }
  const content = Keystore.encrypt(privateKey, key, { kdf: 'scrypt', kdfparams, iv: randomBytes(16) })
  await writeFile(file, `${JSON.stringify(content)}\n`, { mode: 0o600 })
}
