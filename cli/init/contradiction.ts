import { resolve } from 'node:path'
import type { Config } from '#node/config'
import { hostOf } from '#client/chain.ts'
import { InputError } from '../errors.ts'
import type { InitFlags } from './flags.ts'
import { parts } from './questions.ts'
import type { Places, SetupRole } from './settings.ts'

/** What is named, as it was given and as the settings have it; nothing was given where `want` is undefined. */
type Pair = readonly [name: string, want: string | undefined, got: string | undefined]

/** Settings that are there are kept: a flag that says otherwise would be ignored. Throws InputError naming what it is about. */
export function requireSame({ config: file }: Places, config: Config, role: SetupRole, flags: InitFlags): void {
  const pairs = [...chainPairs(config, flags), ...filePairs(config, flags), ...dutyPairs(config, role, flags)]
  const wrong = pairs.find(([, want, got]) => want !== undefined && want !== got)
  if (wrong !== undefined) refuse(wrong, file)
  const hidden = endpointPairs(config, flags).find(([, want, got]) => want !== undefined && want !== got)
  // The hosts may be the same, and a key is all that differs.
  if (hidden !== undefined) refuse([hidden[0], hostsIn(hidden[1]), `${hostsIn(hidden[2])}, by another address`], file)
}

function refuse([what, want, got]: Pair, file: string): never {
  throw new InputError(
    `Expected ${what} ${want} in ${file}, got ${got === undefined || got === '' ? 'none' : got}.`,
    'Edit that file, or set another node up in another folder: nothing is overwritten.',
  )
}

function chainPairs({ rpcUrls, chainId, clock, oracle, registry, fromBlock }: Config, flags: InitFlags): Pair[] {
  return [
    ['the endpoint at', hostsIn(flags.rpc), hostsIn(rpcUrls[0])],
    ['chain_id', flags.chainId?.toString(), chainId?.toString()],
    // The other clock is the option's default, given or not.
    ['clock', flags.clock === 'chain' ? flags.clock : undefined, clock],
    ['the oracle', flags.oracle, oracle],
    ['the registry', flags.registry, registry],
    ['from_block', flags.fromBlock?.toString(), fromBlock.toString()],
  ]
}

function filePairs({ indexDir, csvFile, key }: Config, flags: InitFlags): Pair[] {
  const own = key?.kind === 'keystore' ? key : undefined
  return [
    ['index_dir', pathOf(flags.indexDir), indexDir],
    ['csv_file', pathOf(flags.prices), csvFile],
    ['keystore', pathOf(flags.keystore), own?.keystore],
    ['password_file', pathOf(flags.passwordFile), own?.passwordFile],
  ]
}

function dutyPairs(config: Config, role: SetupRole, flags: InitFlags): Pair[] {
  const { policy, juror, listen, announce, bootstrap, httpPort } = config
  return [
    ['the role', flags.role, role],
    ['policy.arbitrators', accounts(flags.arbitrators), accounts(policy.arbitrators)],
    ['juror.juries', accounts(flags.juries), accounts(juror.juries)],
    ['juror.for', accounts(flags.for), accounts(juror.principals)],
    ['listen', flags.port === undefined ? undefined : `/ip4/0.0.0.0/tcp/${flags.port}`, listen.join(',')],
    ['announce', listed(flags.announce), announce.join(',')],
    ['bootstrap', listed(flags.bootstrap), bootstrap.join(',')],
    ['http_port', flags.httpPort?.toString(), httpPort.toString()],
  ]
}

function endpointPairs({ rpcUrls: [rpcUrl, ...fallbacks], sourceRpc }: Config, flags: InitFlags): Pair[] {
  const others = flags.rpcFallbacks === undefined ? undefined : new Set(parts(flags.rpcFallbacks))
  if (rpcUrl !== undefined) others?.delete(rpcUrl)
  return [
    ['the endpoint at', flags.rpc, rpcUrl],
    ['rpc_fallbacks', others === undefined ? undefined : [...others].join(','), fallbacks.join(',')],
    ...[...flags.sourceRpc].map(([id, { urls }]): Pair => [
      `source_rpc.${id}`,
      urls.join(','),
      sourceRpc.get(id)?.join(','),
    ]),
  ]
}

/** Endpoints without the keys that their addresses may hold. */
function hostsIn(urls: string | undefined): string | undefined {
  return urls === undefined ? undefined : parts(urls).map(hostOf).join(',')
}

function pathOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path)
}

function listed(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parts(text).join(',')
}

function accounts(list: readonly string[] | undefined): string | undefined {
  return list?.join(',').toLowerCase()
}
