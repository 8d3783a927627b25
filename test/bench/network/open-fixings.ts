import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Say } from './bench.ts'
import type { Figure, Result } from './figures.ts'
import { fillStore, inFolder, ManyFixings, watcherConfig } from './world.ts'

const NODE = fileURLToPath(new URL('open-fixings-node.ts', import.meta.url))

export type OpenFixingsOptions = {
  readonly fixings: number
  /** Each with an observation of every fixing, which the node holds. */
  readonly reporters: number
  /** Blocks that pass while it watches. */
  readonly blocks: number
}

/**
 * A node that follows so many matured fixings with all their observations: what memory it needs, and how long a new block
 * occupies it. The chain is in memory and answers at once: an endpoint's own time comes on top. The raw figure is the
 * memory of its process, with that chain in it, before the node starts.
 */
export async function openFixings(options: OpenFixingsOptions, say: Say): Promise<Result> {
  const { fixings, reporters, blocks } = options
  return inFolder(async (folder) => {
    const { dataDir } = await watcherConfig(folder)
    const count = await fillStore(dataDir, new ManyFixings(fixings, reporters))
    say(`open fixings: ${count} observations written down`)
    const args = [NODE, folder, ...[fixings, reporters, blocks].map(String)]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const [printed, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    if (code !== 0) throw new Error(`Expected the measured node to end well, got exit code ${String(code)}.`)
    const figures = JSON.parse(printed) as readonly Figure[]
    return { bench: `${fixings} open fixings with ${reporters} observations each`, figures }
  })
}
