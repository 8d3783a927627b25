import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { keccak256, stringToHex } from 'viem'
import { afterEach, expect, test } from 'vitest'
import { deployJury } from '#client/deploy-oracle.ts'
import { admitCall, setVoterCall, stakeSeatsCall, unstakeSeatsCall } from '#client/jury-calls.ts'
import { send } from '#client/send.ts'
import { ensureCollateral } from '#client/weth.ts'
import { loadConfig } from '#node/config'
import { writeKeystore } from '../../../node/ground/keystore.ts'
import { type RunningNode, startNode } from '../../../node/node.ts'
import { accountOf, ETHER, raiseStage, START } from '../../client/chain-fixture.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'
import { writeNodeFolder } from '../node-folder.ts'
import { SILENT } from '../silent-log.ts'
import { temporaryFolder } from '../temporary.ts'

const SOON = { interval: 100 }
const DAY = 86_400n
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

async function problemsOf(node: RunningNode): Promise<readonly string[]> {
  const response = await fetch(`http://127.0.0.1:${node.httpPort}/readyz`)
  return ((await response.json()) as { problems: readonly string[] }).problems // our own shape
}

test('a node whose key was replaced says that the stakes of the old one, and of who still names it, are not voted for, until they are', async () => {
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const { oracle, weth, registry } = stage.deployments
  const [old, cold] = [await stage.as('old'), await stage.as('cold')]
  const jury = await deployJury(old, oracle, SMALL_JURY)
  for (const chain of [old, cold]) {
    await ensureCollateral(chain, weth, jury, 2n * ETHER)
    await send(chain, stakeSeatsCall(jury, 1))
  }
  await send(cold, setVoterCall(jury, accountOf('old').address))
  await stage.embedded.mineAt(START + 2n * DAY)
  for (const name of ['old', 'cold']) await send(old, admitCall(jury, accountOf(name).address))
  const file = await writeNodeFolder({
    privateKey: keccak256(stringToHex('test old')),
    rpcUrl: stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir: temporaryFolder(),
    pollMs: 50,
    lines: `[juror]
juries = ["${jury}"]
for = ["${accountOf('cold').address}"]
[gossip]
test = true`,
  })
  const run = async (): Promise<RunningNode> => {
    const node = await startNode(loadConfig({ file, env: {} }), { log: SILENT })
    closing.push(() => node.stop())
    return node
  }
  const unserved = async (node: RunningNode): Promise<readonly string[]> => {
    const problems = (await problemsOf(node)).filter((problem) => problem.includes('not voted for by this node'))
    return problems.map((problem) => problem.slice(0, 42)).toSorted()
  }
  const before = await run()
  await expect.poll(async () => (await problemsOf(before)).join(), SOON).not.toContain('could not be looked at')
  expect(await unserved(before)).toEqual([])
  await before.stop()
  await writeKeystore(join(dirname(file), 'new.json'), keccak256(stringToHex('test new')), 'pw', { cost: 1_024 })
  writeFileSync(file, readFileSync(file, 'utf8').replace('key.json', 'new.json'))
  const after = await run()
  const both = ['old', 'cold'].map((name) => accountOf(name).address).toSorted()
  await expect.poll(() => unserved(after), SOON).toEqual(both)
  await send(cold, setVoterCall(jury, accountOf('new').address))
  await send(old, unstakeSeatsCall(jury, [0]))
  await stage.embedded.mineAt(START + 3n * DAY)
  await expect.poll(() => unserved(after), SOON).toEqual([])
})
