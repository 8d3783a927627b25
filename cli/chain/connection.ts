import type { Address, Hex } from 'viem'
import { type BondToken, readToken } from '#client/bond-token.ts'
import { type Chain, connect, DeadRpcError, hostOf } from '#client/chain.ts'
import { requireCode } from '#client/code-at.ts'
import { type BlockRange, type OracleEvent, oracleEvents } from '#client/fixing-log.ts'
import { type JuryLog, readJuryLog } from '#client/juror.ts'
import { type AnnouncedSeries, readSeries } from '#client/vault.ts'
import type { Config } from '#node/config'
import { addressIn } from '#protocol/address.ts'
import type { Context } from '../context.ts'
import { commandLine } from '../command-line.ts'
import { InputError, RefusedError } from '../errors.ts'
import { formatDuration } from '../format.ts'
import type { Io } from '../io.ts'
import { DEFAULT_RPC, type NetworkFlags } from '../options.ts'
import { withoutSecrets } from '../secrets.ts'

/** An oracle that was found to be there. */
export type Connection = {
  readonly chain: Chain
  readonly oracle: Address
  readonly token: BondToken
  /** Its log, of one fixing if `id` is given, from a later block than the flags say if one is; says how far it is if it takes long. */
  readonly readLog: (id?: Hex, from?: bigint) => Promise<OracleEvent[]>
  /** A jury's log, from a later block than the flags say if one is; says how far it is if it takes long. */
  readonly readJuryLog: (jury: Address, from?: bigint) => Promise<JuryLog>
  /** The series that a vault announced, only the one of that id if one is given; says how far it is if it takes long. */
  readonly readSeries: (vault: Address, id?: Hex) => Promise<AnnouncedSeries[]>
  /** Says how far it is with many of them if that takes long. */
  readonly onPart: (what: 'fixings' | 'series') => (done: number, of: number) => void
  /** A command line of ours to paste, with the flags that this one was given. */
  readonly paste: (...words: readonly string[]) => string
}

/** Connects to what flags, environment and configuration name. Throws InputError, DeadRpcError, NoCodeError, NotOracleError. */
export async function openOracle(given: NetworkFlags, context: Context): Promise<Connection> {
  const { env } = context
  const flags: WideFlags = given.config === undefined ? given : { ...(await flagsOf(given.config, env)), ...given }
  const oracle = flags.oracle ?? oracleOf(env)
  const { chain, rpcUrl } = await reach(flags, context)
  const isNodes = flags.rpcUrls !== undefined && env['ASSIZE_RPC_URL'] === undefined
  await requireCode(chain, 'a MaturityOracle', oracle)
  const token = await readToken(chain, oracle)
  const fromBlock = flags.fromBlock ?? BigInt(numberOf(env, 'ASSIZE_FROM_BLOCK') ?? 0)
  const tell = onceASecond(context)
  const tellBlocks = (blocksLeft: bigint): void => {
    if (blocksLeft > 0n) tell(`reading the log, ${blocksLeft} blocks to go (--from-block spares old ones) ...`)
  }
  const rangeFrom = (from: bigint): BlockRange => {
    return { fromBlock: from > fromBlock ? from : fromBlock, onPart: tellBlocks, signal: context.signal }
  }
  return {
    chain,
    oracle,
    token,
    onPart: (what) => (done, of) => {
      if (done < of) tell(`looked at ${done} of ${of} ${what} ...`)
    },
    readLog: (id, from = fromBlock) => oracleEvents(chain, oracle, rangeFrom(from), id),
    readJuryLog: (jury, from = fromBlock) => readJuryLog(chain, { jury, oracle }, rangeFrom(from)),
    readSeries: (vault, id) => readSeries(chain, vault, rangeFrom(fromBlock), id),
    paste: (...words) => pasted(isNodes ? { ...flags, rpc: rpcUrl } : flags, words),
  }
}

/** Flags, and the endpoints of a node's configuration, the preferred one first. */
type WideFlags = NetworkFlags & Partial<Pick<Config, 'rpcUrls'>>

/** A chain, and the whole address of the endpoint at which it is read. */
type Reached = { readonly chain: Chain; readonly rpcUrl: string }

/**
 * What the configuration of a node says of its oracle, as flags would, where the environment says nothing of it. What else the environment
 * says is of whoever asks, not of the node. Throws the configuration's errors.
 */
async function flagsOf(file: string, env: Context['env']): Promise<WideFlags> {
  const { loadConfig } = await import('#node/config')
  const { rpcUrls, oracle, chainId, fromBlock } = loadConfig({ file, env: {} })
  return {
    rpcUrls,
    ...(env['ASSIZE_ORACLE'] === undefined ? { oracle } : {}),
    ...(env['ASSIZE_FROM_BLOCK'] === undefined ? { fromBlock } : {}),
    ...(env['ASSIZE_CHAIN_ID'] === undefined && chainId !== undefined ? { chainId } : {}),
  }
}

/** Connects to the endpoint that flags and environment name. Throws InputError for another chain than they want, DeadRpcError. */
export async function openChain(flags: Pick<NetworkFlags, 'rpc' | 'chainId'>, context: Context): Promise<Chain> {
  return (await reach(flags, context)).chain
}

/** Connects to the first endpoint of a node's settings that answers. Throws InputError for another chain, DeadRpcError. */
export async function openNodesChain(
  { rpcUrls, chainId }: Pick<Config, 'rpcUrls' | 'chainId'>,
  io: Pick<Io, 'err'>,
): Promise<Chain> {
  return (await connectToFirst(rpcUrls, chainId, io)).chain
}

function reach(
  { rpc, chainId, rpcUrls = [DEFAULT_RPC] }: Pick<WideFlags, 'rpc' | 'chainId' | 'rpcUrls'>,
  { env, io }: Context,
): Promise<Reached> {
  const named = numberOf(env, 'ASSIZE_CHAIN_ID')
  const one = rpc ?? env['ASSIZE_RPC_URL']
  const wanted = chainId ?? (named === undefined ? undefined : Number(named))
  return connectToFirst(one === undefined ? rpcUrls : [one], wanted, io)
}

/** Goes on past those that are dead, which it says; any other error ends it. */
async function connectToFirst(
  rpcUrls: readonly string[],
  chainId: number | undefined,
  io: Pick<Io, 'err'>,
): Promise<Reached> {
  const dead: DeadRpcError[] = []
  for (const rpcUrl of rpcUrls) {
    try {
      const chain = await connectTo(rpcUrl, chainId)
      for (const { message } of dead) io.err(`${message} Reading from ${chain.rpcUrl}.`)
      return { chain, rpcUrl }
    } catch (error) {
      if (!(error instanceof DeadRpcError)) throw error
      dead.push(error)
    }
  }
  const [first] = dead
  if (first !== undefined && dead.length === 1) throw first
  throw new DeadRpcError(dead.map(({ rpcUrl }) => rpcUrl).join(', '), 'no answer from any', { cause: first })
}

/**
 * Connects to one endpoint, which its chain and all errors call by its host. Throws InputError for another chain than `chainId`,
 * DeadRpcError.
 */
export async function connectTo(rpcUrl: string, chainId?: number): Promise<Chain> {
  requireHttp(rpcUrl)
  const shown = hostOf(rpcUrl)
  const chain = await connect({ rpcUrl, name: shown })
  if (chainId === undefined || chainId === chain.chainId) return chain
  throw new InputError(
    `Expected chain ${chainId} at ${shown}, got chain ${chain.chainId}.`,
    'Name an endpoint of that chain with --rpc, or correct --chain-id; in the settings of a node rpc_url, or chain_id.',
  )
}

/** The command that claims what `which` names, a fixing's id or --all, to paste; as ETH where stake is in WETH. */
export function claimCommand({ token, paste }: Pick<Connection, 'token' | 'paste'>, which: string): string {
  return paste('claim', which, ...(token.isWeth ? ['--unwrap'] : []))
}

/** An endpoint as it can be shown to others: a path, a query or a name in its address may be a key to it. */
export function shareable(rpcUrl: string): string {
  const { username, password, pathname, search, hash } = new URL(rpcUrl)
  return `${username}${password}${pathname}${search}${hash}` === '/' ? rpcUrl : 'ENDPOINT'
}

/** Throws InputError for what can be no endpoint's address, with what was meant as far as can be told. */
function requireHttp(rpcUrl: string): void {
  if (/^https?:\/\/[^/]/i.test(rpcUrl) && URL.canParse(rpcUrl)) return
  const host = hostOf(rpcUrl)
  const isPlain = /^ws:/i.test(rpcUrl) || /^localhost\b|:\d+$|^[\d.]+$/.test(host)
  const rest = rpcUrl.slice(rpcUrl.indexOf(host) + host.length)
  const meant = host === '' ? DEFAULT_RPC : `http${isPlain ? '' : 's'}://${host}${rest}`
  const got = withoutSecrets(rpcUrl.includes('://') ? rpcUrl : host)
  throw new InputError(
    `Expected an endpoint that begins with http:// or https://, got "${got}".`,
    `Write ${withoutSecrets(meant)}`,
  )
}

/** Throws RefusedError for a head that is older than `maxAge` seconds: what it shows may be long over. */
export function requireFresh(atTime: bigint, now: bigint, maxAge: number): void {
  const age = now - atTime
  if (age <= BigInt(maxAge)) return
  throw new RefusedError(
    `Expected a newest block at most ${formatDuration(BigInt(maxAge))} old, got one ${formatDuration(age)} old.`,
    'The endpoint is behind: use another with --rpc, or allow it with --max-age.',
  )
}

/** Says a line of progress on stderr, nothing within the first second and at most one a second after that. */
function onceASecond({ io, now }: Context): (line: string) => void {
  let told = now()
  return (line) => {
    if (now() <= told) return
    told = now()
    io.err(line)
  }
}

function oracleOf(env: Context['env']): Address {
  const text = env['ASSIZE_ORACLE']
  const found = text === undefined ? undefined : addressIn(text)
  if (found !== undefined) return found
  const got = text === undefined ? 'none' : `"${text}"`
  throw new InputError(`Expected the address of the oracle, got ${got}.`, 'Give it with --oracle, or in ASSIZE_ORACLE.')
}

function numberOf(env: Context['env'], name: string): string | undefined {
  const text = env[name]
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return text
  throw new InputError(`Expected a whole number in ${name}, got "${text}".`, 'Correct it.')
}

/** A command line of ours to paste, with what `flags` say of the network. */
export function pasted(flags: NetworkFlags, words: readonly string[]): string {
  return commandLine('assize', ...words, ...givenFlags(flags))
}

function givenFlags({ rpc, oracle, chainId, fromBlock }: NetworkFlags): string[] {
  return [
    ...(rpc === undefined ? [] : ['--rpc', shareable(rpc)]),
    ...(oracle === undefined ? [] : ['--oracle', oracle]),
    ...(chainId === undefined ? [] : ['--chain-id', String(chainId)]),
    ...(fromBlock === undefined ? [] : ['--from-block', String(fromBlock)]),
  ]
}
