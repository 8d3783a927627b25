import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import type { Erc792Model } from './erc792-model.ts'
import type { CourtStep, Erc792Action } from './terms.ts'

/** What a run must reach of adapters to a court of ERC-792, beside the turns. */
export const ERC792_REQUIRED: readonly string[] = [
  'open done',
  'open NotItsTurn',
  'open AlreadyOpen',
  'open PaymentTooLow',
  'open UnknownDispute',
  'open FailedCall',
  'open with change',
  'open for nothing',
  'open by a contract',
  'appeal done',
  'appeal NotOpen',
  'appeal PaymentTooLow',
  'appeal InsufficientPayment',
  'appeal InvalidStatus',
  'appeal AfterAppealPeriodEnd',
  'appeal FailedCall',
  'appeal with change',
  'submitEvidence done',
  'rule NotTheCourt',
  'tell done',
  'tell UnknownDispute',
  'tell RulingOutOfBounds',
  'a refusal to rule',
  'a ruling of INVALID',
  'a ruling after the turn',
  'a second ruling',
  'giveRuling done',
  'giveRuling NotOwner',
  'giveRuling InvalidRuling',
  'giveRuling InvalidStatus',
  'executeRuling done',
  'executeRuling BeforeAppealPeriodEnd',
  'executeRuling InvalidStatus',
  'createDispute done',
  'bring done',
  'bring NotRuled',
  'bring NotArbitrator',
  'bring WrongPhase',
  'bring again',
  'bring by another than the opener',
  'bring of INVALID',
]

/** What a step reaches, after the model has played it. */
export function erc792Notes(adapter: Erc792Model, { sender, wei = 0n, action }: CourtStep, result: Result): string[] {
  const call = action as Erc792Action // a history has one arbitrator
  switch (call.name) {
    case 'open': {
      const { cost } = adapter.court
      if (!result.ok) return []
      const isContract = adapter.terms.refusers.includes(sender)
      return [
        ...(wei > cost ? ['open with change'] : []),
        ...(cost === 0n ? ['open for nothing'] : []),
        ...(isContract ? ['open by a contract'] : []),
      ]
    }
    case 'appeal': {
      if (!result.ok) return []
      // The next appeal costs twice as much.
      const cost = adapter.court.appealCost(adapter.caseAt(call.fixing).disputeId) / 2n
      return wei > cost ? ['appeal with change'] : []
    }
    case 'tell':
    case 'executeRuling':
      return ruled(adapter, call.disputeId, result)
    case 'bring': {
      if (!result.ok) return []
      const { opener, value } = adapter.caseAt(call.fixing)
      return [
        ...(opener === sender ? [] : ['bring by another than the opener']),
        ...(value === INVALID ? ['bring of INVALID'] : []),
      ]
    }
    default:
      return []
  }
}

function ruled(adapter: Erc792Model, disputeId: bigint, result: Result): string[] {
  const fixing = adapter.fixings.get(disputeId)
  if (fixing === undefined) return []
  if (!result.ok) return result.error === 'UnknownDispute' ? ['a second ruling'] : []
  const ruling = result.events[0]?.args[2]
  return [
    ...(ruling === 0n ? ['a refusal to rule'] : []),
    ...(ruling === INVALID ? ['a ruling of INVALID'] : []),
    ...(adapter.turnEnd(fixing) === 0n ? ['a ruling after the turn'] : []),
  ]
}
