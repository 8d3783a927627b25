import { formatValue } from '#protocol/decimal.ts'
import { MAX_LEADERS } from '#protocol/fixing.ts'
import { arbitrationEnd, graceEnd } from '#protocol/phase.ts'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { claimCommand, type Connection } from '../chain/connection.ts'
import { formatTime } from '../format.ts'

/** Something that can be done about a fixing, and the command that does it. */
export type NextStep = { readonly what: string; readonly command: string }

/** Steps for people, below what they follow from; no line for none. */
export function stepLines(steps: readonly NextStep[]): string[] {
  if (steps.length === 0) return []
  return ['\nWhat can be done', ...steps.map(({ what, command }) => `  ${what}  ${command}`)]
}

/** What can be done now or next, with commands to paste; `VALUE` stands for the reader's own value. */
export function nextSteps(
  snapshot: FixingSnapshot,
  connection: Pick<Connection, 'token' | 'paste'>,
  { claimable, proposal }: { claimable: 'something' | 'nothing'; proposal: 'possible' | 'refused' },
): NextStep[] {
  const { id, fixing, phase } = snapshot
  const { paste } = connection
  const claim = { what: 'take back what can be taken back', command: claimCommand(connection, id) }
  const verify = { what: 'compute the value again, from its sources', command: paste('verify', id) }
  switch (phase) {
    case 'pending':
      return [{ what: 'raise the reward of a prompt proposal', command: paste('fund', id, '0.1eth') }]
    case 'open':
      return [verify, ...openSteps(snapshot, paste).slice(proposal === 'possible' ? 0 : 1)]
    case 'active':
      return [verify, ...disputeSteps(snapshot, paste), ...(claimable === 'something' ? [claim] : [])]
    case 'arbitration':
      return [
        verify,
        {
          what: `wait for the ruling, at most until ${formatTime(arbitrationEnd(fixing, snapshot.facts.arbitratedAt))}`,
          command: paste('fixing', 'show', id),
        },
        { what: 'see its case, if a jury rules', command: paste('jury', 'status', id) },
        { what: 'sign a ruling, if you are of the council that rules', command: paste('council', 'sign', id, 'VALUE') },
        { what: 'see what is asserted, if UMA rules', command: paste('uma', 'status', id) },
      ]
    case 'settled':
      return [
        verify,
        ...(claimable === 'something' ? [{ ...claim, what: 'claim' }] : []),
        { what: "send the sink its share (once, anyone's gas)", command: paste('collect', id) },
      ]
  }
}

function openSteps({ id, fixing, atTime }: FixingSnapshot, paste: Connection['paste']): NextStep[] {
  const end = graceEnd(fixing)
  const propose = { what: 'propose a value', command: paste('propose', id, 'VALUE') }
  const when = atTime < end ? ` (from ${formatTime(end)})` : ''
  return [propose, { what: `ask the arbitrator instead${when}`, command: paste('request', id) }]
}

/**
 * Every candidate that does not lead, and a new value: by an appeal, which ends the dispute, before a contribution, which
 * others can out-stake.
 */
function disputeSteps(snapshot: FixingSnapshot, paste: Connection['paste']): NextStep[] {
  const { id, candidates, leaderIndex, facts } = snapshot
  const others = candidates.filter((_, i) => i !== leaderIndex).map(({ value }) => formatValue(value))
  return [...others, 'VALUE'].flatMap((value) => {
    const named = value === 'VALUE' ? 'another value' : value
    const contribute = { what: `make ${named} lead`, command: paste('contribute', id, value, 'rest') }
    const appeal = { what: `have the arbitrator rule, for ${named}`, command: paste('appeal', id, value, 'rest') }
    return [...(facts.round >= 2 ? [appeal] : []), ...(facts.round < MAX_LEADERS ? [contribute] : [])]
  })
}
