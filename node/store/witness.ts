import { existsSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
import { StoreDiskError } from './database.ts'
import { ADDRESS, HEX } from './row.ts'

/**
 * That `signer` signed (or was about to sign) `digest` as its observation for the fixing or, if there is a `proposer`, as
 * that proposer's report; if there is an `attempt`, the one that it asked for again under that number.
 */
export type SignedDigest = {
  readonly signer: Address
  readonly fixingId: Hex
  readonly proposer?: Address | undefined
  readonly attempt?: number | undefined
  readonly digest: Hex
}

/** An append-only text file beside the database, one line per signature. */
export interface Witness {
  /**
   * Appends the line and waits for the disk. Throws StoreDiskError if that does not take it: nothing of the line is left then,
   * or nothing more is appended until what is left can be cut off.
   */
  append(entry: SignedDigest): Promise<void>
  /** What the disk said of the first line that it did not take; undefined: it took all. */
  failure(): StoreDiskError | undefined
  close(): Promise<void>
}

/**
 * Opens the file and reads what it holds. LevelDB drops the tail of a truncated log without a word (163 of 200 synced
 * rows, measured), and a forgotten signature could be followed by a second, different one: so every digest is kept
 * twice. A last line without its line break was never acknowledged and is cut off. The beginning of a line in front of another,
 * which older versions left when the disk was full, is passed over if it says of what it is and that is `stored`. Throws
 * {@link WitnessCorruptError}.
 */
export async function openWitness(
  file: string,
  stored: readonly SignedDigest[],
): Promise<{ witness: Witness; entries: readonly SignedDigest[] }> {
  const handle = await open(file, 'a', 0o600)
  try {
    const text = await readFile(file, 'utf8')
    const whole = wholeLinesOf(text)
    const length = Buffer.byteLength(whole)
    if (whole.length !== text.length) await handle.truncate(length)
    return { witness: witness(file, handle, length), entries: entriesIn(file, whole, stored) }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** What the file holds, as {@link openWitness} reads it; nothing is changed, and without a file there is nothing. Throws {@link WitnessCorruptError}. */
export async function readWitness(file: string, stored: readonly SignedDigest[]): Promise<readonly SignedDigest[]> {
  if (!existsSync(file)) return []
  return entriesIn(file, wholeLinesOf(await readFile(file, 'utf8')), stored)
}

const wholeLinesOf = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1)

function entriesIn(file: string, whole: string, stored: readonly SignedDigest[]): readonly SignedDigest[] {
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, i) => parseLine(file, line, i + 1, stored))
}

/** The first `length` bytes of the file are whole lines. */
function witness(file: string, handle: FileHandle, length: number): Witness {
  let end = length
  let isWhole = true
  let failure: StoreDiskError | undefined
  let last: Promise<void> = Promise.resolve()
  const cut = async (): Promise<void> => {
    if (isWhole) return
    await handle.truncate(end)
    isWhole = true
  }
  const write = async (line: string): Promise<void> => {
    try {
      // INVARIANT: a line begins where the last whole one ended: what is written behind half a line is lost with it.
      await cut()
      isWhole = false
      await handle.appendFile(line)
      await handle.datasync()
    } catch (cause) {
      await cut().catch(() => undefined)
      const error = diskError(file, cause)
      failure ??= error
      throw error
    }
    isWhole = true
    end += Buffer.byteLength(line)
  }
  return {
    append(entry) {
      // One after the other: what is cut off must be nobody else's.
      const written = last.then(() => write(lineOf(entry)))
      last = written.catch(() => undefined)
      return written
    },
    failure: () => failure,
    async close() {
      await last
      await handle.close()
    },
  }
}

function diskError(file: string, cause: unknown): StoreDiskError {
  return new StoreDiskError(file, cause instanceof Error ? cause.message : String(cause), { cause })
}

function lineOf({ signer, fixingId, proposer, attempt, digest }: SignedDigest): string {
  return `${JSON.stringify({ signer, fixingId, proposer, attempt, digest })}\n`
}

/** One signed digest, in a line of the file and in a row of the database. */
export const SIGNED_DIGEST = z.strictObject({
  signer: ADDRESS,
  fixingId: HEX,
  proposer: ADDRESS.optional(),
  attempt: z.int().min(1).optional(),
  digest: HEX,
})

/** How every line begins. */
const BEGINNING = '{"signer":"'
/** By here a line has said whose it is, of which fixing, and of what in it. */
const SUBJECT = '"digest":"'

function parseLine(file: string, line: string, number: number, stored: readonly SignedDigest[]): SignedDigest {
  const start = Math.max(0, line.lastIndexOf(BEGINNING))
  const torn = line.slice(0, start).split(/(?=\{"signer":")/)
  const isKnown = (half: string): boolean =>
    half === '' || (half.includes(SUBJECT) && stored.some((entry) => lineOf(entry).startsWith(half)))
  try {
    // INVARIANT: what half a line says was signed is known, or the store is not opened.
    if (torn.every(isKnown)) return SIGNED_DIGEST.parse(JSON.parse(line.slice(start)))
  } catch {
    // It is no line of ours.
  }
  throw new WitnessCorruptError(file, number)
}

/** The record of what was signed is damaged, or disagrees with the database: signing on could contradict it. */
export class WitnessCorruptError extends Error {
  override readonly name = 'Store.WitnessCorruptError'
  readonly file: string
  readonly line: number
  constructor(file: string, line: number) {
    super(
      `Expected a signed digest in line ${line} of ${file}, got something else. ` +
        'Move that file away, keep the store beside it, and try again: what was signed is written anew from there.',
    )
    this.file = file
    this.line = line
  }
}
