import { existsSync } from 'node:fs'
import type { Hex } from 'viem'
import type { IndexDocument } from '#protocol/index-document.ts'
import { InputError } from '../errors.ts'

/** An index, and its document where it was named by that. */
export type NamedIndex = { readonly id: Hex; readonly document: IndexDocument | undefined }

/** The index that is named by its id, or by the file of its document. Throws InputError. */
export async function readNamedIndex(text: string): Promise<NamedIndex> {
  if (/^0x[0-9a-f]{64}$/i.test(text)) return { id: `0x${text.slice(2).toLowerCase()}`, document: undefined }
  if (/^0x[0-9a-f]*$/i.test(text) && !existsSync(text)) {
    throw new InputError(
      `Expected an index by its document's file or its id, got ${text}.`,
      'An id is 0x and 64 digits of hex.',
    )
  }
  // zod loads slowly, and an id needs none of it.
  const [{ readIndexFile }, { indexId }] = await Promise.all([
    import('./index-file.ts'),
    import('#protocol/index-document.ts'),
  ])
  const document = await readIndexFile(text)
  return { id: indexId(document), document }
}
