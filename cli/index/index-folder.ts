import { globSync } from 'node:fs'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { type IndexDocument, indexId } from '#protocol/index-document.ts'
import type { Context } from '../context.ts'
import { InputError } from '../errors.ts'
import { readIndexFile } from './index-file.ts'

/** Where a fixing's index document may be; a flag goes before the environment. */
export type IndexPlace = { readonly index?: string; readonly indexDir?: string }

/**
 * The document whose canonical hash is `wanted`: the file that is named, else whichever of the folder has it. Other files
 * there are passed over. Throws InputError for a named file that is another index, and if there is none.
 */
export async function findIndexDocument(
  { index, indexDir }: IndexPlace,
  wanted: Hex,
  { env }: Pick<Context, 'env'>,
): Promise<IndexDocument> {
  if (index !== undefined) return named(index, wanted)
  const folder = indexDir ?? env['ASSIZE_INDEX_DIR']
  if (folder === undefined || folder === '') {
    throw new InputError(
      `Expected the document of index ${wanted}, got none.`,
      'Name its file with --index, or a folder that has it with --index-dir or in ASSIZE_INDEX_DIR.',
    )
  }
  const found = await documentIn(folder, wanted)
  if (found !== undefined) return found
  throw new InputError(
    `Expected the document of index ${wanted} in ${folder}, got none.`,
    'Whoever created the fixing publishes it; put it there. "assize index check FILE" prints the id of one.',
  )
}

/** The document of that id in a folder; undefined if it is not there. Files that are no index documents are passed over. */
export async function documentIn(folder: string, wanted: Hex): Promise<IndexDocument | undefined> {
  for (const name of globSync('*.json', { cwd: folder }).toSorted()) {
    const document = await readIndexFile(join(folder, name)).catch(() => undefined)
    if (document !== undefined && indexId(document) === wanted) return document
  }
  return undefined
}

async function named(file: string, wanted: Hex): Promise<IndexDocument> {
  const document = await readIndexFile(file)
  const id = indexId(document)
  if (id === wanted) return document
  throw new InputError(
    `Expected the document of index ${wanted} at ${file}, got that of ${id}.`,
    'Name the document that the fixing was created with: another reads another value.',
  )
}
