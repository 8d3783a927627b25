import type { Result } from '../result.ts'
import { INVALID } from '../terms.ts'
import type { CourtStep, UmaAction } from './terms.ts'
import type { Assertion, UmaModel } from './uma-model.ts'

/** What a run must reach of adapters to UMA, beside the turns. */
export const UMA_REQUIRED: readonly string[] = [
  'assertValue done',
  'assertValue ValueZero',
  'assertValue NotItsTurn',
  'assertValue AlreadyRuled',
  'assertValue TurnEndsBefore',
  'assertValue ERC20InsufficientBalance',
  'assertValue Error',
  'assertValue of INVALID',
  'assertValue beside another',
  'assertValue with a second to spare',
  'assertValue without one',
  'assertTruth done',
  'disputeAssertion done',
  'disputeAssertion Error',
  'disputeAssertion in the last second',
  'disputeAssertion in the second of the end',
  'settleAssertion done',
  'settleAssertion Error',
  'settleAssertion Nothing',
  'settleAssertion in its first second',
  'settleAssertion a second early',
  'undisputed',
  'voted true',
  'voted false',
  'the second that is true',
  'true after the turn',
  'of a stranger',
  'a dispute of a stranger',
  'assertionResolvedCallback NotTheCourt',
  'assertionDisputedCallback NotTheCourt',
  'bring done',
  'bring NotRuled',
  'bring NotArbitrator',
  'bring WrongPhase',
  'bring again',
  'bring by another than the asserter',
  'bring of INVALID',
]

/** What a step reaches, after the model has played it. */
export function umaNotes(adapter: UmaModel, { sender, action, time }: CourtStep, result: Result): string[] {
  const call = action as UmaAction // a history has one arbitrator
  switch (call.name) {
    case 'assertValue': {
      const spare = adapter.turnEnd(call.fixing) - adapter.terms.liveness - time
      const beside = [...adapter.assertions.values()].filter(({ fixing }) => fixing === call.fixing)
      if (!result.ok) return result.error === 'TurnEndsBefore' && spare === 0n ? ['assertValue without one'] : []
      return [
        ...(spare === 1n ? ['assertValue with a second to spare'] : []),
        ...(call.value === INVALID ? ['assertValue of INVALID'] : []),
        ...(beside.length > 1 ? ['assertValue beside another'] : []),
      ]
    }
    case 'disputeAssertion':
      return disputed(adapter.assertions.get(call.assertion), time, result)
    case 'settleAssertion':
      return settled(adapter, adapter.assertions.get(call.assertion), time, result)
    case 'bring': {
      const { asserter, value } = adapter.caseAt(call.fixing)
      if (!result.ok) return []
      return [
        ...(asserter === sender ? [] : ['bring by another than the asserter']),
        ...(value === INVALID ? ['bring of INVALID'] : []),
      ]
    }
    default:
      return []
  }
}

function disputed(assertion: Assertion | undefined, time: bigint, result: Result): string[] {
  if (assertion === undefined) return []
  const { expiry, fixing, disputer } = assertion
  if (!result.ok) return expiry === time && disputer === undefined ? ['disputeAssertion in the second of the end'] : []
  return [
    ...(expiry - time === 1n ? ['disputeAssertion in the last second'] : []),
    ...(fixing === undefined ? ['a dispute of a stranger'] : []),
  ]
}

function settled(adapter: UmaModel, assertion: Assertion | undefined, time: bigint, result: Result): string[] {
  if (assertion === undefined) return []
  const { expiry, fixing, disputer, vote, asserter, value } = assertion
  const isUndisputed = disputer === undefined
  if (!result.ok) return isUndisputed && expiry - time === 1n ? ['settleAssertion a second early'] : []
  if (fixing === undefined) return ['of a stranger']
  const trial = adapter.caseAt(fixing)
  const isTrue = isUndisputed || vote === 'true'
  const isSecond = isTrue && (trial.asserter !== asserter || trial.value !== value)
  return [
    ...(isUndisputed ? ['undisputed'] : [`voted ${vote}`]),
    ...(isUndisputed && expiry === time ? ['settleAssertion in its first second'] : []),
    ...(isSecond ? ['the second that is true'] : []),
    ...(isTrue && adapter.turnEnd(fixing) === 0n ? ['true after the turn'] : []),
  ]
}
