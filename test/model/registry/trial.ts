import type { Address } from 'viem'
import { INVALID } from '../terms.ts'
import { type Draft, add } from './draft.ts'
import { isRosterKnown, quorum, rewardClaim, slashing } from './fixing-moves.ts'

const PLENTY = 1n << 80n

/**
 * Takes a fixing that can still be disputed before its court, which random moves rarely get to: it is attested, contested
 * and ruled about, and then whoever attested is slashed or paid. Does nothing for a fixing that is settled or to come.
 */
export function tryCase(draft: Draft, fixing: number): void {
  const { random, stage, world } = draft
  const { oracle } = stage
  const dispute = oracle.dispute(fixing)
  const [sender = world.sink] = world.parties
  if (dispute.phase(oracle.now) === 'Pending') {
    if (random.chance(50)) return
    oracle.now = dispute.fixing.maturity + 1n
  }
  attest(draft, fixing, sender)
  if (dispute.phase(oracle.now) === 'Open') open(draft, fixing, sender)
  if (dispute.phase(oracle.now) === 'Active') contest(draft, fixing)
  if (dispute.phase(oracle.now) === 'Arbitration') rule(draft, fixing)
  if (dispute.phase(oracle.now) === 'Settled') settleAccounts(draft, fixing)
}

function attest(draft: Draft, fixing: number, sender: Address): void {
  const { stage } = draft
  const { maturity } = stage.oracle.fixing(fixing)
  const time = stage.oracle.now
  const isTime = maturity < time && maturity >= stage.registry.deployed.startTime
  if (isTime && !isRosterKnown(draft, fixing)) {
    add(draft, { time, sender, action: { name: 'publishRoster', time: maturity } })
  }
  if (isTime) add(draft, { time, sender, action: { name: 'attest', ...quorum(draft, fixing) } })
}

function open(draft: Draft, fixing: number, sender: Address): void {
  const { random, stage, world, pool } = draft
  const dispute = stage.oracle.dispute(fixing)
  const graceEnd = dispute.graceEnd()
  if (random.chance(50)) {
    const time = graceEnd > stage.oracle.now ? graceEnd : stage.oracle.now
    return add(draft, { time, sender: random.pick(world.owners), action: { name: 'request', fixing } })
  }
  const value = random.pick(pool)
  add(draft, { time: stage.oracle.now, sender, action: { name: 'propose', fixing, value, maxBond: PLENTY } })
}

/** Contributes until the fixing can be appealed, and appeals. */
function contest(draft: Draft, fixing: number): void {
  const { random, stage, world, pool } = draft
  const dispute = stage.oracle.dispute(fixing)
  const time = stage.oracle.now
  for (let tries = 0; tries < 4 && dispute.phase(time) === 'Active'; tries += 1) {
    const name = dispute.round >= 2 ? 'appeal' : 'contribute'
    const action = { name, fixing, round: dispute.round, value: random.pick(pool), amount: PLENTY } as const
    add(draft, { time, sender: random.pick(world.owners), action })
  }
}

function rule(draft: Draft, fixing: number): void {
  const { random, stage, pool } = draft
  const { oracle } = stage
  const dispute = oracle.dispute(fixing)
  if (random.chance(25)) {
    const turn = dispute.arbitratedAt + dispute.fixing.arbitrationLimit
    if (turn > oracle.now) oracle.now = turn
  }
  const value = random.weighed([
    [6, random.pick(pool)],
    [1, INVALID],
  ])
  const sender = dispute.currentArbitrator(oracle.now)
  add(draft, { time: oracle.now, sender, action: { name: 'rule', fixing, value } })
}

function settleAccounts(draft: Draft, fixing: number): void {
  const { random, stage, world } = draft
  const time = stage.oracle.now
  const count = 2 + random.below(3)
  for (let i = 0; i < count; i += 1) {
    const prover = random.pick([...world.parties.slice(0, 2), ...world.owners, ...world.signers.slice(0, 2)])
    add(draft, { time, sender: prover, action: { name: 'slashAttestation', ...slashing(draft, fixing) } })
  }
  add(draft, { time, sender: random.pick(world.owners), action: rewardClaim(draft, fixing) })
}
