import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { claimCommand, type Connection } from './connection.ts'
import { RefusedError } from '../errors.ts'
import { formatIndexValue, formatMoment } from '../format.ts'

/** Why nothing can be staked in this phase, when it changes, and what can be done instead. */
export function phaseRefusal(
  snapshot: FixingSnapshot,
  { token, paste }: Pick<Connection, 'token' | 'paste'>,
): RefusedError {
  const { id, phase, fixing, facts, atTime, settlement, outcome } = snapshot
  const show = paste('fixing', 'show', id)
  switch (phase) {
    case 'pending':
      return refusal('one that matures', formatMoment(fixing.maturity, atTime), 'Come back then.')
    case 'open':
      return refusal(
        'one without a proposal, open since',
        formatMoment(fixing.maturity, atTime),
        `Propose: ${paste('propose', id, 'VALUE')}`,
      )
    case 'active':
      return refusal('one whose leader settles', formatMoment(facts.deadline, atTime), `Look again: ${show}`)
    case 'arbitration':
      return refusal(
        'one before the arbitrator since',
        formatMoment(facts.arbitratedAt, atTime),
        `Wait for the ruling: ${show}`,
      )
    case 'settled': {
      const since = outcome === 'timeout' ? `, its deadline was ${formatMoment(facts.deadline, atTime)}` : ''
      const claim = claimCommand({ token, paste }, id)
      const value = settlement === undefined ? '' : ` at ${formatIndexValue(settlement, 18)}`
      return new RefusedError(
        `Expected a fixing that can be staked on, got one settled${value} by ${outcome}${since}.`,
        `It is too late; to take out what is yours: ${claim}`,
      )
    }
  }
}

function refusal(what: string, when: string, hint: string): RefusedError {
  return new RefusedError(`Expected a fixing that can be staked on, got ${what} ${when}.`, hint)
}
