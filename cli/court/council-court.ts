import type { Address } from 'viem'
import { isCouncil } from '#client/council.ts'
import { arbitrationTurn } from '#protocol/phase.ts'
import type { Connection } from '../chain/connection.ts'
import { phaseRefusal } from '../chain/stale.ts'
import { InputError, RefusedError } from '../errors.ts'
import type { FoundFixing } from '../fixing/fixing-source.ts'
import { formatTime } from '../format.ts'

/** The council that may rule on the fixing now, and when its turn ends. Throws RefusedError if none can, InputError if it is another. */
export async function councilFor(
  connection: Connection,
  { view, fixing }: FoundFixing,
  named: Address | undefined,
): Promise<{ readonly council: Address; readonly end: bigint }> {
  const { snapshot } = view
  const turn = arbitrationTurn(fixing, snapshot.facts, snapshot.atTime)
  if (turn === undefined) throw phaseRefusalOf(snapshot, connection)
  const { current, end } = turn
  const council = named ?? current
  if (council !== fixing.arbitrator && council !== fixing.backup) {
    throw new InputError(
      `Expected one of the two that rule, ${fixing.arbitrator} or ${fixing.backup}, got ${council}.`,
      'Leave --council out.',
    )
  }
  if (council !== current) {
    throw new RefusedError(
      `Expected the turn of council ${council}, got that of ${current}, until ${formatTime(end)}.`,
      'The backup rules after the arbitration limit, and the arbitrator not any more.',
    )
  }
  if (await isCouncil(connection.chain, council)) return { council, end }
  throw noCouncil([council])
}

function phaseRefusalOf(snapshot: FoundFixing['view']['snapshot'], connection: Connection): RefusedError {
  if (snapshot.phase === 'settled') return phaseRefusal(snapshot, connection)
  const { paste } = connection
  return new RefusedError(
    `Expected a fixing in arbitration, got one that is ${snapshot.phase}.`,
    `Look: ${paste('fixing', 'show', snapshot.id)}`,
  )
}

/** None of the addresses has a council. */
export function noCouncil(got: readonly Address[]): InputError {
  return new InputError(`Expected a council, got ${got.join(' and ')}, which is none.`, 'If it is a jury: assize jury.')
}
