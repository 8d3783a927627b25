import { peerIdFromString } from '@libp2p/peer-id'
import { keccak256, stringToHex } from 'viem'
import { bytesToHex } from 'viem/utils'
import { afterEach, expect, test } from 'vitest'
import { readFixing } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { loadConfig } from '#node/config'
import type { Fixing } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { writeNodeFolder } from './node-folder.ts'
import { SILENT } from './silent-log.ts'
import { pricedIndex } from './source/priced-index.ts'

const SOON = { interval: 50 }
const TRUTH = 2_500n * ETHER
const LIE = 3_000n * ETHER
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** Two chains whose histories are the same until somebody proposes: the same contracts at the same addresses. */
async function twins(): Promise<{ honest: Stage; lying: Stage; fixing: Fixing; indexDir: string }> {
  const { document, indexDir } = await pricedIndex()
  const honest = await raiseStage()
  closing.push(() => honest.embedded.stop())
  const lying = await raiseStage()
  closing.push(() => lying.embedded.stop())
  expect(lying.deployments).toEqual(honest.deployments)
  const fixing = { ...honest.fixing, indexId: indexId(document) }
  for (const stage of [honest, lying]) {
    await stage.as('ann')
    const peerId = bytesToHex(peerIdFromString(PEER).toMultihash().bytes)
    await register(await stage.as('owner'), stage.deployments.registry, recruitOf('ann', { peerId, stake: ETHER }))
    await create(await stage.as('maker'), stage.deployments.oracle, fixing)
    await stage.embedded.mineAt(MATURITY)
  }
  await propose(await honest.as('proposer'), honest.deployments.oracle, fixing, { value: TRUTH, maxBond: ETHER })
  await propose(await lying.as('proposer'), lying.deployments.oracle, fixing, { value: LIE, maxBond: ETHER })
  return { honest, lying, fixing, indexDir }
}

const PEER = '12D3KooWBXu3uGPMkjjxViK6autSnFH5QaKJgTwW8CaSxYSD6yYL'

async function watch(stage: Stage, indexDir: string, fallbacks: readonly string[]): Promise<RunningNode> {
  const { council, backupCouncil, oracle, registry } = stage.deployments
  const file = await writeNodeFolder({
    privateKey: keccak256(stringToHex('test ann')),
    rpcUrl: stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir,
    pollMs: 50,
    lines: `rpc_fallbacks = ${JSON.stringify(fallbacks)}
[policy]
per_pot_wei = "1000000000000000000"
per_fixing_wei = "1000000000000000000"
arbitrators = ["${council}", "${backupCouncil}"]
[gossip]
test = true
sync_after_ms = [200]
sync_every_ms = 1000`,
  })
  const node = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
  closing.push(() => node.stop())
  return node
}

async function decisionOf(node: RunningNode): Promise<string | undefined> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/status`)
  const { fixings } = (await response.json()) as { fixings: { lastDecision?: { action: string } }[] } // our own shape
  return fixings[0]?.lastDecision?.action
}

async function actionsOf(node: RunningNode): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal`)
  const lines = (await response.json()) as { stage: string; action: string }[] // our own shape
  return lines.filter(({ stage }) => stage === 'stake').map(({ action }) => action)
}

test('an endpoint that lies about the leader makes no node dispute the truth, and alone it would', async () => {
  const { honest, lying, fixing, indexDir } = await twins()
  const { oracle } = honest.deployments
  // A second door to the same honest chain.
  const other = honest.embedded.rpcUrl.replace('127.0.0.1', 'localhost')

  const careful = await watch(lying, indexDir, [honest.embedded.rpcUrl, other])
  await expect.poll(() => decisionOf(careful), SOON).toBe('none')
  const metrics = await (await fetch(`http://127.0.0.1:${careful.httpPort}/metrics`)).text()
  expect(metrics).toMatch(/^assize_endpoint_outvoted_total [1-9]/m)
  await careful.stop()
  for (const stage of [honest, lying]) {
    expect((await readFixing(await stage.as('reader'), oracle, fixing)).facts.round).toBe(1)
  }

  const trusting = await watch(lying, indexDir, [])
  await expect.poll(() => actionsOf(trusting), SOON).toContain('contribute')
  await expect
    .poll(async () => (await readFixing(await lying.as('reader'), oracle, fixing)).facts.leader, SOON)
    .toBe(TRUTH)
})
