import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Address, Hex } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import type { Config } from '#node/config'
import { openStore } from '#node/store'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import type { ChainPort, Reporter } from '../../../node/chain/port.ts'
import { chainClock } from '../../../node/clock.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { DEPLOYMENT } from '../../network/station.ts'
import { FakeWorld } from '../../node/node/fake-world.ts'
import { FIXING, keyOf, MATURITY, reporterKey, ROSTER, WAD } from '../../node/reporters.ts'
import { SILENT } from '../../node/silent-log.ts'
import { snapshotOf } from '../../node/snapshots.ts'
import { observedFast } from './signed-fast.ts'
import { DOCUMENT } from './watcher.ts'

/** A chain that never says no: what its endpoint would cost is not in the figures. */
const BLOCK_SECONDS = 12n
/** Long after its fixings were announced: nodes read only their last blocks again. */
const FIRST_BLOCK = 1_000n
/** How long what was proposed can be disputed: longer than any benchmark. */
const WINDOW_SECONDS = 86_400n

/** A chain in memory with any number of open fixings, which all have matured. */
export class ManyFixings extends FakeWorld {
  readonly fixings: ReadonlyMap<Hex, Fixing>
  readonly #idAt: ReadonlyMap<bigint, Hex>
  /** When what was proposed settles, by fixing. */
  readonly #proposed = new Map<Hex, bigint>()
  /** How often a fixing was read. */
  reads = 0

  constructor(count: number, reporters: number) {
    super({ ...FIXING, indexId: indexId(DOCUMENT) }, MATURITY + BLOCK_SECONDS)
    const fixings = Array.from({ length: count }, (_, i) => ({ ...this.fixing, maturity: MATURITY - BigInt(i) }))
    this.fixings = new Map(fixings.map((fixing) => [fixingId(fixing, DEPLOYMENT), fixing]))
    this.#idAt = new Map([...this.fixings].map(([id, { maturity }]) => [maturity, id]))
    this.events = [...this.fixings].map(([id, fixing]) => ({ name: 'created', block: 1n, id, fixing }))
    this.head = { ...this.head, number: FIRST_BLOCK }
    this.panel = { epoch: 4n, reporters: Array.from({ length: reporters }, (_, i) => reporterOf(i)) }
  }

  override as(account: Address | undefined): ChainPort {
    return {
      ...super.as(account),
      block: async (number) => ({ number, time: this.head.time - (this.head.number - number) * BLOCK_SECONDS }),
      snapshot: async (fixing) => {
        this.reads += 1
        const id = this.#idAt.get(fixing.maturity) ?? '0x'
        // Like the answer of an endpoint, it comes after others have had their turn.
        await new Promise<void>((resolve) => setImmediate(resolve))
        return { ...this.#snapshot(id, fixing), id }
      },
    }
  }

  /** Mines a block as long after the last as on a real chain, in which so many fixings that were not are proposed. */
  next(proposals: number): void {
    this.mine(this.head.time + BLOCK_SECONDS)
    const open = [...this.fixings.keys()].filter((id) => !this.#proposed.has(id))
    for (const id of open.slice(0, proposals)) {
      this.#proposed.set(id, this.head.time + WINDOW_SECONDS)
      const { number: block } = this.head
      this.events.push({ name: 'proposed', block, id, from: keyOf('proposer').address, value: VALUE, bond: WAD })
    }
  }

  #snapshot(id: Hex, fixing: Fixing): FixingSnapshot {
    const deadline = this.#proposed.get(id)
    if (deadline === undefined) return snapshotOf(this.facts, { now: this.head.time, fixing })
    const facts = { round: 1, bond: WAD, leader: VALUE, deadline }
    return snapshotOf(facts, { candidates: [{ value: VALUE, stake: WAD }], now: this.head.time, fixing })
  }
}

/** What is proposed. */
const VALUE = 2_500n * WAD

function reporterOf(index: number): Reporter {
  return {
    index,
    owner: keyOf(`owner ${index}`).address,
    signer: reporterKey(index).address,
    peerId: '0x00',
    // Nothing here is co-signed.
    key: ROSTER[0]?.key ?? '0x',
  }
}

/** A folder for everything that a benchmark writes; gone when `run` is done. */
export async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'assize-bench-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes the observations of every reporter for every fixing of `world` into the store of a node that is not running. */
export async function fillStore(dataDir: string, world: ManyFixings): Promise<number> {
  const store = await openStore(dataDir)
  let count = 0
  for (const [id, { maturity }] of world.fixings) {
    await store.observations.load(id)
    for (const { index } of world.panel.reporters) {
      await store.observations.add(observedFast(index, id, maturity))
      count += 1
    }
    store.observations.unload(id)
  }
  await store.close()
  return count
}

/** A whole node on the chain in memory. */
export function runOn(world: ManyFixings, config: Config): Promise<RunningNode> {
  return startNode(config, { log: SILENT, clock: chainClock(), openChain: async () => world.as(undefined) })
}
