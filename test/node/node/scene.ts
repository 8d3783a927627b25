import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect } from 'vitest'
import { z } from 'zod'
import { type Config, loadConfig } from '#node/config'
import { blsKey } from '#protocol/bls.ts'
import { blsSecretOf } from '#protocol/bls-key.ts'
import { indexId, type IndexDocument } from '#protocol/index-document.ts'
import { chainClock, type Clock } from '../../../node/clock.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'
import { FIXING, FIXING_ID, keyOf, MATURITY, reporterKey } from '../reporters.ts'
import { writeNodeFolder } from '../node-folder.ts'
import { SILENT } from '../silent-log.ts'
import { openVenue } from '../source/venue.ts'
import { temporaryFolder } from '../temporary.ts'
import { FakeWorld } from './fake-world.ts'

/** How long things may take. */
export const SOON = { interval: 25 }
const running = new Set<RunningNode>()

afterEach(async () => {
  await Promise.all([...running].map((node) => node.stop()))
  running.clear()
})

/** What `GET /status` is looked at for. */
const STATUS = z.object({
  block: z.string(),
  peers: z.number(),
  fixings: z.array(
    z.object({
      id: z.string(),
      phase: z.string(),
      observations: z.number(),
      observation: z.object({ value: z.string(), observedAt: z.string(), sourcesRoot: z.string() }).optional(),
      abstained: z.object({ reason: z.string(), dropped: z.array(z.unknown()) }).optional(),
      report: z.object({ value: z.string(), observationsRoot: z.string(), signers: z.array(z.number()) }).optional(),
      cosigned: z.number().optional(),
      lastDecision: z.object({ action: z.string(), reason: z.string() }).optional(),
      actions: z.array(z.object({ action: z.string(), state: z.string(), deadline: z.string().optional() })),
    }),
  ),
})

/** What `GET /journal` is looked at for. */
export const JOURNAL = z.array(z.object({ reason: z.string() }))

export async function status(node: RunningNode): Promise<z.output<typeof STATUS>> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/status`)
  return STATUS.parse(await response.json())
}

export async function fixingOf(node: RunningNode): Promise<z.output<typeof STATUS>['fixings'][number] | undefined> {
  return (await status(node)).fixings.find(({ id }) => id === FIXING_ID)
}

/** How a venue is spoilt; `paths` are those it was asked for. */
type Spoilt = {
  isBroken: boolean
  retryAfter?: string
  paths: readonly string[]
  close: (asked: number) => string
  /** What its answers wait for. */
  answers?: Promise<void>
}

/** A venue whose closes can be spoilt, a world whose fixing reads it, and the folders of its nodes. */
export async function scene(reporters: number) {
  const venue: Spoilt = { isBroken: false, paths: [], close: (_asked: number): string => '2500.25' }
  let asked = 0
  const { url, paths } = await openVenue((_request, response) => {
    asked += 1
    if (venue.retryAfter !== undefined) response.writeHead(429, { 'retry-after': venue.retryAfter })
    const rows = [180n, 120n, 60n].map((before) => [Number(MATURITY - before), venue.close(asked)])
    const answer = (): void => void response.end(venue.isBroken ? 'gone' : JSON.stringify({ rows }))
    void (venue.answers ?? Promise.resolve()).then(answer)
  })
  venue.paths = paths
  const document: IndexDocument = threeSamples([
    sourceJson('a', { url, pointers: { rows: '/rows', time: '/0', close: '/1' } }),
  ])
  const indexDir = temporaryFolder()
  writeFileSync(join(indexDir, 'index.json'), JSON.stringify(document))
  const world = new FakeWorld({ ...FIXING, indexId: indexId(document) }, MATURITY - 100n)
  world.panel = {
    epoch: 4n,
    reporters: Array.from({ length: reporters }, (_, i) => ({
      index: i,
      owner: keyOf(`owner ${i}`).address,
      signer: reporterKey(i).address,
      peerId: '0x00' as const,
      key: blsKey(blsSecretOf(reporterKey(i).privateKey)),
    })),
  }
  const newConfigOf = (i: number): Promise<Config> => configOf(i, indexDir, undefined, { isNew: true })
  return { venue, world, configOf: (i: number) => configOf(i, indexDir), newConfigOf, indexDir }
}

export async function configOf(
  i: number,
  indexDir: string,
  arbitrators: readonly string[] = [FIXING.arbitrator, FIXING.backup],
  folder: { readonly isNew?: boolean } = {},
): Promise<Config> {
  const file = await writeNodeFolder({
    ...folder,
    privateKey: reporterKey(i).privateKey,
    rpcUrl: 'http://127.0.0.1:1',
    oracle: '0x00000000000000000000000000000000000000cc',
    registry: '0x00000000000000000000000000000000000000aa',
    indexDir,
    pollMs: 20,
    lines: `[policy]
arbitrators = ${JSON.stringify(arbitrators)}
[gossip]
test = true
sync_after_ms = [200]
sync_every_ms = 500`,
  })
  return loadConfig({ file, env: {} })
}

export async function run(config: Config, world: FakeWorld, clock: Clock = chainClock()): Promise<RunningNode> {
  const node = await startNode(config, { log: SILENT, clock, openChain: async (key) => world.as(key?.address) })
  running.add(node)
  return node
}

export async function stop(node: RunningNode): Promise<void> {
  running.delete(node)
  await node.stop()
}

export async function introduce(node: RunningNode, other: RunningNode): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/peers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ multiaddr: other.multiaddrs[0] }),
  })
  expect(response.status).toBe(200)
}

export async function connected(nodes: readonly RunningNode[]): Promise<void> {
  for (const [i, node] of nodes.entries()) for (const other of nodes.slice(0, i)) await introduce(node, other)
  await expect
    .poll(async () => (await Promise.all(nodes.map(status))).map(({ peers }) => peers), SOON)
    .toEqual(nodes.map(() => nodes.length - 1))
}
