import { readFile } from 'node:fs/promises'
import { type IndexDocument, IndexDocumentError, readIndexDocument } from '#protocol/index-document.ts'
import { InputError } from '../errors.ts'

/** Reads an index document. Throws InputError naming the file and the field. */
export async function readIndexFile(file: string): Promise<IndexDocument> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new InputError(
      `Expected an index document at ${file}, got no readable file.`,
      'Write one: assize index new.',
      {
        cause,
      },
    )
  }
  try {
    return readIndexDocument(text)
  } catch (cause) {
    if (!(cause instanceof IndexDocumentError)) {
      throw new InputError(`Expected JSON in ${file}, got something else.`, 'JSON has no comments.', { cause })
    }
    const { field, reason } = cause
    const place = field === '' ? 'the document itself' : field
    throw new InputError(
      `Expected a valid index document in ${file}, got ${place}: ${reason}.`,
      'Correct that field.',
      {
        cause,
      },
    )
  }
}
