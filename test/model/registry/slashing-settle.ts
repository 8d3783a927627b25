import type { Action } from '../action.ts'
import type { RegistryStep } from './action.ts'
import type { RegistryWorld } from './history.ts'
import { LIE, type SlashingCase, type Way } from './slashing-cases.ts'

const PLENTY = 1n << 80n

/** What settles every case in its way, in the order of time; all are settled five days after the maturity. */
export function settlingSteps(world: RegistryWorld, cases: readonly SlashingCase[], maturity: bigint): RegistryStep[] {
  const steps = cases.flatMap((each, fixing) => stepsOf(world, each, fixing, maturity))
  return steps.toSorted((a, b) => Number(a.time - b.time))
}

function stepsOf(world: RegistryWorld, each: SlashingCase, fixing: number, maturity: bigint): RegistryStep[] {
  const { value, way, fixing: struct } = each
  const sender = world.owners[1] ?? world.sink
  const now = maturity + 2n
  const graceEnd = maturity + struct.proposalGrace
  const at = (time: bigint, action: Action): RegistryStep => ({ time, sender, action })
  const propose = (what: bigint): RegistryStep => at(now, { name: 'propose', fixing, value: what, maxBond: PLENTY })
  const join = (name: 'contribute' | 'appeal', round: number, what: bigint): RegistryStep => {
    return at(now, { name, fixing, round, value: what, amount: PLENTY })
  }
  switch (way.how) {
    case 'expiry':
      return []
    case 'timeout of the lie':
      return [propose(LIE)]
    case 'timeout of the truth':
      return [propose(value)]
    case 'disputed timeout':
      return [propose(value), join('contribute', 1, LIE)]
    case 'request':
      return [at(graceEnd, { name: 'request', fixing }), ruling(each, way, fixing, graceEnd)]
    case 'appeal':
      return [propose(LIE), join('contribute', 1, value), join('appeal', 2, LIE), ruling(each, way, fixing, now)]
  }
}

function ruling(
  { fixing: struct }: SlashingCase,
  way: Extract<Way, { readonly how: 'request' | 'appeal' }>,
  fixing: number,
  since: bigint,
): RegistryStep {
  const isBackup = way.turn === 'backup'
  const sender = isBackup ? struct.backup : struct.arbitrator
  const time = isBackup ? since + struct.arbitrationLimit : since + 1n
  return { time, sender, action: { name: 'rule', fixing, value: way.ruling } }
}
