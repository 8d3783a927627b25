import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Address, createTestClient, type Hex, http, keccak256, numberToHex, stringToHex } from 'viem'
import { afterEach, expect, test } from 'vitest'
import {
  admitCall,
  commitCall,
  drawCall,
  openCaseCall,
  resolveCall,
  revealCall,
  stakeSeatsCall,
} from '#client/jury-calls.ts'
import { send } from '#client/send.ts'
import { loadConfig } from '#node/config'
import { connect, latestBlock, type WritableChain } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { type JuryTerms, readCase, readPool, readReturned, readSeats } from '#client/jury.ts'
import { readHeader } from '#client/block-header.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { contribute, create, propose, request } from '#client/oracle-writer.ts'
import { ensureCollateral, wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId, INVALID } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { startNode } from '../../../node/node.ts'
import { accountOf, ETHER, MATURITY, raiseStage, type Stage, START } from '../../client/chain-fixture.ts'
import { writeNodeFolder } from '../node-folder.ts'
import { startProcess } from '../node-process.ts'
import { SILENT } from '../silent-log.ts'
import { pricedIndex } from '../source/priced-index.ts'
import { standUpSigner } from '../stand-up-signer.ts'
import { SMALL_JURY } from '../../client/jury-terms.ts'

const TERMS: JuryTerms = { ...SMALL_JURY, seats: 9, quorum: 5, leastPool: 12, seatStake: ETHER }
const SOON = { interval: 100 }
/** Four stakes of each: of twelve, nine are drawn, so that everybody has a seat. */
const NAMES = ['ann', 'bob', 'cleo'] as const
const TRUTH = 2_500n * ETHER
const LIE = 3_000n * ETHER
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Play = {
  readonly stage: Stage
  readonly jury: Address
  readonly fixing: Fixing
  readonly id: Hex
  readonly chain: WritableChain
  readonly configs: ReadonlyMap<string, string>
}

/** The table `signer` of a node whose key is with a signer that votes in `jury`. */
async function signerOf(privateKey: Hex, { deployments, embedded }: Stage, jury: Address): Promise<string> {
  const { oracle, registry, weth } = deployments
  const { chainId } = await connect({ rpcUrl: embedded.rpcUrl })
  const deployment = { chainId, oracle, registry, bondToken: weth, arbitrators: [], juries: [jury] }
  const { url, address, folder } = await standUpSigner(privateKey, deployment)
  return `url = "${url}"\naddress = "${address}"\ntoken_file = ${JSON.stringify(join(folder, 'token'))}`
}

/**
 * A jury of three people with a node each, and a fixing that waits for it, or for a proposal; `knows`: whether their nodes know
 * its index, `does`: what they do, `announced`: whether anybody created it.
 */
async function play(
  knows: 'index' | 'nothing',
  does: 'votes' | 'everything' = 'votes',
  announced: 'created' | 'never' = 'created',
): Promise<Play> {
  const { document, indexDir } = await pricedIndex()
  const { indexDir: empty } = knows === 'index' ? { indexDir } : await pricedIndex()
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const { oracle, weth, council, registry } = stage.deployments
  const chain = await stage.as('clerk')
  const jury = await deployJury(chain, oracle, TERMS)
  const configs = new Map<string, string>()
  for (const name of NAMES) {
    const own = await stage.as(name)
    await ensureCollateral(own, weth, jury, 10n * ETHER)
    await send(own, stakeSeatsCall(jury, 4))
    const privateKey = keccak256(stringToHex(`test ${name}`))
    const file = await writeNodeFolder({
      privateKey,
      // One of them has no key: its votes are signed elsewhere.
      ...(name === 'ann' ? { signer: await signerOf(privateKey, stage, jury) } : {}),
      rpcUrl: stage.embedded.rpcUrl,
      oracle,
      registry,
      indexDir: empty,
      pollMs: 50,
      lines: `roles = ${does === 'votes' ? '["juror", "keeper"]' : '["watchtower", "juror", "keeper"]'}
confirmations = 8
[juror]
juries = ["${jury}"]
[policy]
stage_delay_seconds = 1
arbitrators = ["${jury}", "${council}"]
[gossip]
test = true`,
    })
    configs.set(name, file)
  }
  await stage.embedded.mineAt(START + 2n * 86_400n)
  for (const name of NAMES) await send(chain, admitCall(jury, accountOf(name).address))
  const fixing = { ...stage.fixing, indexId: indexId(document), arbitrator: jury, backup: council }
  if (announced === 'created') await create(chain, oracle, fixing)
  await stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
  if (does === 'votes') await request(chain, oracle, fixing)
  return { stage, jury, fixing, id: fixingId(fixing, { chainId: chain.chainId, oracle }), chain, configs }
}

/** Looks again and again, a block later each time, until `read` gives `want`. */
async function until<T>({ stage, chain }: Play, read: () => Promise<T>, want: T): Promise<void> {
  await expect
    .poll(async () => {
      const { time } = await latestBlock(chain)
      await stage.embedded.mineAt(time + 1n)
      return read()
    }, SOON)
    .toEqual(want)
}

async function mine(stage: Stage, blocks: number): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(stage.embedded.rpcUrl) })
  await client.mine({ blocks, interval: 12 })
}

function fileOf({ configs }: Play, name: string): string {
  const file = configs.get(name)
  if (file === undefined) throw new Error(`no node of ${name}`)
  return file
}

/** Starts the node of `name` in this process; stopped after the test, or by what is returned. */
async function start(scene: Play, name: string): Promise<() => Promise<void>> {
  const node = await startNode(loadConfig({ file: fileOf(scene, name), env: {} }), { log: SILENT })
  closing.push(() => node.stop())
  return () => node.stop()
}

async function seatsOf({ jury, id, chain }: Play) {
  return readSeats(chain, jury, id, 0)
}

test('nodes open, draw, vote and settle by themselves; one is killed, another loses its store, and nobody a stake (R-502)', async () => {
  const scene = await play('index')
  const { stage, jury, fixing, id, chain } = scene
  const { oracle, weth } = stage.deployments
  const before = await Promise.all(NAMES.map((name) => wethBalance(chain, weth, accountOf(name).address)))
  await start(scene, 'ann')
  const stopBob = await start(scene, 'bob')
  const cleo = startProcess(['--config', fileOf(scene, 'cleo')])
  await cleo.firstLine
  const stageOf = async () => (await readCase(chain, jury, id)).stage
  await until(scene, stageOf, 'waiting')
  await mine(stage, 130)
  await until(scene, stageOf, 'voting')
  const committed = async () => (await seatsOf(scene)).filter((seat) => seat.committed !== undefined).length
  await until(scene, committed, TERMS.seats)
  for (const name of NAMES) {
    expect((await seatsOf(scene)).some(({ juror }) => juror === accountOf(name).address)).toBe(true)
  }

  // Between commit and reveal one is killed, and another loses all that it has written: its key is enough.
  cleo.child.kill('SIGKILL')
  await once(cleo.child, 'exit')
  await stopBob()
  rmSync(join(dirname(fileOf(scene, 'bob')), 'data'), { recursive: true })
  const { commitEnd, revealEnd } = await readCase(chain, jury, id)
  await stage.embedded.mineAt(commitEnd)
  const again = startProcess(['--config', fileOf(scene, 'cleo')])
  await again.firstLine
  await start(scene, 'bob')

  await until(scene, stageOf, 'decided')
  expect((await latestBlock(chain)).time).toBeLessThan(revealEnd)
  expect((await seatsOf(scene)).map(({ value }) => value)).toEqual(Array.from({ length: TERMS.seats }, () => TRUTH))
  expect(await readFixing(chain, oracle, fixing)).toMatchObject({ settlement: TRUTH, outcome: 'ruling' })
  // All of the fee is theirs, drawing and resolving included, and all twelve stakes are in the pool again.
  const gained = async () => {
    const after = await Promise.all(NAMES.map((name) => wethBalance(chain, weth, accountOf(name).address)))
    return after.reduce((sum, balance, i) => sum + balance - (before[i] ?? 0n), 0n)
  }
  await until(scene, gained, fixing.arbitrationFee)
  expect(await readPool(chain, jury)).toHaveLength(12)
})

test('nodes dispute a lie, appeal to the jury that they are, and claim what the liar lost', async () => {
  const scene = await play('index', 'everything')
  const { stage, jury, fixing, id, chain } = scene
  const { oracle, weth } = stage.deployments
  const mallory = await stage.as('mallory')
  await propose(mallory, oracle, fixing, { value: LIE, maxBond: ETHER })
  const before = await Promise.all(NAMES.map((name) => wethBalance(chain, weth, accountOf(name).address)))
  for (const name of NAMES) await start(scene, name)
  const round = async () => (await readFixing(chain, oracle, fixing)).facts.round
  await until(scene, round, 2)
  // Whoever lies stakes once more; the nodes appeal rather than outbid.
  await contribute(mallory, oracle, fixing, { round: 2, value: LIE, amount: ETHER })
  const stageOf = async () => (await readCase(chain, jury, id)).stage
  await until(scene, stageOf, 'waiting')
  await mine(stage, 130)
  await until(
    scene,
    async () => (await seatsOf(scene)).filter((seat) => seat.committed !== undefined).length,
    TERMS.seats,
  )
  await stage.embedded.mineAt((await readCase(chain, jury, id)).commitEnd)
  await until(scene, stageOf, 'decided')
  const settled = await readFixing(chain, oracle, fixing)
  expect(settled).toMatchObject({ settlement: TRUTH, winner: TRUTH, outcome: 'ruling' })
  // The liar lost the bond of 0.1 and 0.3: two fifths burn, three fifths are the nodes', and the fee that they paid comes back to them.
  const lost = (4n * ETHER) / 10n
  const gained = async () => {
    const after = await Promise.all(NAMES.map((name) => wethBalance(chain, weth, accountOf(name).address)))
    const dust = 20n
    const sum = after.reduce((all, balance, i) => all + balance - (before[i] ?? 0n), 0n)
    return sum + dust > (lost * 3n) / 5n && sum <= (lost * 3n) / 5n
  }
  await until(scene, gained, true)
})

test('nodes vote what they read of a fixing that nobody created, as they learn of it by its case', async () => {
  const scene = await play('index', 'votes', 'never')
  const { stage, jury, fixing, id, chain } = scene
  for (const name of NAMES) await start(scene, name)
  const stageOf = async () => (await readCase(chain, jury, id)).stage
  await send(chain, openCaseCall(jury, fixing))
  await mine(stage, 130)
  await until(scene, stageOf, 'voting')
  await until(scene, async () => (await seatsOf(scene)).every(({ committed }) => committed !== undefined), true)
  await stage.embedded.mineAt((await readCase(chain, jury, id)).commitEnd)
  await until(scene, stageOf, 'decided')
  expect((await seatsOf(scene)).map(({ value }) => value)).toEqual(Array.from({ length: TERMS.seats }, () => TRUTH))
  expect(await readFixing(chain, stage.deployments.oracle, fixing)).toMatchObject({ settlement: TRUTH })
})

test('nodes that do not know the index say INVALID, and the fixing is INVALID', async () => {
  const scene = await play('nothing')
  const { stage, jury, fixing, id, chain } = scene
  for (const name of NAMES) await start(scene, name)
  const stageOf = async () => (await readCase(chain, jury, id)).stage
  // A node opens only what it follows: somebody who wants it ruled does.
  await send(chain, openCaseCall(jury, fixing))
  await mine(stage, 130)
  await until(scene, stageOf, 'voting')
  await until(scene, async () => (await seatsOf(scene)).every(({ committed }) => committed !== undefined), true)
  await stage.embedded.mineAt((await readCase(chain, jury, id)).commitEnd)
  await until(scene, stageOf, 'decided')
  expect(await readFixing(chain, stage.deployments.oracle, fixing)).toMatchObject({ settlement: INVALID })
})

/**
 * Ends a round of which the clerk alone votes while the draw of another case is due, so that its stakes are returned; draws that one. Of so
 * many stakes that two more cases have room: where the clerk had too few seats the first is opened again.
 */
async function returnStakes({ stage, jury, fixing, chain }: Play): Promise<void> {
  const { oracle, weth } = stage.deployments
  await ensureCollateral(chain, weth, jury, 40n * ETHER)
  await send(chain, stakeSeatsCall(jury, 40))
  await stage.embedded.mineAt((await latestBlock(chain)).time + 86_400n)
  await send(chain, admitCall(jury, chain.account.address))
  const others = ['one', 'other'].map((name) => ({ ...fixing, indexId: keccak256(stringToHex(name)) }))
  const draw = async (other: Fixing): Promise<void> => {
    const { seedBlock } = await readCase(chain, jury, idOf(other))
    await mine(stage, 130)
    await send(chain, drawCall(jury, other, await readHeader(chain, seedBlock)))
  }
  const idOf = (other: Fixing): Hex => fixingId(other, { chainId: chain.chainId, oracle })
  const [first = fixing, second = fixing] = others
  for (const other of others) await request(chain, oracle, other)
  await send(chain, openCaseCall(jury, first))
  await draw(first)
  await send(chain, openCaseCall(jury, second))
  const own = (await readSeats(chain, jury, idOf(first), 0)).filter(({ juror }) => juror === chain.account.address)
  const votes = own.map(({ seat, juror }) => {
    const salt = numberToHex(seat + 1, { size: 32 })
    return { fixingId: idOf(first), round: 0, seat, juror, value: TRUTH, salt }
  })
  for (const vote of votes) await send(chain, commitCall(chain.chainId, jury, vote))
  const { commitEnd, revealEnd } = await readCase(chain, jury, idOf(first))
  await stage.embedded.mineAt(commitEnd)
  for (const vote of votes) await send(chain, revealCall(jury, vote))
  await stage.embedded.mineAt(revealEnd)
  await send(chain, resolveCall(jury, first))
  await draw(second)
  expect(await readReturned(chain, jury)).toEqual(votes.map(() => chain.account.address))
  expect(votes.length).toBeGreaterThan(0)
}

test('a node puts returned stakes back into the pool before it opens a case (R-500)', async () => {
  const scene = await play('index')
  const { jury, id, chain } = scene
  await returnStakes(scene)
  const [pool, returned] = [await readPool(chain, jury), await readReturned(chain, jury)]
  await start(scene, 'ann')
  await until(scene, async () => (await readCase(chain, jury, id)).stage, 'waiting')
  expect(await readReturned(chain, jury)).toEqual([])
  expect(await readPool(chain, jury)).toHaveLength(pool.length + returned.length)
})
