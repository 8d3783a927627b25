import type { Address, Hex } from 'viem'
import { announcedFixing } from '#client/announcement.ts'
import { type OracleEvent, potsOf } from '#client/fixing-log.ts'
import { type FixingSnapshot, readFixing } from '#client/oracle-reader.ts'
import type { Fixing } from '#protocol/fixing.ts'
import type { Connection } from '../chain/connection.ts'
import { InputError } from '../errors.ts'
import { inParts } from '../in-parts.ts'
import { type FixingView, viewOf } from './fixing-view.ts'
import { loggedIn } from './logged.ts'

/** A fixing with its history and where it stands. */
export type FoundFixing = {
  readonly fixing: Fixing
  readonly events: readonly OracleEvent[]
  readonly view: FixingView
}

/**
 * Finds the fixing in the oracle's log, or in that of the jury that is to judge it, and reads where it stands. Throws InputError if it
 * was neither created nor opened there. `jury` is one of the two that rule, if the user has named one.
 */
export async function findFixing(connection: Connection, id: Hex, jury?: Address): Promise<FoundFixing> {
  const { chain, oracle, readLog, paste } = connection
  const events = await readLog(id)
  const fixing = await announcedFixing(chain, oracle, id, events, jury)
  if (fixing === undefined) {
    throw new InputError(
      `Expected fixing ${id} at oracle ${oracle}, got no Created event of it.`,
      `List what is there with "${paste('fixing', 'list')}", or look further back with --from-block.`,
    )
  }
  const snapshot = await readFixing(chain, oracle, fixing)
  // The id is the hash of the parameters: an endpoint that makes one up cannot match it.
  if (snapshot.id !== id) {
    throw new InputError(
      `Expected the parameters of fixing ${id}, got those of ${snapshot.id}.`,
      'Use another endpoint.',
    )
  }
  return { fixing, events, view: viewOf(snapshot, potsOf(events, id, snapshot.facts.round)) }
}

/** Reads where all fixings stand that `events` create, the oracle's log. Throws DeadRpcError. */
export function readViews(
  { chain, oracle, onPart }: Connection,
  events: readonly OracleEvent[],
): Promise<FixingView[]> {
  return inParts(
    loggedIn(events),
    async ({ fixing, id, events: own }) => {
      const snapshot = await readFixing(chain, oracle, fixing)
      return viewOf(snapshot, potsOf(own, id, snapshot.facts.round))
    },
    onPart('fixings'),
  )
}

/** Reads again where a fixing stands, without its log. */
export function readAgain({ chain, oracle }: Connection, fixing: Fixing): Promise<FixingSnapshot> {
  return readFixing(chain, oracle, fixing)
}
