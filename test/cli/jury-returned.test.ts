import { createTestClient, type Hex, http } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deployJury } from '#client/deploy-oracle.ts'
import { admitCall, openCaseCall, readmitCall } from '#client/jury-calls.ts'
import { readCase, readmitted, readPool, readReturned, readSeats } from '#client/jury.ts'
import { request } from '#client/oracle-writer.ts'
import { send } from '#client/send.ts'
import { wethBalance } from '#client/weth.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Context } from '../../cli/context.ts'
import { ETHER, MATURITY } from '../client/chain-fixture.ts'
import { type Court, type Disputer, openCourt, typing } from './disputer.ts'
import { SMALL_JURY } from '../client/jury-terms.ts'

const DAY = 86_400n

let court: Court
let jury: Hex
/** Has five stakes of ten, as ben has. */
let ann: Disputer
let ben: Disputer
let clerk: Disputer

beforeAll(async () => {
  court = await openCourt()
  const deployer = await court.stage.as('deployer of juries')
  jury = await deployJury(deployer, court.stage.deployments.oracle, SMALL_JURY)
  ann = await court.disputer('ann', 6n * ETHER)
  clerk = await court.disputer('clerk', ETHER)
  ben = await court.disputer('ben', 6n * ETHER)
  for (const juror of [ann, ben]) await well(juror, 'jury', 'join', '5', '--yes')
  await court.stage.embedded.mineAt(MATURITY + 2n * DAY)
  for (const juror of [ann, ben]) await send(deployer, admitCall(jury, juror.account.address))
})
afterAll(() => court.close())

/** Runs a command that must succeed, about the jury. */
async function well(person: Disputer, ...args: readonly string[]): Promise<string> {
  const { exitCode, out, err } = await person.run([...args, '--jury', jury])
  expect({ exitCode, err: exitCode === 0 ? '' : err }, args.join(' ')).toEqual({ exitCode: 0, err: '' })
  return out
}

/** A fixing that waits for the jury. */
async function asked(changes: Partial<Fixing> = {}): Promise<{ readonly fixing: Fixing; readonly id: Hex }> {
  const { oracle, council } = court.stage.deployments
  const found = await court.fixing({ arbitrator: jury, backup: council, ...changes })
  await request(await court.stage.as('asker'), oracle, found.fixing)
  return found
}

/** Draws its jurors, once the seed is there. */
async function draw(id: Hex): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(court.stage.embedded.rpcUrl) })
  await client.mine({ blocks: 130, interval: 12 })
  await well(clerk, 'jury', 'draw', id, '--yes')
}

/** All seats tell the truth, and the round ends. */
async function judge(id: Hex): Promise<void> {
  const { round } = await readCase(ann.chain, jury, id)
  const seated = (await readSeats(ann.chain, jury, id, round)).map(({ juror }) => juror)
  const voters = [ann, ben].filter(({ account }) => seated.includes(account.address))
  for (const voter of voters) await well(voter, 'jury', 'commit', id, '2500.1', '--yes')
  await court.stage.embedded.mineAt((await readCase(ann.chain, jury, id)).commitEnd)
  for (const voter of voters) await well(voter, 'jury', 'reveal', id, '2500.1', '--yes')
  await well(clerk, 'jury', 'resolve', id, '--yes')
}

const LOOKS_AGAIN = 'Others have changed the pool meanwhile, and nothing of this was done: looking again.'

/** Somebody who says yes; before the first answer others put all returned stakes into the pool again. */
function readmittedMeanwhile(): Partial<Context> {
  let isFirst = true
  return typing('y', async () => {
    if (isFirst) await send(clerk.chain, readmitCall(jury, 256))
    isFirst = false
  })
}

/** How many stakes are in the pool, and how many were returned; of `juror` alone if it is given. */
async function sizes(juror?: Disputer): Promise<readonly [pool: number, returned: number]> {
  const isIts = (one: Hex): boolean => juror === undefined || one === juror.account.address
  const [pool, returned] = await Promise.all([readPool(ann.chain, jury), readReturned(ann.chain, jury)])
  return [pool.filter(isIts).length, returned.filter(isIts).length]
}

/** Whoever has stakes that are to come keeps these out while a draw is due, and is told of the others. */
async function keepOut(holder: Disputer, waiting: Hex): Promise<void> {
  const { weth } = court.stage.deployments
  const before = await sizes(holder)
  const [inPool, returned] = before
  await well(holder, 'jury', 'join', '1', '--yes')
  const held = await wethBalance(holder.chain, weth, holder.account.address)
  const left = await well(holder, 'jury', 'leave', '--yes')
  const stay = `stay      ${inPool + returned} stakes, while a case waits for its draw: assize jury draw ${waiting}; then repeat: assize jury leave`
  expect(left.split('\n').filter((line) => line === stay)).toHaveLength(2)
  expect(left).toContain('steps     keep 1 out; withdraw 0.5')
  expect(await wethBalance(holder.chain, weth, holder.account.address)).toBeGreaterThanOrEqual(
    held + SMALL_JURY.seatStake,
  )
  expect(await sizes(holder)).toEqual(before)
  expect(await holder.run(['jury', 'leave', '--jury', jury, '--yes'])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(`got one that waits for a draw. Draw first: assize jury draw ${waiting}`),
  })
}

test('stakes that a round returns while a draw is due come back with the next case, or to their owner (R-500, R-504)', async () => {
  const {
    fixing: { proposalGrace },
  } = await court.fixing()
  await court.stage.embedded.mineAt(MATURITY + 2n * DAY + BigInt(proposalGrace))
  const [first, second, third] = [await asked(), await asked(), await asked()]
  for (const [changes, said] of [
    [
      { arbitrationFee: 10n ** 15n },
      'Expected a fixing that pays 0.022 ETH, got 0.001 ETH: the jury does not take it.',
    ],
    [{ separationPpm: 999 }, 'Expected candidates 1000 ppm apart, got 999 ppm: the jury does not take it.'],
  ] as const) {
    const { id } = await asked(changes)
    expect(await clerk.run(['jury', 'open', id, '--yes'])).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(said),
    })
  }
  await well(clerk, 'jury', 'open', first.id, '--yes')
  await draw(first.id)
  await well(clerk, 'jury', 'open', second.id, '--yes')
  // Half of all ten, those with seats counted, beside the three seats of the case that waits.
  const full = await clerk.run(['jury', 'open', third.id, '--yes'])
  expect(full).toMatchObject({ exitCode: 1 })
  expect(full.err).toContain('Expected 8 stakes in the pool, got 7. Half of all stakes have to be free')
  const tooSmall = await well(clerk, 'jury', 'status', third.id)
  expect(tooSmall.split('\n')).toContain('pool      7 stakes, too few for another case: it needs 8')
  expect(tooSmall).not.toContain('assize jury open')
  await judge(first.id)
  expect(await sizes()).toEqual([7, 3])

  const status = (await well(ann, 'jury', 'status')).split('\n')
  expect(status).toContain('pool      7 stakes of 2 jurors; a case needs 3, and half of all stakes')
  expect(status).toContain('returned  3 stakes, in the pool again before the next case is opened')
  const [pooled, returned] = await sizes(ben)
  const holder = returned > 0 ? ben : ann
  const [, toReturn] = await sizes(holder)
  expect((await well(holder, 'jury', 'status')).split('\n')).toContain(
    `  returned  ${toReturn}, to come back; or take them out: assize jury leave`,
  )
  expect(JSON.parse(await well(ben, 'jury', 'status', '--json'))).toMatchObject({
    poolSize: 7,
    returned: 3,
    own: { inPool: pooled, returned },
  })
  const own = `returned  ${toReturn} more of your stakes, in the pool again before the next case is opened`
  for (const change of [['claim'], ['join', '1']]) {
    expect((await well(holder, 'jury', ...change, '--dry-run')).split('\n')).toContain(own)
  }
  // Nothing enters the pool while a draw is due.
  const heldUp = await clerk.run(['jury', 'open', third.id, '--yes'])
  expect(heldUp).toMatchObject({ exitCode: 1 })
  expect(heldUp.err).toContain(`got 3 that wait for a draw. Draw first: assize jury draw ${second.id}`)
  expect(await well(clerk, 'jury', 'status', third.id)).toContain(`assize jury status ${second.id}`)
  await expect(send(clerk.chain, readmitCall(jury, 256))).rejects.toMatchObject({ errorName: 'DrawsWaiting' })
  await keepOut(holder, second.id)
  await draw(second.id)

  await expect(send(clerk.chain, openCaseCall(jury, third.fixing))).rejects.toMatchObject({
    errorName: 'StakesReturned',
    args: [3n],
    hint: expect.stringContaining('assize jury open'),
  })
  expect(await well(clerk, 'jury', 'status', third.id)).toContain(`have jurors drawn  assize jury open ${third.id}`)
  const back = readmitted(await readPool(ann.chain, jury), await readReturned(ann.chain, jury), 3)
  const opened = await clerk.run(['jury', 'open', third.id], readmittedMeanwhile())
  expect(opened).toMatchObject({ exitCode: 0, err: expect.stringContaining(LOOKS_AGAIN) })
  const openedLines = opened.out.split('\n')
  expect(openedLines).toContain('pool      3 stakes that rounds have returned come back into it first')
  expect(openedLines).toContain('steps     let returned stakes be drawn; open the case')
  expect(openedLines).toContain('steps     open the case')
  expect(await readPool(ann.chain, jury)).toEqual(back)
  expect(await sizes()).toEqual([7, 0])
  await expect(send(clerk.chain, readmitCall(jury, 256))).rejects.toMatchObject({ errorName: 'DrawsWaiting' })

  await judge(second.id)
  await draw(third.id)
  expect(await sizes()).toEqual([4, 3])
  const { weth } = court.stage.deployments
  const [, outOfAnn] = await sizes(ann)
  const leaving = outOfAnn > 0 ? [ann, ben] : [ben, ann]
  for (const [place, juror] of leaving.entries()) {
    const [free, out] = await sizes(juror)
    const before = await wethBalance(juror.chain, weth, juror.account.address)
    if (place === 0) {
      const left = await juror.run(['jury', 'leave', '--jury', jury], readmittedMeanwhile())
      expect(left).toMatchObject({ exitCode: 0, err: expect.stringContaining(LOOKS_AGAIN) })
    } else await well(juror, 'jury', 'leave', '--yes')
    expect(await sizes(juror)).toEqual([0, 0])
    const got = (await wethBalance(juror.chain, weth, juror.account.address)) - before
    expect(got).toBeGreaterThanOrEqual(BigInt(free + out) * SMALL_JURY.seatStake)
  }
  await expect(send(clerk.chain, readmitCall(jury, 256))).rejects.toMatchObject({ errorName: 'NothingToReadmit' })
})
