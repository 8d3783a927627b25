import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import type { Address } from 'viem'
import { z } from 'zod'
import { address } from '#protocol/address.ts'
import { type Environment, flagOf, settingsIn, strayIn, variableOf } from './config/environment.ts'
import { fieldError, InvalidFieldError, UNKNOWN, UnreadableConfigError } from './config/errors.ts'
import { CONNECTIONS, DISCOVERY, GOSSIP, type NetworkConfig, networkConfig, RELAY } from './config/network.ts'
import { count, endpoints, flag, path, type SourceEndpoints, webUrl } from './config/fields.ts'
import { type FeeLimits, FEES, feesOf } from './config/fees.ts'
import { JUROR, type JurorLimits, jurorOf } from './config/juror.ts'
import { majorityOf, repeatedIn } from './config/majority.ts'
import { peers, places } from './config/places.ts'
import { policyOf, POLICY, type PolicyLimits } from './config/policy.ts'
import { type KeyPlace, keyOf, SIGNER } from './config/key.ts'
import { LOG_LEVELS } from './log.ts'

/** What a node may do; without a key it may do none of it and only watches. */
export const ROLES = ['reporter', 'proposer', 'watchtower', 'keeper', 'juror'] as const

/** One thing a node may do. */
export type Role = (typeof ROLES)[number]

/** The values a configuration is made of, by their dotted names: those of the file, of flags, of the environment. */
export type ConfigInputs = {
  /** Path of a TOML file; optional when everything needed comes from elsewhere. */
  readonly file?: string
  /** Only `ASSIZE_…` is looked at, e.g. `ASSIZE_POLICY_PER_POT_WEI`; what is empty is not set. */
  readonly env: Environment
  /** By dotted name, e.g. `policy.per_pot_wei`. */
  readonly flags?: Readonly<Record<string, string>>
}

const SCHEMA = z.strictObject({
  data_dir: path.describe('the folder of what the node remembers: its store, what was signed, its libp2p key'),
  rpc_url: webUrl.describe('JSON-RPC endpoint of the chain, the one that is preferred'),
  rpc_fallbacks: z
    .array(webUrl)
    .max(8)
    .default([])
    .describe('other endpoints of the same chain: instead of rpc_url while it does not answer, and to compare with'),
  rpc_agreement: count(1, 9)
    .optional()
    .describe('how many endpoints must say the same before this node believes it (default: more than half of them)'),
  oracle: address.describe('the MaturityOracle'),
  registry: address.describe('the registry of its reporters'),
  chain_id: count(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('refuse another chain than this (default: the one that the endpoints serve)'),
  from_block: count(0, Number.MAX_SAFE_INTEGER)
    .default(0)
    .describe('the block in which the oracle was deployed; its log is read from here'),
  confirmations: count(1, 10_000)
    .default(64)
    .describe(
      'how many blocks may still be undone: so far back the log, and what became of transactions, is looked at again',
    ),
  clock: z
    .enum(['chain', 'system'])
    .default('system')
    .describe("whose time it is: that of the chain's newest block, or the machine's"),
  poll_ms: count(20, 600_000).default(2_000).describe('how long to wait between two looks at the chain, milliseconds'),
  keep_samples_days: count(1, 36_500)
    .default(90)
    .describe(
      'how long what the sources gave is kept once a fixing is closed, days: so long peers may ask why observations differ',
    ),
  listen: places.default(['/ip4/127.0.0.1/tcp/0']).describe('where peers can connect: multiaddrs'),
  announce: places
    .default([])
    .describe('where others can call this node, if not where it listens: multiaddrs of a forwarded port, a name'),
  bootstrap: peers.default([]).describe('peers to begin with: multiaddrs with /p2p/ and a peer id'),
  http_port: count(0, 65_535).default(0).describe('port of the local interface on 127.0.0.1; 0 takes a free one'),
  index_dir: path.describe('the folder of the index documents'),
  csv_file: path.optional().describe('the file of CSV sources whose document gives no URL'),
  source_rpc: endpoints
    .prefault({})
    .describe(
      "JSON-RPC endpoints of the chains that index documents read, one or several by chain id, of which more than half must say the same; the oracle's own chain needs none",
    ),
  keystore: path
    .optional()
    .describe('Web3 Secret Storage file of the key that signs; without it and signer.url the node only watches'),
  password_file: path.optional().describe('the file that holds the password of the keystore'),
  roles: z.array(z.enum(ROLES)).optional().describe('what it does with its key (default: all of it)'),
  exit_with_parent: flag.default(false).describe('stop when stdin ends: whoever started it is gone'),
  verification: z
    .enum(['native', 'portable'])
    .default('native')
    .describe('signatures of peers are verified by native code where this machine has it, or by JavaScript alone'),
  log_level: z.enum(LOG_LEVELS).default('info').describe('how much is logged'),
  fees: FEES.prefault({}),
  policy: POLICY.prefault({}),
  juror: JUROR.prefault({}),
  gossip: GOSSIP.prefault({}),
  signer: SIGNER.prefault({}),
  discovery: DISCOVERY.prefault({}),
  connections: CONNECTIONS.prefault({}),
  relay: RELAY.prefault({}),
})

/** The tables of the file. */
const TABLES = {
  fees: FEES,
  policy: POLICY,
  juror: JUROR,
  gossip: GOSSIP,
  signer: SIGNER,
  discovery: DISCOVERY,
  connections: CONNECTIONS,
  relay: RELAY,
} as const

const PATHS = ['data_dir', 'index_dir', 'csv_file', 'keystore', 'password_file', 'signer.token_file'] as const
const LISTS = [
  'rpc_fallbacks',
  'listen',
  'announce',
  'bootstrap',
  'roles',
  'source_rpc',
  'policy.arbitrators',
  'juror.juries',
  'juror.for',
  'gossip.sync_after_ms',
  'relay.via',
]

/** Every setting by its dotted name, and what it takes; the schema's description says in words what it means. */
export const CONFIG_SCHEMAS: ReadonlyMap<string, z.ZodType> = new Map([
  ...Object.entries(SCHEMA.shape).filter(([name]) => !(name in TABLES)),
  ...Object.entries(TABLES).flatMap(([table, { shape: fields }]) =>
    Object.entries(fields).map(([name, schema]) => [`${table}.${name}`, schema] as const),
  ),
])

/** Every setting by its dotted name, as a file, a flag ({@link flagOf}) or the environment gives it. */
export const CONFIG_FIELDS: readonly string[] = [...CONFIG_SCHEMAS.keys()]

export { flagOf }

type Settings = z.output<typeof SCHEMA>

/** A node's configuration, checked. Wei, milliseconds (`…Ms`) and chain seconds as their names say. */
export type Config = {
  readonly dataDir: string
  /** One endpoint at least; the first is the one that is preferred. */
  readonly rpcUrls: readonly string[]
  /** How many of them must agree: 1 .. their number. */
  readonly rpcAgreement: number
  readonly oracle: Address
  readonly registry: Address
  /** What the RPC must answer as its chain id, if set. */
  readonly chainId: number | undefined
  readonly fromBlock: bigint
  /** Blocks that may still be undone. */
  readonly confirmations: number
  readonly clock: 'chain' | 'system'
  readonly pollMs: number
  /** Chain time. */
  readonly keepSamplesDays: number
  readonly listen: readonly string[]
  readonly announce: readonly string[]
  readonly bootstrap: readonly string[]
  readonly httpPort: number
  readonly indexDir: string
  readonly csvFile: string | undefined
  /** Endpoints of the chains that sources read, by chain id; more than half must agree. */
  readonly sourceRpc: ReadonlyMap<number, readonly string[]>
  /** Undefined: the node only watches. */
  readonly key: KeyPlace | undefined
  readonly roles: readonly Role[]
  readonly exitWithParent: boolean
  readonly verification: 'native' | 'portable'
  readonly logLevel: Settings['log_level']
  /** The most that transactions offer, wei per gas. */
  readonly fees: FeeLimits
  readonly policy: PolicyLimits
  readonly juror: JurorLimits
} & NetworkConfig

/**
 * The configuration of a node: the file's settings, over them the environment's, over them the flags'. Relative paths
 * in the file start at the file's folder, others at the working directory. Throws {@link UnreadableConfigError},
 * {@link InvalidFieldError} for the first setting that is wrong.
 */
export function loadConfig(inputs: ConfigInputs): Config {
  const settings = inputs.file === undefined ? {} : readFile(inputs.file)
  const overrides = { ...settingsIn(inputs.env, CONFIG_FIELDS), ...inputs.flags }
  for (const [name, text] of Object.entries(overrides)) place(settings, name, text)
  const parsed = SCHEMA.safeParse(settings)
  if (!parsed.success) throw fieldError(parsed.error, settings, CONFIG_FIELDS)
  return shape(parsed.data)
}

/** The variables of the environment that are set and go before the file in {@link loadConfig}. */
export function overridesIn(env: ConfigInputs['env']): string[] {
  return Object.keys(settingsIn(env, CONFIG_FIELDS)).map(variableOf)
}

/** The variables of the environment that seem to be meant as settings, and are none: nothing reads them. */
export function strayVariables(env: ConfigInputs['env']): string[] {
  return strayIn(env, CONFIG_FIELDS)
}

function readFile(file: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UnreadableConfigError(file, 'no readable file', { cause })
  }
  try {
    const settings: Record<string, unknown> = parse(text, { integersAsBigInt: 'asNeeded' })
    for (const name of PATHS) {
      const [first = name, second] = name.split('.')
      const table = second === undefined ? settings : settings[first]
      const field = second ?? first
      const named = isTable(table) ? table[field] : undefined
      // None at all is no folder: it is refused below.
      if (isTable(table) && typeof named === 'string' && named !== '') table[field] = resolve(dirname(file), named)
    }
    return settings
  } catch (cause) {
    const where = cause instanceof TomlError ? `invalid TOML at line ${cause.line}` : 'invalid TOML'
    throw new UnreadableConfigError(file, where, { cause })
  }
}

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function place(settings: Record<string, unknown>, name: string, text: string): void {
  if (!CONFIG_FIELDS.includes(name)) throw new InvalidFieldError(name, UNKNOWN, '')
  const value = LISTS.includes(name) ? text.split(',').filter((entry) => entry !== '') : text
  const [first = name, second] = name.split('.')
  if (second === undefined) {
    settings[first] = value
    return
  }
  const table = settings[first] ?? {}
  // What else the file has there is refused with the rest of it.
  if (isTable(table)) settings[first] = { ...table, [second]: value }
}

/** Where each chain that sources read is reached: the oracle's own, unless another is named for it, as the node reaches it. */
export function sourceEndpoints({ rpcUrls, rpcAgreement, sourceRpc }: Config, chainId: number): SourceEndpoints {
  const own = { urls: rpcUrls, agreement: rpcAgreement }
  const named = [...sourceRpc].map(([id, urls]) => [id, { urls, agreement: majorityOf(urls.length) }] as const)
  return new Map([[chainId, own], ...named])
}

/** The chains of `source_rpc` about which one endpoint alone is believed: whoever runs it owns what sources say that read it. */
export function loneChains({ sourceRpc }: Pick<Config, 'sourceRpc'>): number[] {
  return [...sourceRpc].flatMap(([id, urls]) => (urls.length === 1 ? [id] : []))
}

function endpointsOf(settings: Settings): Pick<Config, 'rpcUrls' | 'rpcAgreement'> {
  const rpcUrls = [settings.rpc_url, ...settings.rpc_fallbacks]
  const repeated = repeatedIn(rpcUrls)
  if (repeated !== undefined) throw new InvalidFieldError('rpc_fallbacks', 'each endpoint once', repeated)
  const rpcAgreement = settings.rpc_agreement ?? majorityOf(rpcUrls.length)
  if (rpcAgreement > rpcUrls.length) {
    const got = `${rpcAgreement} of ${rpcUrls.length}`
    throw new InvalidFieldError('rpc_agreement', 'no more than there are endpoints', got)
  }
  return { rpcUrls, rpcAgreement }
}

function shape(settings: Settings): Config {
  const { policy } = settings
  const key = keyOf(settings)
  const roles = settings.roles ?? (key === undefined ? [] : ROLES)
  if (key === undefined && roles.length > 0) {
    throw new InvalidFieldError(
      'keystore',
      `a key, here or with signer.url, for the roles ${roles.join(', ')}`,
      'nothing',
    )
  }
  return {
    dataDir: resolve(settings.data_dir),
    ...endpointsOf(settings),
    oracle: settings.oracle,
    registry: settings.registry,
    chainId: settings.chain_id,
    fromBlock: BigInt(settings.from_block),
    confirmations: settings.confirmations,
    clock: settings.clock,
    pollMs: settings.poll_ms,
    keepSamplesDays: settings.keep_samples_days,
    listen: settings.listen,
    announce: settings.announce,
    bootstrap: settings.bootstrap,
    httpPort: settings.http_port,
    indexDir: resolve(settings.index_dir),
    csvFile: settings.csv_file === undefined ? undefined : resolve(settings.csv_file),
    sourceRpc: settings.source_rpc,
    key,
    roles,
    exitWithParent: settings.exit_with_parent,
    verification: settings.verification,
    logLevel: settings.log_level,
    fees: feesOf(settings.fees),
    policy: policyOf(policy),
    juror: jurorOf(settings.juror),
    ...networkConfig(settings),
  }
}
