import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { privateKeyToAddress } from 'viem/accounts'
import { openStore } from '#node/store'
import { writeKeystore } from '../../node/ground/keystore.ts'
import { temporaryFolder } from './temporary.ts'

/** Where a node of a test is and what it reads; `lines`: what else its configuration says. */
export type NodeFolder = {
  readonly privateKey: Hex
  readonly rpcUrl: string
  readonly oracle: string
  readonly registry: string
  readonly indexDir: string
  readonly pollMs: number
  readonly lines: string
  readonly password?: string
  /** Instead of the keystore, which is then not in the configuration: the lines of the table `signer`. */
  readonly signer?: string
  /** Its first start; else it has looked before anything matured. */
  readonly isNew?: boolean
}

/** Writes keystore, password and configuration of a node on the chain's clock; returns the configuration's path. */
export async function writeNodeFolder(node: NodeFolder): Promise<string> {
  const folder = temporaryFolder()
  await writeKeystore(join(folder, 'key.json'), node.privateKey, 'pw', { cost: 1_024 })
  writeFileSync(join(folder, 'password'), node.password ?? 'pw', { mode: 0o600 })
  if (node.isNew !== true) {
    const store = await openStore(join(folder, 'data'))
    await store.signers.add(privateKeyToAddress(node.privateKey))
    await store.close()
  }
  const file = join(folder, 'node.toml')
  writeFileSync(
    file,
    `data_dir = "data"
rpc_url = "${node.rpcUrl}"
oracle = "${node.oracle}"
registry = "${node.registry}"
clock = "chain"
poll_ms = ${node.pollMs}
index_dir = ${JSON.stringify(node.indexDir)}
${node.signer === undefined ? 'keystore = "key.json"\npassword_file = "password"' : ''}
${node.lines}
${node.signer === undefined ? '' : `[signer]\n${node.signer}`}
`,
  )
  return file
}
