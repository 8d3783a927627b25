import type { Address, Hex } from 'viem'
import type { OracleEvent as ClientEvent } from '#client/fixing-log.ts'
import { KIND_CODE, type Kind, receiptId } from '#protocol/fixing.ts'
import type { OracleEvent } from './port.ts'

/** The client's events in a node's words; those a node does not look at are left out. */
export function translate(events: readonly ClientEvent[]): OracleEvent[] {
  const transfers = Map.groupBy(events.filter(isTransfer), ({ transactionHash }) => transactionHash)
  return events.flatMap((event) => translateOne(event, transfers) ?? [])
}

/** By the transaction that made them. */
type Transfers = ReadonlyMap<Hex | null, readonly Event<'Transfer'>[]>

function isTransfer(event: ClientEvent): event is Event<'Transfer'> {
  return event.eventName === 'Transfer'
}

function translateOne(event: ClientEvent, transfers: Transfers): OracleEvent | undefined {
  const block = event.blockNumber
  switch (event.eventName) {
    case 'Created':
      return { name: 'created', block, id: event.args.id, fixing: event.args.fixing }
    case 'Proposed': {
      const { id, proposer, value, bond } = event.args
      return { name: 'proposed', block, id, from: holderOf(event, transfers) ?? proposer, value, bond }
    }
    case 'Contributed': {
      const { id, from, round, value, taken, filled } = event.args
      const kind = kindOf(event.args.kind)
      if (kind !== 'stake' && kind !== 'appeal') return undefined
      return { name: 'contributed', block, id, from, kind, round, value, taken, filled }
    }
    case 'Led':
      return { name: 'led', block, id: event.args.id, round: event.args.round, value: event.args.value }
    case 'Arbitrated': {
      const cause = kindOf(event.args.cause) === 'appeal' ? 'appeal' : 'request'
      return { name: 'arbitrated', block, id: event.args.id, cause }
    }
    case 'Ruled':
      return { name: 'ruled', block, id: event.args.id, value: event.args.ruling }
    case 'Claimed': {
      const { id, holder, round, value } = event.args
      return { name: 'claimed', block, id, holder, kind: kindOf(event.args.kind), round, value }
    }
    case 'Approval':
    case 'Collected':
    case 'Funded':
    case 'OperatorSet':
    case 'Transfer':
      return undefined
  }
  return undefined
}

type Event<Name extends ClientEvent['eventName']> = Extract<ClientEvent, { eventName: Name }>

/** To whom the same transaction gave the proposal's receipts: the registry proposes for others. */
function holderOf({ transactionHash, args }: Event<'Proposed'>, transfers: Transfers): Address | undefined {
  const handed = transfers.get(transactionHash)?.filter(({ args: { sender } }) => sender === args.proposer) ?? []
  if (handed.length === 0) return undefined
  const receipt = receiptId(args.id, 'stake', 0, args.value)
  const handedOver = handed.findLast((event) => event.args.id === receipt)
  return handedOver?.args.receiver
}

const KINDS: readonly Kind[] = ['stake', 'appeal', 'request', 'fund']

function kindOf(code: number): Kind {
  return KINDS.find((kind) => KIND_CODE[kind] === code) ?? 'stake'
}
