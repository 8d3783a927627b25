import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import process from 'node:process'
import { VERIFICATION } from '../../node/ground/verify/found.ts'

/** Where figures come from. */
export type Machine = {
  readonly processor: string
  readonly threads: number
  readonly node: string
  /** Undefined outside a repository; `+` for one with changes. */
  readonly commit: string | undefined
  readonly verification: string
  /** Programs that wanted a processor in the minute before; a figure of a busy machine is no figure. */
  readonly load: number
}

/** Above so much of its threads a machine is busy with something else. */
const BUSY = 0.25

export function machine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    node: process.version,
    commit: commit(),
    verification: `ECDSA ${VERIFICATION.ecdsa.name}, BLS ${VERIFICATION.bls.name}`,
    load: loadavg()[0] ?? 0,
  }
}

/** Whether something else was running before the benchmark began. */
export function isBusy({ load, threads }: Machine): boolean {
  return load > BUSY * threads
}

export function machineLine(one: Machine): string {
  const { processor, threads, node, verification, load } = one
  const busy = isBusy(one) ? ', BUSY: times are not to be compared' : ''
  return `${processor}, ${threads} threads, Node ${node}, commit ${one.commit ?? 'unknown'}, ${verification}, load ${load.toFixed(2)}${busy}`
}

function commit(): string | undefined {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim()
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`
  } catch {
    return undefined
  }
}
