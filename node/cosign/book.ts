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

type Page = {
  readonly requests: Map<string, VerifiedRequest>
  /** By digest, then by place. */
  readonly partials: Map<Hex, Map<number, VerifiedPartial>>
  readonly twiceSigned: Set<number>
}

/** Bounded by the rosters: the few requests of each reporter, and one partial signature of each reporter for each. */
export function createBook(): Book {
  const pages = new Map<Hex, Page>()
  const pageOf = (fixingId: Hex): Page => {
    const page = pages.get(fixingId) ?? { requests: new Map(), partials: new Map(), twiceSigned: new Set() }
    pages.set(fixingId, page)
    return page
  }
  return {
    requests: (fixingId) => [...(pages.get(fixingId)?.requests.values() ?? [])],
    partials(fixingId, digest) {
      const held = pages.get(fixingId)?.partials.get(digest)?.values() ?? []
      return [...held].toSorted((a, b) => a.place - b.place)
    },
    addRequest(request) {
      const { fixingId, proposer } = request.report
      const page = pageOf(fixingId)
      const key = `${proposer.toLowerCase()}:${request.attempt}`
      if (page.requests.has(key)) return
      page.requests.set(key, request)
      if (!page.partials.has(request.digest)) page.partials.set(request.digest, new Map())
    },
    addPartial(partial) {
      const held = pages.get(partial.fixingId)?.partials.get(partial.digest)
      if (held !== undefined && !held.has(partial.place)) held.set(partial.place, partial)
    },
    addTwiceSigned: (fixingId, reporterIndex) => void pageOf(fixingId).twiceSigned.add(reporterIndex),
    twiceSigned: (fixingId) => pages.get(fixingId)?.twiceSigned ?? new Set(),
    forget: (fixingId) => void pages.delete(fixingId),
  }
}
