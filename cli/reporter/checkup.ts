import { existsSync, statfsSync } from 'node:fs'
import type { Address } from 'viem'
import { type Chain, latestBlock } from '#client/chain.ts'
import { requireCode } from '#client/code-at.ts'
import { nearest } from '#node/access'
import { type Config, overridesIn, strayVariables } from '#node/config'
import { storeFault } from '#node/store'
import { takenPortRemedy } from '#node/taken-port'
import { askNode } from '#node/http-client'
import { READINESS } from '#node/http-schemas'
import type { Context } from '../context.ts'
import { failureOf } from '../errors.ts'
import type { Check } from './check.ts'
import { agreementChecks, endpointCheck, sourceRpcChecks } from './endpoint-checks.ts'
import { juryChecks } from './jury-checks.ts'
import { isTaken, listenChecks, peerChecks, type Running } from './network-checks.ts'
import { nodesCommand } from './nodes-command.ts'
import { registryCheck } from './registry-check.ts'
import { secretChecks, signerChecks } from './secret-checks.ts'
import { indexChecks } from './source-checks.ts'

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
  const stray = strayVariables(env)
  const checks: Check[] = []
  if (names.length > 0) {
    const found = `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} set here, which goes before the file`
    const fix = `By the file alone: ${nodesCommand(env, 'assize', 'doctor', '--config', '…')}`
    checks.push({ what: 'environment', state: 'warn', found, fix })
  }
  if (stray.length > 0) {
    const found = `${stray.join(', ')} ${stray.length === 1 ? 'is' : 'are'} set here, and no setting: nothing reads it`
    checks.push({ what: 'environment', state: 'warn', found, fix: 'Correct the name: docs/operations/running.md.' })
  }
  return checks
}

async function* checksOf(config: Config, context: Pick<Context, 'now' | 'io' | 'signal'>): AsyncGenerator<Check> {
  const { now, io } = context
  yield* await guarded('keys', () => secretChecks(config, io))
  yield* await signerChecks(config)
  yield* await guarded('disk', () => [diskCheck(config)])
  const chains: Chain[] = []
  for (const rpcUrl of config.rpcUrls) {
    const { check, chain } = await endpointCheck(rpcUrl, config, now)
    yield check
    if (chain !== undefined) chains.push(chain)
  }
  yield* agreementChecks(chains)
  yield* sourceRpcChecks(config)
  const [chain] = chains
  let others = 0
  if (chain !== undefined) {
    yield await contractCheck(chain, 'oracle', 'a MaturityOracle', config.oracle)
    const registry = await registryCheck(chain, config)
    others = registry.others
    yield registry.check
    yield* await guarded('juries', () => juryChecks(chain, config))
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
async function guarded(what: string, look: () => Check[] | Promise<Check[]>): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    const fix = 'Run it as the user of the node: sudo -u assize …'
    return [{ what, state: 'bad', found: `cannot be looked at as this user: ${failureOf(error).message}`, fix }]
  }
}

function diskCheck({ dataDir }: Config): Check {
  try {
    const { bavail, blocks, bsize } = statfsSync(nearest(dataDir))
    if (blocks === 0 && !existsSync(dataDir)) return noDiskCheck(dataDir)
    const fault = storeFault(dataDir)
    if (fault !== undefined) return { what: 'data_dir', state: 'bad', found: fault.message, fix: fault.hint }
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

/** What is no disk, such as /proc, takes no folder, whatever its permissions say. */
function noDiskCheck(dataDir: string): Check {
  const found = `no disk for ${dataDir}: nothing can be kept there`
  return { what: 'data_dir', state: 'bad', found, fix: 'Correct data_dir in the configuration.' }
}

async function contractCheck(chain: Chain, what: string, kind: string, address: Address): Promise<Check> {
  try {
    await requireCode(chain, kind, address)
    return { what, state: 'ok', found: address }
  } catch (error) {
    return { what, state: 'bad', found: failureOf(error).message, fix: `Correct ${what} in the configuration.` }
  }
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
  const found = `what has port ${port} does not answer as a node`
  return { what, state: 'bad', found, fix: takenPortRemedy(port, 'http_port') }
}
