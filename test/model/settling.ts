import type { Address } from 'viem'
import type { Model } from './model.ts'
import { Refused, type Words } from './result.ts'
import { type Key, kindCode } from './terms.ts'
import { division, worth } from './worth.ts'

/** */
export function rule(model: Model, sender: Address, fixing: number, value: bigint): Words {
  if (value === 0n) throw new Refused('ZeroValue')
  const dispute = model.dispute(fixing)
  model.requirePhase(dispute, 'Arbitration')
  const { arbitrationFee, bandPpm } = dispute.fixing
  const current = dispute.currentArbitrator(model.now)
  if (sender !== current) throw new Refused('NotArbitrator', [sender, current])
  model.requirePayable(sender, arbitrationFee)
  const values = dispute.candidates.map((candidate) => candidate.value)
  const winner = values.length === 0 ? undefined : model.rules.winner(values, dispute.leader, value, bandPpm)
  dispute.ruling = { value, winner }
  model.pay(sender, dispute, arbitrationFee)
  model.emit('Ruled', model.id(fixing), sender, value, winner === undefined ? 0n : (values[winner] ?? 0n))
  return []
}

/** Section 5; R-203 for pots that never filled. */
export function claim(model: Model, sender: Address, fixing: number, key: Key): Words {
  const dispute = model.dispute(fixing)
  const receipt = model.receiptId(fixing, key)
  const balance = model.receipts.balanceOf(sender, receipt)
  if (balance === 0n) throw new Refused('NothingToClaim', [receipt])
  const isUnfilled = (key.kind === 'Stake' || key.kind === 'Appeal') && !dispute.potAt(key).isComplete
  if (isUnfilled && dispute.isLive(key, model.now)) throw new Refused('PotLive', [BigInt(key.round), key.value])
  if (!isUnfilled) model.requireSettled(fixing)
  const paid = worth(dispute, key, balance, model.now)
  model.requirePayable(sender, paid)
  model.lastBurned = model.receipts.burn(sender, receipt)
  dispute.claims += 1n
  model.pay(sender, dispute, paid)
  const { kind, round, value } = key
  model.emit('Claimed', model.id(fixing), sender, kindCode(kind), BigInt(round), value, balance, paid)
  return [paid]
}

/** Section 5: the sink's share, once. */
export function collect(model: Model, fixing: number): Words {
  const dispute = model.dispute(fixing)
  model.requireSettled(fixing)
  if (dispute.isCollected) throw new Refused('AlreadyCollected', [model.id(fixing)])
  const toSink = division(dispute, model.now)?.sink ?? 0n
  dispute.isCollected = true
  model.pay(model.deployment.sink, dispute, toSink)
  model.emit('Collected', model.id(fixing), toSink)
  return [toSink]
}
