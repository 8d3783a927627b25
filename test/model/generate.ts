import type { Address } from 'viem'
import { type Action, INTEREST_MOODS } from './action.ts'
import { type Ambush, type Game, Stage, type Step, type World, validFixings } from './game.ts'
import { momentAt, momentsOf } from './moments.ts'
import { type Move, type Table, anyKey, anyMove, anyParty } from './moves.ts'
import { valuePool } from './near-values.ts'
import { Random } from './random.ts'
import { brokenFixing, randomFixings } from './random-fixings.ts'
import { RULES } from './rules.ts'

/** A game in the making. */
type Draft = Table & {
  /** The fixings that can hold anything. */
  readonly valid: readonly number[]
  readonly steps: Step[]
  /** How many in a hundred moves of the clock end a dispute's round rather than take a minute. */
  readonly haste: number
}

/** Less than the 200 000 that reading the open interest may take, more than everything before it costs. */
const STARVED_GAS = 190_000n

/**
 * The random game of a seed: some thirty to seventy steps in which anything may happen, and then the end, in which
 * everybody claims everything. `start` is the first time it may use, seconds.
 */
export function generate(seed: number, world: World, start: bigint): Game {
  const random = new Random(seed)
  const proper = randomFixings(random, world, start)
  const fixings = [...proper, brokenFixing(random, random.pick(proper))]
  const stage = new Stage(world, fixings, RULES)
  const draft: Draft = {
    random,
    world,
    stage,
    model: stage.model,
    steps: [],
    valid: validFixings(fixings),
    pool: valuePool(random, random.pick(proper)),
    eagerness: random.pick([0, 2, 12, 12, 12, 12, 12, 12]),
    haste: random.pick([2, 8, 25]),
    greed: random.pick([20, 40, 70, 70]),
    noise: random.pick([0, 4, 12, 20]),
    diligence: random.pick([0, 6, 6, 6, 6]),
  }
  stage.model.now = start
  const count = 35 + random.below(45)
  while (draft.steps.length < count && !isOver(draft)) draft.steps.push(played(draft, anyStep(draft)))
  finish(draft)
  return { seed, fixings, steps: draft.steps }
}

/** Once everything is settled, a few steps more. */
function isOver({ random, model, valid }: Draft): boolean {
  return valid.every((fixing) => model.dispute(fixing).phase(model.now) === 'Settled') && random.chance(8)
}

function played(draft: Draft, step: Step): Step {
  draft.stage.play(step)
  return step
}

function anyStep(draft: Draft): Step {
  const { random, model } = draft
  const fixing = random.pick(focus(draft))
  model.now = nextTime(draft, fixing)
  const move = random.chance(3) ? brokenMove(draft) : anyMove(draft, fixing)
  const isProposal = move.action.name === 'propose'
  const trap = draft.world.actors.includes(move.sender) && random.chance(50) ? ambush(draft, move, fixing) : {}
  return {
    time: model.now,
    ...move,
    ...trap,
    ...(random.chance(isProposal ? 50 : 5) ? interestChange(draft, fixing) : {}),
    ...(random.chance(4) ? { skew: random.pick([-1n, 1n, -1_000n]) } : {}),
    ...(random.chance(8) ? starvation(draft, move) : {}),
  }
}

/** What to go on with: a fixing at its moment before it is over, then one that is not settled. */
function focus({ random, model, valid }: Draft): readonly number[] {
  const due = valid.filter((index) => (momentAt(model.dispute(index), model.now)?.offset ?? 2) < 1)
  if (due.length > 0 && random.chance(80)) return due
  const open = valid.filter((index) => model.dispute(index).phase(model.now) !== 'Settled')
  return open.length > 0 && random.chance(80) ? open : valid
}

/** The same block mostly; else on by a minute, or to (or one second beside) the fixing's next moment. */
function nextTime(draft: Draft, fixing: number): bigint {
  const { random, model } = draft
  const { now } = model
  const moments = momentsOf(model.dispute(fixing)).filter(({ time }) => time + 1n > now)
  const next = moments[0]
  if (next === undefined) return random.chance(50) ? now : now + random.between(1n, 600n)
  if (next.time - now <= 1n) return random.chance(55) ? now : now + 1n
  if (random.chance(60)) return now
  if (!random.chance(hasteOn(draft, fixing))) return now + random.between(1n, least(60n, next.time - now))
  const target = (random.chance(80) ? next : random.pick(moments)).time
  return target + random.pick([-1n, -1n, 0n, 1n])
}

function hasteOn({ model, haste, eagerness, diligence }: Draft, fixing: number): number {
  switch (model.dispute(fixing).phase(model.now)) {
    case 'Pending':
      return 70
    case 'Open':
      return eagerness > 2 ? 5 : 60
    case 'Active':
      return Math.max(haste, 10 * model.dispute(fixing).round - 10)
    case 'Arbitration':
      return diligence === 0 ? 75 : 35
    case 'Settled':
      return 0
  }
}

/** A call with parameters that are out of bounds, or just within. */
function brokenMove(draft: Draft): Move {
  const { random, model, pool } = draft
  const fixing = model.fixings.length - 1
  const action = random.pick<Action>([
    { name: 'create', fixing },
    { name: 'fund', fixing, amount: random.pick([0n, 5n]) },
    { name: 'propose', fixing, value: random.pick([0n, random.pick(pool)]), maxBond: 1n << 80n },
    { name: 'request', fixing },
  ])
  return { sender: anyParty(draft), action }
}

/** A proposal by a plain account with too little gas to read the open interest that it depends on. */
function starvation({ model, world }: Draft, { sender, action }: Move): Pick<Step, 'gas'> {
  if (action.name !== 'propose' || world.actors.includes(sender)) return {}
  const isRead = BigInt(model.dispute(action.fixing).fixing.openInterest) !== 0n
  return isRead ? { gas: STARVED_GAS } : {}
}

function interestChange({ random, world, model }: Draft, fixing: number): Pick<Step, 'interest'> {
  const own = model.dispute(fixing).fixing.openInterest
  const source = world.interests.slice(0, -1).includes(own) ? own : random.pick(world.interests.slice(0, -1))
  const reading = random.weighed([
    [6, random.between(0n, 10n ** 21n)],
    [1, 0n],
    [1, (1n << 80n) * 400n + random.between(-400n, 400n)],
    [1, (1n << 80n) * 10n + random.between(-10n, 10n)],
    [1, (1n << 256n) - 1n],
  ])
  const mood = random.chance(45) ? 'steady' : random.pick(INTEREST_MOODS)
  return { interest: { source, becomes: { mood, reading } } }
}

function ambush(draft: Draft, { sender, action }: Move, fixing: number): Pick<Step, 'ambush'> {
  const { random, model } = draft
  const isPaid = action.name === 'claim' || action.name === 'rule'
  const own = model.receipts.holdings().filter(([holder]) => holder === sender)
  const strikes = [anyStrike(draft, sender, fixing), anyStrike(draft, sender, fixing)]
  if (isPaid && own.length > 0) {
    const [, id, balance] = random.pick(own)
    strikes.push({ name: 'transfer', to: anyParty(draft), id, amount: random.pick([balance, 1n]) })
  }
  const trap: Ambush = { actor: sender, refuses: random.chance(25), strikes }
  return { ambush: trap }
}

/** The same move again, or another guarded one. */
function anyStrike(draft: Draft, sender: Address, fixing: number): Action {
  const { random } = draft
  const value = random.pick(draft.pool)
  const held = draft.model.receipts.holdings().find(([holder]) => holder === sender)
  const known = held === undefined ? undefined : draft.stage.keys.get(held[1])
  const claim = known ?? { fixing, key: anyKey(draft, fixing) }
  return random.pick<Action>([
    { name: 'claim', fixing: claim.fixing, ...claim.key },
    { name: 'collect', fixing },
    { name: 'rule', fixing, value },
    { name: 'fund', fixing, amount: 1n },
    { name: 'propose', fixing, value, maxBond: 1n << 80n },
    { name: 'contribute', fixing, round: 1, value, amount: 1n },
    { name: 'appeal', fixing, round: 2, value, amount: 1n },
    { name: 'request', fixing },
  ])
}

/** By every fixing's worst case it is settled (property 4); then everything that is held is claimed, in any order. */
function finish(draft: Draft): void {
  const { random, model, valid, stage, steps, world } = draft
  const [sender] = world.parties
  if (sender === undefined) return
  const worstCases = valid.map((fixing) => model.dispute(fixing).worstCase()).toSorted((a, b) => (a < b ? -1 : 1))
  for (const end of worstCases.filter((worstCase) => worstCase > model.now)) {
    steps.push(played(draft, { time: end, sender }))
  }
  const time = model.now
  const claims = model.receipts.holdings().flatMap(([holder, id]): Step[] => {
    const known = stage.keys.get(id)
    if (known === undefined) return []
    return [{ time, sender: holder, action: { name: 'claim', fixing: known.fixing, ...known.key } }]
  })
  const collects = valid.map((fixing): Step => ({ time, sender, action: { name: 'collect', fixing } }))
  for (const step of random.shuffle([...claims, ...collects])) steps.push(played(draft, step))
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
