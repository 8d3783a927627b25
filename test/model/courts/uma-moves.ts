import type { Address } from 'viem'
import { word } from '../terms.ts'
import { type CourtMove, type Draft, fixingAtEdge, fixingAtTurn } from './draft.ts'
import { NOBODY } from './erc792-model.ts'
import { type Assertion, UmaModel } from './uma-model.ts'

/** What those who assert, dispute, vote, settle and bring do. */
export function umaMove(draft: Draft, adapter: UmaModel): CourtMove {
  const { random } = draft
  const { oracle, cases } = adapter
  const all = [...adapter.assertions.values()]
  const live = all.filter(({ isSettled }) => !isSettled)
  const open = live.filter(({ disputer }) => disputer === undefined)
  const unvoted = live.filter(({ disputer, vote }) => disputer !== undefined && vote === undefined)
  const ready = live.filter(({ disputer, vote, expiry }) => (disputer === undefined ? expiry <= oracle.now : vote))
  const isUnasserted = [...cases.keys()].some((fixing) => adapter.turnEnd(fixing) > 0n && isUnruled(adapter, fixing))
  const due = [...cases.keys()].filter((fixing) => {
    return !isUnruled(adapter, fixing) && oracle.dispute(fixing).ruling === undefined
  })
  const timely = timelyMove(draft, adapter, open)
  if (timely !== undefined && random.chance(70)) return timely
  return random.weighed<() => CourtMove>([
    [isUnasserted ? 25 : 5, () => asserting(draft)],
    [open.length > 0 ? 12 : 1, () => ({ sender: payer(draft), action: at('disputeAssertion', one(draft, open, all)) })],
    [unvoted.length > 0 ? 20 : 0, () => voting(draft, unvoted)],
    [ready.length > 0 ? 30 : live.length > 0 ? 4 : 1, () => settling(draft, ready, live, all)],
    [2, () => calling(draft, all)],
    [due.length > 0 ? 8 : 3, () => bringing(draft, due)],
  ])()
}

/** What matters in this very second. */
function timelyMove(draft: Draft, adapter: UmaModel, open: readonly Assertion[]): CourtMove | undefined {
  const { random } = draft
  const { now } = adapter.oracle
  const isNear = (time: bigint): boolean => time - now <= 1n && now - time <= 1n
  const sender = payer(draft)
  const expiring = open.find(({ expiry }) => isNear(expiry))
  if (expiring !== undefined) {
    return {
      sender,
      action: at(random.pick(['disputeAssertion', 'settleAssertion'] as const), { assertion: expiring.id }),
    }
  }
  const edge = fixingAtEdge(draft)
  if (edge !== undefined && !isUnruled(adapter, edge)) {
    return { sender, action: { at: 'arbitrator', name: 'bring', fixing: edge } }
  }
  const late = [...adapter.cases.keys()].find((fixing) => isNear(adapter.turnEnd(fixing) - adapter.terms.liveness))
  if (late === undefined) return undefined
  return { sender, action: { at: 'arbitrator', name: 'assertValue', fixing: late, value: random.pick(draft.pool) } }
}

function isUnruled(adapter: UmaModel, fixing: number): boolean {
  return adapter.caseAt(fixing).asserter === NOBODY
}

function asserting(draft: Draft): CourtMove {
  const { random, pool } = draft
  const fixing = fixingAtTurn(draft)
  const value = random.chance(4) ? 0n : random.pick(pool)
  const sender = payer(draft)
  const { arbitrator, oracle } = draft.stage
  const same = arbitrator instanceof UmaModel ? [...arbitrator.assertions.values()].at(-1) : undefined
  if (same?.fixing !== undefined && same.assertedAt === oracle.now && random.chance(20)) {
    return { sender, action: { at: 'arbitrator', name: 'assertValue', fixing: same.fixing, value: same.value } }
  }
  if (value > 0n && random.chance(12)) return { sender, action: { at: 'court', name: 'assertTruth', fixing, value } }
  return { sender, action: { at: 'arbitrator', name: 'assertValue', fixing, value } }
}

function voting(draft: Draft, unvoted: readonly Assertion[]): CourtMove {
  const { id, asserter, assertedAt } = draft.random.pick(unvoted)
  const verdict = draft.random.pick(['true', 'false'] as const)
  return {
    sender: payer(draft),
    action: { at: 'voters', name: 'pushPrice', assertion: id, asserter, assertedAt, verdict },
  }
}

function settling(
  draft: Draft,
  ready: readonly Assertion[],
  live: readonly Assertion[],
  all: readonly Assertion[],
): CourtMove {
  const some = ready.length > 0 && draft.random.chance(90) ? ready : live
  return { sender: payer(draft), action: at('settleAssertion', one(draft, some, all)) }
}

/** Somebody says that he were UMA. */
function calling(draft: Draft, all: readonly Assertion[]): CourtMove {
  const name = draft.random.pick(['assertionResolvedCallback', 'assertionDisputedCallback'] as const)
  return { sender: payer(draft), action: { at: 'arbitrator', name, assertion: one(draft, all, all).assertion } }
}

function bringing(draft: Draft, due: readonly number[]): CourtMove {
  const { random } = draft
  const fixing = due.length > 0 && random.chance(90) ? random.pick(due) : fixingAtTurn(draft)
  return { sender: payer(draft), action: { at: 'arbitrator', name: 'bring', fixing } }
}

type Named = { readonly assertion: Assertion['id'] }

/** One of `some`, mostly, else any, or one that there is not. */
function one({ random }: Draft, some: readonly Assertion[], all: readonly Assertion[]): Named {
  const from = some.length > 0 && random.chance(94) ? some : all
  const isThere = from.length > 0 && random.chance(97)
  return { assertion: isThere ? random.pick(from).id : `0x${word(7n)}` }
}

function at(name: 'disputeAssertion' | 'settleAssertion', { assertion }: Named) {
  return { at: 'court', name, assertion } as const
}

/** Anybody, of whom the last has next to nothing. */
function payer({ random, world }: Draft): Address {
  return random.chance(5) ? (world.parties.at(-1) ?? world.sink) : random.pick(world.parties.slice(0, -1))
}
