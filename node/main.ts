import * as modules from 'node:module'
import { printable } from '#protocol/printable.ts'
import type { Config } from './config.ts'
import { liveFrugally } from './ground/frugal.ts'
import { oldNodeFault } from './ground/least-node.ts'
import { withHosts } from './ground/with-hosts.ts'

// Parsing a few hundred modules costs more than a third of a node's start.
// An older Node, which is refused below, has no such cache.
if ('enableCompileCache' in modules) modules.enableCompileCache()
liveFrugally()

/** 0 = stopped when asked to; 1 = could not run or go on; 2 = the operator must correct something. */
type ExitCode = 0 | 1 | 2

/** Errors that only an operator cures: a changed configuration, key or index document, the other node stopped, or a damaged file moved away. */
const OPERATORS = new Set([
  'Main.OldNodeError',
  'Main.UsageError',
  'Access.AccessError',
  'Config.InvalidFieldError',
  'Config.UnreadableConfigError',
  'Keystore.UnreadableKeystoreError',
  'Keystore.WrongPasswordError',
  'NetworkKey.NetworkKeyError',
  'IndexDir.IndexFileError',
  'Chain.WrongChainError',
  'Client.NoCodeError',
  'Gossip.MultiaddrError',
  'Http.HttpPortError',
  'Network.ListenError',
  'Store.StoreLockedError',
  'Store.StoreFormatError',
  'Store.StoreDeploymentError',
  'Store.StoreCorruptError',
  'Store.StoreRowError',
  'Store.WitnessCorruptError',
  'Store.GuardConflictError',
  'Store.MarkCorruptError',
  'Store.RestoreUnfinishedError',
])
/** A node that was told to stop ends at the latest after this long; what it sent is on disk. */
const LINGER_MS = 5_000

/** Runs a node until it is told to stop: SIGTERM, SIGINT, or with `exit_with_parent` the end of stdin. */
async function main(args: readonly string[]): Promise<ExitCode> {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  try {
    requireNode(process.versions.node)
    const config = await readArguments(args)
    if (config.exitWithParent) followParent(stop)
    const { startNode } = await import('./node.ts')
    await warnOfStray(config)
    const node = await startNode(config, { signal: controller.signal })
    const { httpPort, multiaddrs, peerId, signer } = node
    process.stdout.write(`${JSON.stringify({ ready: true, pid: process.pid, httpPort, multiaddrs, peerId, signer })}\n`)
    await node.stopped
    return 0
  } catch (error) {
    if (controller.signal.aborted) return 0
    process.stderr.write(`assize node: ${messageOf(error)}\n`)
    return error instanceof Error && OPERATORS.has(error.name) ? 2 : 1
  } finally {
    process.off('SIGTERM', stop)
    process.off('SIGINT', stop)
    process.stdin.destroy()
  }
}

function requireNode(version: string): void {
  const fault = oldNodeFault(version)
  if (fault !== undefined) throw new OldNodeError(fault.message, fault.hint)
}

async function readArguments(args: readonly string[]): Promise<Config> {
  // Older Nodes, which are refused before, have no such parser to link.
  const { parseArgs } = await import('node:util')
  const { CONFIG_FIELDS, flagOf, loadConfig } = await import('./config.ts')
  const fieldOf = new Map(CONFIG_FIELDS.map((name) => [flagOf(name), name]))
  const options = Object.fromEntries([...fieldOf.keys(), 'config'].map((name) => [name, { type: 'string' as const }]))
  let values: Record<string, unknown>
  try {
    values = parseArgs({ args: [...args], options, strict: true }).values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
  const flags: Record<string, string> = {}
  for (const [flag, name] of fieldOf) {
    const value = values[flag]
    if (typeof value === 'string') flags[name] = value
  }
  const file = typeof values['config'] === 'string' ? { file: values['config'] } : {}
  return loadConfig({ ...file, env: process.env, flags })
}

/** A limit that stands in a variable which nothing reads is no limit. */
async function warnOfStray({ logLevel }: Config): Promise<void> {
  const { strayVariables } = await import('./config.ts')
  const { createLog } = await import('./log.ts')
  const variables = strayVariables(process.env)
  if (variables.length > 0) createLog(logLevel).warn({ variables }, 'variables of the environment are no settings')
}

/** The parent holds the other end of stdin: when it is gone, so are we, whatever ended it. */
function followParent(stop: () => void): void {
  process.stdin.once('end', stop)
  process.stdin.once('close', stop)
  process.stdin.once('error', stop)
  process.stdin.resume()
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return printable(withHosts(String(error)))
  const hint = 'hint' in error && typeof error.hint === 'string' ? ` ${error.hint}` : ''
  return printable(withHosts(`${error.message}${hint}`).replaceAll('\n', ' '))
}

/** This Node is older than the program needs. */
class OldNodeError extends Error {
  override readonly name = 'Main.OldNodeError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/** The command line is not understood. */
class UsageError extends Error {
  override readonly name = 'Main.UsageError'
  constructor(reason: string, options: ErrorOptions) {
    super(`Expected --config FILE and settings as --name value, got: ${reason.replace(/\.?$/, '.')}`, options)
  }
}

process.exitCode = await main(process.argv.slice(2))
setTimeout(() => process.exit(), LINGER_MS).unref()
