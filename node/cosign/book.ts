import type { Hex } from 'viem'
import type { CosigningBook, VerifiedPartial, VerifiedRequest } from '../gossip/cosigning.ts'

/** The co-signing of open fixings, in memory: whoever restarts proposes plainly, or asks again for the same report. */
export interface Book extends CosigningBook {
  /** Keeps the first request of each proposer. */
  addRequest(request: VerifiedRequest): void
  /** Keeps a partial signature of a report that was asked for. */
  addPartial(partial: VerifiedPartial): void
  /** Forgets a fixing that is over. */
  forget(fixingId: Hex): void
}

type Page = {
  readonly requests: Map<string, VerifiedRequest>
  /** By digest, then by place. */
  readonly partials: Map<Hex, Map<number, VerifiedPartial>>
}

/** Bounded by the rosters: one request of each reporter, and one partial signature of each reporter for each. */
export function createBook(): Book {
  const pages = new Map<Hex, Page>()
  return {
    requests: (fixingId) => [...(pages.get(fixingId)?.requests.values() ?? [])],
    partials(fixingId, digest) {
      const held = pages.get(fixingId)?.partials.get(digest)?.values() ?? []
      return [...held].toSorted((a, b) => a.place - b.place)
    },
    addRequest(request) {
      const { fixingId, proposer } = request.report
      const page = pages.get(fixingId) ?? { requests: new Map(), partials: new Map() }
      pages.set(fixingId, page)
      if (page.requests.has(proposer.toLowerCase())) return
      page.requests.set(proposer.toLowerCase(), request)
      page.partials.set(request.digest, new Map())
    },
    addPartial(partial) {
      const held = pages.get(partial.fixingId)?.partials.get(partial.digest)
      if (held !== undefined && !held.has(partial.place)) held.set(partial.place, partial)
    },
    forget: (fixingId) => void pages.delete(fixingId),
  }
}
