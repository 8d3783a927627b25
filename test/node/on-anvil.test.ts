import { join } from 'node:path'
import { bytesToHex } from 'viem/utils'
import { peerIdFromString } from '@libp2p/peer-id'
import { afterEach, expect, test } from 'vitest'
import { type Config, loadConfig } from '#node/config'
import { connect, latestBlock } from '#client/chain.ts'
import { readCreated } from '#client/fixing-log.ts'
import { readFixing, readReceipts } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { readAttestation } from '#client/attestation.ts'
import { register } from '#client/registration.ts'
import { fundReporters, readRewardsPaid } from '#client/rewards.ts'
import { wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId, receiptId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { type RunningNode, startNode } from '../../node/node.ts'
import { accountOf, ETHER, MATURITY, raiseStage, recruitOf, type Stage } from '../client/chain-fixture.ts'
import { type Hex, keccak256, stringToHex } from 'viem'
import { writeNodeFolder } from './node-folder.ts'
import { SILENT } from './silent-log.ts'
import { standUpSigner } from './stand-up-signer.ts'
import { pricedIndex } from './source/priced-index.ts'

const SOON = { interval: 50 }
const TRUTH = 2_500n * ETHER
const LIE = 3_000n * ETHER
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

/** The table `signer` of a node whose key is with a signer. */
async function signerOf(privateKey: Hex, { deployments, embedded }: Stage): Promise<string> {
  const { council, backupCouncil, oracle, registry, weth } = deployments
  const { chainId } = await connect({ rpcUrl: embedded.rpcUrl })
  const deployment = { chainId, oracle, registry, bondToken: weth, arbitrators: [council, backupCouncil] }
  const { url, address, folder } = await standUpSigner(privateKey, deployment)
  return `url = "${url}"\naddress = "${address}"\ntoken_file = ${JSON.stringify(join(folder, 'token'))}`
}

async function configOf(name: string, stage: Stage, indexDir: string): Promise<Config> {
  const { council, backupCouncil, oracle, registry } = stage.deployments
  const privateKey = keccak256(stringToHex(`test ${name}`))
  const file = await writeNodeFolder({
    privateKey,
    // One of them has no key: whatever the others do it does too, with a signer.
    ...(name === 'ann' ? { signer: await signerOf(privateKey, stage) } : {}),
    rpcUrl: stage.embedded.rpcUrl,
    oracle,
    registry,
    indexDir,
    pollMs: 50,
    lines: `[policy]
per_pot_wei = "80000000000000000"
per_fixing_wei = "200000000000000000"
max_bond_wei = "1000000000000000000"
arbitrators = ["${council}", "${backupCouncil}"]
[gossip]
test = true
sync_after_ms = [200, 1000]
sync_every_ms = 1000
cosign_ms = 600000`,
  })
  return loadConfig({ file, env: {} })
}

async function post(node: RunningNode, multiaddr: string | undefined): Promise<void> {
  await fetch(`http://127.0.0.1:${node.httpPort}/peers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ multiaddr }),
  })
}

/** A chain, a venue that says 2500, a fixing on it, and four registered nodes that know each other. */
async function play(): Promise<{ stage: Stage; fixing: Fixing; nodes: RunningNode[] }> {
  const { document, indexDir } = await pricedIndex()
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const fixing = { ...stage.fixing, indexId: indexId(document) }
  const names = ['ann', 'bob', 'cleo', 'dan']
  const chains = await Promise.all(names.map((name) => stage.as(`owner of ${name}`)))
  await Promise.all(names.map((name) => stage.as(name)))
  const nodes: RunningNode[] = []
  for (const [i, name] of names.entries()) {
    const node = await startNode(await configOf(name, stage, indexDir), { log: SILENT })
    closing.push(() => node.stop())
    const chain = chains[i]
    if (chain === undefined) throw new Error(name)
    const peerId = bytesToHex(peerIdFromString(node.peerId).toMultihash().bytes)
    await register(chain, stage.deployments.registry, recruitOf(name, { peerId, stake: ETHER }))
    for (const other of nodes) await post(node, other.multiaddrs[0])
    nodes.push(node)
  }
  await create(await stage.as('maker'), stage.deployments.oracle, fixing)
  return { stage, fixing, nodes }
}

test('nodes pool against a lie, win by timeout and claim; no wei is staked beyond their budgets', async () => {
  const { stage, fixing } = await play()
  const { oracle, weth } = stage.deployments
  const mallory = await stage.as('mallory')
  expect((await readCreated(mallory, oracle, 0n)).map(({ id }) => id)).toEqual([
    fixingId(fixing, { chainId: mallory.chainId, oracle }),
  ])
  const people = ['ann', 'bob', 'cleo', 'dan'].map((name) => accountOf(name).address)
  const before = await Promise.all(people.map((person) => wethBalance(mallory, weth, person)))
  await stage.embedded.mineAt(MATURITY)
  await propose(mallory, oracle, fixing, { value: LIE, maxBond: ETHER })
  // The pot is 0.2 ETH, each node may put 0.08 into it: it takes three of them.
  await expect.poll(async () => (await readFixing(mallory, oracle, fixing)).facts.leader, SOON).toBe(TRUTH)
  const disputed = await readFixing(mallory, oracle, fixing)
  expect(disputed.facts.round).toBe(2)
  expect(disputed.candidates).toEqual([
    { value: LIE, stake: ETHER / 10n },
    { value: TRUTH, stake: ETHER / 5n },
  ])
  const id = fixingId(fixing, { chainId: mallory.chainId, oracle })
  const receipt = receiptId(id, 'stake', 1, TRUTH)
  const staked = await Promise.all(people.map((person) => readReceipts(mallory, oracle, receipt, person)))
  expect(staked.reduce((sum, amount) => sum + amount, 0n)).toBe(ETHER / 5n)
  for (const amount of staked) expect(amount).toBeLessThanOrEqual((ETHER * 8n) / 100n)
  const { time } = await latestBlock(mallory)
  await stage.embedded.mineAt(time + BigInt(fixing.window) + 1n)
  await expect
    .poll(() => Promise.all(people.map((person) => readReceipts(mallory, oracle, receipt, person))), SOON)
    .toEqual(people.map(() => 0n))
  expect(await readFixing(mallory, oracle, fixing)).toMatchObject({
    outcome: 'timeout',
    settlement: TRUTH,
    winner: TRUTH,
  })
  // Losers' 0.1 ETH: 20 % burns, 80 % goes to 0.2 ETH of stakes: 40 % each.
  const after = await Promise.all(people.map((person) => wethBalance(mallory, weth, person)))
  expect(after.map((balance, i) => balance - (before[i] ?? 0n))).toEqual(staked.map((amount) => (amount * 2n) / 5n))
})

test('one of them proposes when nobody lies, and its bond comes back', async () => {
  const { stage, fixing, nodes } = await play()
  const { oracle } = stage.deployments
  const chain = await stage.as('watcher')
  await stage.embedded.mineAt(MATURITY)
  await expect.poll(async () => (await readFixing(chain, oracle, fixing)).facts.leader, SOON).toBe(TRUTH)
  const { time } = await latestBlock(chain)
  await stage.embedded.mineAt(time + BigInt(fixing.firstWindow) + 1n)
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const receipt = receiptId(id, 'stake', 0, TRUTH)
  const people = nodes.map(({ signer }) => signer ?? '0x')
  await expect
    .poll(() => Promise.all(people.map((person) => readReceipts(chain, oracle, receipt, person))), SOON)
    .toEqual(people.map(() => 0n))
  expect(await readFixing(chain, oracle, fixing)).toMatchObject({ outcome: 'timeout', settlement: TRUTH })
})

test('R-403 all of them co-sign what one of them proposes when somebody pays, and their owners are paid', async () => {
  const { stage, fixing, nodes } = await play()
  const { oracle, registry, weth } = stage.deployments
  const chain = await stage.as('watcher')
  const id = fixingId(fixing, { chainId: chain.chainId, oracle })
  const owners = ['ann', 'bob', 'cleo', 'dan'].map((name) => accountOf(`owner of ${name}`).address)
  const before = await Promise.all(owners.map((owner) => wethBalance(chain, weth, owner)))
  await fundReporters(chain, registry, fixing, ETHER)
  await stage.embedded.mineAt(MATURITY)
  // The registry takes attestations from the second after the maturity: a block must follow.
  await expect
    .poll(async () => {
      const { time } = await latestBlock(chain)
      await stage.embedded.mineAt(time + 1n)
      return (await readFixing(chain, oracle, fixing)).facts.leader
    }, SOON)
    .toBe(TRUTH)
  const attestation = await readAttestation(chain, registry, id, { fromBlock: 0n })
  expect(attestation).toMatchObject({ value: TRUTH, signers: 0b1111n, count: 4 })
  expect(nodes.map(({ signer }) => signer)).toContain(attestation?.proposer)
  const receipt = receiptId(id, 'stake', 0, TRUTH)
  const proposer = attestation?.proposer ?? '0x'
  expect(await readReceipts(chain, oracle, receipt, proposer)).toBe(ETHER / 10n)
  const { facts } = await readFixing(chain, oracle, fixing)
  await stage.embedded.mineAt(facts.deadline)
  await expect.poll(async () => (await readRewardsPaid(chain, registry, id, 0n)).size, SOON).toBe(4)
  // The proposer's receipts came to it through the registry, and it claims them all the same.
  await expect.poll(() => readReceipts(chain, oracle, receipt, proposer), SOON).toBe(0n)
  const after = await Promise.all(owners.map((owner) => wethBalance(chain, weth, owner)))
  expect(after.map((balance, i) => balance - (before[i] ?? 0n))).toEqual(owners.map(() => ETHER / 4n))
})

test('R-411 they attest what somebody else proposed plainly, so that the reward is not lost', async () => {
  const { stage, fixing } = await play()
  const { oracle, registry } = stage.deployments
  const mallory = await stage.as('mallory')
  const id = fixingId(fixing, { chainId: mallory.chainId, oracle })
  await fundReporters(mallory, registry, fixing, ETHER)
  await stage.embedded.mineAt(MATURITY)
  await propose(mallory, oracle, fixing, { value: TRUTH, maxBond: ETHER })
  await expect
    .poll(async () => {
      const { time } = await latestBlock(mallory)
      await stage.embedded.mineAt(time + 1n)
      return readAttestation(mallory, registry, id, { fromBlock: 0n })
    }, SOON)
    .toMatchObject({ value: TRUTH, signers: 0b1111n, count: 4 })
  await stage.embedded.mineAt((await readFixing(mallory, oracle, fixing)).facts.deadline)
  await expect.poll(async () => (await readRewardsPaid(mallory, registry, id, 0n)).size, SOON).toBe(4)
})
