import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The operator's switch that stops all new stake. */
export interface Halt {
  /** Why nothing is to be staked, in the operator's words; undefined: it may be. Looks at the disk every time. */
  reason(): string | undefined
}

/** In data_dir: while it is there, the node stakes nothing. What it says is why. */
export const HALT_FILE = 'stop-staking'

/** The switch in the folder `dataDir`. A file that cannot be read stops stake as well. */
export function haltIn(dataDir: string): Halt {
  const file = join(dataDir, HALT_FILE)
  return {
    reason() {
      try {
        return readFileSync(file, 'utf8').trim() || 'no reason given'
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        return `${HALT_FILE} cannot be read`
      }
    },
  }
}
