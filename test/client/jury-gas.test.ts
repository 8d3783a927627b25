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

/** Set by comparison: Kleros takes 0.86 to 1 million for a juror. */
const GOAL = 200_000
const SEATS = 31
/** With all its digits: calldata is paid by the byte. */
const VALUE = 2_500_123_456_789_012_345_678n

test('a seat of 31 costs at most 200 000 gas, all in, and what docs/gas.md says', async () => {
  const stage = await raiseStage()
  try {
    const { oracle, weth, council } = stage.deployments
    const clerk = await stage.as('clerk')
    const jury = await deployJury(clerk, oracle, {
      seats: SEATS,
      quorum: 21,
      leastPool: 62,
      leastSeparationPpm: 1_000,
      warmUp: 86_400,
      seatStake: ETHER / 100n,
      seatFee: ETHER / 1_000n,
      commitTime: 86_400,
      revealTime: 86_400,
    })
    // Everybody has one stake: nothing that two seats of one juror share is spared.
    const jurors = new Map<string, WritableChain>()
    for (let i = 0; i < 2 * SEATS; i++) {
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
    await createTestClient({ mode: 'anvil', transport: http(clerk.rpcUrl) }).mine({ blocks: 500 })
    receipts.push(await send(clerk, drawCall(jury, fixing, await readHeader(clerk, seedBlock))))
    const votes = (await readSeats(clerk, jury, id, 0)).map(({ seat, juror }) => {
      const salt: Hex = numberToHex(VALUE ** 3n + BigInt(seat), { size: 32 })
      return { fixingId: id, round: 0, seat, juror, value: VALUE, salt }
    })
    expect(new Set(votes.map(({ juror }) => juror)).size).toBe(SEATS)
    const chainOf = (juror: string): WritableChain => jurors.get(juror) ?? clerk
    for (const vote of votes) receipts.push(await send(chainOf(vote.juror), commitCall(clerk.chainId, jury, vote)))
    const { commitEnd, revealEnd } = await readCase(clerk, jury, id)
    await stage.embedded.mineAt(commitEnd)
    for (const vote of votes) receipts.push(await send(chainOf(vote.juror), revealCall(jury, vote)))
    await stage.embedded.mineAt(revealEnd)
    receipts.push(await send(clerk, resolveCall(jury, fixing)))

    expect(receipts).toHaveLength(2 * SEATS + 3)
    // What a node keeps back for each vote.
    const dearest = receipts.slice(2, -1).reduce((most, { gasUsed }) => (gasUsed > most ? gasUsed : most), 0n)
    expect(dearest).toBeLessThanOrEqual(VOTE_GAS)
    expect(dearest).toBeGreaterThan(VOTE_GAS / 2n)
    const perSeat = Number(receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)) / SEATS
    expect(perSeat).toBeLessThanOrEqual(GOAL)
    const said = /a seat of a jury of 31 costs (\d+) (\d{3}) gas/.exec(readFileSync('docs/gas.md', 'utf8'))
    const documented = Number(`${said?.[1]}${said?.[2]}`)
    expect(Math.abs(perSeat - documented), `measured ${Math.round(perSeat)}`).toBeLessThan(documented / 50)
  } finally {
    await stage.embedded.stop()
  }
})
