import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { peerIdFromString } from '@libp2p/peer-id'
import { keccak256, stringToHex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { create } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { loadConfig } from '#node/config'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { writeNodeFolder } from '../node/node-folder.ts'
import { SILENT } from '../node/silent-log.ts'
import { pricedIndex } from '../node/source/priced-index.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

/** An alert compares a query with a figure: what is asked is whether there is anything to compare. */
const COMPARISON = /^(.*\S)\s*(?:==|!=|>=|<=|>|<)\s*[\d.e+]+$/s
const SOON = { interval: 500 }
const NODES = ['ann', 'bob']

const BOARD = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })),
})

const closing: (() => Promise<unknown>)[] = []
let prometheus: Prometheus

beforeAll(async () => {
  const [ann] = await observingNodes()
  prometheus = await startPrometheus(ann?.httpPort ?? 0)
  closing.push(() => prometheus.stop())
})

afterAll(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Two registered reporters that have observed a fixing and heard each other. */
async function observingNodes(): Promise<readonly RunningNode[]> {
  const { document, indexDir } = await pricedIndex()
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const nodes: RunningNode[] = []
  for (const name of NODES) {
    await stage.as(name)
    const node = await startNode(loadConfig({ file: await folderOf(name, stage, indexDir, nodes), env: {} }), {
      log: SILENT,
    })
    closing.push(() => node.stop())
    const peerId = bytesToHex(peerIdFromString(node.peerId).toMultihash().bytes)
    const owner = await stage.as(`owner of ${name}`)
    await register(owner, stage.deployments.registry, recruitOf(name, { peerId, stake: ETHER }))
    nodes.push(node)
  }
  await create(await stage.as('maker'), stage.deployments.oracle, { ...stage.fixing, indexId: indexId(document) })
  await stage.embedded.mineAt(MATURITY)
  return nodes
}

function folderOf(name: string, stage: Stage, indexDir: string, peers: readonly RunningNode[]): Promise<string> {
  const { oracle, registry } = stage.deployments
  return writeNodeFolder({
    privateKey: keccak256(stringToHex(`test ${name}`)),
    rpcUrl: stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir,
    pollMs: 50,
    lines: `bootstrap = ${JSON.stringify(peers.flatMap(({ multiaddrs }) => multiaddrs))}
[gossip]
test = true
sync_after_ms = [200, 1000]
sync_every_ms = 1000`,
  })
}

test('every query of the board returns a series', async () => {
  const { panels } = BOARD.parse(JSON.parse(readFileSync('docs/operations/grafana.json', 'utf8')))
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr.replaceAll('$instance', '.*')))
  expect(queries.length).toBeGreaterThan(15)
  for (const query of queries) await expect.poll(() => prometheus.series(query), SOON).toBeGreaterThan(0)
})

test('every query of the alerts returns a series', async () => {
  const alerts = await prometheus.alerts()
  expect(alerts.length).toBeGreaterThan(10)
  for (const alert of alerts) {
    const query = COMPARISON.exec(alert)?.[1]
    expect(query, alert).toBeDefined()
    await expect.poll(() => prometheus.series(query ?? ''), SOON).toBeGreaterThan(0)
  }
})

test('a query of what the node does not show returns none', async () => {
  expect(await prometheus.series('assize_no_such_metric')).toBe(0)
})

test('every alert fires when it must and not otherwise', () => {
  const run = (): unknown =>
    execFileSync('promtool', ['test', 'rules', 'test/monitoring/alerts.rules.yml'], { stdio: 'pipe' })
  expect(run).not.toThrow()
})

test('every alert has a runbook', async () => {
  const headings = [...readFileSync('docs/operations/monitoring.md', 'utf8').matchAll(/^### (\w+)$/gm)]
  const names = [...readFileSync('docs/operations/alerts.yml', 'utf8').matchAll(/alert: (\w+)\n/g)]
  expect(headings.map(([, name]) => name)).toEqual(names.map(([, name]) => name))
})
