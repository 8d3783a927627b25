import process from 'node:process'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { latestBlock, type WritableChain } from '#client/chain.ts'
import { OracleRevertError } from '#client/errors.ts'
import { readFixing, readReceipts } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import { wethBalance } from '#client/weth.ts'
import { type Fixing, fixingId, receiptId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { accountOf, ETHER, raiseStage, type Stage, START } from '../client/chain-fixture.ts'
import { Random } from '../model/random.ts'
import { type Damage, trouble } from './lab/faults.ts'
import { Lab } from './lab/lab.ts'
import { settle, type Town, TRUTH } from './lab/town.ts'
import { FAR } from './lab/weather.ts'

// `npm run check:network`: ASSIZE_NETWORK_SECONDS=600 for longer, ASSIZE_NETWORK_SEED=7 for what happened then.
const {
  ASSIZE_NETWORK_SECONDS: seconds = '120',
  ASSIZE_NETWORK_NODES: count = '12',
  ASSIZE_NETWORK_SEED: seed = String(Math.floor(Math.random() * 1_000_000)),
} = process.env

const LIE = 3_000n * ETHER
/** At one maturity; every other one of a liar's. */
const FIXINGS_AT_ONCE = 2
const MOST_ROUNDS = 100
/** Longer than a proposal's window, a dispute's and another. */
const BETWEEN = 6n * 86_400n
/** Time that passes on the chain while something is awaited, a second's worth. */
const STEP = 120n
/** Of one round: somebody hangs. */
const ROUND_MS = 300_000
const BURNT_OF_LIE = ETHER / 50n
const BOND = ETHER / 10n

const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Play = { readonly stage: Stage; readonly lab: Lab; readonly town: Town; readonly reader: WritableChain }

test(`${count} nodes on networks of their own settle every fixing right, whatever happens to them`, async () => {
  say(`seed ${seed}, ${count} nodes, ${seconds} s`)
  const random = new Random(Number(seed))
  const maturities = Array.from({ length: MOST_ROUNDS }, (_, i) => START + 86_400n + BigInt(i) * BETWEEN)
  const play = await open(maturities, random)
  const { lab, town } = play
  const before = await balances(play)
  const stop = new AbortController()
  const troubled = trouble(lab, town.configs, random, stop.signal, say)
  const end = performance.now() + Number(seconds) * 1_000
  const settled: Fixing[] = []
  let lies = 0
  try {
    for (const maturity of maturities) {
      if (performance.now() > end) break
      lies += await round(play, maturity, settled)
      say(`${settled.length} fixings settled, ${lies} lies beaten`)
    }
  } catch (error) {
    for (let i = 0; i < lab.count; i += 1) say(`node ${i}: ${lab.lastWords(i).slice(-2).join(' | ')}`)
    throw error
  } finally {
    stop.abort()
  }
  const damage = await troubled
  await claimed(play, settled)
  say(`${settled.length} fixings, ${lies} lies, ${textOf(damage)}`)
  // Nobody signed two observations of one fixing, however often it was killed.
  expect(town.names.map((_, i) => town.signedOfOne(i))).toEqual(town.names.map(() => 1))
  for (let i = 0; i < lab.count; i += 1) await lab.kill(i)
  // Nor from two stores, which only others can see.
  expect(await Promise.all(town.names.map((_, i) => town.evidenceOf(i)))).toEqual(town.names.map(() => 0))
  const after = await balances(play)
  const won = after.people.map((balance, i) => balance - (before.people[i] ?? 0n))
  // Of each lie's bond a fifth burns, which stays in the oracle until somebody collects it; the rest is whose who disputed.
  expect(won.every((amount) => amount >= 0n)).toBe(true)
  expect(won.reduce((sum, amount) => sum + amount, 0n)).toBe(BigInt(lies) * (BOND - BURNT_OF_LIE))
  expect(after.oracle - before.oracle).toBe(BigInt(lies) * BURNT_OF_LIE)
  for (const some of [damage.kills, damage.partitions, settled.length, lies]) expect(some).toBeGreaterThan(0)
}, 0)

async function open(maturities: readonly bigint[], random: Random): Promise<Play> {
  const stage = await raiseStage()
  closing.push(() => stage.embedded.stop())
  const lab = await Lab.open(Number(count), stage.embedded.rpcUrl, random.below(2 ** 31))
  closing.push(() => lab.close())
  const town = await settle(lab, stage, maturities, random)
  await lab.weather(FAR)
  for (const [i, config] of town.configs.entries()) await lab.start(i, config)
  const dead = town.names.filter((_, i) => !lab.isRunning(i))
  if (dead.length > 0)
    throw new Error(`Expected every node to start, got none of ${dead.join()}: ${lab.lastWords(0).join(' ')}`)
  say(`${lab.count} nodes run`)
  return { stage, lab, town, reader: await stage.as('reader') }
}

/** Fixings of one maturity, from their creation to their settlement; returns how many lies were told of them. */
async function round(play: Play, maturity: bigint, settled: Fixing[]): Promise<number> {
  const { stage, town, reader } = play
  const { oracle } = stage.deployments
  const maker = await stage.as('maker')
  const base = { ...stage.fixing, indexId: indexId(town.document), maturity }
  const fixings = Array.from({ length: FIXINGS_AT_ONCE }, (_, i) => ({ ...base, firstWindow: base.firstWindow + i }))
  for (const fixing of fixings) await create(maker, oracle, fixing)
  await stage.embedded.mineAt(maturity)
  await stage.embedded.mineAt(maturity + 1n)
  const [, lied] = fixings
  const lies = lied !== undefined && (await lie(stage, lied)) ? 1 : 0
  const start = performance.now()
  for (;;) {
    const found = await Promise.all(fixings.map((fixing) => readFixing(reader, oracle, fixing)))
    for (const { phase, settlement } of found) if (phase === 'settled') expect(settlement).toBe(TRUTH)
    if (found.every(({ phase }) => phase === 'settled')) break
    if (performance.now() - start > ROUND_MS)
      throw new Error(
        `Expected a round to end, got ${found.map(({ phase, facts }) => `${phase} ${facts.leader}`).join()}.`,
      )
    await wait(1_000)
    await passTime(stage, reader, found)
  }
  settled.push(...fixings)
  return lies
}

/** A little while nodes have something to do; to the end of the windows once the truth leads everywhere. */
async function passTime(
  stage: Stage,
  reader: WritableChain,
  found: readonly Awaited<ReturnType<typeof readFixing>>[],
): Promise<void> {
  const { time } = await latestBlock(reader)
  const unsettled = found.filter(({ phase }) => phase !== 'settled')
  const isTrue = unsettled.every(({ facts, phase }) => phase === 'active' && facts.leader === TRUTH)
  const deadlines = unsettled.map(({ facts }) => facts.deadline)
  const last = deadlines.reduce((a, b) => (a > b ? a : b), time)
  await stage.embedded.mineAt(isTrue ? last + 1n : time + STEP)
}

/** Whether there was nobody before the liar. */
async function lie(stage: Stage, fixing: Fixing): Promise<boolean> {
  try {
    await propose(await stage.as('mallory'), stage.deployments.oracle, fixing, { value: LIE, maxBond: ETHER })
    return true
  } catch (error) {
    if (error instanceof OracleRevertError) return false
    throw error
  }
}

/** Waits until every node has claimed what is its own. */
async function claimed({ stage, town, reader, lab }: Play, fixings: readonly Fixing[]): Promise<void> {
  const { oracle } = stage.deployments
  const receipts = fixings.flatMap((fixing) => {
    const id = fixingId(fixing, { chainId: reader.chainId, oracle })
    return [0, 1].map((pot) => receiptId(id, 'stake', pot, TRUTH))
  })
  const start = performance.now()
  for (;;) {
    let left = 0
    for (const name of town.names) {
      const { address } = accountOf(name)
      const amounts = await Promise.all(receipts.map((receipt) => readReceipts(reader, oracle, receipt, address)))
      left += amounts.filter((amount) => amount > 0n).length
    }
    if (left === 0) return
    if (performance.now() - start > ROUND_MS) {
      for (let i = 0; i < lab.count; i += 1) say(`node ${i}: ${lab.lastWords(i).slice(-2).join(' | ')}`)
      throw new Error(`Expected everything to be claimed, got ${left} receipts left.`)
    }
    await wait(1_000)
    const { time } = await latestBlock(reader)
    await stage.embedded.mineAt(time + STEP)
  }
}

async function balances({ stage, town, reader }: Play) {
  const { weth, oracle } = stage.deployments
  const people = await Promise.all(town.names.map((name) => wethBalance(reader, weth, accountOf(name).address)))
  return { people, oracle: await wethBalance(reader, weth, oracle) }
}

function textOf({ kills, partitions, storms }: Damage): string {
  return `${kills} kills, ${partitions} partitions, ${storms} changes of weather`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
