import { join } from 'node:path'
import { type Address, bytesToHex, type Hex } from 'viem'
import { latestBlock } from '#client/chain.ts'
import { consentTo } from '#client/registration.ts'
import { readRegistryTerms } from '#client/registry-terms.ts'
import type { Config } from '#node/config'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { type Amount, baseUnits } from '../arguments.ts'
import { openNodesChain } from '../chain/connection.ts'
import { unlockKey } from '../chain/signer.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { ETHER, formatAmount, formatTime } from '../format.ts'
import { consentText } from './consent-file.ts'

/** What a node's keys are to agree to. */
export type Agreement = {
  readonly owner: Address
  /** By default the least that the registry takes. */
  readonly stake?: Amount
  /** For how long, seconds. */
  readonly valid: number
  /** Where the node's data_dir is not. */
  readonly peerId?: Hex
  /** The key, if a signer has it for the node. */
  readonly keystore?: string
  readonly passwordFile?: string
}

/** What a node's keys agree to, as the owner's file. Throws InputError, DeadRpcError and the keystore's errors. */
export async function consentOf(config: Config, agreement: Agreement, context: Context): Promise<string> {
  const { registry, dataDir } = config
  const { owner } = agreement
  const chain = await openNodesChain(config, context.io)
  const { minStake } = await readRegistryTerms(chain, registry)
  const { time } = await latestBlock(chain)
  const stake = stakeOf(agreement, minStake)
  const { keystore, passwordFile } = keyOf(config, agreement)
  const files = passwordFile === undefined ? {} : { passwordFile }
  const { privateKey, address: signer } = await unlockKey(keystore, files, context)
  requireApart(owner, signer)
  const deadline = time + BigInt(agreement.valid)
  const [{ privateKeyToAccount }, peerId] = await Promise.all([
    import('viem/accounts'),
    agreement.peerId ?? peerIdOf(dataDir),
  ])
  const keys = { signer: privateKeyToAccount(privateKey), blsSecret: blsSecretOf(privateKey) }
  const domain = { chainId: chain.chainId, registry }
  const agreed = await consentTo(domain, { owner, stake, deadline, peerId, ...keys })
  context.io.err(
    `${signer} agrees to be registered by ${owner} with ${formatAmount(stake, ETHER)}, until ${formatTime(deadline)}.`,
  )
  return consentText({ ...domain, agreed })
}

/** Throws InputError for an owner that is the node's key. */
export function requireApart(owner: Address, signer: Address): void {
  if (owner !== signer) return
  throw new InputError(
    `Expected an owner apart from the node's key, got ${owner} for both.`,
    'Whoever takes over the node would have the stake: use another key, kept elsewhere.',
  )
}

/** The peer id in hex of the node that uses the folder; its key is made if there is none yet. */
export async function peerIdOf(dataDir: string): Promise<`0x${string}`> {
  const { loadNetworkKey, NETWORK_KEY_FILE } = await import('#node/network-key')
  const key = await loadNetworkKey(join(dataDir, NETWORK_KEY_FILE))
  return bytesToHex(key.publicKey.toMultihash().bytes)
}

function stakeOf({ stake: given }: Agreement, minStake: bigint): bigint {
  const stake = given === undefined ? minStake : baseUnits(given, ETHER)
  if (stake >= minStake) return stake
  const least = formatAmount(minStake, ETHER, 18)
  throw new InputError(`Expected a stake of at least ${least}, got ${formatAmount(stake, ETHER, 18)}.`, 'Give more.')
}

/** The node's key, or the one that is named in its place. */
function keyOf(
  { key }: Config,
  { keystore: named, passwordFile, peerId }: Agreement,
): { readonly keystore: string; readonly passwordFile: string | undefined } {
  const own = key?.kind === 'keystore' ? key : undefined
  const keystore = named ?? own?.keystore
  if (keystore === undefined) {
    throw new InputError(
      'Expected a keystore in the configuration, got none.',
      'If a signer has the key, run this there with --keystore, --password-file and the --peer-id of the node.',
    )
  }
  if (own === undefined && peerId === undefined) {
    throw new InputError(
      "Expected the node's peer id beside a key that is not in its configuration, got none.",
      'A reporter keeps its peer id for good. "assize keys peer" prints it on the machine of the node; give it with --peer-id.',
    )
  }
  return { keystore, passwordFile: passwordFile ?? own?.passwordFile }
}
