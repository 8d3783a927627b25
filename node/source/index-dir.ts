import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { type IndexDocument, IndexDocumentError, indexId, readIndexDocument } from '#protocol/index-document.ts'

/** The index documents of `folder` (`*.json`) by their id. Throws {@link IndexFileError} naming the file. */
export async function loadIndexDocuments(folder: string): Promise<ReadonlyMap<Hex, IndexDocument>> {
  const documents = new Map<Hex, IndexDocument>()
  for (const name of await listJson(folder)) {
    const file = join(folder, name)
    const document = parse(file, await readText(file))
    documents.set(indexId(document), document)
  }
  return documents
}

async function listJson(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted()
  } catch (cause) {
    throw new IndexFileError(folder, 'Expected a folder of index documents, got none.', { cause })
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new IndexFileError(file, 'Expected a file that can be read, got none.', { cause })
  }
}

function parse(file: string, text: string): IndexDocument {
  try {
    return readIndexDocument(text)
  } catch (cause) {
    if (cause instanceof IndexDocumentError) throw new IndexFileError(file, cause.message, { cause })
    throw new IndexFileError(file, 'Expected JSON, got something else.', { cause })
  }
}

/** A file of index_dir is no index document. */
export class IndexFileError extends Error {
  override readonly name = 'IndexDir.IndexFileError'
  readonly file: string
  constructor(file: string, reason: string, options: ErrorOptions) {
    super(`${reason} See ${file}; index_dir must hold index documents only.`, options)
    this.file = file
  }
}
