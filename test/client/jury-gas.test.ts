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
import { ETHER, MATURITY, raiseStage, START } from './chain-fixture.ts'

/** With all its digits: calldata is paid by the byte. */
const VALUE = 2_500_123_456_789_012_345_678n

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
      seatFee: ETHER / 1_000n,
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
    receipts.push(await send(clerk, drawCall(jury, fixing, await readHeader(clerk, seedBlock))))
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
    receipts.push(await send(clerk, resolveCall(jury, fixing)))

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
    expect(readFileSync('docs/arbitrators.md', 'utf8')).toMatch(new RegExp(`of ${seats} (costs )?at most ${rounded}`))
  } finally {
    await stage.embedded.stop()
  }
})
