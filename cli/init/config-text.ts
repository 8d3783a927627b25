import { isAbsolute, relative, sep } from 'node:path'
import type { Places, Settings, SetupRole } from './settings.ts'

/** What a node does that was set up as one; votes come on top where juries are named. */
const ROLES: Readonly<Record<SetupRole, readonly string[]>> = {
  reporter: ['reporter', 'proposer', 'watchtower', 'keeper'],
  juror: ['keeper'],
  watcher: [],
}

/** The settings as the node's file, with what each is for. Paths within the folder are relative to it. */
export function configText(settings: Settings, { folder, data }: Pick<Places, 'folder' | 'data'>): string {
  const inFolder = (path: string): string => {
    const route = relative(folder, path)
    return route === '' || route.startsWith(`..${sep}`) || route === '..' || isAbsolute(route) ? path : route
  }
  return [
    ...HEAD,
    ...chainLines(settings),
    ...filesLines(settings, inFolder, data),
    ...dutyLines(settings, inFolder),
    ...networkLines(settings),
    ...tables(settings),
    '',
  ].join('\n')
}

const HEAD = [
  '# Settings of an Assize node. Relative paths start at the folder of this file. docs/operations/running.md has all',
  '# settings with their defaults; "assize doctor --config" examines what is here. The endpoints may have keys in their',
  '# addresses: keep this file to yourself.',
]

function chainLines({ rpcUrls, chainId, clock, oracle, registry, fromBlock }: Settings): string[] {
  const [url = '', ...fallbacks] = rpcUrls
  return [
    '',
    '# The chain. More than half of the endpoints must say the same; one alone is believed.',
    `rpc_url = ${text(url)}`,
    `rpc_fallbacks = ${list(fallbacks)}`,
    `chain_id = ${chainId}`,
    ...(clock === 'chain' ? ['# Time goes by the newest block, for networks to try things on.'] : []),
    ...(clock === 'chain' ? ['clock = "chain"'] : []),
    `oracle = ${text(oracle)}`,
    `registry = ${text(registry)}`,
    '# The block from which on the oracle is there: its log is read from here.',
    `from_block = ${fromBlock}`,
  ]
}

function filesLines({ indexDir, csvFile }: Settings, inFolder: (path: string) => string, data: string): string[] {
  return [
    '',
    '# What the node remembers. Never put an old copy of it back by hand: assize backup, assize restore.',
    `data_dir = ${text(inFolder(data))}`,
    '# The documents of the indices that it observes, and nothing else that ends in .json.',
    `index_dir = ${text(inFolder(indexDir))}`,
    ...(csvFile === undefined
      ? []
      : ['# The file that sources without an address read.', `csv_file = ${text(inFolder(csvFile))}`]),
  ]
}

function dutyLines({ role, key, juries }: Settings, inFolder: (path: string) => string): string[] {
  if (key === undefined) return ['', '# Without a key it only watches.', 'roles = []']
  return [
    '',
    '# The key that signs, and its password. A key that signs on two machines loses its stake.',
    `keystore = ${text(inFolder(key.keystore))}`,
    `password_file = ${text(inFolder(key.passwordFile))}`,
    `roles = ${list([...ROLES[role], ...(juries.length > 0 ? ['juror'] : [])])}`,
  ]
}

function networkLines({ port, announce, bootstrap, httpPort }: Settings): string[] {
  return [
    '',
    '# Where it listens for peers, where others can call it, and whom it calls first.',
    `listen = ${list([`/ip4/0.0.0.0/tcp/${port}`])}`,
    `announce = ${list(announce)}`,
    `bootstrap = ${list(bootstrap)}`,
    '# Its state, journal and metrics, for this machine only.',
    `http_port = ${httpPort}`,
  ]
}

function tables({ arbitrators, juries, principals, sourceRpc }: Settings): string[] {
  return [
    '',
    '[policy]',
    '# Whom to trust with the money of this node: it stakes only where both that rule are among these, and on nothing if',
    '# there are none. per_pot_wei, per_fixing_wei and total_wei say how much.',
    `arbitrators = ${list(arbitrators)}`,
    ...(juries.length === 0
      ? []
      : ['', '[juror]', '# The juries in which it votes, and the accounts whose voter it is.']),
    ...(juries.length === 0 ? [] : [`juries = ${list(juries)}`, `for = ${list(principals)}`]),
    ...(sourceRpc.size === 0 ? [] : ['', '[source_rpc]', ...SOURCE_RPC]),
    ...[...sourceRpc].map(([chainId, urls]) => `${chainId} = ${list(urls)}`),
  ]
}

const SOURCE_RPC = [
  '# Endpoints of the chains that index documents read. More than half of those of a chain must say the same; one alone is',
  '# believed.',
]

/** A basic string of TOML: JSON escapes what it must, and a few things more. */
function text(value: string): string {
  return JSON.stringify(value)
}

function list(values: readonly string[]): string {
  return `[${values.map(text).join(', ')}]`
}
