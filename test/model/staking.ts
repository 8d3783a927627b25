import type { Address } from 'viem'
import type { Model } from './model.ts'
import { Refused, type Words } from './result.ts'
import { FUND, type Key, MAX_LEADERS, REQUEST, kindCode } from './terms.ts'

/** */
export function fund(model: Model, sender: Address, fixing: number, amount: bigint): Words {
  model.requireParameters(fixing)
  if (amount === 0n) throw new Refused('ZeroAmount')
  const dispute = model.dispute(fixing)
  if (dispute.phase(model.now) === 'Settled') throw model.wrongPhase(dispute, 'Open')
  model.pull(sender, dispute, amount)
  dispute.rewardPot += amount
  model.receipts.mint(sender, model.receiptId(fixing, FUND), amount)
  model.emit('Funded', model.id(fixing), sender, amount)
  return []
}

/** */
export function propose(model: Model, sender: Address, fixing: number, value: bigint, maxBond: bigint): Words {
  model.requireParameters(fixing)
  if (value === 0n) throw new Refused('ZeroValue')
  const dispute = model.dispute(fixing)
  model.requirePhase(dispute, 'Open')
  const bond = model.bond(fixing, maxBond)
  model.pull(sender, dispute, bond)
  dispute.bond = bond
  dispute.proposedAt = model.now
  dispute.round = 1
  dispute.deadline = model.now + dispute.fixing.firstWindow
  dispute.leader = dispute.install(value, bond)
  const key: Key = { kind: 'Stake', round: 0, value }
  Object.assign(dispute.potAt(key), { filled: bond, isComplete: true })
  model.receipts.mint(sender, model.receiptId(fixing, key), bond)
  model.emit('Proposed', model.id(fixing), sender, value, bond, dispute.deadline)
  return [bond]
}

/** contribute and appeal differ in the rounds they accept, the need, and what filling does. */
export function join(
  model: Model,
  sender: Address,
  fixing: number,
  { kind, round, value }: Key,
  amount: bigint,
): Words {
  if (value === 0n) throw new Refused('ZeroValue')
  if (amount === 0n) throw new Refused('ZeroAmount')
  const dispute = model.dispute(fixing)
  model.requirePhase(dispute, 'Active')
  if (round !== dispute.round) throw new Refused('StaleRound', [BigInt(round), BigInt(dispute.round)])
  requireRoundFor(kind, round)
  if (value === dispute.leaderValue()) throw new Refused('ValueLeads', [value])
  const near = dispute.tooNear(value)
  if (near !== undefined) throw new Refused('NotSeparated', [value, near])
  const key = { kind, round, value }
  const pot = dispute.potAt(key)
  const need = dispute.need(kind, value)
  const taken = amount < need - pot.filled ? amount : need - pot.filled
  model.pull(sender, dispute, taken)
  pot.filled += taken
  model.receipts.mint(sender, model.receiptId(fixing, key), taken)
  const where = [kindCode(kind), BigInt(round), value]
  model.emit('Contributed', model.id(fixing), sender, ...where, taken, pot.filled)
  if (pot.filled === need) complete(model, fixing, key, need)
  return [taken]
}

function requireRoundFor(kind: Key['kind'], round: number): void {
  if (kind === 'Stake' && round >= MAX_LEADERS) throw new Refused('LeaderLimit', [BigInt(round)])
  if (kind === 'Appeal' && round < 2) throw new Refused('NotDisputed', [BigInt(round)])
}

function complete(model: Model, fixing: number, key: Key, need: bigint): void {
  const dispute = model.dispute(fixing)
  dispute.potAt(key).isComplete = true
  if (key.kind === 'Appeal') {
    const stake = model.rules.appealStake(dispute.staked)
    dispute.appeal = { key, stake, candidate: dispute.install(key.value, stake) }
    arbitrate(model, fixing, 'Appeal')
    return
  }
  dispute.leader = dispute.install(key.value, need)
  dispute.round += 1
  dispute.deadline = model.now + dispute.fixing.window
  model.emit('Led', model.id(fixing), BigInt(dispute.round), key.value, dispute.staked, dispute.deadline)
}

function arbitrate(model: Model, fixing: number, cause: 'Appeal' | 'Request'): void {
  const { arbitrator, backup } = model.fixing(fixing)
  model.dispute(fixing).arbitratedAt = model.now
  model.emit('Arbitrated', model.id(fixing), arbitrator, backup, kindCode(cause), model.now)
}

/** */
export function request(model: Model, sender: Address, fixing: number): Words {
  model.requireParameters(fixing)
  const dispute = model.dispute(fixing)
  model.requirePhase(dispute, 'Open')
  if (!dispute.isRequestable(model.now)) throw new Refused('GraceRunning', [model.now, dispute.graceEnd()])
  const fee = dispute.fixing.arbitrationFee
  model.pull(sender, dispute, fee)
  dispute.requested = fee
  model.receipts.mint(sender, model.receiptId(fixing, REQUEST), fee)
  arbitrate(model, fixing, 'Request')
  return []
}
