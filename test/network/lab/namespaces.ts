import { execFileSync, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import process from 'node:process'

/** Network namespaces around one hub, which alone reaches every node; no node reaches another but through it. */
export type Namespaces = {
  readonly hub: string
  node(i: number): string
  /** The node's own address, and the hub's towards it. */
  address(i: number): string
  hubAddress(i: number): string
  /** Removes them all and the folder; harmless when repeated. */
  remove(): void
}

/**
 * Makes namespaces for `count` nodes, 250 at most. They are removed when this process ends, however it ends, and with them
 * `folder`, where the nodes keep what is theirs. Throws {@link NotPermittedError}.
 */
export function createNamespaces(count: number, folder: string): Namespaces {
  const base = `assize-${process.pid}`
  const hub = `${base}-hub`
  const node = (i: number): string => `${base}-${i}`
  const all = [hub, ...Array.from({ length: count }, (_, i) => node(i))]
  const keeper = removeAtEnd(all, folder)
  const remove = (): void => {
    for (const name of all) tryRun(['ip', 'netns', 'del', name])
    rmSync(folder, { recursive: true, force: true })
    keeper.stdin.end()
  }
  try {
    for (const name of all) {
      run(['ip', 'netns', 'add', name])
      run(['ip', '-n', name, 'link', 'set', 'lo', 'up'])
    }
    for (let i = 0; i < count; i += 1) {
      run(['ip', '-n', hub, 'link', 'add', `n${i}`, 'type', 'veth', 'peer', 'name', 'hub', 'netns', node(i)])
      run(['ip', '-n', hub, 'addr', 'add', `${hubAddress(i)}/30`, 'dev', `n${i}`])
      run(['ip', '-n', node(i), 'addr', 'add', `${address(i)}/30`, 'dev', 'hub'])
      run(['ip', '-n', hub, 'link', 'set', `n${i}`, 'up'])
      run(['ip', '-n', node(i), 'link', 'set', 'hub', 'up'])
    }
  } catch (error) {
    remove()
    throw error
  }
  return { hub, node, address, hubAddress, remove }
}

/** `command` as it is run within the namespace: the process keeps its pid. */
export function within(namespace: string, command: readonly string[]): readonly [string, ...string[]] {
  return ['ip', 'netns', 'exec', namespace, ...command]
}

const address = (i: number): string => `10.77.${i}.2`
const hubAddress = (i: number): string => `10.77.${i}.1`

/** A shell that outlives us just long enough: its stdin ends with this process, also when that is killed. */
function removeAtEnd(names: readonly string[], folder: string) {
  const script = `read -r _; sleep 1; for name in ${names.join(' ')}; do ip netns del "$name" 2>/dev/null; done; rm -rf "$0"`
  const keeper = spawn('sh', ['-c', script, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  keeper.on('error', () => undefined)
  keeper.unref()
  return keeper
}

function run(command: readonly [string, ...string[]]): void {
  const [file, ...args] = command
  try {
    execFileSync(file, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  } catch (cause) {
    throw new NotPermittedError(command.join(' '), { cause })
  }
}

function tryRun(command: readonly [string, ...string[]]): void {
  const [file, ...args] = command
  try {
    execFileSync(file, args, { stdio: 'ignore' })
  } catch {
    // It was never made, or is gone already.
  }
}

/** This machine does not let us make network namespaces. */
export class NotPermittedError extends Error {
  override readonly name = 'Lab.NotPermittedError'
  readonly command: string
  constructor(command: string, options: { readonly cause: unknown }) {
    const { cause } = options
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : ''
    const reason = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT' ? 'no such program' : said
    super(
      `Expected to run "${command}", got: ${reason}. Run this as root on Linux with iproute2 (apt-get install iproute2), ` +
        'in a container with CAP_NET_ADMIN and CAP_SYS_ADMIN.',
      options,
    )
    this.command = command
  }
}
