import { type Command, Option } from 'commander'
import type { Address } from 'viem'
import {
  address,
  addresses,
  type Amount,
  amount,
  block,
  duration,
  type Endpoints,
  ether,
  sourceEndpoint,
  whole,
} from './arguments.ts'
import { ETHER, formatAmount } from './format.ts'

/** Which oracle a command is about. A flag goes before the environment, and that before the configuration of a node. */
export type NetworkFlags = {
  readonly config?: string
  readonly rpc?: string
  readonly oracle?: Address
  readonly chainId?: number
  readonly fromBlock?: bigint
  readonly json?: true
}

/** Who signs, and within which bounds. */
export type SigningFlags = {
  readonly keystore?: string
  readonly passwordFile?: string
  readonly account?: Address
  readonly max?: Amount
  readonly maxAge: number
  readonly arbitrators?: readonly Address[]
  readonly dryRun?: true
  readonly yes?: true
}

/** Which registry, and who signs what is sent to it. */
export type RegistrySigningFlags = NetworkFlags & SigningFlags & { readonly registry?: Address }

/** Which vault, and through it which oracle. */
export type VaultFlags = NetworkFlags & { readonly vault?: Address }

/** Where an index document and what it reads are found. */
export type ReadingFlags = {
  readonly indexDir?: string
  readonly prices?: string
  readonly sourceRpc: Endpoints
}

/** Where a node of one's own listens, and anvil by default. */
export const DEFAULT_RPC = 'http://127.0.0.1:8545'
/** A head this old, seconds, is of an endpoint that fell behind: 25 blocks of Ethereum. */
export const MAX_AGE = 300

/** Adds the option that says through which endpoint. */
export function addEndpointOption(command: Command): Command {
  return command.option('--rpc <url>', `JSON-RPC endpoint (default: $ASSIZE_RPC_URL, else ${DEFAULT_RPC})`)
}

/** Adds the option that keeps a command to one chain. */
export function addChainOption(command: Command): Command {
  return command.option('--chain-id <n>', 'refuse another chain than this (default: $ASSIZE_CHAIN_ID)', whole)
}

/** Adds the options that say which oracle, and `--json`. */
export function addNetworkOptions(command: Command): Command {
  addEndpointOption(command).option('--oracle <address>', 'the MaturityOracle (default: $ASSIZE_ORACLE)', address)
  return addChainOption(command)
    .option('--from-block <n>', 'where to start looking for fixings (default: $ASSIZE_FROM_BLOCK, else 0)', block)
    .option('--json', 'print one JSON document on stdout; talk goes to stderr')
}

/** Adds the options that say which vault. */
export function addVaultOptions(command: Command): Command {
  return addNetworkOptions(command.option('--vault <address>', 'the SplitVault (default: $ASSIZE_VAULT)', address))
}

/** Adds the options that say which oracle, that of a node among them, and `--json`. */
export function addNodesNetworkOptions(command: Command): Command {
  return addNetworkOptions(command).option(
    '--config <file>',
    'take from the TOML configuration of a node what is not said',
  )
}

/** Adds the option that says which registry. */
export function addRegistryOption(command: Command): Command {
  return command.option('--registry <address>', 'the ReporterRegistry (default: $ASSIZE_REGISTRY)', address)
}

/** Adds the options that say who signs. */
export function addKeyOptions(command: Command): Command {
  return command
    .option('--keystore <file>', 'the key, Web3 Secret Storage v3 (default: $ASSIZE_KEYSTORE)')
    .option(
      '--password-file <file>',
      'its password (default: $ASSIZE_PASSWORD_FILE, else $ASSIZE_PASSWORD, else asked)',
    )
    .option('--account <address>', 'with --dry-run: simulate for this account, without a key', address)
}

/** Adds the options that say when something is sent. */
export function addSendingOptions(command: Command): Command {
  return command
    .option('--max-age <time>', 'refuse a chain whose newest block is older', duration, MAX_AGE)
    .option('--dry-run', 'only simulate and say what would happen')
    .option('--yes', 'do not ask; needed where nobody can be asked')
}

/** Adds the options of a command that sends transactions. */
export function addSigningOptions(command: Command): Command {
  addKeyOptions(command)
    .option('--max <amount>', 'refuse to spend more than this, gas included', amount)
    .option(
      '--arbitrators <list>',
      'stake only if both that rule are among these (default: $ASSIZE_POLICY_ARBITRATORS)',
      addresses,
    )
  return addSendingOptions(command)
}

/** Adds the options of a command that sends transactions to a registry. */
export function addRegistrySigningOptions(command: Command): Command {
  return addSigningOptions(addRegistryOption(addNetworkOptions(command)))
}

/** Adds the options of a command that reads the sources of an index. */
export function addReadingOptions(command: Command): Command {
  return command
    .option('--index-dir <folder>', 'where index documents are (default: $ASSIZE_INDEX_DIR)')
    .option('--prices <csv>', 'the file of csv sources without a URL (default: $ASSIZE_CSV_FILE)')
    .addOption(sourceRpcOption())
}

/** The option that says where the chains are read that sources are on. */
export function sourceRpcOption(): Option {
  return new Option('--source-rpc <chain=url>', 'endpoint of a chain that sources read; may be repeated')
    .argParser(sourceEndpoint)
    .default(new Map(), 'none')
}

/** An amount of ETH with a default: commander cannot print bigints, so the default is described. */
export function etherOption(flags: string, description: string, wei: bigint): Option {
  return new Option(flags, description).argParser(ether).default(wei, formatAmount(wei, ETHER))
}
