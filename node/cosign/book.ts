import type { Hex } from 'viem'
import type { CosigningBook, VerifiedPartial, VerifiedRequest } from '../gossip/cosigning.ts'

/** The co-signing of open fixings, in memory: whoever restarts gets it from peers. */
export interface Book extends CosigningBook {
  /** Keeps the first request of each proposer under each number. */
  addRequest(request: VerifiedRequest): void
  /** Keeps a partial signature of a report that was asked for. */
  addPartial(partial: VerifiedPartial): void
  /** Notes that a reporter, by its registry index, signed its observation in two ways: peers hold either. */
  addTwiceSigned(fixingId: Hex, reporterIndex: number): void
  /** Whose observation makes a report that others may not come to. */
  twiceSigned(fixingId: Hex): ReadonlySet<number>
  /** Forgets a fixing that is over. */
  forget(fixingId: Hex): void
}

/** INVARIANT: a list is replaced by another when it grows: by the list alone it is told that nothing has changed. */
type Page = {
  requests: readonly VerifiedRequest[]
  /** By digest, in the order of their places. */
  readonly partials: Map<Hex, readonly VerifiedPartial[]>
  readonly twiceSigned: Set<number>
}

const NOTHING: readonly never[] = []

/** Bounded by the rosters: the few requests of each reporter, and one partial signature of each reporter for each. */
export function createBook(): Book {
  const pages = new Map<Hex, Page>()
  const pageOf = (fixingId: Hex): Page => {
    const page = pages.get(fixingId) ?? { requests: [], partials: new Map(), twiceSigned: new Set() }
    pages.set(fixingId, page)
    return page
  }
  return {
    requests: (fixingId) => pages.get(fixingId)?.requests ?? NOTHING,
    partials: (fixingId, digest) => pages.get(fixingId)?.partials.get(digest) ?? NOTHING,
    addRequest(request) {
      const { fixingId, proposer } = request.report
      const page = pageOf(fixingId)
      const isSame = ({ attempt, report }: VerifiedRequest): boolean =>
        attempt === request.attempt && report.proposer.toLowerCase() === proposer.toLowerCase()
      if (page.requests.some(isSame)) return
      page.requests = [...page.requests, request]
      if (!page.partials.has(request.digest)) page.partials.set(request.digest, NOTHING)
    },
    addPartial(partial) {
      const { fixingId, digest, place } = partial
      const held = pages.get(fixingId)?.partials.get(digest)
      if (held === undefined || held.some((other) => other.place === place)) return
      const next = held.findIndex((other) => other.place > place)
      pages.get(fixingId)?.partials.set(digest, held.toSpliced(next === -1 ? held.length : next, 0, partial))
    },
    addTwiceSigned: (fixingId, reporterIndex) => void pageOf(fixingId).twiceSigned.add(reporterIndex),
    twiceSigned: (fixingId) => pages.get(fixingId)?.twiceSigned ?? new Set(),
    forget: (fixingId) => void pages.delete(fixingId),
  }
}
