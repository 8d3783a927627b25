import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, removalErrorOf, writeErrorOf } from './access.ts'

/** How long a reason may be, characters. */
const LONGEST_REASON = 1_000

/** The operator's switch that stops all new stake. */
export interface Halt {
  /** Why nothing is to be staked, in the operator's words; undefined: it may be. Looks at the disk every time. */
  reason(): string | undefined
}

/** Stops all new stake of the node whose `dataDir` it is, whether it runs or not, until {@link resumeStaking}. Throws AccessError. */
export function haltStaking(dataDir: string, reason: string): void {
  makeFolder(dataDir)
  const file = join(dataDir, HALT_FILE)
  try {
    // Whoever staked between two writes would have seen no file: one call, and it is there.
    writeFileSync(file, `${reason}\n`, { mode: 0o600, flush: true })
  } catch (cause) {
    throw writeErrorOf(file, cause)
  }
}

/** Ends a halt. Returns whether there was one. Throws AccessError. */
export function resumeStaking(dataDir: string): boolean {
  const isHalted = haltIn(dataDir).reason() !== undefined
  const file = join(dataDir, HALT_FILE)
  try {
    if (isHalted) unlinkSync(file)
  } catch (cause) {
    throw removalErrorOf(file, cause)
  }
  return isHalted
}

/** In data_dir: while it is there, the node stakes nothing. What it says is why. */
export const HALT_FILE = 'stop-staking'

/** The switch in the folder `dataDir`. A file that cannot be read stops stake as well. */
export function haltIn(dataDir: string): Halt {
  const file = join(dataDir, HALT_FILE)
  return {
    reason() {
      try {
        return readFileSync(file, 'utf8').trim().slice(0, LONGEST_REASON) || 'no reason given'
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        return `${HALT_FILE} cannot be read`
      }
    },
  }
}
