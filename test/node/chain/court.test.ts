import { type Hex, keccak256 } from 'viem'
import { expect, test } from 'vitest'
import { HeaderUnknownError } from '#client/block-header.ts'
import type { Chain } from '#client/chain.ts'
import type { JurySeat } from '#client/jury.ts'
import { courtOf } from '../../../node/chain/court.ts'
import type { CourtReads } from '../../../node/chain/court-port.ts'
import { openEndpoints } from '../../../node/chain/endpoints.ts'
import type { EndpointPort } from '../../../node/chain/port.ts'
import { fakeClock } from '../fake-clock.ts'
import { FakeWorld } from '../node/fake-world.ts'
import { FIXING, FIXING_ID, MATURITY, reporterKey, WAD } from '../reporters.ts'

const JURY = '0x00000000000000000000000000000000000000aa'
const JUROR = reporterKey(0).address
const SEAT: JurySeat = { seat: 0, juror: JUROR, committed: undefined, value: undefined }

/** A jury as an honest endpoint shows it; `changes` are lies. */
function court(changes: Partial<CourtReads> = {}): CourtReads {
  const state = { stage: 'voting', round: 0, seedBlock: 5n, commitEnd: 100n, revealEnd: 200n } as const
  return {
    terms: () => Promise.reject(new Error('not asked')),
    opened: async () => [],
    trial: async () => ({ state, seats: [SEAT] }),
    seats: async () => [SEAT],
    waiting: async () => [],
    pool: async () => [JUROR],
    returned: async () => [JUROR],
    staked: async () => ({ pool: 1, returned: 1, seated: 3, waiting: 0 }),
    voters: async () => [undefined],
    header: async () => '0x01',
    idle: async () => WAD,
    ...changes,
  }
}

/** The jury through three endpoints of which two must agree, and who was outvoted; every block has `hash`. */
async function through(courts: readonly CourtReads[], hash?: Hex) {
  const outvoted: string[] = []
  const world = new FakeWorld(FIXING, MATURITY)
  const endpoints = courts.map((one, i) => ({
    url: `e${i}`,
    open: async (): Promise<EndpointPort> => ({
      ...world.endpoint(JUROR),
      block: async (number) => ({ number, time: MATURITY, hash }),
      court: () => one,
    }),
  }))
  const chain = await openEndpoints(endpoints, {
    agreement: 2,
    clock: fakeClock(MATURITY),
    signal: new AbortController().signal,
    onOutvoted: (url) => void outvoted.push(url),
    account: undefined,
    contracts: { oracle: FIXING.arbitrator, registry: FIXING.backup },
    caps: { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n },
  })
  return { port: chain.court(JURY), outvoted }
}

test('the seats of a case are those of its present round, or of the one that hung, and those of another round are there too', async () => {
  const roundRead = async (stage: number): Promise<unknown> => {
    const asked: unknown[] = []
    const trial = { stage, round: 1, seedBlock: 5n, commitEnd: 100, revealEnd: 200 }
    const readContract = async (call: { functionName: string; args: unknown }): Promise<unknown> => {
      if (call.functionName === 'caseOf') return trial
      asked.push(call.args)
      return []
    }
    // What reading a case touches of a chain, and no more.
    const chain = { rpcUrl: 'http://127.0.0.1:1', publicClient: { readContract } } as unknown as Chain
    const reads = courtOf(chain, { jury: JURY, oracle: FIXING.arbitrator }, undefined)
    await reads.trial(FIXING_ID, 9n)
    await reads.seats(FIXING_ID, 0, 9n)
    return asked
  }
  const [VOTING, HUNG] = [2, 3]
  expect(await roundRead(VOTING)).toEqual([
    [FIXING_ID, 1],
    [FIXING_ID, 0],
  ])
  expect(await roundRead(HUNG)).toEqual([
    [FIXING_ID, 0],
    [FIXING_ID, 0],
  ])
})

test('one endpoint that lies of a case makes a juror neither miss its seat nor reveal early', async () => {
  const over = { stage: 'decided', round: 0, seedBlock: 5n, commitEnd: 0n, revealEnd: 0n } as const
  const liar = court({
    trial: async () => ({ state: over, seats: [] }),
    seats: async () => [],
    voters: async () => [JURY],
    returned: async () => [],
    staked: async () => ({ pool: 9, returned: 0, seated: 0, waiting: 0 }),
    idle: async () => 0n,
  })
  const { port, outvoted } = await through([liar, court(), court()])
  expect(await port.trial(FIXING_ID, 9n)).toMatchObject({ state: { stage: 'voting', commitEnd: 100n }, seats: [SEAT] })
  expect(await port.seats(FIXING_ID, 0, 9n)).toEqual([SEAT])
  expect(await port.voters([JUROR], 9n)).toEqual([undefined])
  expect(await port.returned(9n)).toEqual([JUROR])
  expect(await port.staked(3, [], 9n)).toEqual({ pool: 1, returned: 1, seated: 3, waiting: 0 })
  expect(await port.idle()).toBe(WAD)
  expect(new Set(outvoted)).toEqual(new Set(['e0']))
})

test('one endpoint that has the header that hashes to the block is enough to draw', async () => {
  const header = '0xc101'
  const unknown = court({ header: () => Promise.reject(new HeaderUnknownError(1n, 'fields of the future')) })
  const hash = keccak256(header)
  const { port } = await through(
    [court({ header: async () => '0xc102' }), unknown, court({ header: async () => header })],
    hash,
  )
  expect(await port.header(1n)).toBe(header)
  const { port: without } = await through([court({ header: async () => '0xc102' }), unknown, unknown], hash)
  await expect(without.header(1n)).rejects.toMatchObject({ name: 'Client.HeaderUnknownError' })
})

test('endpoints that all say something else decide nothing', async () => {
  const at = (commitEnd: bigint): CourtReads =>
    court({
      trial: async () => ({
        state: { stage: 'voting', round: 0, seedBlock: 5n, commitEnd, revealEnd: 900n },
        seats: [],
      }),
    })
  const { port } = await through([at(1n), at(2n), at(3n)])
  await expect(port.trial(FIXING_ID, 9n)).rejects.toMatchObject({ name: 'Chain.DisagreementError' })
})

test('what only watches sends nothing to a jury', async () => {
  const { port } = await through([court(), court()])
  const call = { name: 'withdraw', to: JURY, data: '0x' } as const
  await expect(port.send(call, {} as never)).rejects.toMatchObject({ name: 'Chain.NoAccountError' })
})
