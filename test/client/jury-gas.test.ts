import { readFileSync } from 'node:fs'
import { createTestClient, type Hex, http, numberToHex, type TransactionReceipt } from 'viem'
import { expect, test } from 'vitest'
import { readHeader } from '#client/block-header.ts'
import type { WritableChain } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { readCase, readSeats } from '#client/jury.ts'
import {
  admitCall,
  commitCall,
  drawCall,
  openCaseCall,
  resolveCall,
  revealCall,
  stakeSeatsCall,
  VOTE_GAS,
} from '#client/jury-calls.ts'
import { request } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { ensureCollateral } from '#client/weth.ts'
import { fixingId } from '#protocol/fixing.ts'
import { clerkPay, openingPrice } from '#protocol/jury.ts'
import { ETHER, MATURITY, raiseStage, START } from './chain-fixture.ts'

/** With all its digits: calldata is paid by the byte. */
const VALUE = 2_500_123_456_789_012_345_678n

const SEAT_FEE = ETHER / 1_000n
/** `policy.max_gas_wei` without a line of the operator's. */
const MAX_GAS_WEI = ETHER / 100n

test.each([
  // The goal was set by comparison: Kleros takes 0.86 to 1 million for a juror.
  { seats: 31, quorum: 21, leastPool: 62, most: 200_000 },
  // What opening, drawing and resolving take for themselves is shared among few.
  { seats: 3, quorum: 2, leastPool: 6, most: 300_000 },
])('a seat of $seats costs at most $most gas, all in, and what docs/gas.md says', async ({ most, ...size }) => {
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
    for (let i = 0; i < 2 * seats; i++) {
      const juror = await stage.as(`juror ${i}`)
      await ensureCollateral(juror, weth, jury, ETHER)
      await send(juror, stakeSeatsCall(jury, 1))
      jurors.set(juror.account.address, juror)
    }
    await stage.embedded.mineAt(START + 2n * 86_400n)
    for (const juror of jurors.values()) await send(clerk, admitCall(jury, juror.account.address))
    const fixing = { ...stage.fixing, arbitrator: jury, backup: council }
    const id = fixingId(fixing, { chainId: clerk.chainId, oracle })
    await stage.embedded.mineAt(MATURITY + BigInt(fixing.proposalGrace))
    await request(clerk, oracle, fixing)

    const receipts: TransactionReceipt[] = [await send(clerk, openCaseCall(jury, fixing))]
    const { seedBlock } = await readCase(clerk, jury, id)
    // Beyond what BLOCKHASH remembers, as in life: the history contract is dearer.
    await createTestClient({ mode: 'anvil', transport: http(clerk.rpcUrl, { timeout: 0 }) }).mine({ blocks: 500 })
    const draw = drawCall(jury, fixing, await readHeader(clerk, seedBlock))
    const drawGas = await clerk.publicClient.estimateGas({ account: clerk.account, ...draw })
    receipts.push(await send(clerk, draw))
    const votes = (await readSeats(clerk, jury, id, 0)).map(({ seat, juror }) => {
      const salt: Hex = numberToHex(VALUE ** 3n + BigInt(seat), { size: 32 })
      return { fixingId: id, round: 0, seat, juror, value: VALUE, salt }
    })
    expect(new Set(votes.map(({ juror }) => juror)).size).toBe(seats)
    const chainOf = (juror: string): WritableChain => jurors.get(juror) ?? clerk
    for (const vote of votes) receipts.push(await send(chainOf(vote.juror), commitCall(clerk.chainId, jury, vote)))
    const { commitEnd, revealEnd } = await readCase(clerk, jury, id)
    await stage.embedded.mineAt(commitEnd)
    for (const vote of votes) receipts.push(await send(chainOf(vote.juror), revealCall(jury, vote)))
    await stage.embedded.mineAt(revealEnd)
    const resolve = resolveCall(jury, fixing)
    const resolveGas = await clerk.publicClient.estimateGas({ account: clerk.account, ...resolve })
    receipts.push(await send(clerk, resolve))

    expect(receipts).toHaveLength(2 * seats + 3)
    // What a node keeps back for each vote.
    const dearest = receipts.slice(2, -1).reduce((top, { gasUsed }) => (gasUsed > top ? gasUsed : top), 0n)
    expect(dearest).toBeLessThanOrEqual(VOTE_GAS)
    expect(dearest).toBeGreaterThan(VOTE_GAS / 2n)
    const perSeat = Number(receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)) / seats
    expect(perSeat).toBeLessThanOrEqual(most)
    const said = new RegExp(`a seat of a jury of ${seats} costs (\\d+) (\\d{3}) gas`).exec(
      readFileSync('docs/gas.md', 'utf8'),
    )
    const documented = Number(`${said?.[1]}${said?.[2]}`)
    expect(Math.abs(perSeat - documented), `measured ${Math.round(perSeat)}`).toBeLessThan(documented / 50)
    const rounded = `${most / 1_000} 000`
    const arbitrators = readFileSync('docs/arbitrators.md', 'utf8')
    expect(arbitrators).toMatch(new RegExp(`of ${seats} (costs )?at most ${rounded}`))
    if (seats !== 31) return
    const votesGas = receipts.slice(2, -1).reduce((sum, { gasUsed }) => sum + gasUsed, 0n) / BigInt(seats)
    const pay = clerkPay(openingPrice({ seats, seatFee: SEAT_FEE }), seats)
    expectDocumented('the two votes of a seat', [SEAT_FEE], votesGas)
    expectDocumented('draw', [pay, pay + MAX_GAS_WEI], drawGas)
    expectDocumented('resolve', [pay, pay + MAX_GAS_WEI], resolveGas)
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
