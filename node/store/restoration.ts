import { readFile } from 'node:fs/promises'
import { replaceFile } from '../ground/whole-file.ts'

/**
 * That a store was made from a backup, or that a key came to it that it did not know: what else was signed is not known.
 */
export interface Restoration {
  /** Whether something new may be signed for a fixing of this maturity, Unix seconds. Always, of a store never restored. */
  maySign(maturity: bigint): boolean
  /** Says what time it is, at every look at which that is sure: the first after a restoration is remembered unless the mark is later. */
  note(time: bigint): Promise<void>
  /** A key comes that the store does not know: nothing new from now on until the next look. Waits for the disk. */
  begin(): Promise<void>
}

/** What the mark says: nothing new for what matured up to `time`, and whether the node has looked at the time since. */
type Mark = { readonly time: bigint; readonly isSeen: boolean }

const MARK = /^(\d{1,20}) (restored|seen)\n$/

/** Marks the store beside `file` as restored at `time`, Unix seconds by the machine's clock. Waits for the disk. */
export function markRestored(file: string, time: bigint): Promise<void> {
  return write(file, { time, isSeen: false })
}

/**
 * Reads the mark, which lies beside the store and outlives it: a store that is lost later knows as little.
 * INVARIANT: after a restoration nothing new is signed for a fixing that had matured by then: it may have been signed
 * before, in another way. An endpoint that is behind cannot move that instant back. Throws {@link MarkCorruptError}.
 */
export async function openRestoration(file: string): Promise<Restoration> {
  let mark = await read(file)
  return {
    maySign: (maturity) => mark === undefined || (mark.isSeen && maturity > mark.time),
    async note(time) {
      if (mark === undefined || mark.isSeen) return
      const seen = { time: time > mark.time ? time : mark.time, isSeen: true }
      await write(file, seen)
      mark = seen
    },
    async begin() {
      const unseen = { time: mark?.time ?? 0n, isSeen: false }
      await write(file, unseen)
      mark = unseen
    },
  }
}

async function read(file: string): Promise<Mark | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const [, time, state] = MARK.exec(text) ?? []
  if (time === undefined) throw new MarkCorruptError(file)
  return { time: BigInt(time), isSeen: state === 'seen' }
}

function write(file: string, { time, isSeen }: Mark): Promise<void> {
  return replaceFile(file, `${time} ${isSeen ? 'seen' : 'restored'}\n`, 0o600)
}

/** Nobody can tell what must not be signed. */
export class MarkCorruptError extends Error {
  override readonly name = 'Store.MarkCorruptError'
  readonly file: string
  constructor(file: string) {
    super(
      `Expected the time of a restoration in ${file}, got something else. ` +
        `Set the clock right, and write the time it is there: echo "$(date +%s) restored" > ${file}`,
    )
    this.file = file
  }
}
