import { OWNER_MOODS } from '../accounts.ts'
import { word } from '../terms.ts'
import { type CouncilModel, digestOf } from './council-model.ts'
import { type CourtMove, type Draft, fixingAtEdge, fixingAtTurn } from './draft.ts'
import type { Brought, Signed } from './terms.ts'

/** What members of a council and those who bring their rulings do. */
export function councilMove(draft: Draft, council: CouncilModel): CourtMove {
  const { random, world } = draft
  const owed = [...council.owed].flatMap(([member, amount]) => (amount > 0n ? [member] : []))
  if (random.chance(owed.length > 0 ? 25 : 4)) {
    const sender =
      owed.length > 0 && random.chance(80) ? random.pick(owed) : random.pick([...world.funds.keys(), world.sink])
    return { sender, action: { at: 'arbitrator', name: 'withdraw' } }
  }
  const fixing = fixingAtEdge(draft) ?? fixingAtTurn(draft)
  const value = random.chance(4) ? 0n : random.pick(draft.pool)
  const { members } = council.terms
  const sender = random.pick([...world.parties, ...members])
  const signatures = broughtBy(draft, council, fixing, value)
  const isAsked = signatures.some(({ index }) => members[Number(index)] === world.contractMember)
  const mood = isAsked && random.chance(30) ? { mood: random.pick(OWNER_MOODS) } : {}
  return { sender, action: { at: 'arbitrator', name: 'submit', fixing, value, signatures }, ...mood }
}

/** About as many signatures as are needed, in order, most of them good; now and then with one too much, twice or out of place. */
function broughtBy(draft: Draft, council: CouncilModel, fixing: number, value: bigint): Brought[] {
  const { random, faults } = draft
  const { members, threshold } = council.terms
  const places = members.map((_, index) => BigInt(index))
  const many = Math.max(0, Number(threshold) + random.pick([-1, 0, 0, 0, 1, 2]))
  const chosen = random.shuffle(places).slice(0, many)
  const sorted = chosen.toSorted((a, b) => (a < b ? -1 : 1))
  const brought = sorted.map((index) => ({ index, signed: signature(draft, council, fixing, value, index) }))
  const [first] = brought
  if (first === undefined || !random.chance(faults)) return brought
  return random.pick([
    brought.toReversed(),
    [first, ...brought],
    [...brought, { ...first, index: BigInt(members.length) }],
    [{ ...first, index: 255n }, ...brought],
  ])
}

/** A member's own signature, mostly; else of another thing, by another or in another form. */
function signature(draft: Draft, council: CouncilModel, fixing: number, value: bigint, index: bigint): Signed {
  const { random, faults, world } = draft
  const { members, address } = council.terms
  const by = members[Number(index)] ?? world.sink
  const digest = council.digest(fixing, value)
  const good = { by, digest, form: 'plain' } as const
  if (!random.chance(faults)) return good
  const { chainId } = council.oracle.deployment
  const id = council.oracle.id(fixing)
  const other = world.arbitrators.find((terms) => terms.address !== address)?.address ?? world.sink
  const others = council.oracle.fixings.length
  return random.pick([
    { ...good, form: 'short' },
    { ...good, form: 'mirrored' },
    { ...good, by: random.pick(members) },
    { ...good, digest: council.digest(fixing, value + 1n) },
    { ...good, digest: council.digest((fixing + 1) % others, value) },
    { ...good, digest: digestOf(chainId, other, id, value) },
    { ...good, digest: digestOf(chainId + 1n, address, id, value) },
    { ...good, digest: digestOf(chainId, address, `0x${word(0n)}`, value) },
  ])
}
