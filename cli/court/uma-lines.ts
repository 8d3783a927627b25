import { formatValue } from '#protocol/decimal.ts'
import type { UmaAssertion } from '#client/uma.ts'
import type { Connection } from '../chain/connection.ts'
import { formatAmount, formatColumns, formatDuration, formatIndexValue, formatMoment } from '../format.ts'
import type { NextStep } from '../fixing/next-steps.ts'
import { type Hearing, hearingEnd } from './uma-court.ts'

/** A fixing before UMA for people: whose turn it is, the ruling, and what is asserted. */
export function hearingLines(hearing: Hearing, { token }: Connection): string[] {
  const { adapter, snapshot, assertions, ruling } = hearing
  const { id, phase, atTime, settlement } = snapshot
  const end = hearingEnd(hearing)
  const turn = end === undefined ? '' : `: it is this adapter's turn until ${formatMoment(end, atTime)}`
  const settled = settlement === undefined ? '' : ` at ${formatIndexValue(settlement, 18)}`
  const ruled =
    ruling === undefined
      ? 'UMA has found no value true yet'
      : `${formatIndexValue(ruling.value, 18)}, asserted by ${ruling.asserter}`
  return [
    `adapter   ${adapter.address}, which asks ${adapter.court}`,
    `fixing    ${id}`,
    `phase     ${phase}${settled}${turn}`,
    `bond      ${formatAmount(adapter.bond, token)} now, and ${formatDuration(adapter.liveness)} to dispute`,
    `ruling    ${ruled}`,
    ...(assertions.length === 0 ? [] : ['', ...assertionLines(assertions, atTime)]),
  ]
}

/** What can be done about it now, with commands to paste. */
export function hearingSteps(hearing: Hearing, paste: Connection['paste']): NextStep[] {
  const { snapshot, assertions, ruling, adapter } = hearing
  const { id, atTime } = snapshot
  const end = hearingEnd(hearing)
  const canAssert = end !== undefined && ruling === undefined && atTime + adapter.liveness < end
  return [
    ...(canAssert ? [{ what: 'assert what you read', command: paste('uma', 'assert', id, 'VALUE') }] : []),
    ...assertions.flatMap(({ assertionId, value, stage }) => {
      const name = formatIndexValue(value, 18)
      if (stage === 'open') {
        return [{ what: `dispute ${name}, if it is false`, command: paste('uma', 'dispute', id, assertionId) }]
      }
      if (stage !== 'ripe' && stage !== 'voted') return []
      return [{ what: `settle ${name}`, command: paste('uma', 'settle', id, assertionId) }]
    }),
    ...(end !== undefined && ruling !== undefined
      ? [{ what: 'bring the ruling', command: paste('uma', 'settle', id) }]
      : []),
  ]
}

/** The same as the JSON document has it. */
export function hearingDocument(hearing: Hearing, paste: Connection['paste']): Record<string, unknown> {
  const { adapter, snapshot, assertions, ruling } = hearing
  const end = hearingEnd(hearing)
  return {
    version: 1,
    fixing: snapshot.id,
    phase: snapshot.phase,
    adapter: adapter.address,
    court: adapter.court,
    bond: adapter.bond.toString(),
    liveness: Number(adapter.liveness),
    turnEnd: end === undefined ? null : Number(end),
    ruling: ruling === undefined ? null : { value: formatValue(ruling.value), asserter: ruling.asserter },
    assertions: assertions.map(({ value, expiry, bond, disputer, isTrue, ...one }) => ({
      ...one,
      value: formatValue(value),
      expiry: Number(expiry),
      bond: bond.toString(),
      disputer: disputer ?? null,
      isTrue: isTrue ?? null,
    })),
    next: hearingSteps(hearing, paste),
  }
}

/** An assertion's stage in words. */
export function stageText({ stage, expiry, isTrue }: UmaAssertion, now: bigint): string {
  const found = isTrue === true ? 'true' : 'false'
  switch (stage) {
    case 'open':
      return `can be disputed until ${formatMoment(expiry, now)}`
    case 'ripe':
      return 'not disputed in time: true once it is settled'
    case 'disputed':
      return "disputed: UMA's voters decide"
    case 'voted':
      return `voted ${found}: to be settled`
    case 'settled':
      return `found ${found}`
  }
}

function assertionLines(assertions: readonly UmaAssertion[], now: bigint): string[] {
  const rows = assertions.map((one) => [
    `  ${one.assertionId}`,
    formatIndexValue(one.value, 18),
    one.asserter,
    stageText(one, now),
  ])
  return formatColumns([['  assertion', 'value', 'asserter', ''], ...rows])
}
