import type { Address } from 'viem'
import type { Action } from './action.ts'
import type { Stage, World } from './game.ts'
import type { Model } from './model.ts'
import { type MomentName, momentAt } from './moments.ts'
import { anyRuling, anyValue } from './near-values.ts'
import type { Random } from './random.ts'
import { INVALID, type Key, type Kind, KINDS, MAX_LEADERS } from './terms.ts'

/** Who does what. */
export type Move = { readonly sender: Address; readonly action: Action }

/** What a game's choices are made from. */
export type Table = {
  readonly random: Random
  readonly world: World
  readonly stage: Stage
  readonly model: Model
  readonly pool: readonly bigint[]
  /** Weight of proposing while Open: small in games that are to reach a request. */
  readonly eagerness: number
  /** How many in a hundred stakes are just what completes a pot. */
  readonly greed: number
  /** How many in a hundred moves are made without regard to where the fixing stands. */
  readonly noise: number
  /** Weight of ruling in Arbitration: 0 where the arbitrators stay silent. */
  readonly diligence: number
}

type Name =
  'create' | 'fund' | 'propose' | 'contribute' | 'appeal' | 'request' | 'rule' | 'claim' | 'collect' | 'receipt'
type Weights = readonly (readonly [number, Name])[]

const ANY: Weights = [
  [1, 'create'],
  [2, 'fund'],
  [2, 'propose'],
  [3, 'contribute'],
  [3, 'appeal'],
  [2, 'request'],
  [2, 'rule'],
  [4, 'claim'],
  [2, 'collect'],
  [4, 'receipt'],
]

/** A move on `fixing` that mostly suits where it stands, and sometimes does not at all. */
export function anyMove(table: Table, fixing: number): Move {
  const { random, model, noise } = table
  const moment = momentAt(model.dispute(fixing), model.now)
  const isOnTime = moment !== undefined && random.chance(85)
  const usual = random.chance(noise) ? ANY : suitable(table, fixing)
  return makers[random.weighed(isOnTime ? timely(moment.name) : usual)](table, fixing)
}

/** What a moment decides about: in time a second before, too late or possible from then on. */
function timely(moment: MomentName): Weights {
  switch (moment) {
    case 'maturity':
      return [[1, 'propose']]
    case 'grace end':
      return [[1, 'request']]
    case 'open end':
      return [
        [4, 'propose'],
        [4, 'request'],
        [1, 'fund'],
        [2, 'collect'],
      ]
    case 'backup turn':
      return [[1, 'rule']]
    case 'arbitration end':
      return [
        [6, 'rule'],
        [4, 'claim'],
        [3, 'collect'],
        [3, 'fund'],
      ]
    default:
      return [
        [6, 'contribute'],
        [6, 'appeal'],
        [6, 'claim'],
        [2, 'collect'],
        [1, 'fund'],
      ]
  }
}

function suitable({ model, eagerness, diligence }: Table, fixing: number): Weights {
  const dispute = model.dispute(fixing)
  const { round } = dispute
  switch (dispute.phase(model.now)) {
    case 'Pending':
      return [
        [4, 'fund'],
        [2, 'create'],
        [2, 'propose'],
      ]
    case 'Open':
      return [
        [eagerness, 'propose'],
        [3, 'fund'],
        [2, 'request'],
        [1, 'receipt'],
      ]
    case 'Active':
      return [
        [round < MAX_LEADERS ? 12 : 2, 'contribute'],
        [round >= 2 ? 8 : 1, 'appeal'],
        [3, 'claim'],
        [3, 'receipt'],
        [1, 'fund'],
      ]
    case 'Arbitration':
      return [
        [diligence, 'rule'],
        [4, 'claim'],
        [2, 'receipt'],
        [1, 'appeal'],
      ]
    case 'Settled':
      return [
        [8, 'claim'],
        [2, 'collect'],
        [2, 'receipt'],
        [1, 'fund'],
        [1, 'propose'],
      ]
  }
}

const makers: Record<Name, (table: Table, fixing: number) => Move> = {
  create: (table, fixing) => ({ sender: anyParty(table), action: { name: 'create', fixing } }),
  request: (table, fixing) => ({ sender: anyParty(table), action: { name: 'request', fixing } }),
  collect: (table, fixing) => ({ sender: anyParty(table), action: { name: 'collect', fixing } }),
  fund(table, fixing) {
    const { random, model } = table
    const fee = model.dispute(fixing).fixing.arbitrationFee
    const amount = random.pick([0n, 1n, fee, fee * 2n, random.between(1n, 10n ** 18n), random.between(1n, 10n ** 18n)])
    return { sender: anyParty(table), action: { name: 'fund', fixing, amount } }
  },
  propose(table, fixing) {
    const { random } = table
    const maxBond = random.weighed([
      [12, (1n << 256n) - 1n],
      [2, 1n << 80n],
      [1, random.between(0n, 1n << 80n)],
      [1, (1n << 80n) + random.between(-1n, 1n)],
    ])
    const value = anyValue(random, table.pool, table.model.dispute(fixing))
    return { sender: anyParty(table), action: { name: 'propose', fixing, value, maxBond } }
  },
  contribute: (table, fixing) => joiningMove(table, fixing, 'contribute'),
  appeal: (table, fixing) => joiningMove(table, fixing, 'appeal'),
  rule(table, fixing) {
    const { random, model, pool } = table
    const dispute = model.dispute(fixing)
    const { arbitrator, backup, arbitrationLimit } = dispute.fixing
    const isBackupsTurn = model.now >= dispute.arbitratedAt + arbitrationLimit
    const sender = random.weighed([
      [12, isBackupsTurn ? backup : arbitrator],
      [2, isBackupsTurn ? arbitrator : backup],
      [1, anyParty(table)],
    ])
    return { sender, action: { name: 'rule', fixing, value: anyRuling(random, pool, dispute) } }
  },
  claim(table, fixing) {
    const { random, model, stage } = table
    const all = model.receipts.holdings().filter(([, id]) => stage.keys.get(id)?.fixing === fixing)
    const open = all.filter(([, id]) => isUnfilled(table, id))
    const held = open.length > 0 && random.chance(60) ? open : all
    if (held.length === 0 || random.chance(20)) {
      return { sender: anyParty(table), action: { name: 'claim', fixing, ...anyKey(table, fixing) } }
    }
    const [sender, id] = random.pick(held)
    const key = stage.keys.get(id)?.key ?? anyKey(table, fixing)
    return { sender, action: { name: 'claim', fixing, ...key } }
  },
  receipt: receiptMove,
}

function isUnfilled({ stage, model }: Table, id: bigint): boolean {
  const known = stage.keys.get(id)
  if (known === undefined || known.key.kind === 'Request' || known.key.kind === 'Fund') return false
  return !model.dispute(known.fixing).potAt(known.key).isComplete
}

function joiningMove(table: Table, fixing: number, name: 'contribute' | 'appeal'): Move {
  const { random, model, pool, greed, noise } = table
  const dispute = model.dispute(fixing)
  const round = random.chance(100 - noise / 2) ? dispute.round : random.pick([0, 1, 2, 3, 4, 255])
  const value = anyValue(random, pool, dispute)
  const kind = name === 'appeal' ? 'Appeal' : 'Stake'
  const filled = dispute.potAt({ kind, round, value }).filled
  const left = dispute.round === 0 ? 10n ** 9n : dispute.need(kind, value) - filled
  const whole = left > 0n ? left : 10n ** 9n // the pots of the leader or of other rounds need nothing
  const amount = random.weighed([
    [greed, whole],
    [75 - greed, random.between(1n, whole)],
    [10, whole + random.between(1n, whole)],
    [6, whole - 1n],
    [4, 1n],
    [3, 0n],
    [2, (1n << 256n) - 1n],
  ])
  return { sender: anyParty(table), action: { name, fixing, round, value, amount } }
}

function receiptMove(table: Table): Move {
  const { random, model, stage } = table
  const held = model.receipts.holdings()
  const to = random.chance(2) ? '0x0000000000000000000000000000000000000000' : anyParty(table)
  if (held.length === 0 || random.chance(8)) {
    const id = stage.keys.size === 0 ? 1n : random.pick([...stage.keys.keys()])
    return { sender: anyParty(table), action: { name: 'transfer', to, id, amount: random.between(0n, 10n ** 18n) } }
  }
  const [owner, id, balance] = random.pick(held)
  const amount = random.pick([balance, balance, random.between(0n, balance), balance + 1n])
  return random.weighed<Move>([
    [8, { sender: owner, action: { name: 'transfer', to, id, amount } }],
    [3, { sender: anyParty(table), action: { name: 'transferFrom', from: owner, to, id, amount } }],
    [2, { sender: owner, action: { name: 'approve', to, id, amount: random.pick([amount, (1n << 256n) - 1n]) } }],
    [2, { sender: owner, action: { name: 'setOperator', to, approved: random.chance(80) } }],
  ])
}

/** A receipt that may never have existed. */
export function anyKey(table: Table, fixing: number): Key {
  const { random, model, pool } = table
  const known = [...table.stage.keys.values()].filter((entry) => entry.fixing === fixing)
  if (known.length > 0 && random.chance(60)) {
    const { key } = random.pick(known)
    return random.chance(70) ? key : { ...key, kind: random.pick<Kind>(KINDS) }
  }
  const dispute = model.dispute(fixing)
  const value = random.pick([0n, INVALID, anyValue(random, pool, dispute)])
  return { kind: random.pick<Kind>(KINDS), round: random.pick([0, dispute.round, 1, 2, 3, 4, 255]), value }
}

/** Mostly a party with means; now and then the last, who has next to none. */
export function anyParty({ random, world }: Table): Address {
  return random.chance(4)
    ? random.pick(world.parties.slice(-1))
    : random.pick([...world.parties.slice(0, -1), ...world.actors])
}
