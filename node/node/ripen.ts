import type { Head, Panel } from '../chain/port.ts'
import { wantedPeers } from './network-wait.ts'
import type { Parts } from './parts.ts'
import { isSamePanel } from './rosters.ts'
import type { Tracked } from './tracked.ts'

/**
 * Reads who reports for the fixing, and what is held of it. Until a final block is at or after the maturity, so that no
 * other chain can have other reporters, they are read again with every block before anything is signed or sent.
 */
export async function ripen(parts: Parts, tracked: Tracked, head: Head): Promise<void> {
  const { ripe, fixing } = tracked
  if (ripe?.isFinal === true) return
  const known = ripe === undefined ? await parts.store.fixings.panel(tracked.id) : undefined
  if (known !== undefined) return start(parts, tracked, known, true)
  const { panel, isFinal } = await parts.panels(fixing.maturity, head)
  if (isFinal) await parts.store.fixings.setPanel(tracked.id, panel)
  if (ripe === undefined || !isSamePanel(ripe, panel)) return start(parts, tracked, panel, isFinal)
  if (isFinal) tracked.ripe = { ...ripe, isFinal }
}

/** Takes these for the fixing's reporters, for the first time or because a block was undone. */
async function start(parts: Parts, tracked: Tracked, panel: Panel, isFinal: boolean): Promise<void> {
  const { chain, store, network, book, log } = parts
  const { id } = tracked
  const { reporters, epoch, indexOf } = parts.rosters(panel)
  if (tracked.ripe !== undefined) {
    log.warn({ fixingId: id }, 'a block was undone, and other reporters are in its place')
    // What was asked for and signed was of another roster.
    book.forget(id)
    tracked.asked = undefined
    tracked.refused = undefined
    tracked.syncedFor = undefined
  }
  await store.observations.load(id)
  store.observations.reindex(id, reporters)
  parts.known.note(reporters)
  tracked.ripe = { reporters, indexOf, epoch, isFinal }
  network.sync.open(id)
  await network.intake.recheck()
  const own = store.observations.all(id).find(({ signer }) => signer === chain.account)
  // A restarted node's peers may have missed what it had to say.
  if (own !== undefined) network.publish(own, wantedPeers(reporters.length))
}
