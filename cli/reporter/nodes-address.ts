import type { Address } from 'viem'
import type { Config } from '#node/config'
import { keystoreAt } from '../chain/signer.ts'

/** The account of a node with this key; undefined without one, or where its keystore does not say. */
export function nodesAddress(key: Config['key']): Address | undefined {
  if (key === undefined) return undefined
  return key.kind === 'signer' ? key.address : keystoreAt(key.keystore)?.address
}
