import { readFile } from 'node:fs/promises'
import type { Evidence } from '#protocol/evidence.ts'
import { EvidenceFormatError, parseEvidence } from '#protocol/evidence-file.ts'
import { InputError } from '../errors.ts'

/** Reads what `assize evidence export` wrote; nothing in it is checked yet. Throws InputError. */
export async function readEvidence(file: string): Promise<Evidence> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new InputError(`Expected evidence at ${file}, got no readable file.`, 'Check the path.', { cause })
  }
  try {
    return parseEvidence(text)
  } catch (cause) {
    if (!(cause instanceof EvidenceFormatError)) throw cause
    throw new InputError(cause.message, 'Ask whoever made it for another.', { cause })
  }
}
