import { keccak256, stringToHex } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { latestBlock } from '#client/chain.ts'
import { readFixing, readReceipts } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { register } from '#client/registration.ts'
import { loadConfig } from '#node/config'
import { type Fixing, fixingId, receiptId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { request } from '../model/rpc.ts'
import { writeNodeFolder } from './node-folder.ts'
import { SILENT } from './silent-log.ts'
import { pricedIndex } from './source/priced-index.ts'

const SOON = { interval: 50 }
const TRUTH = 2_500n * ETHER
const LIE = 3_000n * ETHER
/** What the node may put into a pot, and into the fixing: less than the pot of 0.2 ETH needs. */
const BUDGET = (ETHER * 8n) / 100n
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** A chain on which a lie was proposed for a mature fixing, and a node that may stake on it but has not started. */
async function play(confirmations: number): Promise<{ stage: Stage; fixing: Fixing; run: () => Promise<RunningNode> }> {
  const { document, indexDir } = await pricedIndex()
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const { oracle, registry, council, backupCouncil } = stage.deployments
  const fixing = { ...stage.fixing, indexId: indexId(document) }
  for (const name of ['ann', 'reader']) await stage.as(name)
  await register(await stage.as('owner'), registry, recruitOf('ann', { peerId: '0x0024', stake: ETHER }))
  await create(await stage.as('maker'), oracle, fixing)
  await stage.embedded.mineAt(MATURITY)
  await propose(await stage.as('mallory'), oracle, fixing, { value: LIE, maxBond: ETHER })
  const file = await writeNodeFolder({
    privateKey: keccak256(stringToHex('test ann')),
    rpcUrl: stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir,
    pollMs: 50,
    lines: `confirmations = ${confirmations}
[policy]
per_pot_wei = "${BUDGET}"
per_fixing_wei = "${BUDGET}"
arbitrators = ["${council}", "${backupCouncil}"]
[gossip]
test = true
sync_after_ms = [200]
sync_every_ms = 1000`,
  })
  const run = async (): Promise<RunningNode> => {
    const node = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
    closing.push(() => node.stop())
    return node
  }
  return { stage, fixing, run }
}

async function stakedBy(stage: Stage, fixing: Fixing): Promise<bigint> {
  const { deployments } = stage
  const chain = await stage.as('reader')
  const id = fixingId(fixing, { chainId: chain.chainId, oracle: deployments.oracle })
  const receipt = receiptId(id, 'stake', 1, TRUTH)
  return readReceipts(chain, deployments.oracle, receipt, accountOf('ann').address)
}

async function linesOf(node: RunningNode): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/journal?limit=1000`)
  const lines = (await response.json()) as { stage: string; action: string }[] // our own shape
  return lines.map(({ stage, action }) => `${stage} ${action}`)
}

/** Blocks in which nothing happens, twelve seconds apart. */
async function mine(stage: Stage, count: number): Promise<void> {
  const chain = await stage.as('reader')
  for (let i = 0; i < count; i += 1) await stage.embedded.mineAt((await latestBlock(chain)).time + 12n)
}

test.each([
  [64, 'no deeper than its confirmations', 'transaction undone'],
  [2, 'deeper than its confirmations', 'watch undone'],
] as const)(
  'with %s confirmations a node whose contribution is undone, %s, puts it there again and exceeds no budget',
  async (confirmations, _depth, line) => {
    const { stage, fixing, run } = await play(confirmations)
    const { rpcUrl } = stage.embedded
    const before = await request(rpcUrl, 'evm_snapshot', [])
    const node = await run()
    await expect.poll(() => stakedBy(stage, fixing), SOON).toBe(BUDGET)
    await mine(stage, 6)
    const { number } = await latestBlock(await stage.as('reader'))
    await expect.poll(async () => BigInt((await statusOf(node)).block) >= number, SOON).toBe(true)
    // Everything since the snapshot is undone, and the other chain grows longer without it; nobody keeps the transaction.
    await request(rpcUrl, 'anvil_setAutomine', [false])
    await request(rpcUrl, 'evm_revert', [before])
    await request(rpcUrl, 'anvil_dropAllTransactions', [])
    expect(await stakedBy(stage, fixing)).toBe(0n)
    await mine(stage, 12)
    await request(rpcUrl, 'anvil_setAutomine', [true])
    await expect.poll(() => stakedBy(stage, fixing), SOON).toBe(BUDGET)
    await mine(stage, 3)
    await expect.poll(() => linesOf(node), SOON).toContain(line)
    await expect.poll(async () => (await statusOf(node)).fixings[0]?.lastDecision?.action, SOON).toBe('none')
    expect(await stakedBy(stage, fixing)).toBe(BUDGET)
    const { candidates } = await readFixing(await stage.as('reader'), stage.deployments.oracle, fixing)
    expect(candidates).toEqual([{ value: LIE, stake: ETHER / 10n }])
  },
)

type Status = {
  readonly block: string
  readonly fixings: readonly { readonly lastDecision?: { readonly action: string } }[]
}

async function statusOf(node: RunningNode): Promise<Status> {
  return (await (await fetch(`http://127.0.0.1:${node.httpPort}/status`)).json()) as Status // our own shape
}
