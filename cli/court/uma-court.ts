import type { Address, Hex } from 'viem'
import type { FixingSnapshot } from '#client/oracle-reader.ts'
import {
  readAssertions,
  readUma,
  readUmaRuling,
  type UmaAdapter,
  type UmaAssertion,
  type UmaRuling,
} from '#client/uma.ts'
import type { Fixing } from '#protocol/fixing.ts'
import { arbitrationTurn, turnEndOf } from '#protocol/phase.ts'
import { type Connection, requireFresh } from '../chain/connection.ts'
import type { Context } from '../context.ts'
import { addressFrom } from '../environment.ts'
import { InputError, RefusedError } from '../errors.ts'
import { findFixing } from '../fixing/fixing-source.ts'
import { formatTime } from '../format.ts'
import { inTurn } from './in-turn.ts'
import type { SigningFlags } from '../options.ts'
import { requireTrusted } from '../chain/trust.ts'

/** A fixing before UMA, as of the newest block. */
export type Hearing = {
  readonly adapter: UmaAdapter
  readonly fixing: Fixing
  readonly snapshot: FixingSnapshot
  /** What was asserted through the adapter, in chain order. */
  readonly assertions: readonly UmaAssertion[]
  /** What UMA found true first; undefined before. */
  readonly ruling: UmaRuling | undefined
}

/**
 * The fixing and what is asserted of it through the adapter that was named, or else that whose turn it is, or else that of the
 * two which is one. Throws InputError if none is.
 */
export async function findHearing(connection: Connection, id: Hex, named: Address | undefined): Promise<Hearing> {
  const { fixing, view, events } = await findFixing(connection, id)
  const { snapshot } = view
  const adapter = await adapterFor(connection, snapshot, named)
  const arbitrated = events.find(({ eventName }) => eventName === 'Arbitrated')
  const [assertions, ruling] = await Promise.all([
    arbitrated === undefined
      ? []
      : readAssertions(connection.chain, adapter, id, { fromBlock: arbitrated.blockNumber }, snapshot.atTime),
    readUmaRuling(connection.chain, adapter.address, id),
  ])
  return { adapter, fixing, snapshot, assertions, ruling }
}

/** As {@link findHearing}, of the adapter that the flag or ASSIZE_UMA names, to which a bond may be given. */
export async function findTrusted(
  connection: Connection,
  id: Hex,
  flags: SigningFlags & { readonly adapter?: Address },
  { env, now }: Context,
): Promise<Hearing> {
  const trusted = flags.adapter ?? addressFrom(env, 'ASSIZE_UMA')
  const hearing = await findHearing(connection, id, trusted)
  const { fixing, snapshot, adapter } = hearing
  requireFresh(snapshot.atTime, now(), flags.maxAge)
  requireTrusted(fixing, flags.arbitrators, env)
  if (trusted !== undefined) return hearing
  // Anybody can create a fixing whose arbitrator looks like an adapter and keeps what it is given.
  throw new InputError(
    `Expected the UmaArbitrator that you trust with a bond, got none: the fixing names ${adapter.address}, which asks ${adapter.court}.`,
    `If its code is ours, and that is UMA's oracle on this chain: --adapter ${adapter.address}, or ASSIZE_UMA.`,
  )
}

/** First second at which the adapter cannot rule any more; undefined while it cannot. */
export function hearingEnd({ adapter, snapshot }: Pick<Hearing, 'adapter' | 'snapshot'>): bigint | undefined {
  return turnEndOf(adapter.address, snapshot)
}

/** When the adapter's turn ends. Throws RefusedError if it is not its turn. */
export function requireHearing(hearing: Hearing, { paste }: Connection): bigint {
  const end = hearingEnd(hearing)
  if (end !== undefined) return end
  const { snapshot, adapter } = hearing
  const turn = arbitrationTurn(snapshot.fixing, snapshot.facts, snapshot.atTime)
  const got =
    turn === undefined ? `one that is ${snapshot.phase}` : `the turn of ${turn.current}, until ${formatTime(turn.end)}`
  throw new RefusedError(
    `Expected a fixing that waits for adapter ${adapter.address}, got ${got}.`,
    `Look: ${paste('fixing', 'show', snapshot.id)}`,
  )
}

/** Throws RefusedError if the values that UMA found true have made a ruling already. */
export function requireUndecided({ ruling, snapshot }: Hearing, { paste }: Connection): void {
  if (ruling === undefined) return
  throw new RefusedError(
    `Expected a fixing on which UMA has found no value true, got ${snapshot.id}, which has its ruling.`,
    `Bring it: ${paste('uma', 'settle', snapshot.id)}`,
  )
}

/** The assertion of that id. Throws InputError if it is not one of the fixing's. */
export function assertionIn({ assertions, snapshot }: Hearing, id: Hex, { paste }: Connection): UmaAssertion {
  const found = assertions.find(({ assertionId }) => assertionId === id)
  if (found !== undefined) return found
  throw new InputError(
    `Expected an assertion of fixing ${snapshot.id}, got ${id}.`,
    `They are listed by: ${paste('uma', 'status', snapshot.id)}`,
  )
}

async function adapterFor(
  { chain }: Connection,
  snapshot: FixingSnapshot,
  named: Address | undefined,
): Promise<UmaAdapter> {
  const { fixing } = snapshot
  const { arbitrator, backup } = fixing
  if (named !== undefined && named !== arbitrator && named !== backup) throw strangerError(fixing, named)
  const asked = named === undefined ? inTurn(snapshot) : [named]
  for (const one of asked) {
    const adapter = await readUma(chain, one)
    if (adapter !== undefined) return adapter
  }
  throw new InputError(
    `Expected a fixing that UMA rules on, got ${asked.join(' and ')}, which do not ask it.`,
    'If it is a jury: assize jury. If it is a council: assize council.',
  )
}

function strangerError({ arbitrator, backup }: Fixing, got: Address): InputError {
  return new InputError(
    `Expected an adapter that rules on the fixing, ${arbitrator} or ${backup}, got ${got}.`,
    'Name one of these, if you trust it, or leave the fixing alone.',
  )
}
