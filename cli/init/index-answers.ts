import { globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { IndexDocument } from '#protocol/index-document.ts'
import { InputError } from '../errors.ts'
import { readIndexFile } from '../index/index-file.ts'

/** A folder that holds index documents and no other JSON. */
export type IndexFolder = { readonly folder: string; readonly documents: readonly IndexDocument[] }

/** Reads every document of a folder, as the node will. Throws InputError naming what is no index, and for none at all. */
export async function checkIndexFolder(text: string): Promise<IndexFolder> {
  const folder = resolve(text)
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new InputError(`Expected a folder with index documents at ${folder}, got none.`, 'Make it, or name another.')
  }
  const names = globSync('*.json', { cwd: folder }).toSorted()
  const documents = await Promise.all(names.map((name) => readIndexFile(join(folder, name))))
  if (documents.length > 0) return { folder, documents }
  throw new InputError(
    `Expected an index document in ${folder}, got none: there is nothing to observe.`,
    'Put those there that you report. Whoever creates fixings publishes them; "assize index new" writes one.',
  )
}

/** Whether a document reads a file that only the node's own settings name. */
export function needsFile(documents: readonly IndexDocument[]): boolean {
  return documents.some(({ sources }) => sources.some((source) => source.kind === 'csv' && source.url === undefined))
}

/** The chains that documents read, without the oracle's own. */
export function foreignChains(documents: readonly IndexDocument[], own: number): number[] {
  const read = documents.flatMap(({ sources }) => sources.flatMap((one) => ('chainId' in one ? [one.chainId] : [])))
  return [...new Set(read)].filter((chainId) => chainId !== own).toSorted((a, b) => a - b)
}

/** A file that can be read. Throws InputError. */
export async function checkFile(text: string): Promise<string> {
  const file = resolve(text)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
  throw new InputError(`Expected a file at ${file}, got none.`, 'Correct its path.')
}
