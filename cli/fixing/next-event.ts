import type { FixingSnapshot } from '#client/oracle-reader.ts'
import { arbitrationEnd, graceEnd } from '#protocol/phase.ts'

/** What comes next of a fixing by time alone, and when, Unix seconds; a settled one has nothing to come. */
export type NextEvent = { readonly what: string; readonly time: bigint } | undefined

/** By the phase that the fixing is in. */
export function nextEvent({ phase, fixing, facts }: FixingSnapshot): NextEvent {
  switch (phase) {
    case 'pending':
      return { what: 'opens', time: fixing.maturity }
    case 'open':
      return { what: 'arbitration can be requested', time: graceEnd(fixing) }
    case 'active':
      return { what: 'settles', time: facts.deadline }
    case 'arbitration':
      return { what: 'expires', time: arbitrationEnd(fixing, facts.arbitratedAt) }
    case 'settled':
      return undefined
  }
}
