/**
 * A node in a process of its own whose memory is measured: `fork`ed with FOLDER, whose store is filled already. Its chain is its
 * parent's. Starts as `node/main.ts` does, and answers each message `measure` with {@link Measured}; ends with its parent.
 */
import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { liveFrugally } from '../../../node/ground/frugal.ts'

/** What a node needs, and has done; megabytes of resident memory, milliseconds of processor time. */
export type Measured = {
  readonly nowMb: number
  readonly peakMb: number
  /** Before the node's own modules were loaded. */
  readonly emptyMb: number
  readonly cpuMs: number
  readonly httpPort: number
}

const MEGABYTE = 2 ** 20

enableCompileCache()
liveFrugally()
const emptyMb = process.memoryUsage().rss / MEGABYTE
const [folder = ''] = process.argv.slice(2)
const [{ startNode }, { watcherConfig }, { chainOfParent }, { SILENT }, { chainClock }] = await Promise.all([
  import('../../../node/node.ts'),
  import('./watcher.ts'),
  import('./remote-chain.ts'),
  import('../../node/silent-log.ts'),
  import('../../../node/clock.ts'),
])
const config = await watcherConfig(folder, 'poll_ms = 50')
const openChain = async () => chainOfParent(31_337)
const node = await startNode(config, { log: SILENT, clock: chainClock(), openChain })
process.on('message', (message) => {
  if (message !== 'measure') return
  const { user, system } = process.cpuUsage()
  process.send?.({
    nowMb: process.memoryUsage().rss / MEGABYTE,
    peakMb: process.resourceUsage().maxRSS / 1_024,
    emptyMb,
    cpuMs: (user + system) / 1_000,
    httpPort: node.httpPort,
  } satisfies Measured)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
