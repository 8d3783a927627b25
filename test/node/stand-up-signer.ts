import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { afterEach } from 'vitest'
import { writeKeystore } from '../../node/ground/keystore.ts'
import type { Deployment } from '../../node/sign/transaction-rules.ts'
import { type RunningSigner, type SignerOptions, startSigner } from '../../node/signer.ts'
import { SILENT } from './silent-log.ts'
import { temporaryFolder } from './temporary.ts'

/** What a node must send to the signers of the tests. */
export const TOKEN = 'ab'.repeat(32)

const running: RunningSigner[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((signer) => signer.stop()))
})

/** A folder with keystore, password and token of a signer. */
export async function signerFolder(privateKey: Hex): Promise<string> {
  const folder = temporaryFolder()
  await writeKeystore(join(folder, 'key.json'), privateKey, 'pw', { cost: 1_024 })
  writeFileSync(join(folder, 'password'), 'pw\n')
  writeFileSync(join(folder, 'token'), `${TOKEN}\n`)
  return folder
}

/** A signer on a socket in `folder` that remembers in `dataDir` of it, which is made for it if there is none; stopped after the test. */
export async function startIn(
  folder: string,
  deployment: Deployment,
  dataDir = 'signed',
  changes: Partial<SignerOptions> = {},
): Promise<RunningSigner> {
  const memory = existsSync(join(folder, dataDir)) ? 'kept' : 'of a new key'
  const signer = await startSigner({
    memory,
    keystore: join(folder, 'key.json'),
    passwordFile: join(folder, 'password'),
    tokenFile: join(folder, 'token'),
    dataDir: join(folder, dataDir),
    listening: { socket: join(folder, 'signer.sock') },
    deployment,
    log: SILENT,
    ...changes,
  })
  running.push(signer)
  return signer
}

/** A signer of `privateKey` in a folder of its own. */
export async function standUpSigner(
  privateKey: Hex,
  deployment: Deployment,
): Promise<RunningSigner & { readonly folder: string }> {
  const folder = await signerFolder(privateKey)
  return { ...(await startIn(folder, deployment)), folder }
}

/** Stops it before its test ends. */
export async function stopSigner(signer: RunningSigner): Promise<void> {
  running.splice(running.indexOf(signer), 1)
  await signer.stop()
}
