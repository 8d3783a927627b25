import { type OracleEvent, potsOf } from '#client/fixing-log.ts'
import { readFixing } from '#client/oracle-reader.ts'
import { type Worth, worthOf } from '#client/worth.ts'
import type { Connection } from '../chain/connection.ts'
import { viewOf } from './fixing-view.ts'
import type { Held } from './held.ts'
import { loggedIn } from './logged.ts'

/** A receipt with what it pays if its value wins, and how likely the stakes say that is. */
export type Valued = Held & { readonly worth: Worth | undefined; readonly oddsPpm: bigint | undefined }

/** What is `held`, fixing by fixing in the order of `events`, the oracle's log, with its worth now. Throws DeadRpcError. */
export async function valuedOf(
  held: readonly Held[],
  { chain, oracle }: Connection,
  events: readonly OracleEvent[],
): Promise<Valued[]> {
  const byFixing = Map.groupBy(held, ({ id }) => id)
  const valued: Valued[] = []
  for (const { id, fixing, events: own } of loggedIn(events)) {
    const receipts = byFixing.get(id)
    if (receipts === undefined) continue
    const snapshot = await readFixing(chain, oracle, fixing)
    const { odds } = viewOf(snapshot, potsOf(own, id, snapshot.facts.round))
    for (const one of receipts) {
      const worth = worthOf(one, snapshot, own)
      const chance = odds.find(({ value }) => value === one.value)?.probabilityPpm
      valued.push({ ...one, worth, oddsPpm: worth === undefined ? undefined : chance })
    }
  }
  return valued
}
