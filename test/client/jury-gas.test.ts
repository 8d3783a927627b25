import { readFileSync } from 'node:fs'
import { createTestClient, type Hex, http, numberToHex, type TransactionReceipt } from 'viem'
import { expect, test } from 'vitest'
import { readHeader } from '#client/block-header.ts'
import type { WritableChain } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { readCase, readReturned, readSeats } from '#client/jury.ts'
import {
  admitCall,
  commitCall,
  drawCall,
  openCaseCall,
  readmitCall,
  resolveCall,
  revealCall,
  stakeSeatsCall,
  VOTE_GAS,
} from '#client/jury-calls.ts'
import { request } from '#client/oracle-writer.ts'
import { type Call, send } from '#client/send.ts'
import { ensureCollateral } from '#client/weth.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { clerkPay, openingPrice } from '#protocol/jury.ts'
import { ETHER, MATURITY, raiseStage, START } from './chain-fixture.ts'

/** The first seat's, with all its digits: calldata is paid by the byte. */
const VALUE = 2_500_123_456_789_012_345_678n

const SEAT_FEE = ETHER / 1_000n
/** `policy.max_gas_wei` without a line of the operator's. */
const MAX_GAS_WEI = ETHER / 100n

test.each([
  // The goal was set by comparison: Kleros takes 0.86 to 1 million for a juror.
  { seats: 31, quorum: 21, leastPool: 62, most: 200_000 },
  // What opening, drawing and resolving take for themselves is shared among few.
  { seats: 3, quorum: 2, leastPool: 6, most: 300_000 },
])('a seat of $seats costs at most $most gas a round, all in, and what docs/gas.md says', async ({ most, ...size }) => {
  const { seats } = size
  const stage = await raiseStage()
  try {
    const { oracle, weth, council } = stage.deployments
    const clerk = await stage.as('clerk')
    const jury = await deployJury(clerk, oracle, {
      ...size,
      leastSeparationPpm: 1_000,
      warmUp: 86_400,
      seatStake: ETHER / 100n,
      seatFee: SEAT_FEE,
      commitTime: 86_400,
      revealTime: 86_400,
    })
    // Everybody has one stake: nothing that two seats of one juror share is spared.
    const jurors = new Map<string, WritableChain>()
    for (let i = 0; i < 4 * seats; i++) {
      const juror = await stage.as(`juror ${i}`)
      await ensureCollateral(juror, weth, jury, ETHER)
      await send(juror, stakeSeatsCall(jury, 1))
      jurors.set(juror.account.address, juror)
    }
    await stage.embedded.mineAt(START + 2n * 86_400n)
    for (const juror of jurors.values()) await send(clerk, admitCall(jury, juror.account.address))
    const fixing = { ...stage.fixing, arbitrator: jury, backup: council }
    const other = { ...fixing, indexId: numberToHex(77, { size: 32 }) }
    await stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
    for (const one of [fixing, other]) await request(clerk, oracle, one)
    const idOf = (one: Fixing): Hex => fixingId(one, { chainId: clerk.chainId, oracle })

    const estimate = (call: Call): Promise<bigint> =>
      clerk.publicClient.estimateGas({ account: clerk.account, ...call })
    /** What a node reckons with, case by case. */
    const estimated: { readonly draws: bigint[]; readonly resolves: bigint[] } = { draws: [], resolves: [] }
    const draw = async (one: Fixing): Promise<TransactionReceipt> => {
      const { seedBlock } = await readCase(clerk, jury, idOf(one))
      // Beyond what BLOCKHASH remembers, as in life: the history contract is dearer.
      await createTestClient({ mode: 'anvil', transport: http(clerk.rpcUrl, { timeout: 0 }) }).mine({ blocks: 500 })
      const call = drawCall(jury, one, await readHeader(clerk, seedBlock))
      estimated.draws.push(await estimate(call))
      return send(clerk, call)
    }
    /** Every seat votes a little less than the one before it, all within the band: no order takes longer to sort. */
    const vote = async (one: Fixing): Promise<TransactionReceipt[]> => {
      const votes = (await readSeats(clerk, jury, idOf(one), 0)).map(({ seat, juror }) => {
        const salt: Hex = numberToHex(VALUE ** 3n + BigInt(seat), { size: 32 })
        return { fixingId: idOf(one), round: 0, seat, juror, value: VALUE - BigInt(seat), salt }
      })
      expect(new Set(votes.map(({ juror }) => juror)).size).toBe(seats)
      const chainOf = (juror: string): WritableChain => jurors.get(juror) ?? clerk
      const receipts: TransactionReceipt[] = []
      for (const each of votes) receipts.push(await send(chainOf(each.juror), commitCall(clerk.chainId, jury, each)))
      await stage.embedded.mineAt((await readCase(clerk, jury, idOf(one))).commitEnd)
      for (const each of votes) receipts.push(await send(chainOf(each.juror), revealCall(jury, each)))
      return receipts
    }
    const resolve = async (one: Fixing): Promise<TransactionReceipt> => {
      const call = resolveCall(jury, one)
      estimated.resolves.push(await estimate(call))
      return send(clerk, call)
    }

    const opened = await send(clerk, openCaseCall(jury, fixing))
    const drawn = await draw(fixing)
    const votes = await vote(fixing)
    expect(votes).toHaveLength(2 * seats)
    // What a node keeps back for each vote.
    const dearest = votes.reduce((top, { gasUsed }) => (gasUsed > top ? gasUsed : top), 0n)
    expect(dearest).toBeLessThanOrEqual(VOTE_GAS)
    expect(dearest).toBeGreaterThan(VOTE_GAS / 2n)

    // The other waits for its draw meanwhile, and pays for it: it is drawn, and resolved, before any stakes come back.
    const otherOpened = await send(clerk, openCaseCall(jury, other))
    const resolved = await resolve(fixing)
    const otherReceipts = [otherOpened, await draw(other), ...(await vote(other)), await resolve(other)]
    expect(await readReturned(clerk, jury)).toHaveLength(2 * seats)
    otherReceipts.push(await send(clerk, readmitCall(jury, 2 * seats)))

    const sumOf = (receipts: readonly TransactionReceipt[]): number =>
      Number(receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n))
    for (const [gas, what] of [
      [sumOf([opened, drawn, ...votes, resolved]), 'costs'],
      [sumOf(otherReceipts), 'costs, beside stakes that wait to come back,'],
    ] as const) {
      const perSeat = gas / seats
      expect(perSeat, what).toBeLessThanOrEqual(most)
      const said = new RegExp(`a seat of a jury of ${seats} ${what} (\\d+) (\\d{3}) gas`).exec(
        readFileSync('docs/gas.md', 'utf8'),
      )
      const documented = Number(`${said?.[1]}${said?.[2]}`)
      expect(Math.abs(perSeat - documented), `${what}: measured ${Math.round(perSeat)}`).toBeLessThan(documented / 50)
    }
    const rounded = `${most / 1_000} 000`
    const arbitrators = readFileSync('docs/arbitrators.md', 'utf8')
    expect(arbitrators).toMatch(new RegExp(`of ${seats} (costs )?at most ${rounded}`))
    if (seats !== 31) return
    const votesGas = votes.reduce((sum, { gasUsed }) => sum + gasUsed, 0n) / BigInt(seats)
    const pay = clerkPay(openingPrice({ seats, seatFee: SEAT_FEE }), seats)
    expectDocumented('the two votes of a seat', [SEAT_FEE], votesGas)
    const [alone = 0n, beside = 0n] = estimated.draws
    const [resolving = 0n] = estimated.resolves
    expectDocumented('draw', [pay, pay + MAX_GAS_WEI], alone)
    expectDocumented('draw, beside stakes that wait to come back', [pay, pay + MAX_GAS_WEI], beside)
    expectDocumented('resolve, votes that all differ', [pay, pay + MAX_GAS_WEI], resolving)
  } finally {
    await stage.embedded.stop()
  }
})

/** Expects docs/arbitrators.md to say what `what` is paid, what gas it takes, and up to what gas price that and the other amounts pay for it. */
function expectDocumented(what: string, amounts: readonly [bigint, ...bigint[]], gas: bigint): void {
  const lines = readFileSync('docs/arbitrators.md', 'utf8').split('\n')
  const cells = lines.find((line) => line.startsWith(`| ${what} |`))?.split('|') ?? []
  const [paid, ...said] = cells.slice(2, 4 + amounts.length).map((cell) => Number.parseFloat(cell.replaceAll(' ', '')))
  const prices = amounts.map((wei) => Number(wei) / Number(gas) / 1e9)
  expect(paid).toBe(Number(amounts[0]) / Number(ETHER))
  // Addresses are not as long every time, and prices are rounded.
  for (const [i, want] of [Number(gas), ...prices].entries())
    expect(Math.abs((said[i] ?? 0) / want - 1), `${what}: ${said[i]}, measured ${want}`).toBeLessThan(0.02)
}
