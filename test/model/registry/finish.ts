import type { Address } from 'viem'
import type { Action } from '../action.ts'
import { type Key, KINDS } from '../terms.ts'
import { type Draft, add } from './draft.ts'
import { type Ending, accusationOf, anyProver, endingsOf, equivocation } from './equivocation-moves.ts'
import { rewardClaim, slashing } from './fixing-moves.ts'
import type { History } from './history.ts'
import { registerMove } from './member-moves.ts'
import { type Member, NEVER } from './membership.ts'
import { placesIn } from './registry-model.ts'

const ZERO: Address = '0x0000000000000000000000000000000000000000'

/** Everything is settled and claimed in any order, everybody leaves, and after the last unbonding all is withdrawn. */
export function finish(draft: Draft): void {
  const { random, stage, world } = draft
  const { oracle } = stage
  const [sender = ZERO] = world.parties
  const last = oracle.disputes.map((dispute) => dispute.worstCase()).reduce((a, b) => (a > b ? a : b))
  if (last > oracle.now) add(draft, { time: last, sender })
  const time = oracle.now
  for (const step of random.shuffle([...claims(draft), ...rewards(draft)])) add(draft, { time, ...step })
  if (random.chance(60)) accuseRetired(draft)
  leaveAll(draft)
  if (!random.chance(75)) return
  for (let i = 0; i < 3; i += 1) add(draft, { time: oracle.now, ...registerMove(draft) })
  accuseAll(draft)
  leaveAll(draft)
}

/** Whoever has a retired key brings it to bear in the last second in which it counts, and a second later. */
function accuseRetired(draft: Draft): void {
  const { random, stage } = draft
  const { unbondingDelay } = stage.registry.deployed
  const endings = endingsOf(draft).filter(({ member, term }) => {
    return member.stake > 0n && term.endTime + unbondingDelay > stage.oracle.now + 1n
  })
  for (const ending of endings.slice(0, 3)) {
    const last = ending.term.endTime + unbondingDelay - 1n
    if (last < stage.oracle.now) continue
    const times = random.pick([[last], [last + 1n], [last, last + 1n]])
    for (const time of times) accuse(draft, ending, time)
  }
}

function accuse(draft: Draft, ending: Ending, time: bigint): void {
  draft.stage.oracle.now = time
  add(draft, { time, sender: anyProver(draft), action: accusationOf(draft, ending) })
}

/** Everybody leaves and withdraws as soon as the last one can; some try a second early or another's. */
function leaveAll(draft: Draft): void {
  const { random, stage, world } = draft
  const { oracle, registry } = stage
  const { membership, deployed } = registry
  const [sender = ZERO] = world.parties
  const time = oracle.now
  for (const { owner, index, inactiveTime } of present(draft)) {
    if (inactiveTime === NEVER) add(draft, { time, sender: owner, action: { name: 'startLeaving', index } })
  }
  const leaving = random.shuffle(present(draft))
  const ends = leaving.map(({ inactiveTime }) => inactiveTime + deployed.unbondingDelay)
  const end = ends.reduce((a, b) => (a > b ? a : b), time)
  const [hasty] = leaving
  if (hasty !== undefined && end > time) {
    add(draft, { time: end - 1n, sender: hasty.owner, action: { name: 'withdraw', index: hasty.index } })
  }
  const last = end + random.pick([0n, 0n, 1n])
  for (const { owner, index } of leaving) {
    if (membership.members[index] === undefined) continue
    const who = random.chance(70) ? owner : sender
    add(draft, { time: last, sender: who, action: { name: 'withdraw', index } })
    if (random.chance(35)) claimTogether(draft, last)
  }
  add(draft, { time: last, sender })
}

/** All shares of a fixing at once, some of them of reporters who are gone. */
function claimTogether(draft: Draft, time: bigint): void {
  const { random, stage, world } = draft
  const unpaid = [...stage.registry.reported.entries()].filter(([, { count, paid }]) => count > BigInt(paid.size))
  if (unpaid.length === 0) return
  const [fixing, { value, signers }] = random.pick(unpaid)
  add(draft, { time, sender: world.sink, action: { name: 'claimRewards', fixing, value, signers, places: signers } })
}

/** What was done long ago comes up again, when those who did it are gone and others have their places. */
function accuseAll(draft: Draft): void {
  const { stage, world } = draft
  const [sender = ZERO] = world.parties
  const time = stage.oracle.now
  for (const fixing of stage.oracle.fixings.keys()) {
    add(draft, { time, sender, action: { name: 'slashAttestation', ...slashing(draft, fixing) } })
    add(draft, { time, sender, action: equivocation(draft, fixing) })
    add(draft, { time, sender, action: rewardClaim(draft, fixing) })
    const { value, signers, paid } = stage.registry.reportedOf(fixing)
    for (const place of placesIn(signers)
      .filter((each) => !paid.has(each))
      .slice(0, 4)) {
      add(draft, { time, sender, action: { name: 'claimReward', fixing, value, signers, place } })
    }
  }
}

function present({ stage }: Draft): Member[] {
  return stage.registry.membership.members.filter((member) => member !== undefined)
}

type Claim = Pick<History['steps'][number], 'sender' | 'action'>

/** Every share and refund; often some shares are forgotten. */
function rewards({ random, stage, world }: Draft): Claim[] {
  const forgotten = random.chance(60) ? 50 : 0

  return stage.registry.reported.flatMap(({ value, signers, funded }, fixing): Claim[] => {
    const places = placesIn(signers).filter(() => !random.chance(forgotten))
    const together = places.filter(() => random.chance(60))
    const mask = together.reduce((sum, place) => sum | (1n << place), 0n)
    const isTogether = random.chance(50)
    const several: Claim = {
      sender: world.sink,
      action: { name: 'claimRewards', fixing, value, signers, places: mask },
    }
    const shares = places.map((place): Claim => {
      return { sender: world.sink, action: { name: 'claimReward', fixing, value, signers, place } }
    })
    const refunds = [...funded.keys()].map((funder): Claim => {
      return { sender: funder, action: { name: 'refundReward', fixing, value, signers } }
    })
    return [...(isTogether ? [several] : []), ...shares, ...refunds]
  })
}

/** Every receipt of the oracle, found by trying the keys that its disputes know. */
function claims({ stage }: Draft): Claim[] {
  const { oracle } = stage
  const known = new Map<bigint, readonly [number, Key]>()
  for (const [fixing, dispute] of oracle.disputes.entries()) {
    const keys = [...dispute.pots.values()].map(({ key }) => key)
    const plain = KINDS.slice(2).map((kind): Key => ({ kind, round: 0, value: 0n }))
    for (const key of [...keys, ...plain]) known.set(oracle.receiptId(fixing, key), [fixing, key])
  }
  return oracle.receipts.holdings().flatMap(([holder, id]): Claim[] => {
    const found = known.get(id)
    if (found === undefined) return []
    const action: Action = { name: 'claim', fixing: found[0], ...found[1] }
    return [{ sender: holder, action }]
  })
}
