import type { Address } from 'viem'
import type { Action } from './action.ts'
import type { Model } from './model.ts'
import { Refused, type Result, type Words } from './result.ts'
import { claim, collect, rule } from './settling.ts'
import { fund, join, propose, request } from './staking.ts'
import { fixingWords } from './terms.ts'

/** Plays one call at the model's `now` and says what the contract must have returned, emitted or reverted with. */
export function play(model: Model, sender: Address, action: Action): Result {
  model.takeEvents()
  try {
    const returns = perform(model, sender, action)
    return { ok: true, returns, events: model.takeEvents() }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { ok: false, error: error.error, args: error.args }
  }
}

function perform(model: Model, sender: Address, action: Action): Words {
  switch (action.name) {
    case 'create':
      return create(model, action.fixing)
    case 'fund':
      return fund(model, sender, action.fixing, action.amount)
    case 'propose':
      return propose(model, sender, action.fixing, action.value, action.maxBond)
    case 'contribute':
      return join(model, sender, action.fixing, { ...action, kind: 'Stake' }, action.amount)
    case 'appeal':
      return join(model, sender, action.fixing, { ...action, kind: 'Appeal' }, action.amount)
    case 'request':
      return request(model, sender, action.fixing)
    case 'rule':
      return rule(model, sender, action.fixing, action.value)
    case 'claim':
      return claim(model, sender, action.fixing, action)
    case 'collect':
      return collect(model, action.fixing)
    case 'transfer':
      model.receipts.transfer(sender, action.to, action.id, action.amount)
      return [true]
    case 'transferFrom':
      model.receipts.transferFrom(sender, action.from, action.to, action.id, action.amount)
      return [true]
    case 'approve':
      model.receipts.approve(sender, action.to, action.id, action.amount)
      return [true]
    case 'setOperator':
      model.receipts.setOperator(sender, action.to, action.approved)
      return [true]
  }
}

/** validates and announces; stores nothing. */
function create(model: Model, fixing: number): Words {
  model.requireParameters(fixing)
  const struct = model.fixing(fixing)
  model.emit('Created', model.id(fixing), struct.indexId, `0x${fixingWords(struct)}`)
  return [model.id(fixing)]
}
