import { NotFoundError } from '@libp2p/interface'
import type { KadDHTComponents } from '@libp2p/kad-dht'

type Datastore = KadDHTComponents['datastore']

/**
 * Where the hash table would keep the records that peers hand it: it has none and takes none, so that no peer fills this node's memory.
 * Where peers can be reached is in its routing table instead. Every `put` throws {@link RecordRefusedError}.
 */
export const NO_RECORDS: Datastore = {
  put: refuse,
  putMany: refuse,
  batch: () => ({ put: refuse, delete: () => undefined, commit: () => undefined }),
  has: () => false,
  get: () => {
    throw new NotFoundError('No records are kept')
  },
  async *getMany() {},
  delete: () => undefined,
  async *deleteMany() {},
  async *query() {},
  async *queryKeys() {},
}

function refuse(): never {
  throw new RecordRefusedError()
}

/** A peer, or this node itself, asked for a record to be kept. */
export class RecordRefusedError extends Error {
  override readonly name = 'Gossip.RecordRefusedError'
  constructor() {
    super('Expected no record for the hash table to keep, got one. It finds peers, and keeps nothing for them.')
  }
}
