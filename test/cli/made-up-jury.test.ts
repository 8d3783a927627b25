import { concatHex, createTestClient, getAddress, http, publicActions } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readHeader } from '#client/block-header.ts'
import { latestBlock } from '#client/chain.ts'
import { deployJury } from '#client/deploy-oracle.ts'
import { drawCall, openCaseCall } from '#client/jury-calls.ts'
import { type JuryTerms, readCase } from '#client/jury.ts'
import { request } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { fixingId } from '#protocol/fixing.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'
import { openingOf } from '../client/made-up-case.ts'
import { type Court, openCourt } from './disputer.ts'

const TERMS: JuryTerms = { ...SMALL_JURY, seats: 5, quorum: 3, leastPool: 6 }
const DAY = 86_400n
const FAKE = getAddress(`0x${'fa'.repeat(20)}`)
/** Answers a call of four bytes with nine words of 0, as terms; of any other it logs what follows two topics. */
const FAKE_CODE = '0x36600414601b57602035600035604036038060406000376000a2005b6101206000f3'

let court: Court

beforeAll(async () => {
  court = await openCourt()
})
afterAll(() => court.close())

test('a juror votes, and gets the stakes back, whatever the other of the two that rule is made to say', async () => {
  const { stage } = court
  const { oracle } = stage.deployments
  const chain = createTestClient({ mode: 'anvil', transport: http(stage.embedded.rpcUrl) }).extend(publicActions)
  const jury = await deployJury(await stage.as('deployer of juries'), oracle, TERMS)
  const dora = await court.disputer('dora', 9n * ETHER)
  const well = async (...args: readonly string[]): Promise<string> => {
    const { exitCode, out, err } = await dora.run(args)
    expect({ exitCode, err: exitCode === 0 ? '' : err }, args.join(' ')).toEqual({ exitCode: 0, err: '' })
    return out
  }
  await well('jury', 'join', '7', '--jury', jury, '--yes')
  await stage.embedded.mineAt((await latestBlock(dora.chain)).time + 2n * DAY)
  await well('jury', 'admit', '--jury', jury, '--yes')

  const attacker = await stage.as('attacker')
  await chain.setCode({ address: FAKE, bytecode: FAKE_CODE })
  const maturity = (await latestBlock(dora.chain)).time - BigInt(stage.fixing.proposalGrace)
  const fixing = { ...stage.fixing, maturity, arbitrator: FAKE, backup: jury }
  const id = fixingId(fixing, { chainId: attacker.chainId, oracle })
  await request(attacker, oracle, fixing)
  const { topics, data } = openingOf(id, { ...fixing, maturity: maturity + 1n })
  await send(attacker, { name: 'log', to: FAKE, data: concatHex([...topics, data]) })
  expect(await chain.getLogs({ address: FAKE })).toHaveLength(1)

  await stage.embedded.mineAt((await latestBlock(dora.chain)).time + BigInt(fixing.arbitrationLimit))
  await send(attacker, openCaseCall(jury, fixing))
  expect(await well('jury', 'status', id)).toContain(`jury      ${jury}, 5 seats`)
  await chain.mine({ blocks: 140, interval: 12 })
  const { seedBlock } = await readCase(dora.chain, jury, id)
  await send(attacker, drawCall(jury, fixing, await readHeader(dora.chain, seedBlock)))
  expect((await dora.run(['verify', id])).err).toContain(`index ${fixing.indexId}`)
  await well('jury', 'commit', id, '2500.1', '--yes')
  await well('jury', 'commit', id, '2500.2', '--seat', '3', '--jury', jury, '--yes')

  await stage.embedded.mineAt((await readCase(dora.chain, jury, id)).commitEnd)
  await well('jury', 'reveal', id, '2500.2', '--seat', '3', '--yes')
  const { revealEnd } = await readCase(dora.chain, jury, id)
  await well('jury', 'reveal', id, '2500.1', '--seat', '0,1,2', '--jury', jury, '--yes')
  // Once both turns are over the first of the two is asked first, unless the other is named.
  await stage.embedded.mineAt(revealEnd + BigInt(fixing.arbitrationLimit))
  const { next } = JSON.parse(await well('jury', 'status', id, '--jury', jury, '--json'))
  expect(next).toEqual([{ what: 'end the round', command: `assize jury resolve ${id} --jury ${jury}` }])
  await well('jury', 'resolve', id, '--jury', jury, '--yes')
})
