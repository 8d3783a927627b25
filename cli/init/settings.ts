import type { Address } from 'viem'
import type { Clock } from './chain-answers.ts'

/** What a node is set up to be. */
export const SETUP_ROLES = ['reporter', 'juror', 'watcher'] as const

/** `reporter` observes, proposes, disputes and claims; `juror` votes; `watcher` has no key and only looks. */
export type SetupRole = (typeof SETUP_ROLES)[number]

/** What a new node's settings say. */
export type Settings = {
  readonly role: SetupRole
  /** The preferred endpoint first. */
  readonly rpcUrls: readonly string[]
  readonly chainId: number
  readonly clock: Clock
  readonly oracle: Address
  readonly registry: Address
  readonly fromBlock: bigint
  readonly indexDir: string
  readonly csvFile: string | undefined
  readonly sourceRpc: ReadonlyMap<number, readonly string[]>
  /** Where the key is or will be; undefined: the node has none. */
  readonly key: { readonly keystore: string; readonly passwordFile: string } | undefined
  readonly arbitrators: readonly Address[]
  readonly juries: readonly Address[]
  /** Whose voter the node is. */
  readonly principals: readonly Address[]
  readonly port: number
  readonly announce: readonly string[]
  readonly bootstrap: readonly string[]
  readonly httpPort: number
}

/** Every file of a set-up, in one folder. */
export type Places = {
  readonly folder: string
  readonly config: string
  readonly keystore: string
  readonly password: string
  readonly data: string
  readonly indices: string
  readonly consent: string
  readonly unit: string
}
