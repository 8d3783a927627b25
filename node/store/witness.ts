import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { Address, Hex } from 'viem'
import { z } from 'zod'
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
  /** Appends the line and waits for the disk. */
  append(entry: SignedDigest): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the file and reads what it holds. LevelDB drops the tail of a truncated log without a word (163 of 200 synced
 * rows, measured), and a forgotten signature could be followed by a second, different one: so every digest is kept
 * twice. A last line without its line break was never acknowledged and is cut off. Throws {@link WitnessCorruptError}.
 */
export async function openWitness(file: string): Promise<{ witness: Witness; entries: readonly SignedDigest[] }> {
  const handle = await open(file, 'a', 0o600)
  try {
    const text = await readFile(file, 'utf8')
    const whole = text.slice(0, text.lastIndexOf('\n') + 1)
    if (whole.length !== text.length) await handle.truncate(Buffer.byteLength(whole))
    const entries = whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line, i) => parseLine(file, line, i + 1))
    return { witness: witness(handle), entries }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function witness(handle: FileHandle): Witness {
  return {
    async append({ signer, fixingId, proposer, attempt, digest }) {
      await handle.appendFile(`${JSON.stringify({ signer, fixingId, proposer, attempt, digest })}\n`)
      await handle.datasync()
    },
    close: () => handle.close(),
  }
}

/** One signed digest, in a line of the file and in a row of the database. */
export const SIGNED_DIGEST = z.strictObject({
  signer: ADDRESS,
  fixingId: HEX,
  proposer: ADDRESS.optional(),
  attempt: z.int().min(1).optional(),
  digest: HEX,
})

function parseLine(file: string, line: string, number: number): SignedDigest {
  try {
    return SIGNED_DIGEST.parse(JSON.parse(line))
  } catch {
    throw new WitnessCorruptError(file, number)
  }
}

/** The record of what was signed is damaged, or disagrees with the database: signing on could contradict it. */
export class WitnessCorruptError extends Error {
  override readonly name = 'Store.WitnessCorruptError'
  readonly file: string
  readonly line: number
  constructor(file: string, line: number) {
    super(`Expected a signed digest in line ${line} of ${file}, got something else. Restore the file from a backup.`)
    this.file = file
    this.line = line
  }
}
