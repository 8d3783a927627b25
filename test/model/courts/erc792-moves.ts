import type { Address } from 'viem'
import { INVALID } from '../terms.ts'
import { type CourtMove, type Draft, fixingAtEdge, fixingAtTurn } from './draft.ts'
import { type Erc792Model, NOBODY } from './erc792-model.ts'
import { KlerosCourt } from './peer-courts.ts'

const WORDS = ['', 'ipfs://evidence', 'ipfs://evidence of a name that is longer than thirty-two bytes']

/** What those do who open cases at a court of ERC-792, appeal, rule and bring rulings. */
export function erc792Move(draft: Draft, adapter: Erc792Model): CourtMove {
  const { random } = draft
  const { oracle, cases } = adapter
  const all = [...cases.keys()]
  const open = all.filter((fixing) => adapter.caseAt(fixing).opener !== NOBODY)
  const isRuled = (fixing: number): boolean => adapter.caseAt(fixing).isRuled
  const unruled = open.filter((fixing) => !isRuled(fixing))
  const due = open.filter((fixing) => isRuled(fixing) && oracle.dispute(fixing).ruling === undefined)
  const isUnopened = all.some((fixing) => adapter.turnEnd(fixing) > 0n && !open.includes(fixing))
  const edge = fixingAtEdge(draft)
  if (edge !== undefined && random.chance(70)) {
    const name = isRuled(edge) ? 'bring' : 'open'
    return {
      sender: anybody(draft),
      wei: name === 'open' ? adapter.court.cost : 0n,
      action: { at: 'arbitrator', name, fixing: edge },
    }
  }
  return random.weighed<() => CourtMove>([
    [isUnopened ? 30 : 4, () => opening(draft, adapter)],
    [unruled.length > 0 ? 14 : 1, () => appealing(draft, adapter, open)],
    [2, () => saying(draft)],
    [unruled.length > 0 ? 30 : open.length > 0 ? 8 : 2, () => ruling(draft, adapter, unruled)],
    [due.length > 0 ? 20 : 3, () => bringing(draft, due)],
    [5, () => ({ sender: anybody(draft), action: { at: 'court', name: 'setArbitrationCost', cost: costOf(draft) } })],
    [8, () => numbering(draft, adapter)],
  ])()
}

function opening(draft: Draft, adapter: Erc792Model): CourtMove {
  const fixing = fixingAtTurn(draft)
  const wei = paymentOf(draft, adapter.court.cost)
  return { sender: payer(draft), wei, action: { at: 'arbitrator', name: 'open', fixing } }
}

function appealing(draft: Draft, adapter: Erc792Model, open: readonly number[]): CourtMove {
  const { random, stage } = draft
  const fixing = open.length > 0 && random.chance(90) ? random.pick(open) : random.below(stage.oracle.fixings.length)
  const { opener, disputeId } = adapter.caseAt(fixing)
  const cost = opener === NOBODY ? adapter.court.cost : adapter.court.appealCost(disputeId)
  return { sender: payer(draft), wei: paymentOf(draft, cost), action: { at: 'arbitrator', name: 'appeal', fixing } }
}

function saying(draft: Draft): CourtMove {
  const { random, stage } = draft
  const fixing = random.below(stage.oracle.fixings.length)
  return {
    sender: anybody(draft),
    action: { at: 'arbitrator', name: 'submitEvidence', fixing, evidence: random.pick(WORDS) },
  }
}

/** The court rules on one of these cases, mostly; a stranger says that it did, or it rules on what it should not. */
function ruling(draft: Draft, adapter: Erc792Model, unruled: readonly number[]): CourtMove {
  const { random } = draft
  const { court, cases } = adapter
  const known = [...adapter.fixings.keys()]
  const own = unruled.map((fixing) => cases[fixing]?.disputeId ?? 0n)
  const disputeId = own.length > 0 && random.chance(75) ? random.pick(own) : random.pick([...known, court.next, 77n])
  const value = random.weighed([
    [12, random.pick(draft.pool)],
    [4, 0n],
    [1, INVALID + 1n],
    [1, (1n << 256n) - 1n],
  ])
  const sender = anybody(draft)
  if (random.chance(10)) return { sender, action: { at: 'arbitrator', name: 'rule', disputeId, ruling: value } }
  if (!(court instanceof KlerosCourt))
    return { sender, action: { at: 'court', name: 'tell', disputeId, ruling: value } }
  const [first] = known
  if (first === undefined) return saying(draft)
  const there = known.includes(disputeId) ? disputeId : first
  const isGiven = court.appealEnd(there) > 0n
  if (random.chance(isGiven ? 80 : 10))
    return { sender, action: { at: 'court', name: 'executeRuling', disputeId: there } }
  const owner = random.chance(92) ? adapter.terms.courtOwner : sender
  return { sender: owner, action: { at: 'court', name: 'giveRuling', disputeId: there, ruling: value } }
}

function bringing(draft: Draft, due: readonly number[]): CourtMove {
  const { random } = draft
  const fixing = due.length > 0 && random.chance(90) ? random.pick(due) : fixingAtTurn(draft)
  return { sender: anybody(draft), action: { at: 'arbitrator', name: 'bring', fixing } }
}

/** Disputes of others come between, or the court gives a number twice. */
function numbering(draft: Draft, adapter: Erc792Model): CourtMove {
  const { court } = adapter
  const sender = draft.random.pick(draft.world.parties)
  if (court instanceof KlerosCourt) return { sender, wei: court.cost, action: { at: 'court', name: 'createDispute' } }
  const known = [...adapter.fixings.keys()]
  const disputeId = draft.random.pick(
    known.length > 0 && draft.random.chance(60) ? known : [0n, court.next + 1n, 1n << 255n],
  )
  return { sender, action: { at: 'court', name: 'setNext', disputeId } }
}

/** The price, more, or less. */
function paymentOf({ random }: Draft, cost: bigint): bigint {
  const less = cost > 0n ? cost - 1n : cost
  return random.weighed([
    [8, cost],
    [6, cost + random.between(1n, 10n ** 15n)],
    [2, less],
    [1, 0n],
  ])
}

function costOf({ random }: Draft): bigint {
  return random.pick([0n, 0n, 1n, 10n ** 15n, 10n ** 17n])
}

/** Somebody who can pay; now and then a contract that takes nothing back. */
function payer({ random, world }: Draft): Address {
  return random.chance(25) ? random.pick(world.actors) : random.pick(world.parties)
}

function anybody({ random, world }: Draft): Address {
  return random.pick(world.parties)
}
