import { readFile } from 'node:fs/promises'
import { peerIdFromString } from '@libp2p/peer-id'
import { z } from 'zod'
import { replaceFile } from '../ground/whole-file.ts'

/** Where peers could be reached, kept over restarts: so that a node finds the others without its bootstrap. */
export interface AddressBook {
  /**
   * The peer was reached at the address, or said so under its signature; `time` is Unix seconds. An address of more than 512 characters,
   * which a peer may announce and nobody needs, is not noted.
   */
  note(peer: string, address: string, time: bigint): void
  /** Everything, the peer that was noted last first. */
  entries(): readonly BookEntry[]
  /** Writes what has changed. Throws what the file system throws. */
  save(): Promise<void>
}

/** One peer of the book. */
export type BookEntry = {
  readonly peer: string
  /** Multiaddrs without the peer id, the one noted last first. */
  readonly addresses: readonly string[]
  /** When it was noted last, Unix seconds. */
  readonly time: number
}

const MAX_PEERS = 512
const MAX_ADDRESSES = 4
const MAX_ADDRESS_LENGTH = 512
/** Beyond what a full book has of the longest addresses, each of their characters escaped. */
const MAX_FILE_BYTES = 8_388_608
const FILE = z.strictObject({ version: z.literal(1), peers: z.array(z.unknown()) })
const ENTRY = z.strictObject({
  peer: z.string().max(128).refine(isPeer),
  addresses: z.array(z.string().max(MAX_ADDRESS_LENGTH)).max(MAX_ADDRESSES),
  time: z.int().min(0),
})

/**
 * The book in `file`, or in memory alone; a file that is not there or not one of ours gives an empty book, since it can be filled again,
 * and an entry that is none is left out. Holds 512 peers: beyond that the one that is not `isPreferred` and was noted longest ago is
 * forgotten, then the one noted longest ago.
 */
export async function openAddressBook(
  file: string | undefined,
  isPreferred: (peer: string) => boolean,
): Promise<AddressBook> {
  const book = new Map((await read(file)).map((entry) => [entry.peer, entry]))
  let isChanged = false
  return {
    note(peer, address, time) {
      if (address.length > MAX_ADDRESS_LENGTH) return
      const known = book.get(peer)
      const others = known?.addresses.filter((other) => other !== address) ?? []
      book.delete(peer)
      book.set(peer, { peer, addresses: [address, ...others].slice(0, MAX_ADDRESSES), time: Number(time) })
      isChanged = true
      if (book.size <= MAX_PEERS) return
      const [oldest] = book.keys()
      const dropped = [...book.keys()].find((id) => !isPreferred(id)) ?? oldest
      if (dropped !== undefined) book.delete(dropped)
    },
    entries: () => [...book.values()].toReversed(),
    async save() {
      if (!isChanged || file === undefined) return
      // What is noted while it is written is for the next time.
      isChanged = false
      try {
        await replaceFile(file, JSON.stringify({ version: 1, peers: [...book.values()] }), 0o600)
      } catch (error) {
        isChanged = true
        throw error
      }
    },
  }
}

async function read(file: string | undefined): Promise<readonly BookEntry[]> {
  if (file === undefined) return []
  try {
    const text = await readFile(file, 'utf8')
    if (text.length > MAX_FILE_BYTES) return []
    const { peers } = FILE.parse(JSON.parse(text))
    // What another version wrote of one peer costs none of the others.
    return peers.flatMap((entry) => ENTRY.safeParse(entry).data ?? []).slice(-MAX_PEERS)
  } catch {
    return []
  }
}

function isPeer(text: string): boolean {
  try {
    peerIdFromString(text)
    return true
  } catch {
    return false
  }
}
