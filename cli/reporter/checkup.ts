import { statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from 'viem'
import { blockAt, type Chain, latestBlock } from '#client/chain.ts'
import { requireCode } from '#client/deploy.ts'
import { type Membership, readMemberships } from '#client/membership.ts'
import { readRegistryTerms } from '#client/registry-terms.ts'
import { type Config, overridesIn } from '#node/config'
import { askNode } from '#node/http-client'
import { READINESS } from '#node/http-schemas'
import { hostOf } from '#client/chain.ts'
import { openNodesChain } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { failureOf, InputError } from '../errors.ts'
import { formatAmount, formatDuration, formatTime, ETHER, shorten } from '../format.ts'
import { keystoreAt } from '../chain/signer.ts'
import type { Check } from './check.ts'
import { isTaken, listenChecks, peerChecks, type Running } from './network-checks.ts'
import { nodesCommand } from './nodes-command.ts'
import { secretChecks, signerChecks } from './secret-checks.ts'
import { indexChecks } from './source-checks.ts'

/** A clock that is off by more is not one to date observations by, seconds. */
const MOST_OFFSET = 30n
/** An endpoint whose newest block is older has fallen behind, seconds. */
const MOST_AGE = 120n
/** What a node keeps of a year is a fraction; without room it can neither sign nor send. */
const LEAST_FREE_BYTES = 1_000_000_000

/** Looks at everything that a node of this configuration needs, one thing after the other; `each` is told at once. Never throws. */
export async function checkUp(
  config: Config,
  context: Pick<Context, 'env' | 'now' | 'io' | 'signal'>,
  each: (check: Check) => void = () => undefined,
): Promise<Check[]> {
  const checks: Check[] = []
  const add = (check: Check): void => {
    checks.push(check)
    each(check)
  }
  environmentChecks(context.env).forEach(add)
  for await (const check of checksOf(config, context)) add(check)
  return checks
}

/** What is run from here has other settings than a unit that reads the same file. */
function environmentChecks(env: Context['env']): Check[] {
  const names = overridesIn(env)
  if (names.length === 0) return []
  const found = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set here, which goes before the file`
  const fix = `By the file alone: ${nodesCommand(env, 'assize', 'doctor', '--config', '…')}`
  return [{ what: 'environment', state: 'warn', found, fix }]
}

async function* checksOf(config: Config, context: Pick<Context, 'now' | 'io' | 'signal'>): AsyncGenerator<Check> {
  const { now } = context
  yield* guarded('keys', () => secretChecks(config))
  yield* await signerChecks(config)
  yield* guarded('disk', () => [diskCheck(config)])
  const chains: Chain[] = []
  for (const rpcUrl of config.rpcUrls) {
    const { check, chain } = await endpointCheck(rpcUrl, config, now)
    yield check
    if (chain !== undefined) chains.push(chain)
  }
  yield* agreementChecks(chains)
  const [chain] = chains
  let others = 0
  if (chain !== undefined) {
    yield await contractCheck(chain, 'oracle', 'a MaturityOracle', config.oracle)
    const registry = await registryCheck(chain, config)
    others = registry.others
    yield registry.check
  }
  const node = await nodeCheck(config)
  yield* await listenChecks(config, node.running)
  yield* await peerChecks(config, others)
  const time = config.clock === 'chain' && chain !== undefined ? await chainTime(chain, now) : now()
  yield* await indexChecks(config, { ...context, time, chainId: chain?.chainId })
  yield node.check
}

/** An endpoint that has died since it answered is no reason to look at nothing more. */
async function chainTime(chain: Chain, now: () => bigint): Promise<bigint> {
  return latestBlock(chain).then(
    ({ time }) => time,
    () => now(),
  )
}

/** What cannot be looked at is a finding: the rest is looked at all the same. */
function guarded(what: string, look: () => Check[]): Check[] {
  try {
    return look()
  } catch (error) {
    const fix = 'Run it as the user of the node: sudo -u assize …'
    return [{ what, state: 'bad', found: `cannot be looked at as this user: ${failureOf(error).message}`, fix }]
  }
}

function diskCheck({ dataDir }: Config): Check {
  const folder = statSync(dataDir, { throwIfNoEntry: false }) === undefined ? join(dataDir, '..') : dataDir
  try {
    const { bavail, bsize } = statfsSync(folder)
    const free = bavail * bsize
    const found = `${(free / 1e9).toFixed(1)} GB free at ${dataDir}`
    if (free >= LEAST_FREE_BYTES) return { what: 'disk', state: 'ok', found }
    return { what: 'disk', state: 'warn', found, fix: 'Make room: a node whose disk is full signs and sends nothing.' }
  } catch (error) {
    return {
      what: 'disk',
      state: 'bad',
      found: failureOf(error).message,
      fix: 'Correct data_dir in the configuration.',
    }
  }
}

async function endpointCheck(
  rpcUrl: string,
  config: Config,
  now: () => bigint,
): Promise<{ readonly check: Check; readonly chain: Chain | undefined }> {
  const what = `endpoint ${hostOf(rpcUrl)}`
  try {
    const chain = await openNodesChain({ ...config, rpcUrls: [rpcUrl] })
    return { check: headCheck(what, await latestBlock(chain), config.clock, now()), chain }
  } catch (error) {
    const fix = error instanceof InputError ? error.hint : 'Start it, or name another in rpc_url and rpc_fallbacks.'
    return { check: { what, state: 'bad', found: failureOf(error).message, fix }, chain: undefined }
  }
}

/** An old head: the endpoint is behind, or this machine's clock ahead. A head of the future: the clock is behind. */
export function headCheck(
  what: string,
  { number, time }: { readonly number: bigint; readonly time: bigint },
  clock: Config['clock'],
  now: bigint,
): Check {
  const found = `block ${number} of ${formatTime(time)}`
  if (clock === 'chain') return { what, state: 'ok', found: `${found}, by which the node's clock goes` }
  if (time > now + MOST_OFFSET) {
    const off = formatDuration(time - now)
    return {
      what,
      state: 'bad',
      found: `${found}, ${off} after this machine's time`,
      fix: 'Set the clock: enable NTP (timedatectl set-ntp true).',
    }
  }
  if (now > time + MOST_AGE) {
    const off = formatDuration(now - time)
    return {
      what,
      state: 'bad',
      found: `${found}, ${off} ago`,
      fix: 'Let the endpoint catch up; if it has, this clock is ahead: enable NTP.',
    }
  }
  return { what, state: 'ok', found: `${found}, ${formatDuration(now > time ? now - time : 0n)} ago` }
}

/** Endpoints that do not have the same block at the height that all of them have are of different chains, or one lies. */
async function* agreementChecks(chains: readonly Chain[]): AsyncGenerator<Check> {
  const what = 'agreement'
  const [first] = chains
  if (first === undefined) return
  if (chains.length === 1) {
    yield {
      what,
      state: 'warn',
      found: 'one endpoint alone is believed',
      fix: 'Name others, by other operators, in rpc_fallbacks.',
    }
    return
  }
  try {
    const heads = await Promise.all(chains.map(latestBlock))
    const common = heads.map(({ number }) => number).reduce((low, number) => (number < low ? number : low))
    const height = common > 2n ? common - 2n : common
    const blocks = await Promise.all(chains.map((chain) => blockAt(chain, height)))
    const isSame = blocks.every(({ hash }) => hash === blocks[0]?.hash)
    if (isSame) yield { what, state: 'ok', found: `all ${chains.length} have the same block ${height}` }
    else {
      const found = `they have different blocks ${height}: ${blocks.map(({ hash }, i) => `${chains[i]?.rpcUrl} ${shorten(hash)}`).join(', ')}`
      yield {
        what,
        state: 'bad',
        found,
        fix: 'One is of another chain, behind a fork, or lies: compare with an explorer, and replace it.',
      }
    }
  } catch (error) {
    yield {
      what,
      state: 'bad',
      found: failureOf(error).message,
      fix: 'Run it again; if it stays, replace that endpoint.',
    }
  }
}

async function contractCheck(chain: Chain, what: string, kind: string, address: Address): Promise<Check> {
  try {
    await requireCode(chain, kind, address)
    return { what, state: 'ok', found: address }
  } catch (error) {
    return { what, state: 'bad', found: failureOf(error).message, fix: `Correct ${what} in the configuration.` }
  }
}

type RegistryFinding = {
  readonly check: Check
  /** Reporters beside this node's. */
  readonly others: number
}

async function registryCheck(chain: Chain, { registry, key }: Config): Promise<RegistryFinding> {
  try {
    const { time } = await latestBlock(chain)
    const members = await readMemberships(chain, registry, time)
    const signer =
      key?.kind === 'signer' ? key.address : key === undefined ? undefined : keystoreAt(key.keystore)?.address
    const { reporters } = await readRegistryTerms(chain, registry)
    const isNameless = key?.kind === 'keystore' && keystoreAt(key.keystore) !== undefined && signer === undefined
    const own = members.find((member) => member.signer === signer)
    const others = members.filter((member) => member !== own && member.stake > 0n && member.inactiveTime === undefined)
    return {
      check: isNameless
        ? {
            what: 'registry',
            state: 'warn',
            found: `${reporters} report; the keystore does not say whose it is`,
            fix: 'See assize reporters.',
          }
        : memberCheck(own, reporters, time),
      others: others.length,
    }
  } catch (error) {
    const fix = 'Correct registry in the configuration.'
    return { check: { what: 'registry', state: 'bad', found: failureOf(error).message, fix }, others: 0 }
  }
}

/** What the registry says at `time` of the reporter whose key this is. */
function memberCheck(own: Membership | undefined, reporters: number, time: bigint): Check {
  const what = 'registry'
  if (own === undefined) {
    const found = `${reporters} report, this key is none of them`
    return { what, state: 'warn', found, fix: 'To register it: assize keys bind, then assize register by the owner.' }
  }
  if (own.stake === 0n)
    return {
      what,
      state: 'bad',
      found: `reporter ${own.index} was slashed`,
      fix: 'Stop it; find out why in assize journal.',
    }
  const leaves =
    own.inactiveTime === undefined
      ? ''
      : `, ${time < own.inactiveTime ? 'leaves' : 'left'} ${formatTime(own.inactiveTime)}`
  const begins = own.activeTime > time ? `, from ${formatTime(own.activeTime)}` : ''
  const found = `reporter ${own.index} with ${formatAmount(own.stake, ETHER)} of ${own.owner}${begins}${leaves}`
  if (own.inactiveTime === undefined) return { what, state: 'ok', found }
  return { what, state: 'warn', found, fix: 'To report on, register another: assize keys new, then assize keys bind.' }
}

async function nodeCheck({ httpPort }: Config): Promise<{ readonly check: Check; readonly running: Running }> {
  const what = 'node'
  if (httpPort === 0) {
    const fix = 'Set http_port, such as 9464.'
    return { check: { what, state: 'warn', found: 'cannot be asked: http_port is not set', fix }, running: 'unknown' }
  }
  try {
    const { ready, peers, problems } = await askNode(httpPort, '/readyz', READINESS)
    const found = `${ready ? 'ready' : 'not ready'}, ${peers} peers`
    if (problems.length === 0) return { check: { what, state: 'ok', found }, running: 'yes' }
    const fix = 'See assize journal, and its log.'
    const state = ready ? 'warn' : 'bad'
    return { check: { what, state, found: `${found}: ${problems.join(' ')}`, fix }, running: 'yes' }
  } catch {
    return { check: await silentCheck(what, httpPort), running: 'no' }
  }
}

async function silentCheck(what: string, port: number): Promise<Check> {
  if (!(await isTaken(port))) {
    return { what, state: 'warn', found: `nothing answers on port ${port}`, fix: 'Start it: assize node --config …' }
  }
  const fix = `See whose it is: ss -ltnp 'sport = :${port}'; stop that, or take another http_port.`
  return { what, state: 'bad', found: `what has port ${port} does not answer as a node`, fix }
}
