import type { Address } from 'viem'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { WritableChain } from '#client/chain.ts'
import { type OracleEvent, oracleEvents } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { create, propose } from '#client/oracle-writer.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { type Connection, openOracle } from '../../cli/chain/connection.ts'
import type { Trust } from '../../cli/chain/trust.ts'
import { readViews } from '../../cli/fixing/fixing-source.ts'
import { heldAnywhere } from '../../cli/fixing/held.ts'
import { valuedOf } from '../../cli/fixing/valued.ts'
import { startWatching } from '../../cli/fixing/watching.ts'
import { ETHER, MATURITY, raiseStage, type Stage } from '../client/chain-fixture.ts'
import { silentWorld } from './whole-program.ts'

/** Fixings that are all alike. */
const MANY = 8

let stage: Stage
let ann: WritableChain
let connection: Connection
let last: Fixing
/** Of each fixing its creation, its proposal and the receipts of that. */
let log: readonly OracleEvent[]

beforeAll(async () => {
  stage = await raiseStage()
  ann = await stage.as('ann')
  const { oracle } = stage.deployments
  connection = await openOracle({ rpc: stage.embedded.rpcUrl, oracle }, silentWorld())
  await stage.embedded.mineAt(MATURITY)
  for (let made = 0; made < MANY; made += 1) {
    last = { ...stage.fixing, window: 86_400 + made }
    await create(ann, oracle, last)
    await propose(ann, oracle, last, { value: 2_500n * ETHER, maxBond: ETHER })
  }
  log = await oracleEvents(ann, oracle, { fromBlock: 0n })
})
afterAll(() => stage.embedded.stop())

/** What `read` looks up in the events of `count` fixings, all together. */
async function lookUps(count: number, read: (events: readonly OracleEvent[]) => Promise<unknown>): Promise<number> {
  let seen = 0
  const watched = log.slice(0, (log.length / MANY) * count).map(
    (event) =>
      new Proxy(event, {
        get: (target, key) => {
          seen += 1
          return Reflect.get(target, key) as unknown
        },
      }),
  )
  const found = await read(watched)
  expect(found).toHaveLength(count)
  return seen
}

const holder = (): Address => ann.account.address

const READERS: readonly (readonly [name: string, read: (events: readonly OracleEvent[]) => Promise<unknown>])[] = [
  ['status', (events) => readViews(connection, events)],
  ['claim --all', (events) => heldAnywhere(connection, events, holder())],
  [
    'receipts list',
    async (events) => {
      const held = await heldAnywhere(connection, log, holder())
      return valuedOf(held, connection, events)
    },
  ],
  [
    'watch',
    async (events) => {
      const trust = (): Trust => 'yes'
      const terms = { settled: 'shown', strangers: 'shown', ownValue: async () => ({}), trust } as const
      return (await startWatching({ ...connection, readLog: async () => [...events] }, terms).look()).fixings
    },
  ],
]

test.each(READERS)('%s looks up each event so often, however many fixings there are', async (_name, read) => {
  expect(await lookUps(MANY, read)).toBe(4 * (await lookUps(MANY / 4, read)))
})

test('watch does so, too, of fixings that are settled and may yet be undone', async () => {
  await stage.embedded.mineAt((await readFixing(ann, stage.deployments.oracle, last)).facts.deadline)
  const watch = READERS.find(([name]) => name === 'watch')?.[1] ?? expect.unreachable()
  expect(await lookUps(MANY, watch)).toBe(4 * (await lookUps(MANY / 4, watch)))
})
