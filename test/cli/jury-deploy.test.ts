import { afterAll, beforeAll, expect, test } from 'vitest'
import { readJuryTerms } from '#client/jury.ts'
import { ETHER } from '../client/chain-fixture.ts'
import { type Court, type Disputer, openCourt } from './disputer.ts'

let court: Court
let ann: Disputer

beforeAll(async () => {
  court = await openCourt()
  ann = await court.disputer('ann', 5n * ETHER)
})
afterAll(() => court.close())

const DAY = 86_400

test('assize jury deploy makes a jury of 31 seats, once (R-500)', async () => {
  const args = ['jury', 'deploy', '--yes'] as const
  const dry = await ann.run(['jury', 'deploy', '--dry-run'])
  expect(dry).toMatchObject({ exitCode: 0 })
  expect(dry.out.split('\n')).toContain('price     0.039 ETH: fixings with a lower arbitration fee are refused')
  expect(dry.out).toContain('corrupting it costs 11 ETH at least')
  const { exitCode, out } = await ann.run(args)
  expect(exitCode, out).toBe(0)
  const address = /ASSIZE_JURY=(0x\w{40})/.exec(out)?.[1] as `0x${string}`
  expect(await readJuryTerms(await court.stage.as('anyone'), address)).toEqual({
    seats: 31,
    quorum: 21,
    leastPool: 62,
    leastSeparationPpm: 1_000,
    warmUp: 7 * DAY,
    seatStake: ETHER,
    seatFee: ETHER / 1_000n,
    commitTime: 2 * DAY,
    revealTime: DAY,
  })
  const again = JSON.parse((await ann.run([...args, '--json'])).out)
  expect(again).toMatchObject({ action: 'jury deploy', arbitrator: address, isSent: false, steps: [] })
})

test('assize jury deploy takes other terms, and says which of them the contract refuses', async () => {
  const small = ['--seats', '5', '--quorum', '3', '--least-pool', '10', '--seat-stake', '0.5 eth']
  const { exitCode, out } = await ann.run(['jury', 'deploy', '--yes', ...small])
  expect(exitCode, out).toBe(0)
  const address = /ASSIZE_JURY=(0x\w{40})/.exec(out)?.[1] as `0x${string}`
  const terms = await readJuryTerms(await court.stage.as('anyone'), address)
  expect(terms).toMatchObject({ seats: 5, quorum: 3, leastPool: 10, seatStake: ETHER / 2n })
  const even = await ann.run(['jury', 'deploy', '--yes', '--seats', '30'])
  expect(even.exitCode).toBe(2)
  expect(even.err).toContain('Expected an odd number of seats, got 30.')
  const few = await ann.run(['jury', 'deploy', '--yes', '--quorum', '15'])
  expect(few.exitCode).toBe(2)
  expect(few.err).toContain('Expected quorum from 16 to 31, got 15.')
})
